# cython: language_level=3, boundscheck=False, wraparound=False
"""Character references in markup ("HTML Standard", 13.2.5.72 to 80), as in nh3's output."""

from html.entities import html5

cdef dict WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"}
cdef enum:
    LONGEST = 34  # letters of a name; CounterClockwiseContourIntegral has 31


cdef str written(str markup, Py_ssize_t at, Py_ssize_t* end):
    """The output for the reference at ``at``, up to ``end``.

    None if the HTML parser has to decide.
    """
    cdef Py_ssize_t size = len(markup)
    cdef Py_ssize_t i = at + 1
    cdef str name, letter
    if i < size and markup[i] == u"#":
        i += 1
    while i < size and i - at <= LONGEST and markup[i] < 128 and markup[i].isalnum():
        i += 1
    if i - at > LONGEST:
        return None
    name = markup[at + 1:i]
    if name[:1] == "#" or (i < size and markup[i] == u";" and f"{name};" in html5):
        if i == size or markup[i] != u";":
            return None
        letter = _numbered(name) if name[:1] == "#" else html5[f"{name};"]
        if letter is None or len(letter) != 1:
            return None
        end[0] = i + 1
        return WRITTEN.get(letter, letter)
    for i in range(1, len(name) + 1):
        if name[:i] in html5:  # valid without its semicolon
            return None
    end[0] = at + 1
    return "&amp;"


cdef str _numbered(str name):
    """The letter for ``#8217`` or ``#x2019``; None if the HTML parser might differ."""
    cdef long number
    cdef str digits = name[2:] if name[1:2] in ("x", "X") else name[1:]
    if len(digits) > 7:
        return None
    try:
        number = int(digits, 10 if len(digits) == len(name) - 1 else 16)
    except ValueError:
        return None
    if 0x20 <= number < 0x7F or 0xA0 <= number < 0xD800 or 0xE000 <= number < 0xFDD0:
        return chr(number)
    if 0x10000 <= number < 0x110000 and number & 0xFFFF < 0xFFFE:
        return chr(number)
    return None
