# cython: language_level=3, boundscheck=False, wraparound=False
"""Addresses in links, as in nh3's output: http and https, absolute, references resolved."""

cdef unsigned char ABSOLUTE[128]  # allowed in the rest of an absolute address, which is kept
cdef unsigned char RELATIVE[128]  # the same for a joined address: nothing that would be rewritten
cdef int _number
for _number in range(128):
    ABSOLUTE[_number] = chr(_number).isalnum() or chr(_number) in "_.~:/?#[]@!$()*+,;=%-"
    RELATIVE[_number] = chr(_number).isalnum() or chr(_number) in "_.~:/?#@!$()*+,;=-"


cpdef str written_address(str value, object base):
    """The address in the attribute text ``value``, as attribute text.

    Empty if the address is removed; None if nh3 is needed.
    """
    if value[:4] == "http":
        return _absolute(value)
    if value[:1] == "/" or value[:1] == "#":
        return "" if base is None else _joined(value, base)
    return "" if value.startswith(("javascript:", "mailto:")) else None


cdef str _absolute(str value):
    """An address that is certainly valid (nh3 removes invalid ones)."""
    cdef Py_ssize_t start = _behind_host(value)
    return None if start < 0 else _written(value, start, ABSOLUTE)


cdef str _joined(str value, str base):
    """A path from the root, or a fragment, joined to a simple ``base``."""
    cdef Py_ssize_t start = _behind_host(base)
    cdef str page, written = _written(value, 0, RELATIVE)
    if start < 0 or written is None or value[:2] == "//" or "/." in value:
        return None
    if value[0] == u"/":
        return base[:start] + written
    page = base[start:].partition("#")[0] or "/"
    if page[0] != u"/" or "/." in page or not _plain(page):
        return None
    return base[:start] + page.replace("&", "&amp;") + written


cdef bint _plain(str page) noexcept:
    cdef Py_UCS4 c
    for c in page:
        if c != u"&" and not (c < 128 and RELATIVE[c]):
            return False
    return True


cdef str _written(str value, Py_ssize_t i, const unsigned char* allowed):
    """``value`` with its ampersands escaped; None if a letter after ``i`` is not simple.

    An ampersand is plain as ``&amp;``, or before a key and ``=``: then it is no reference
    ("HTML Standard", 13.2.5.73).
    """
    cdef Py_ssize_t start, size = len(value)
    cdef bint bare = False
    cdef Py_UCS4 c
    while i < size:
        c = value[i]
        if c == u"&" and value[i:i + 5] != "&amp;":
            bare = True
            start = i = i + 1
            while i < size and value[i] < 128 and value[i].isalnum():
                i += 1
            if i == start or i == size or value[i] != u"=":
                return None
        elif c != u"&" and not (allowed[c] if c < 128 else allowed is ABSOLUTE and c.isalnum()):
            return None
        i += 1
    return value.replace("&amp;", "&").replace("&", "&amp;") if bare else value


cdef Py_ssize_t _behind_host(str value) noexcept:
    """The end of a host name of letters, digits and single hyphens; -1 for other hosts.

    Its last part must start with a letter, so it is not a number; without two hyphens in a
    row it is not an encoded name, which could be invalid.
    """
    cdef Py_ssize_t i, size = len(value)
    cdef Py_UCS4 c = 0, before = u".", first = 0
    if value[:7] == "http://":
        i = 7
    elif value[:8] == "https://":
        i = 8
    else:
        return -1
    while i < size:
        c = value[i]
        if u"a" <= c <= u"z" or u"0" <= c <= u"9":
            if before == u".":
                first = c
        elif c == u"." or c == u"-":
            if before == u"." or before == u"-":
                return -1
        else:
            break
        before = c
        i += 1
    if before == u"." or before == u"-" or not u"a" <= first <= u"z":
        return -1
    return i if i == size or c == u"/" or c == u"?" or c == u"#" else -1
