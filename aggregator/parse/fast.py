"""The fast path: an lxml tree of RSS, RDF or Atom to a raw feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from aggregator.parse.errors import ParseError
from aggregator.parse.fields import Field, field
from aggregator.parse.links import join
from aggregator.parse.markup import base64_text
from aggregator.parse.namespaces import short
from aggregator.parse.raw import Link, RawEntry, RawFeed, Text

_XML = "{http://www.w3.org/XML/1998/namespace}"
_BASE, _LANG = _XML + "base", _XML + "lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_XHTML = "http://www.w3.org/1999/xhtml"


class Context:
    """What one document's elements are read with."""

    __slots__ = ("atom", "based", "fields", "handlers", "langed", "url")

    def __init__(self, text_has_base: bool, text_has_lang: bool, url: str | None) -> None:
        self.based = text_has_base
        self.langed = text_has_lang
        self.url = url
        self.atom = False
        self.fields: dict[str, Field | None] = {}
        self.handlers: dict[str, tuple[_Handler, int] | None] = {}

    def field(self, tag: str) -> Field | None:
        """What an element of this name is about; looked up once a document."""
        try:
            return self.fields[tag]
        except KeyError:
            found = self.fields[tag] = field(*short(tag))
            return found

    def base(self, element: etree._Element) -> str | None:
        """The base URL at ``element`` where xml:base sets one."""
        if not self.based:
            return None
        bases = [e.get(_BASE) for e in (element, *element.iterancestors()) if e.get(_BASE)]
        found: str | None = self.url
        for one in reversed(bases):
            found = join(found, one)
        return found if bases else None


def read(root: etree._Element, *, based: bool, langed: bool, url: str | None) -> RawFeed:
    """The feed below ``root``; raises ParseError where it is none."""
    context = Context(based, langed, url)
    feed = RawFeed()
    feed.parser = "fast"
    namespace, name = short(root.tag)
    context.atom = name in ("feed", "entry")
    feed.kind = _kind(root, namespace, name)
    if name == "feed":
        head, items = root, [e for e in root if short(e.tag)[1] == "entry"]
    elif name == "entry":
        head, items = root, [root]
    elif name in ("rss", "rdf", "channel"):
        channel = (
            root
            if name == "channel"
            else next((e for e in root if short(e.tag)[1] == "channel"), root)
        )
        head, items = channel, _items(root, channel)
    else:
        raise ParseError(
            f"an XML document of another kind (its first element is '{name}'), not a feed"
        )
    if name != "entry":
        _head(head, feed, context)
    feed.base = context.base(head)
    feed.entries = [_entry(item, context) for item in items]
    return feed


def _items(root: etree._Element, channel: etree._Element) -> list[etree._Element]:
    found = [e for e in channel if short(e.tag)[1] in ("item", "entry")]
    if channel is not root:
        found += [e for e in root if short(e.tag)[1] in ("item", "entry")]
    if not found:
        found = [e for e in root.iter(etree.Element) if short(e.tag)[1] == "item" and len(e)]
    return found


def _kind(root: etree._Element, namespace: str, name: str) -> str:
    version = (root.get("version") or "").strip()
    if name in ("feed", "entry"):
        return (
            "atom03"
            if version == "0.3" or root.tag.startswith("{http://purl.org/atom")
            else "atom10"
        )
    if name == "rdf":
        old = any("netscape.com" in e.tag for e in root)
        return "rss09" if old else "rss10"
    digits = version.replace(".", "")[:3]
    return {"200": "rss20", "": "rss"}.get(digits, f"rss{digits}" if digits.isalnum() else "rss")


def text_of(element: etree._Element) -> str:
    """The text of an element; with child elements, its inner HTML."""
    if len(element) == 0:
        return element.text or ""
    return inner(element)


def inner(element: etree._Element) -> str:
    """The markup inside an element, as HTML without namespace prefixes."""
    parts = [_escape(element.text or "")]
    for child in element:
        parts.append(_markup(child))
        parts.append(_escape(child.tail or ""))
    return "".join(parts)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if text else ""


def _markup(element: etree._Element) -> str:
    name = etree.QName(element).localname
    attributes = "".join(
        f' {etree.QName(key).localname}="{_escape(str(value)).replace(chr(34), "&quot;")}"'
        for key, value in element.attrib.items()
    )
    body = inner(element)
    if not body and name.lower() in ("br", "hr", "img", "input", "wbr"):
        return f"<{name}{attributes}>"
    return f"<{name}{attributes}>{body}</{name}>"


def _text(element: etree._Element, context: Context) -> Text:
    """A text construct, by its type and mode."""
    base = context.base(element) if context.based else None
    if not context.atom and len(element) == 0:
        return Text(element.text or "", "guess", base)
    kind = (element.get("type") or "").strip().lower()
    mode = (element.get("mode") or "").strip().lower()
    if mode == "base64":
        return Text(base64_text(element.text or ""), "html" if "html" in kind else "guess", base)
    if len(element) and mode != "escaped":
        return Text(inner(element), "html", base)
    value = text_of(element)
    if not context.atom:
        return Text(value, "guess", base)
    if kind in ("html", "xhtml", "text/html", "application/xhtml+xml"):
        if mode == "xml" or "xhtml" in kind:  # the text of an XML construct is itself
            return Text(value, "text", base)
        return Text(value, "html", base)
    if kind in ("", "text", "text/plain"):
        return Text(value, "text", base)
    if kind.endswith(("+xml", "/xml")) or kind.startswith("text/"):
        return Text(value, "text", base)
    # Anything else is base64 (RFC 4287, 4.1.3.3): of text, or of a media file, which is left out.
    return Text(base64_text(value), "html", base)


