# cython: language_level=3, boundscheck=False, wraparound=False
"""One scan tells whether a text can stay unchanged; ``fast_scalars`` handles the others."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

from unicodedata import category, is_normalized, normalize

cdef enum:
    BASIC = 0x10000  # letters of the basic plane
    FIRST_JAMO = 0x1100  # parts of Korean syllables, which NFC combines
    LAST_JAMO = 0x11FF

cdef unsigned char KINDS[BASIC]  # the kind of a letter plus one; 0: not yet looked up
cdef frozenset INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5")  # printable in Python


cdef int _kind(Py_UCS4 c) except -1:
    """The kind of a letter."""
    cdef str letter = chr(c)
    if c == u"<":
        return TAG
    if c == u"&":
        return REFERENCE
    if c == u"\n" or c == u"\t" or c == 0xA0 or c == 0x3000:
        return SPACE
    if not letter.isprintable() or letter in INVISIBLE:
        return ODD
    kind = category(letter)
    if kind[0] == "M" or FIRST_JAMO <= c <= LAST_JAMO:
        return LOOSE
    if c >= BASIC and kind[0] != "S":  # some letters there combine with others; pictures do not
        return LOOSE
    return 0 if is_normalized("NFC", letter) else LOOSE


ctypedef fused Width:  # of a letter: C optimises a loop for each width
    unsigned char
    unsigned short
    Py_UCS4


cdef int _look(const Width* letters, Py_ssize_t size) except -1:
    cdef Py_ssize_t i
    cdef int found = 0, one
    cdef Py_UCS4 c, before = 0
    for i in range(size):
        c = letters[i]
        one = KINDS[c] if c < BASIC else 0
        if one == 0:
            one = _kind(c) + 1
            if c < BASIC:
                KINDS[c] = one
        found |= one - 1
        if c == 32 and before == 32:
            found |= DOUBLE
        before = c
    return found


cdef int look(str text) except -1:
    """The kinds of letters in ``text``, as a sum of flags.

    Letters that are in NFC by themselves and join nothing before them can be told one by
    one (UAX 15, "Detecting Normalization Forms": the others are marks, Korean letters, or rare
    ones beyond the basic plane).
    """
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text)
    if kind == 1:
        return _look(<const unsigned char*> data, size)
    if kind == 2:
        return _look(<const unsigned short*> data, size)
    return _look(<const Py_UCS4*> data, size)


cdef str composed(str text, int found):
    """``text`` in NFC, using the result of ``look``."""
    return normalize("NFC", text) if found & LOOSE else text


cdef inline bint _white(Py_UCS4 c) noexcept:
    return c == 32 or c == 10 or c == 9 or c == 13


cdef str trimmed(str text):
    """``text`` without blanks, tabs and line ends around it."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text)
    cdef Py_ssize_t start = 0, end = size
    while start < end and _white(PyUnicode_READ(kind, data, start)):
        start += 1
    while end > start and _white(PyUnicode_READ(kind, data, end - 1)):
        end -= 1
    return text if end - start == size else text[start:end]


cpdef str one_line(str text, Py_ssize_t limit):
    """``fast_scalars.one_line`` of a text without markup; None: use the slow path."""
    if PyUnicode_GET_LENGTH(text) > limit:
        return None
    text = trimmed(text)
    cdef int found = look(text)
    if found & (TAG | REFERENCE | SPACE | DOUBLE | ODD):
        return None
    text = composed(text, found)
    return text if PyUnicode_GET_LENGTH(text) <= limit else None  # NFC decomposes some letters


cpdef str gated(str text, Py_ssize_t limit):
    """``fast_scalars.gated``; None: use the slow path."""
    if PyUnicode_GET_LENGTH(text) > limit:
        return None
    cdef int found = look(text)
    return None if found & ODD else composed(text, found)
