# cython: language_level=3, boundscheck=False, wraparound=False
"""Markup cleaned in one pass, to just what nh3 gives; nh3 is asked for the rest.

What is taken: text, references, comments, and the elements of ``_PLACES`` where the HTML parser
leaves them as they stand ("HTML Standard", 13.2.6), or closes a paragraph or list item first;
links with plain addresses. What goes out consists of escaped text, of the names of ``KEPT``
and of such addresses; nothing else can.
"""

cimport cython

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

from aggregator.parse.native.references cimport written

from aggregator.parse.allowed import GONE, KEPT

cdef enum Place:
    BLOCK = 1
    LIST = 2  # a block
    ITEM = 3  # of a list; the next one closes it
    PARAGRAPH = 4  # a block; the next block closes it
    HEADING = 5  # a block, not right within another heading
    INLINE = 6
    ANCHOR = 7  # not within another
    RULE = 8  # a block, and empty
    EMPTY = 9  # inline, and empty
    HOLE = 10  # inline, and goes with all that is in it, which is no markup

_PLACES = {
    BLOCK: "div blockquote figure figcaption section article main header footer aside nav center",
    LIST: "ul ol",
    ITEM: "li",
    PARAGRAPH: "p",
    HEADING: "h1 h2 h3 h4 h5 h6",
    INLINE: "abbr b cite code del dfn em i ins kbd q s samp small strong sub sup u "
            "span font strike big tt time mark label",
    ANCHOR: "a",
    RULE: "hr",
    EMPTY: "br img",
    HOLE: "iframe script",
}
cdef struct Element:
    unsigned char place
    bint kept

cdef Element ELEMENTS[64]
cdef list NAMES = []
cdef dict NUMBERS = {}
for _place, _names in _PLACES.items():
    for _name in _names.split():
        if (_name in GONE) != (_place == HOLE):
            raise ImportError(f"'{_name}' stands in the wrong row")
        ELEMENTS[len(NAMES)].place = _place
        ELEMENTS[len(NAMES)].kept = _name in KEPT
        NUMBERS[_name] = len(NAMES)
        NAMES.append(_name)

cdef unsigned char MEANS[256]  # what means something in markup, or is written otherwise
cdef unsigned char IN_ADDRESS[128]
cdef unsigned char UNQUOTED[128]
cdef int _number
for _number in range(256):
    MEANS[_number] = chr(_number) in "<&>\xa0"
for _number in range(128):
    IN_ADDRESS[_number] = chr(_number).isalnum() or chr(_number) in "_.~:/?#[]@!$()*+,;=%-"
    UNQUOTED[_number] = chr(_number).isalnum() or chr(_number) in "_.:/?#%-,;+*"

cdef enum:
    DEEPEST = 32  # open elements


cdef Py_ssize_t _behind_text(int kind, void* data, Py_ssize_t i, Py_ssize_t size) noexcept:
    """Where the next letter stands that is more than text."""
    cdef const unsigned char* narrow = <const unsigned char*> data
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