def _entry(item: etree._Element, context: Context) -> RawEntry:
    raw = RawEntry()
    if context.based:
        raw.base = context.base(item)
    if context.langed:
        raw.language = item.get(_LANG)
    if about := item.get(_RDF_ABOUT):
        raw.guid = about
    handlers = context.handlers
    for element in item:
        tag = element.tag
        try:
            found = handlers[tag]
        except KeyError:
            found = handlers[tag] = _handler(context.field(tag) if isinstance(tag, str) else None)
        if found is not None:
            found[0](raw, element, found[1], context)
    return raw


def _handler(found: Field | None) -> tuple[_Handler, int] | None:
    return None if found is None else (_HANDLERS[found.name], found.rank)


_Handler = Callable[[RawEntry, etree._Element, int, Context], None]
_HANDLERS: dict[str, _Handler] = {}


def _handles(*names: str) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        for name in names:
            _HANDLERS[name] = handler
        return handler

    return register


@_handles("ignored")
def _ignored(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    return None


@_handles("title")
def _title(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if raw.title is None or not raw.title.value.strip():
        raw.title = _text(element, context)
        if context.langed and (lang := element.get(_LANG)):
            raw.language = lang


@_handles("title_fallback")
def _title_fallback(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.title_fallbacks.append(Text(text_of(element), "guess"))


@_handles("link")
def _link(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    href = element.get("href")
    if href is None:
        if not raw.link:
            raw.link = _flat(element)
        return
    rel = (element.get("rel") or "alternate").strip().lower()
    if rel == "enclosure":
        raw.enclosures.append(href)
    elif rel == "replies":
        raw.comments = raw.comments or href
    else:
        raw.links.append(
            Link(href, rel, (element.get("type") or "").strip().lower(), context.base(element))
        )


def _flat(element: etree._Element) -> str:
    if len(element) == 0:
        return (element.text or "").strip()
    return "".join(element.itertext()).strip()  # type: ignore[arg-type]


@_handles("link_fallback")
def _link_fallback(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.link_fallbacks.append(_flat(element))


@_handles("origin")
def _origin(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.origin = _flat(element)


@_handles("guid")
def _guid(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    value = _flat(element)
    if value:
        raw.guid = value
        said = element.get("isPermaLink") or element.get("ispermalink")
        raw.permalink = None if said is None else said.strip().lower() != "false"


@_handles("summary")
def _summary(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.summaries.append((rank, _text(element, context)))


@_handles("content")
def _content(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if element.get("src") and not (element.text or "").strip():
        raw.link_fallbacks.append(element.get("src") or "")
        return
    raw.content.append(_text(element, context))


@_handles("content_markup")
def _content_markup(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.content.append(Text(inner(element), "html", context.base(element)))


@_handles("published")
def _published(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.published.append((rank, element.text or ""))


@_handles("updated")
def _updated(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.updated.append((rank, element.text or ""))


@_handles("author")
def _author(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if len(element):
        for child in element:
            if isinstance(child.tag, str) and short(child.tag)[1] == "name":
                raw.authors.append(_flat(child))
                return
    raw.authors.append(_flat(element))


@_handles("category")
def _category(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.categories.append(element.get("label") or element.get("term") or _flat(element))


@_handles("enclosure")
def _enclosure(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if url := element.get("url") or element.get("href"):
        raw.enclosures.append(url)


@_handles("source")
def _source(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if len(element) == 0:
        raw.source_title = (element.text or "").strip()
        raw.source_url = element.get("url") or ""
        return
    for child in _elements(element):
        name = short(child.tag)[1]
        if name == "title":
            raw.source_title = _flat(child)
        elif name == "link" and (child.get("rel") or "alternate") == "alternate":
            raw.source_url = child.get("href") or _flat(child)


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


@_handles("comments")
def _comments(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.comments = _flat(element)


@_handles("language")
def _language(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.language = _flat(element)


@_handles("media")
def _media(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if url := element.get("url"):
        raw.enclosures.append(url)
    _media_group(raw, element, rank, context)


@_handles("media_group")
def _media_group(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    for child in _elements(element):
        found = context.field(child.tag)
        if found is not None and short(child.tag)[0] == "media" and found.name != "media_group":
            _HANDLERS[found.name](raw, child, found.rank, context)


def _head(head: etree._Element, feed: RawFeed, context: Context) -> None:
    """What the document says about itself."""
    if context.langed:
        feed.language = next(
            (lang for e in (head, *head.iterancestors()) if (lang := e.get(_LANG))), None
        )
    for element in _elements(head):
        namespace, name = short(element.tag)
        if name in ("item", "entry"):
            continue
        if name == "title" and namespace in ("", "rss", "atom") and feed.title is None:
            feed.title = _text(element, context)
        elif name == "link" and namespace in ("", "rss", "atom"):
            _head_link(element, feed, context)
        elif name == "language" and namespace in ("", "rss", "dc") and (said := _flat(element)):
            feed.language = said
        elif name in ("ttl", "updateperiod", "updatefrequency"):
            setattr(
                feed,
                {"ttl": "ttl", "updateperiod": "update_period"}.get(name, "update_frequency"),
                _flat(element),
            )
        elif name == "skiphours":
            feed.skip_hours = [_flat(child) for child in _elements(element)][:48]
        elif name == "skipdays":
            feed.skip_days = [_flat(child) for child in _elements(element)][:14]


def _head_link(element: etree._Element, feed: RawFeed, context: Context) -> None:
    href = element.get("href")
    if href:
        rel = (element.get("rel") or "alternate").strip().lower()
        feed.links.append(Link(href, rel, element.get("type") or "", context.base(element)))
    elif not feed.link:
        feed.link = _flat(element)
