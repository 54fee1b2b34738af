# cython: language_level=3, boundscheck=False, wraparound=False
"""Fast path for simple links; ``parse.feeds.links.link`` handles the others."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

from aggregator.parse import limits
from aggregator.parse.native.plain cimport trimmed

cdef Py_ssize_t LIMIT = limits.LINK
cdef unsigned char IN_HOST[128]
cdef unsigned char IN_PATH[128]
cdef int _number
for _number in range(128):
    IN_HOST[_number] = chr(_number) in "abcdefghijklmnopqrstuvwxyz0123456789.-"
    IN_PATH[_number] = chr(_number).isalnum() or chr(_number) in "_.~:/?#[]@!$&()*+,;=%-"


cpdef str plain_link(str text):
    """``text``, stripped, if ``links.link`` would give exactly that; otherwise None."""
    cdef str value = trimmed(text)
    cdef int kind = PyUnicode_KIND(value)
    cdef void* data = PyUnicode_DATA(value)
    cdef Py_ssize_t i, size = PyUnicode_GET_LENGTH(value)
    cdef Py_UCS4 c = 0
    if not 8 < size <= LIMIT:
        return None
    i = _behind_scheme(kind, data)
    if i == 0 or not _in_host(PyUnicode_READ(kind, data, i)):
        return None
    while i < size:
        c = PyUnicode_READ(kind, data, i)
        if not _in_host(c):
            break
        i += 1
    if i < size and c != u"/" and c != u"?" and c != u"#":
        return None
    while i < size:
        c = PyUnicode_READ(kind, data, i)
        if c == u"&" and _escaped(kind, data, i, size):
            return None
        if not (IN_PATH[c] if c < 128 else c.isalnum()):
            return None
        i += 1
    return value


cdef inline bint _in_host(Py_UCS4 c) noexcept:
    return c < 128 and IN_HOST[c]


cdef Py_ssize_t _behind_scheme(int kind, void* data) noexcept:
    """The start of the host in a text of at least nine letters; 0 if not an http(s) address."""
    cdef Py_ssize_t i
    cdef const char* wanted = b"http"
    for i in range(4):
        if PyUnicode_READ(kind, data, i) != <Py_UCS4> <unsigned char> wanted[i]:
            return 0
    i = 5 if PyUnicode_READ(kind, data, 4) == u"s" else 4
    if PyUnicode_READ(kind, data, i) != u":" or PyUnicode_READ(kind, data, i + 1) != u"/":
        return 0
    return i + 3 if PyUnicode_READ(kind, data, i + 2) == u"/" else 0


cdef bint _escaped(int kind, void* data, Py_ssize_t at, Py_ssize_t size) noexcept:
    """Whether ``&amp;`` starts here: a doubly escaped ampersand."""
    cdef Py_ssize_t i
    cdef const char* wanted = b"&amp;"
    if size - at < 5:
        return False
    for i in range(5):
        if PyUnicode_READ(kind, data, at + i) != <Py_UCS4> <unsigned char> wanted[i]:
            return False
    return True
