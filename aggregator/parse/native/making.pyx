# cython: language_level=3, boundscheck=False, wraparound=False
"""Makes entries from raw ones: ``parse.feeds.build.entry`` with fast paths for simple cases."""

from cpython.object cimport PyObject_GenericSetAttr
from cpython.unicode cimport PyUnicode_GET_LENGTH

from aggregator.parse.native.dates cimport UNKNOWN, time_of
from aggregator.parse.native.links cimport plain_link
from aggregator.parse.native.markup cimport clean_at_once
from aggregator.parse.native.plain cimport ODD, REFERENCE, TAG, composed, look, one_line
from aggregator.parse.native.raw cimport Raw

from aggregator.model import Entry
from aggregator.parse import limits
from aggregator.parse.feeds.labels import author_of, guid_of, name_of
from aggregator.parse.feeds.links import link as any_link
from aggregator.parse.feeds.markup import clean_gated, clean_html, text_as_html, title_text
from aggregator.parse.feeds.fast_scalars import date_of
from aggregator.text.dates import AHEAD, EARLIEST
from aggregator.text.languages import code

cdef Py_ssize_t TITLE = limits.TITLE
cdef Py_ssize_t HTML = limits.HTML
cdef Py_ssize_t GUID = limits.GUID
cdef Py_ssize_t NAME = limits.NAME
cdef Py_ssize_t NAMES = limits.NAMES
cdef Py_ssize_t ENCLOSURES = limits.ENCLOSURES


def _rank(ranked):
    return ranked[0]


cdef list _ranked(list said):
    """Best first, otherwise in document order."""
    return sorted(said, key=_rank) if len(said) > 1 else said


cdef class Maker:
    """Makes the entries of one document; the arguments are those of ``build.entry``."""

    def __init__(self, base, now, language):
        self.base, self.now, self.language = base, now, language
        self.earliest = int(EARLIEST.timestamp())
        self.latest = int((now + AHEAD).timestamp())

    cdef object entry(self, Raw raw):
        """The entry, or None if it has no content."""
        cdef str title = self.title(raw)
        cdef str content = self.content(raw) if raw.content is not None else ""
        cdef str summary = self.summary(raw) if raw.summaries is not None else ""
        cdef list flags = []
        if summary == content:
            summary = ""
        href = self.href(raw)
        if not (title or content or summary or href):
            return None
        if href is None and (raw.link or raw.links is not None):
            flags.append("bad_link")
        published = self.time(raw.published, flags) if raw.published is not None else None
        updated = self.time(raw.updated, flags) if raw.updated is not None else None
        return _entry(
            title,
            href,
            _guid(raw.guid) if raw.guid else None,
            summary,
            content,
            updated if published is None else published,
            updated,
            _authors(raw.authors) if raw.authors is not None else (),
            _names(raw.categories) if raw.categories is not None else (),
            code(raw.language) if raw.language else None,
            _title(raw.source_title, "guess")[:NAME] or None if raw.source_title else None,
            self.link(raw.source_url),
            self.link(raw.comments),
            self.links(raw.enclosures) if raw.enclosures is not None else (),
            tuple(flags) if flags else (),
        )

    cdef str title(self, Raw raw):
        cdef str found = "" if raw.title is None else _title(raw.title, raw.title_kind)
        if not found and raw.title_fallbacks is not None:
            for text in raw.title_fallbacks:
                found = _title(text, "guess")
                if found:
                    break
        return found

    cdef str content(self, Raw raw):
        """The longest text."""
        cdef str found = "", body
        for text, kind in raw.content:
            body = self.body(text, kind)
            if PyUnicode_GET_LENGTH(body) > PyUnicode_GET_LENGTH(found):
                found = body
        return found

    cdef str summary(self, Raw raw):
        """The best non-empty text."""
        cdef str found
        for _, text, kind in _ranked(raw.summaries):
            found = self.body(text, kind)
            if found:
                return found
        return ""

    cdef str body(self, str text, str kind):
        """A text as clean HTML."""
        cdef int found
        cdef str cleaned
        found = look(text) if PyUnicode_GET_LENGTH(text) <= HTML else <int> ODD
        if kind == "text":
            if found & (ODD | TAG | REFERENCE) or ">" in text:
                return text_as_html(text)
            return composed(text, found).strip()
        if found & ODD:
            return clean_html(text, self.base)
        form = composed(text, found)
        if not found & (TAG | REFERENCE):
            return form.strip()
        if form is not text and form != text:  # a mark may join a '<', or NFC lengthen it
            return clean_html(text, self.base)
        cleaned = clean_at_once(text, self.base) if found & TAG else None
        return clean_gated(text, self.base) if cleaned is None else cleaned.strip()

    cdef object href(self, Raw raw):
        """``build._href``."""
        found = self.link(raw.origin) or self.link(raw.link)
        if found or (raw.links is None and not raw.guid and raw.link_fallbacks is None):
            return found
        if raw.links is not None:
            found = self.of_links(raw.links, "alternate") or self.of_links(raw.links, "canonical")
            if found:
                return found
        if raw.guid and not raw.no_permalink:
            if raw.guid[:8].lower().startswith(("http://", "https://")):
                return self.link(raw.guid)
        if raw.link_fallbacks is not None:
            for value in raw.link_fallbacks:
                found = self.link(value)
                if found:
                    return found
        return None

    cdef object of_links(self, list links, str wanted):
        """The first valid link of this kind, pages before other documents."""
        for page in (True, False):
            for href, rel, kind in links:
                if rel == wanted and (kind in ("", "text/html", "application/xhtml+xml")) is page:
                    found = self.link(href)
                    if found:
                        return found
        return None

    cdef object link(self, str value):
        if not value:
            return None
        cdef str found = plain_link(value)
        return any_link(value, self.base) if found is None else found

    cdef object time(self, list said, list flags):
        """``build._time``."""
        for _, text in _ranked(said):
            found = time_of(text, self.earliest, self.latest)
            if found is UNKNOWN:
                found = date_of(text, now=self.now, language=self.language)
            if found is not None:
                return found
        if "bad_date" not in flags and any([text.strip() for _, text in said]):
            flags.append("bad_date")
        return None

    cdef tuple links(self, list said):
        cdef dict found = {}
        for value in said[:ENCLOSURES * 2]:
            href = self.link(value)
            if href:
                found[href] = None
        return tuple(found)[:ENCLOSURES]


