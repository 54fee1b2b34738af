# cython: language_level=3, boundscheck=False, wraparound=False
"""Reads entries directly from the tree, like ``parse.feeds.fast`` and ``parse.feeds.build``.

Unusual entries (inline markup, xml:base, xml:lang, unusual types) are left to these.
"""

from libc.string cimport strcasecmp
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlNode, xmlNs

from aggregator.parse.native.making cimport Maker
from aggregator.parse.native.raw cimport Raw, added
from aggregator.parse.native.tree cimport Node, attribute, attributes_of, in_xml, is_text, text_of

from aggregator.parse.feeds.fields import field as field_named
from aggregator.parse.feeds.namespaces import short

cdef enum Field:
    IGNORED, TITLE, TITLE_FALLBACK, LINK, LINK_FALLBACK, ORIGIN, GUID, SUMMARY, CONTENT, PUBLISHED
    UPDATED, AUTHOR, CATEGORY, ENCLOSURE, SOURCE, COMMENTS, LANGUAGE, MEDIA, MEDIA_GROUP, UNUSUAL

cdef dict FIELDS = {  # names as in ``parse.feeds.fields``
    "ignored": IGNORED, "title": TITLE, "title_fallback": TITLE_FALLBACK, "link": LINK,
    "link_fallback": LINK_FALLBACK, "origin": ORIGIN, "guid": GUID, "summary": SUMMARY,
    "content": CONTENT, "published": PUBLISHED, "updated": UPDATED, "author": AUTHOR,
    "category": CATEGORY, "enclosure": ENCLOSURE, "source": SOURCE, "comments": COMMENTS,
    "language": LANGUAGE, "media": MEDIA, "media_group": MEDIA_GROUP,
}

cdef struct Tag:
    const unsigned char* name  # libxml2 stores each name once, so the address identifies it
    xmlNs* namespace
    unsigned char field, rank
    bint media

cdef enum:
    TAGS = 64  # number of cached names


