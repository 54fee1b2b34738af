"""Makes items from entries: everything a comparison needs is computed once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from aggregator.model import Document, Entry, Feed, Flag, Item, Shared, Trust
from aggregator.text.advertisements import is_advertisement
from aggregator.text.boilerplate import FeedProfile, cut
from aggregator.text.clean import gate, plain, squeeze
from aggregator.text.credits import find_credit
from aggregator.text.identity import content_hash, item_id
from aggregator.text.labels import split
from aggregator.text.languages import SAMPLE, identify
from aggregator.text.letters import fold
from aggregator.text.recurring import is_format
from aggregator.text.related import without_related
from aggregator.text.titles import clean_title
from aggregator.text.trust import Doubts, doubts
from aggregator.text.urls import canonical_url, host, safe_link, targets

LEAD = 300
UNTITLED = 120  # characters of a text that replace a missing headline
TEXT_LIMIT = 100_000
_POINTER = 400  # characters: a longer text is an article, not a pointer to one
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing on the web is older
# A full stop ends a sentence only before a space and not before a small letter: '6.3', 'a.m. on'.
_SENTENCE_END = re.compile(
    r"(?:[.!?؟…۔।]+[\"'”’»“)\]]*(?=\s+(?![a-zà-öø-ÿа-яё])|$)|[。！？]+[”’」』）]*)"
)


def within_reason(time: datetime | None, seen: datetime) -> datetime | None:
    """The time of an entry that arrived at ``seen``; None if it cannot be right."""
    if time is None or time < _EARLIEST or time > seen + timedelta(hours=24):
        return None
    return time


def _lead(text: str) -> str:
    """The first sentence or two of a text, unchanged."""
    start = squeeze(text[:1200])
    ends = [found.end() for found in islice(_SENTENCE_END.finditer(start), 2)]
    ends = [*ends, len(start)][:2]
    end = max((end for end in ends if end <= LEAD), default=LEAD)
    return start[:end].rstrip()


def _outlets(
    source: str, feed: Feed, entry: Entry, document: Document, profile: FeedProfile | None
) -> tuple[str, ...]:
    """Names of an entry's outlet: declared, from its address, from its titles."""
    hosts = (host(document.link), host(entry.link), host(entry.source_url))
    names = (source, feed.title, document.title, *hosts, *(profile.outlets if profile else ()))
    return tuple(dict.fromkeys(name for name in names if name))


def _pointed(entry: Entry, text: str) -> tuple[str, ...]:
    """The page that a short entry points to; none for an article that links to its sources.

    A comment thread about the entry itself does not count.
    """
    if len(text) > _POINTER:
        return ()
    thread = canonical_url(entry.comments, entry.link)
    found = [url for url in targets(entry.content or entry.summary, entry.link) if url != thread]
    return tuple(found) if len(found) == 1 else ()


def _identity(
    entry: Entry,
    url: str | None,
    title: str,
    content: Callable[[], str],
    doubted: Doubts,
    trust: Trust,
) -> str:
    """The most reliable identity of an entry: as set by the user, its guid, link or content.

    ``content`` fingerprints all of its text, so it is called only if there is no other.
    """
    guid = None if doubted.guid else entry.guid
    link = None if doubted.link else url
    asked = {"title": title, "guid": guid, "link": link}.get(trust.identity or "")
    if trust.identity == "content":
        return content()
    return asked or guid or link or content()


def other_identities(item: Item) -> list[Item]:
    """``item`` with each of its other possible identities, if its own belongs to another page."""
    own = item.url if item.url and Flag.SHARED_LINK not in item.flags else None
    names = (own, content_hash("again", item.identity, fold(item.title_raw)))
    return [
        replace(item, id=item_id(item.feed, name), identity=name)
        for name in names
        if name and name != item.identity
    ]


def make_item(
    feed: Feed,
    entry: Entry,
    document: Document,
    *,
    seen: datetime,
    profile: FeedProfile | None = None,
) -> Item | None:
    """The item for ``entry`` of ``document``, or None if it has no content."""
    base = document.link or feed.url
    link = safe_link(entry.link, base)
    shared = profile.shared if profile else Shared()
    doubted = doubts(entry, shared, document.link, feed.trust)
    url = canonical_url(entry.link, base, fragment=doubted.fragment)
    summary, content = plain(entry.summary), plain(entry.content)
    text = gate(content if len(content) >= len(summary) else summary, TEXT_LIMIT)
    raw = squeeze(gate(entry.title, 1000))
    if not (raw or text or link):
        return None
    language = identify(
        f"{raw} {text[:SAMPLE]}", feed.language or entry.language or document.language
    )
    source = entry.source_title or feed.title or document.title or host(entry.link or feed.url)
    outlets = _outlets(source, feed, entry, document, profile)
    given = content_hash(raw, text, url or "")  # before anything learned is cut from it
    if doubted.text and raw:
        text = ""  # a text that the feed puts under every title says nothing about this one
    written = text
    credit, text = find_credit(cut(without_related(text), profile), language)
    title = clean_title(raw, outlets=outlets, lead=text[:400], language=language)
    flags = [*title.flags, *entry.flags, *doubted.flags]
    if not title.title and text:
        # Without a title, the beginning of the text serves as the headline.
        title = replace(title, title=_lead(text)[:UNTITLED].rstrip())
        flags.append(Flag.UNTITLED)
    first, _, rest = text.partition("\n")
    if raw and fold(first) in (fold(title.title), fold(raw)) and first:
        text = rest
        flags.append(Flag.FOLDED_TITLE)
    published = within_reason(entry.published, seen)
    if published is None:
        flags.append(Flag.NO_DATE)
    if (profile and profile.recurring(title.title)) or is_format(title.title, language):
        flags.append(Flag.RECURRING)
    if effect := split(title.title)[0]:
        flags.append(effect)
    if is_advertisement(raw, categories=entry.categories, link=link):
        flags.append(Flag.ADVERTISEMENT)
    identity = _identity(
        entry,
        url,
        fold(title.title),
        lambda: content_hash("content", fold(raw), fold(written)),
        doubted,
        feed.trust,
    )
    return Item(
        id=item_id(feed.id, identity),
        feed=feed.id,
        identity=identity,
        title=title.title,
        seen=seen,
        published=published,
        updated=within_reason(entry.updated, seen),
        title_raw=raw,
        text=text,
        lead=_lead(text),
        url=url,
        link=link,
        language=language,
        source=source,
        credit=entry.credit or title.credit or credit,
        tags=feed.tags,
        targets=_pointed(entry, text),
        flags=tuple(dict.fromkeys(flags)),
        priority=feed.priority,
        weight=feed.weight,
        content_hash=given,
    )
