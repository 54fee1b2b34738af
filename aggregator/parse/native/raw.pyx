# cython: language_level=3
"""One entry as found in the tree.

``summaries`` holds (rank, text, kind), ``content`` (text, kind), ``published`` and ``updated``
(rank, text), ``links`` (href, rel, type); the lists are None where nothing was found.
"""

cimport cython


@cython.final
@cython.no_gc  # it is never part of a reference cycle
@cython.freelist(8)
cdef class Raw:
    def __cinit__(self):
        self.link = self.origin = self.guid = ""
        self.source_title = self.source_url = self.comments = ""


cdef list added(list known, object one):
    """``known`` with ``one`` at its end."""
    if known is None:
        return [one]
    known.append(one)
    return known
