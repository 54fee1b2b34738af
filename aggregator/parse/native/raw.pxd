# One entry as found in the tree: ``RawEntry`` with lists only if needed.

cdef class Raw:
    cdef str title, title_kind, link, origin, guid, source_title, source_url, comments, language
    cdef bint no_permalink
    cdef list title_fallbacks, links, link_fallbacks, summaries, content, published, updated
    cdef list authors, categories, enclosures

cdef list added(list known, object one)
