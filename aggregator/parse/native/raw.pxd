# One entry as it stands in the tree: ``parse.raw.RawEntry``, with lists only where they are needed.

cdef class Raw:
    cdef str title, title_kind, link, origin, guid, source_title, source_url, comments, language
    cdef bint no_permalink
    cdef list title_fallbacks, links, link_fallbacks, summaries, content, published, updated
    cdef list authors, categories, enclosures

cdef list added(list known, object one)
