# What the other compiled modules take from ``plain``.

cdef enum Found:
    TAG = 1  # '<'
    REFERENCE = 2  # '&'
    SPACE = 4  # white space that is kept: tabs, line feeds, no-break and ideographic spaces
    DOUBLE = 8  # two blanks in a row
    ODD = 16  # something the gate has to process
    LOOSE = 32  # letters that NFC may combine or decompose

cdef int look(str text) except -1
cdef str trimmed(str text)
cdef str composed(str text, int found)
cpdef str one_line(str text, Py_ssize_t limit)
cpdef str gated(str text, Py_ssize_t limit)