cdef class Reader:
    """Reads the entries of one document; ``context`` is ``elements.Context``."""

    cdef Tag tags[TAGS]
    cdef int known
    cdef object context
    cdef bint atom, named
    cdef Maker maker

    def __init__(self, context, base, now, language):
        self.context = context
        self.atom, self.named = context.atom, context.named
        self.maker = Maker(base, now, language)

    def entry(self, Node item):
        """The entry; None if it has no content, NotImplemented if it is not simple."""
        cdef Raw raw = Raw()
        cdef xmlNode* node = item.node.children
        if in_xml(item.node):
            return NotImplemented
        if self.named:
            raw.guid = self.context.about(item.element)
        while node is not NULL:
            if node.type == XML_ELEMENT_NODE:
                if not self.read(raw, node, self.tag(node)):
                    return NotImplemented
            elif not is_text(node):
                return NotImplemented
            node = node.next
        return self.maker.entry(raw)

    cdef Tag* tag(self, xmlNode* node) except NULL:
        """The meaning of elements with this name."""
        cdef int i
        cdef Tag* tag
        for i in range(self.known):
            tag = &self.tags[i]
            if tag.name is node.name and tag.namespace is node.ns:
                return tag
        if self.known == TAGS:
            self.known = 0
        tag = &self.tags[self.known]
        self.known += 1
        tag.name = node.name
        tag.namespace = node.ns
        name = (<bytes> node.name).decode()
        if node.ns is not NULL and node.ns.href is not NULL:
            name = f"{{{(<bytes> node.ns.href).decode()}}}{name}"
        field = field_named(name)
        tag.field = IGNORED if field is None else FIELDS.get(field.name, UNUSUAL)
        tag.rank = 0 if field is None else field.rank
        tag.media = short(name)[0] == "media"
        return tag

    cdef bint read(self, Raw raw, xmlNode* node, Tag* tag) except -1:
        """Read one element; False if it is not simple."""
        cdef int field = tag.field
        cdef str text
        if field == IGNORED:
            return True
        if field == UNUSUAL or in_xml(node):
            return False
        if field == MEDIA or field == MEDIA_GROUP:
            return self.media(raw, node, field)
        if field == LINK and (text := attribute(node, b"href")) is not None:
            self.link(raw, node, text)
            return True
        text = text_of(node)
        if text is None:
            return field == AUTHOR and self.person(raw, node)
        if field == TITLE or field == SUMMARY or field == CONTENT:
            return self.construct(raw, node, tag, text)
        if field == PUBLISHED:
            raw.published = added(raw.published, (<object> tag.rank, text))
            return True
        if field == UPDATED:
            raw.updated = added(raw.updated, (<object> tag.rank, text))
            return True
        if field == TITLE_FALLBACK:
            raw.title_fallbacks = added(raw.title_fallbacks, text)
            return True
        self.simple(raw, node, field, text.strip())
        return True

    cdef int simple(self, Raw raw, xmlNode* node, int field, str text) except -1:
        """Read an element whose value is its text or one of its attributes."""
        cdef str said
        if field == LINK:
            raw.link = raw.link or text
        elif field == LINK_FALLBACK:
            raw.link_fallbacks = added(raw.link_fallbacks, text)
        elif field == ORIGIN:
            raw.origin = text
        elif field == GUID:
            self.guid(raw, node, text)
        elif field == AUTHOR:
            raw.authors = added(raw.authors, text)
        elif field == CATEGORY:
            said = attribute(node, b"label") or attribute(node, b"term") or text
            raw.categories = added(raw.categories, said)
        elif field == ENCLOSURE:
            said = attribute(node, b"url") or attribute(node, b"href")
            if said:
                raw.enclosures = added(raw.enclosures, said)
        elif field == SOURCE:
            raw.source_title = text
            raw.source_url = attribute(node, b"url") or ""
        elif field == COMMENTS:
            raw.comments = text
        elif field == LANGUAGE:
            raw.language = text
        return 0

    cdef int guid(self, Raw raw, xmlNode* node, str text) except -1:
        cdef str name
        if text:
            raw.guid = text
            for name, said in attributes_of(node):
                if name == "isPermaLink" or name == "ispermalink":
                    raw.no_permalink = said.strip().lower() == "false"
        return 0

    cdef int link(self, Raw raw, xmlNode* node, str href) except -1:
        cdef str rel = (attribute(node, b"rel") or "alternate").strip().lower()
        if rel == "enclosure":
            raw.enclosures = added(raw.enclosures, href)
        elif rel == "replies":
            raw.comments = raw.comments or href
        else:
            kind = (attribute(node, b"type") or "").strip().lower()
            raw.links = added(raw.links, (href, rel, kind))
        return 0

    cdef bint media(self, Raw raw, xmlNode* node, int field) except -1:
        """Read a picture or video, or a group of them, with its content."""
        cdef xmlNode* child = node.children
        cdef Tag* tag
        cdef str url = attribute(node, b"url") if field == MEDIA else None
        if url:
            raw.enclosures = added(raw.enclosures, url)
        while child is not NULL:
            if child.type == XML_ELEMENT_NODE:
                tag = self.tag(child)
                if tag.media and tag.field != MEDIA_GROUP and not self.read(raw, child, tag):
                    return False
            child = child.next
        return True

    cdef bint person(self, Raw raw, xmlNode* node) except -1:
        """Read an author with a name element."""
        cdef xmlNode* child = node.children
        cdef str name
        while child is not NULL:
            if child.type == XML_ELEMENT_NODE and strcasecmp(<char*> child.name, b"name") == 0:
                name = text_of(child)
                if name is None:
                    return False
                raw.authors = added(raw.authors, name.strip())
                return True
            child = child.next
        return False

    cdef bint construct(self, Raw raw, xmlNode* node, Tag* tag, str text) except -1:
        """Read a title, summary or content, by its type."""
        cdef str kind, said
        if tag.field == CONTENT and (said := attribute(node, b"src")) and not text.strip():
            raw.link_fallbacks = added(raw.link_fallbacks, said)
            return True
        kind = self.kind(node)
        if kind is None:
            return False
        if tag.field == SUMMARY:
            raw.summaries = added(raw.summaries, (<object> tag.rank, text, kind))
        elif tag.field == CONTENT:
            raw.content = added(raw.content, (text, kind))
        elif raw.title is None or not raw.title.strip():
            raw.title, raw.title_kind = text, kind
        return True

    cdef str kind(self, xmlNode* node):
        """The kind of a text, as in ``elements.construct``; None if that is needed."""
        if not self.atom:
            return "guess"
        if attribute(node, b"mode") is not None:
            return None
        cdef str said = (attribute(node, b"type") or "").strip().lower()
        if said == "html" or said == "text/html":
            return "html"
        return "text" if said == "" or said == "text" or said == "text/plain" else None