cdef tuple FIELDS = (
    "title", "link", "guid", "summary", "content", "published", "updated", "authors", "categories",
    "language", "source_title", "source_url", "comments", "enclosures", "credit", "flags",
)
if tuple(Entry.__slots__) != FIELDS:  # an unset field would be missing, not empty
    raise ImportError("the compiled reader does not know all fields of an entry")


cdef object _entry(
    str title, object href, object guid, str summary, str content, object published, object updated,
    tuple authors, tuple categories, object language, object source_title, object source_url,
    object comments, tuple enclosures, tuple flags,
):
    """An ``Entry`` with its fields set below its ``__setattr__``, which refuses it."""
    entry = Entry.__new__(Entry)
    PyObject_GenericSetAttr(entry, "title", title)
    PyObject_GenericSetAttr(entry, "link", href)
    PyObject_GenericSetAttr(entry, "guid", guid)
    PyObject_GenericSetAttr(entry, "summary", summary)
    PyObject_GenericSetAttr(entry, "content", content)
    PyObject_GenericSetAttr(entry, "published", published)
    PyObject_GenericSetAttr(entry, "updated", updated)
    PyObject_GenericSetAttr(entry, "authors", authors)
    PyObject_GenericSetAttr(entry, "categories", categories)
    PyObject_GenericSetAttr(entry, "language", language)
    PyObject_GenericSetAttr(entry, "source_title", source_title)
    PyObject_GenericSetAttr(entry, "source_url", source_url)
    PyObject_GenericSetAttr(entry, "comments", comments)
    PyObject_GenericSetAttr(entry, "enclosures", enclosures)
    PyObject_GenericSetAttr(entry, "credit", None)
    PyObject_GenericSetAttr(entry, "flags", flags)
    return entry


cdef str _title(str text, str kind):
    cdef str found = one_line(text, TITLE)
    return title_text(text, kind) if found is None else found


cdef object _guid(str value):
    cdef str found = one_line(value, GUID)
    return guid_of(value) if found is None else found or None


cdef tuple _authors(list said):
    return _names([author_of(one) if "@" in one else one for one in said])


cdef tuple _names(list said):
    """Distinct names in order."""
    cdef dict found = {}
    cdef str name
    for one in said:
        name = one_line(one, NAME)
        if name is None:
            name = name_of(one)
        if name:
            found[name] = None
    return tuple(found)[:NAMES]
