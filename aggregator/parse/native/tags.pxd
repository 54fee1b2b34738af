# What the other compiled modules take from ``tags``.

cdef class Scanner:
    cdef str markup
    cdef int kind
    cdef void* data
    cdef Py_ssize_t size
    cdef object base
    cdef str href

    cdef int start(self, str markup, object base) except -1
    cdef Py_UCS4 letter(self, Py_ssize_t i) noexcept
    cdef Py_ssize_t behind_text(self, Py_ssize_t i) noexcept
    cdef Py_ssize_t behind_hole(self, Py_ssize_t start, str name) except -2
    cdef Py_ssize_t attributes(self, Py_ssize_t i, bint anchor, bint* closed) except -2
    cdef Py_ssize_t value(self, Py_ssize_t i, bint is_href) except -2
