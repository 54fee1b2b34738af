"""The fast parser: an lxml tree of RSS, RDF or Atom to a raw feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from aggregator.parse.errors import ParseError
from aggregator.parse.feeds.elements import (
    LANG,
    Context,
    attributes,
    construct,
    flat,
    inner,
    text_of,
)
from aggregator.parse.feeds.entry_source import Items, has_own
from aggregator.parse.feeds.fields import Field, field
from aggregator.parse.feeds.namespaces import short
from aggregator.parse.feeds.raw import Link, RawEntry, RawFeed, Text

_ITEMS = "item", "entry"


def read(root: etree._Element, body: bytes, url: str | None) -> RawFeed:
    """The feed below ``root``, the tree of ``body``. Raises ParseError if it is not a feed."""
    context = Context(body, url)
    feed = RawFeed()
    feed.parser = "fast"
    namespace, name = short(root.tag)
    context.atom = name in ("feed", "entry")
    feed.kind = _kind(root, namespace, name)
    items = Items(context, _entry)
    head, rest = root, []
    if name == "feed":
        rest = items.take(root, "entry")
    elif name == "entry":
        items.add([root])
    elif name in ("rss", "rdf", "channel"):
        head, rest = _channel(root, name, items)
    else:
        raise ParseError(
            f"an XML document of another kind (its first element is '{name}'), not a feed"
        )
    # These are rare in the head; without them the body need not be searched.
    around = context if has_own([root, head, *rest], context) else Context(b"", url)
    around.atom = context.atom
    if name != "entry":
        _head(head, rest, feed, around)
    feed.base = around.base(head)
    if items.compiled and feed.base is None:
        feed.unread = items
    else:
        feed.entries = items.raws()
    return feed


def _channel(
    root: etree._Element, name: str, items: Items
) -> tuple[etree._Element, list[etree._Element]]:
    """The channel of an RSS or RDF document and its non-entry children."""
    head = root
    if name != "channel":
        head = next((e for e in root if short(e.tag)[1] == "channel"), root)
    rest = items.take(head, *_ITEMS)
    if head is not root:
        items.take(root, *_ITEMS)
    if not items:
        items.add([e for e in root.iter(etree.Element) if short(e.tag)[1] == "item" and len(e)])
    return head, rest


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


def _entry(item: etree._Element, context: Context) -> RawEntry:
    raw = RawEntry()
    if context.based:
        raw.base = context.base(item)
    if context.langed:
        raw.language = item.get(LANG)
    if context.named and (about := context.about(item)):
        raw.guid = about
    handlers: dict[str, tuple[_Handler, int] | None] = context.handlers
    for element in item:
        tag = element.tag
        try:
            found = handlers[tag]
        except KeyError:
            found = handlers[tag] = _handler(tag)
        if found is not None:
            found[0](raw, element, found[1], context)
    return raw


def _handler(tag: object) -> tuple[_Handler, int] | None:
    found: Field | None = field(tag) if isinstance(tag, str) else None
    return None if found is None or found.name == "ignored" else (_HANDLERS[found.name], found.rank)


_Handler = Callable[[RawEntry, etree._Element, int, Context], None]
_HANDLERS: dict[str, _Handler] = {}


def _handles(*names: str) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        for name in names:
            _HANDLERS[name] = handler
        return handler

    return register


@_handles("title")
def _title(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if raw.title is None or not raw.title.value.strip():
        raw.title = construct(element, context)
        if context.langed and (lang := element.get(LANG)):
            raw.language = lang


@_handles("title_fallback")
def _title_fallback(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.title_fallbacks.append(Text(text_of(element), "guess"))


@_handles("link")
def _link(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    said = attributes(element)
    href = said.get("href")
    if href is None:
        if not raw.link:
            raw.link = flat(element)
        return
    rel = (said.get("rel") or "alternate").strip().lower()
    if rel == "enclosure":
        raw.enclosures.append(href)
    elif rel == "replies":
        raw.comments = raw.comments or href
    else:
        raw.links.append(
            Link(href, rel, (said.get("type") or "").strip().lower(), context.base(element))
        )


@_handles("link_fallback")
def _link_fallback(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.link_fallbacks.append(flat(element))


@_handles("origin")
def _origin(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.origin = flat(element)


@_handles("guid")
def _guid(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    value = flat(element)
    if value:
        raw.guid = value
        for name, said in element.items():
            if name in ("isPermaLink", "ispermalink"):
                raw.permalink = said.strip().lower() != "false"


@_handles("summary")
def _summary(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.summaries.append((rank, construct(element, context)))


@_handles("content")
def _content(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if element.get("src") and not (element.text or "").strip():
        raw.link_fallbacks.append(element.get("src") or "")
        return
    raw.content.append(construct(element, context))


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
                raw.authors.append(flat(child))
                return
    raw.authors.append(flat(element))


@_handles("category")
def _category(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    said = attributes(element)
    raw.categories.append(said.get("label") or said.get("term") or flat(element))


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
            raw.source_title = flat(child)
        elif name == "link" and (child.get("rel") or "alternate") == "alternate":
            raw.source_url = child.get("href") or flat(child)


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


@_handles("comments")
def _comments(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.comments = flat(element)


@_handles("language")
def _language(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    raw.language = flat(element)


@_handles("media")
def _media(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    if url := element.get("url"):
        raw.enclosures.append(url)
    _media_group(raw, element, rank, context)


@_handles("media_group")
def _media_group(raw: RawEntry, element: etree._Element, rank: int, context: Context) -> None:
    for child in _elements(element):
        found = field(child.tag)
        if found is not None and short(child.tag)[0] == "media" and found.name != "media_group":
            _HANDLERS[found.name](raw, child, found.rank, context)


def _head(
    head: etree._Element, elements: Iterable[etree._Element], feed: RawFeed, context: Context
) -> None:
    """Read the document's own fields from ``elements``, its non-entry children."""
    if context.langed:
        feed.language = next(
            (lang for e in (head, *head.iterancestors()) if (lang := e.get(LANG))), None
        )
    for element in elements:
        namespace, name = short(element.tag)
        if name == "title" and namespace in ("", "rss", "atom") and feed.title is None:
            feed.title = construct(element, context)
        elif name == "link" and namespace in ("", "rss", "atom"):
            _head_link(element, feed, context)
        elif name == "language" and namespace in ("", "rss", "dc") and (said := flat(element)):
            feed.language = said
        elif name in ("ttl", "updateperiod", "updatefrequency"):
            setattr(
                feed,
                {"ttl": "ttl", "updateperiod": "update_period"}.get(name, "update_frequency"),
                flat(element),
            )
        elif name == "skiphours":
            feed.skip_hours = [flat(child) for child in _elements(element)][:48]
        elif name == "skipdays":
            feed.skip_days = [flat(child) for child in _elements(element)][:14]


def _head_link(element: etree._Element, feed: RawFeed, context: Context) -> None:
    href = element.get("href")
    if href:
        rel = (element.get("rel") or "alternate").strip().lower()
        feed.links.append(Link(href, rel, element.get("type") or "", context.base(element)))
    elif not feed.link:
        feed.link = flat(element)