@cython.final
@cython.no_gc  # it is never part of a circle
@cython.freelist(8)
cdef class _Cleaner:
    """One text on its way: ``parts``, then what stands from ``copied`` to ``at``, came out."""

    cdef str markup
    cdef int kind
    cdef void* data
    cdef Py_ssize_t size, at, copied
    cdef list parts
    cdef unsigned char open[DEEPEST]
    cdef int depth
    cdef bint in_anchor, in_paragraph
    cdef str href  # of the tag that is being read; empty where it has to go

    cdef inline Py_UCS4 letter(self, Py_ssize_t i) noexcept:
        return PyUnicode_READ(self.kind, self.data, i) if i < self.size else 0

    cdef int top(self) noexcept:
        """The place of what is open innermost."""
        return ELEMENTS[self.open[self.depth - 1]].place if self.depth else <int> BLOCK

    cdef int write(self, Py_ssize_t start, Py_ssize_t end, str text) except -1:
        """``text`` in place of what stands there."""
        if start > self.copied:
            self.parts.append(self.markup[self.copied:start])
        if text:
            self.parts.append(text)
        self.copied = end
        return 0

    cdef str clean(self):
        """All of it; None where nh3 has to be asked."""
        while True:
            self.at = _behind_text(self.kind, self.data, self.at, self.size)
            if self.at == self.size:
                break
            if not self.step(PyUnicode_READ(self.kind, self.data, self.at)):
                return None
        while self.depth:
            self.close()
        if self.copied == 0 and not self.parts:
            return self.markup
        self.write(self.size, self.size, "")
        return "".join(self.parts)

    cdef bint step(self, Py_UCS4 c) except -1:
        """Past one tag, comment, reference or letter; False where it is not plain."""
        cdef Py_UCS4 following = self.letter(self.at + 1)
        if c == u"&":
            return self.reference()
        if c != u"<":
            self.write(self.at, self.at + 1, "&gt;" if c == u">" else "&nbsp;")
            self.at += 1
            return True
        if following == u"/":
            return self.end_tag()
        return self.comment() if following == u"!" else self.start_tag()

    cdef bint reference(self) except -1:
        cdef Py_ssize_t end
        cdef str text = written(self.markup, self.at, &end)
        if text is None:
            return False
        self.write(self.at, end, text)
        self.at = end
        return True

    cdef bint comment(self) except -1:
        """A comment, which goes."""
        cdef Py_ssize_t end = self.markup.find("-->", self.at + 4)
        cdef str inside = self.markup[self.at:end] if end > 0 else ""
        if inside[:4] != "<!--" or inside[4:5] in (">", "-") or "--!" in inside:
            return False
        self.write(self.at, end + 3, "")
        self.at = end + 3
        return True

    cdef int name(self, Py_ssize_t start, Py_ssize_t* end) except -2:
        """The number of the element whose name starts here; -1: none that is known."""
        cdef Py_ssize_t i = start
        cdef Py_UCS4 c = self.letter(i)
        while u"a" <= c <= u"z" or u"0" <= c <= u"9":
            i += 1
            c = self.letter(i)
        end[0] = i
        return NUMBERS.get(self.markup[start:i], -1)

    cdef int close(self) except -1:
        """Close what is open innermost, here."""
        cdef int number = self.open[self.depth - 1]
        self.pop()
        if ELEMENTS[number].kept:
            self.write(self.at, self.at, f"</{NAMES[number]}>")
        return 0

    cdef bint end_tag(self) except -1:
        cdef Py_ssize_t end
        cdef int number = self.name(self.at + 2, &end)
        if number < 0 or self.letter(end) != u">":
            return False
        cdef int place = ELEMENTS[number].place
        cdef int top = self.top()
        if self.depth and self.open[self.depth - 1] == number:
            if not ELEMENTS[number].kept:
                self.write(self.at, end + 1, "")
            self.pop()
        elif place == PARAGRAPH and not self.in_paragraph:  # an empty one comes in
            self.write(self.at, end + 1, f"<{NAMES[number]}></{NAMES[number]}>")
        elif place == LIST and top == ITEM and self.open[self.depth - 2] == number:
            self.close()  # items need no end tag
            self.pop()
        elif NAMES[number] == "img":  # means nothing
            self.write(self.at, end + 1, "")
        else:
            return False
        self.at = end + 1
        return True

    cdef bint start_tag(self) except -1:
        cdef Py_ssize_t behind_name, end
        cdef int number = self.name(self.at + 1, &behind_name)
        cdef bint closed = False
        if number < 0 or not self.placed(ELEMENTS[number].place):
            return False
        cdef int place = ELEMENTS[number].place
        end = behind_name
        self.href = None
        if self.letter(end) != u">":
            end = self.attributes(end, place == ANCHOR, &closed)
            if end < 0 or (closed and place < RULE):
                return False
        if place == HOLE:
            end = self.behind_hole(end + 1, NAMES[number])
            if end < 0 or closed:
                return False
        if not ELEMENTS[number].kept:
            self.write(self.at, end + 1, "")
        elif end > behind_name:
            self.write(behind_name, end + 1, f' href="{self.href}">' if self.href else ">")
        self.at = end + 1
        return place >= RULE or self.push(number)

    cdef bint push(self, int number) noexcept:
        if self.depth == DEEPEST:
            return False
        self.open[self.depth] = number
        self.depth += 1
        if ELEMENTS[number].place == ANCHOR:
            self.in_anchor = True
        elif ELEMENTS[number].place == PARAGRAPH:
            self.in_paragraph = True
        return True

    cdef int pop(self) noexcept:
        cdef int place = self.top()
        self.depth -= 1
        if place == ANCHOR:
            self.in_anchor = False
        elif place == PARAGRAPH:
            self.in_paragraph = False
        return 0

    cdef bint placed(self, int place) except -1:
        """Whether the HTML parser puts such an element here, once it has closed what it closes."""
        if place == ANCHOR:
            return not self.in_anchor
        if place == INLINE or place == EMPTY or place == HOLE:
            return True
        if place == ITEM:
            if self.top() == ITEM:
                self.close()
            return self.top() == LIST
        if self.top() == PARAGRAPH:
            self.close()
        return not self.in_paragraph and not (place == HEADING and self.top() == HEADING)

    cdef Py_ssize_t behind_hole(self, Py_ssize_t start, str name) except -2:
        """The end of an element whose content is no markup; -1 where it may end otherwise."""
        cdef Py_ssize_t end = self.markup.find("<", start)
        cdef str tag = f"</{name}>"
        if end < 0 or self.markup[end:end + len(tag)] != tag:
            return -1
        return end + len(tag) - 1

    cdef Py_ssize_t attributes(self, Py_ssize_t i, bint anchor, bint* closed) except -2:
        """Where the tag ends; -1 where its attributes are not plain. ``href`` is noted."""
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
            while u"a" <= c <= u"z" or (i > start and (u"0" <= c <= u"9" or c == u"-" or c == u"_")):
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
        """Where the value of an attribute ends; -1 where it is not plain."""
        cdef Py_UCS4 quote = self.letter(i), c
        cdef Py_ssize_t start
        if quote == u'"' or quote == u"'":
            start = i = i + 1
            c = self.letter(i)
            while c != quote:
                if c == 0 or c == u"<" or c == u">":
                    return -1
                i += 1
                c = self.letter(i)
        else:
            start = i
            c = self.letter(i)
            while c < 128 and UNQUOTED[c]:
                i += 1
                c = self.letter(i)
            if i == start or not (_blank(c) or c == u">"):
                return -1
        if is_href:
            if self.href is not None:
                return -1
            self.href = written_address(self.markup[start:i])
            if self.href is None:
                return -1
        return i + 1 if quote == u'"' or quote == u"'" else i


