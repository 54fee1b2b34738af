# cython: language_level=3, boundscheck=False, wraparound=False
"""Tokenises markup: text, and tags with their attributes ("HTML Standard", 13.2.5)."""

cimport cython

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

from aggregator.parse.native.addresses cimport written_address

cdef unsigned char MEANS[256]  # letters with a meaning in markup, or an escaped form
cdef unsigned char IN_NAME[128]  # of an attribute, after its first letter
cdef unsigned char UNQUOTED[128]
cdef int _number
for _number in range(256):
    MEANS[_number] = chr(_number) in "<&>\xa0"
for _number in range(128):
    IN_NAME[_number] = chr(_number) in "0123456789-_"
    UNQUOTED[_number] = chr(_number).isalnum() or chr(_number) in "_.:/?#%-,;+*"


cdef inline bint _blank(Py_UCS4 c) noexcept:
    return c == 32 or c == 10 or c == 9


@cython.no_gc  # it is never part of a reference cycle
cdef class Scanner:
    """One text; ``href`` is that of the last tag: None, or empty if it has to be removed."""

    cdef int start(self, str markup, object base) except -1:
        self.markup, self.base = markup, base
        self.kind = PyUnicode_KIND(markup)
        self.data = PyUnicode_DATA(markup)
        self.size = PyUnicode_GET_LENGTH(markup)
        return 0

    cdef Py_UCS4 letter(self, Py_ssize_t i) noexcept:
        """The letter at ``i``; 0 after the end."""
        return PyUnicode_READ(self.kind, self.data, i) if i < self.size else 0

    cdef Py_ssize_t behind_text(self, Py_ssize_t i) noexcept:
        """The position of the next letter that is not text."""
        cdef int kind = self.kind
        cdef void* data = self.data
        cdef const unsigned char* narrow = <const unsigned char*> data
        cdef Py_ssize_t size = self.size
        cdef Py_UCS4 c
        if kind == 1:
            while i < size and not MEANS[narrow[i]]:
                i += 1
            return i
        while i < size:
            c = PyUnicode_READ(kind, data, i)
            if c < 256 and MEANS[c]:
                break
            i += 1
        return i

    cdef Py_ssize_t behind_hole(self, Py_ssize_t start, str name) except -2:
        """The end of an element whose content is not markup; -1 if it may end differently."""
        cdef Py_ssize_t end = self.markup.find("<", start)
        cdef str tag = f"</{name}>"
        if end < 0 or self.markup[end:end + len(tag)] != tag:
            return -1
        return end + len(tag) - 1

    cdef Py_ssize_t attributes(self, Py_ssize_t i, bint anchor, bint* closed) except -2:
        """The end of the tag whose attributes start here; -1 if they are not simple.

        Sets ``href`` for an ``anchor``, and ``closed`` if the tag closes itself.
        """
        cdef Py_ssize_t start
        cdef Py_UCS4 c
        cdef bint spaced, is_href
        while True:
            start = i
            while _blank(self.letter(i)):
                i += 1
            c = self.letter(i)
            if c == u">":
                return i
            if c == u"/" and self.letter(i + 1) == u">":
                closed[0] = True
                return i + 1
            spaced = i > start
            start = i
            while u"a" <= c <= u"z" or (i > start and c < 128 and IN_NAME[c]):
                i += 1
                c = self.letter(i)
            if not spaced or i == start:
                return -1
            is_href = anchor and self.markup[start:i] == "href"
            if c == u"=":
                i = self.value(i + 1, is_href)
                if i < 0:
                    return -1
            elif is_href or not (_blank(c) or c == u">" or c == u"/"):
                return -1

    cdef Py_ssize_t value(self, Py_ssize_t i, bint is_href) except -2:
        """The end of an attribute's value; -1 if it is not simple."""
        cdef Py_UCS4 quote = self.letter(i), c
        cdef bint quoted = quote == u'"' or quote == u"'"
        cdef Py_ssize_t start = i + quoted
        i = start
        c = self.letter(i)
        if quoted:
            while c != quote:
                if c == 0 or c == u"<" or c == u">":
                    return -1
                i += 1
                c = self.letter(i)
        else:
            while c < 128 and UNQUOTED[c]:
                i += 1
                c = self.letter(i)
            if i == start or not (_blank(c) or c == u">"):
                return -1
        if is_href:
            if self.href is not None:  # the first counts
                return -1
            self.href = written_address(self.markup[start:i], self.base)
            if self.href is None:
                return -1
        return i + quoted
