# What the reader takes from ``making``.

from aggregator.parse.native.raw cimport Raw

cdef class Maker:
    cdef object base, now, language
    cdef long long earliest, latest

    cdef object entry(self, Raw raw)
    cdef str title(self, Raw raw)
    cdef str content(self, Raw raw)
    cdef str summary(self, Raw raw)
    cdef str body(self, str text, str kind)
    cdef object href(self, Raw raw)
    cdef object of_links(self, list links, str wanted)
    cdef object link(self, str value)
    cdef object time(self, list said, list flags)
    cdef tuple links(self, list said)