cdef inline bint _blank(Py_UCS4 c) noexcept:
    return c == 32 or c == 10 or c == 9


cdef str written_address(str value):
    """An address as nh3 writes it: empty where it goes; None where nh3 has to be asked."""
    return "" if value.startswith(("javascript:", "mailto:")) else _web(value)


cdef str _web(str value):
    """The same of an address on the web; None also where it is not absolute or might not parse."""
    cdef Py_ssize_t size = len(value)
    cdef Py_ssize_t i = 8 if value[:8] == "https://" else 7
    cdef Py_UCS4 c
    cdef bint bare = False
    if i == 7 and value[:7] != "http://":
        return None
    i = _behind_host(value, i, size)
    if i < 0:
        return None
    while i < size:
        c = value[i]
        if c == u"&":
            if value[i:i + 5] != "&amp;":
                i = _behind_key(value, i + 1, size)
                if i < 0:
                    return None
                bare = True
        elif not (IN_ADDRESS[c] if c < 128 else c.isalnum()):
            return None
        i += 1
    return value.replace("&amp;", "&").replace("&", "&amp;") if bare else value


cdef Py_ssize_t _behind_key(str value, Py_ssize_t i, Py_ssize_t size) noexcept:
    """Where ``key=`` ends, after an ampersand that is therefore no reference; else -1."""
    cdef Py_ssize_t start = i
    while i < size and value[i] < 128 and value[i].isalnum():
        i += 1
    return i if start < i < size and value[i] == u"=" else -1


cdef Py_ssize_t _behind_host(str value, Py_ssize_t i, Py_ssize_t size) noexcept:
    """Where a name of letters, digits and single hyphens ends; -1 where the host is another.

    Its last part starts with a letter, so that it is no number; without two hyphens in a
    row it is no encoded name, which could be wrong.
    """
    cdef Py_UCS4 c = 0, before = u".", first = 0
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


cpdef str flat(str markup):
    """``markup``, which has passed the gate, as nh3 cleans it; None: ask nh3."""
    cdef _Cleaner one = _Cleaner.__new__(_Cleaner)
    one.markup = markup
    one.kind = PyUnicode_KIND(markup)
    one.data = PyUnicode_DATA(markup)
    one.size = PyUnicode_GET_LENGTH(markup)
    one.parts = []
    return one.clean()
