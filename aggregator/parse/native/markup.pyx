# cython: language_level=3, boundscheck=False, wraparound=False
"""Cleans markup in one pass with exactly nh3's result; nh3 handles the rest.

Accepted are text, references, comments, the elements of ``_PLACES`` if the HTML parser leaves
them unchanged ("HTML Standard", 13.2.6) or only closes a paragraph or list item first, and
links with simple addresses. The output consists only of escaped text, of the names in ``KEPT``
and of such addresses.
"""

cimport cython

from aggregator.parse.native.references cimport written
from aggregator.parse.native.tags cimport Scanner

from aggregator.parse.feeds.allowed import GONE, KEPT

cdef enum Place:
    BLOCK = 1
    LIST = 2  # a block
    ITEM = 3  # a list item; the next one closes it
    PARAGRAPH = 4  # a block; the next block closes it
    HEADING = 5  # a block, not directly within another heading
    INLINE = 6
    ANCHOR = 7  # not within another
    RULE = 8  # a block, and empty
    EMPTY = 9  # inline, and empty
    HOLE = 10  # inline, removed with its content, which is not markup

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
            raise ImportError(f"'{_name}' is in the wrong row")
        ELEMENTS[len(NAMES)].place = _place
        ELEMENTS[len(NAMES)].kept = _name in KEPT
        NUMBERS[_name] = len(NAMES)
        NAMES.append(_name)

cdef enum:
    DEEPEST = 32  # open elements


@cython.final
@cython.no_gc
cdef class _Cleaner(Scanner):
    """A text being cleaned; the output so far is ``parts``, then ``copied`` to ``at``."""

    cdef Py_ssize_t at, copied
    cdef list parts
    cdef unsigned char open[DEEPEST]
    cdef int depth
    cdef bint in_anchor, in_paragraph

    cdef int top(self) noexcept:
        """The place of the innermost open element."""
        return ELEMENTS[self.open[self.depth - 1]].place if self.depth else <int> BLOCK

    cdef int write(self, Py_ssize_t start, Py_ssize_t end, str text) except -1:
        """Output ``text`` in place of the markup from ``start`` to ``end``."""
        if start > self.copied:
            self.parts.append(self.markup[self.copied:start])
        if text:
            self.parts.append(text)
        self.copied = end
        return 0

    cdef str clean(self):
        """The complete result; None if nh3 is needed."""
        while True:
            self.at = self.behind_text(self.at)
            if self.at == self.size:
                break
            if not self.step(self.letter(self.at)):
                return None
        while self.depth:
            self.close()
        if self.copied == 0 and not self.parts:
            return self.markup
        self.write(self.size, self.size, "")
        return "".join(self.parts)

    cdef bint step(self, Py_UCS4 c) except -1:
        """Process one tag, comment, reference or letter; False if it is not simple."""
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
        """Remove a comment."""
        cdef Py_ssize_t end = self.markup.find("-->", self.at + 4)
        cdef str inside = self.markup[self.at:end] if end > 0 else ""
        if inside[:4] != "<!--" or inside[4:5] in (">", "-") or "--!" in inside:
            return False
        if "<" in inside[4:]:  # the slow path counts these when it checks the depth
            return False
        self.write(self.at, end + 3, "")
        self.at = end + 3
        return True

    cdef int name(self, Py_ssize_t start, Py_ssize_t* end) except -2:
        """The number of the element whose name starts here; -1 for unknown ones."""
        cdef Py_ssize_t i = start
        cdef Py_UCS4 c = self.letter(i)
        while u"a" <= c <= u"z" or u"0" <= c <= u"9":
            i += 1
            c = self.letter(i)
        end[0] = i
        return NUMBERS.get(self.markup[start:i], -1)

    cdef int close(self) except -1:
        """Close the innermost open element here."""
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
        elif place == PARAGRAPH and not self.in_paragraph:  # an empty one is inserted
            self.write(self.at, end + 1, f"<{NAMES[number]}></{NAMES[number]}>")
        elif place == LIST and top == ITEM and self.open[self.depth - 2] == number:
            self.close()  # items need no end tag
            self.pop()
        elif NAMES[number] == "img":  # has no effect
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
        """Whether the HTML parser allows such an element here, after closing what it closes."""
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


cpdef str clean_at_once(str markup, object base):
    """Gated ``markup`` cleaned as by nh3; None if nh3 is needed.

    Links from the root are joined to ``base``; without one, relative links lose their address.
    """
    cdef _Cleaner one = _Cleaner.__new__(_Cleaner)
    one.start(markup, base)
    one.parts = []
    return one.clean()
