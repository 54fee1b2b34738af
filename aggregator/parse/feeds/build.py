"""Makes entries from raw ones: limited, cleaned, with absolute links and UTC times."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from aggregator.model import Document, Entry, Flag
from aggregator.parse import limits
from aggregator.parse.feeds.entry_factory import new_entry
from aggregator.parse.feeds.fast_scalars import date_of
from aggregator.parse.feeds.labels import author_of, guid_of, name_of
from aggregator.parse.feeds.links import link, web
from aggregator.parse.feeds.markup import clean_html, text_as_html, title_text
from aggregator.parse.feeds.raw import Link, RawEntry, RawFeed, Text
from aggregator.text.languages import code

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PERIODS = {
    "hourly": 3600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}


def build(feed: RawFeed, *, url: str | None, now: datetime, max_entries: int) -> Document:
    """The document for ``feed``, with at most ``max_entries`` entries, the newest."""
    site = link(_site(feed), web(feed.base) or web(url))
    base = web(feed.base) or _entry_base(feed, site) or web(url) or site
    language = code(feed.language)
    found = _entries(feed, max_entries, base, now, language)
    entries = tuple(e for e in found if e is not None)
    problems = list(dict.fromkeys(feed.problems))
    if len(entries) < len(found):
        problems.append(f"{len(found) - len(entries)} entries have no title, text or link")
    return Document(
        entries=entries,
        kind=feed.kind,
        title=title_text(feed.title.value, feed.title.kind) if feed.title else "",
        link=site,
        language=language,
        parser=feed.parser,
        problems=tuple(problems[: limits.PROBLEMS]),
        partial=feed.partial,
        ttl=_ttl(feed),
        skip_hours=_hours(feed.skip_hours),
        skip_days=tuple(d for d in _DAYS if d in {s.strip().capitalize() for s in feed.skip_days}),
        hub=_rel(feed.links, "hub", base),
        topic=_rel(feed.links, "self", base),
    )


def _entries(
    feed: RawFeed, most: int, base: str | None, now: datetime, language: str | None
) -> list[Entry | None]:
    """At most ``max_entries`` entries; None for each without content."""
    if feed.unread is not None:
        if len(feed.unread) <= most:
            return [
                entry(one, base, now, language) if isinstance(one, RawEntry) else one
                for one in feed.unread.made(base, now, language)
            ]
        feed.entries = feed.unread.raws()
    return [entry(raw, base, now, language) for raw in _newest(feed, most, now, language)]


def entry(raw: RawEntry, base: str | None, now: datetime, language: str | None) -> Entry | None:
    """One entry, or None if it has no content."""
    flags: list[str] = []
    if raw.base:
        base = web(raw.base) or base
    title = title_text(raw.title.value, raw.title.kind) if raw.title else ""
    if not title and raw.title_fallbacks:
        title = next((t for text in raw.title_fallbacks if (t := title_text(*text[:2]))), "")
    content = summary = ""
    for text in raw.content:
        if len(body := _body(text, base)) > len(content):
            content = body
    summaries = raw.summaries
    for _, text in sorted(summaries, key=_rank) if len(summaries) > 1 else summaries:
        if summary := _body(text, base):
            break
    if summary == content:
        summary = ""
    href = _href(raw, base)
    if not (title or content or summary or href):
        return None
    if href is None and (raw.link or raw.links):
        flags.append(Flag.BAD_LINK)
    published = _time(raw.published, now, language, flags) if raw.published else None
    updated = _time(raw.updated, now, language, flags) if raw.updated else None
    return new_entry(
        title,
        href,
        guid_of(raw.guid) if raw.guid else None,
        summary,
        content,
        published or updated,
        updated,
        _names([author_of(one) for one in raw.authors]) if raw.authors else (),
        _names(raw.categories) if raw.categories else (),
        code(raw.language) if raw.language else None,
        title_text(raw.source_title)[: limits.NAME] or None if raw.source_title else None,
        link(raw.source_url, base) if raw.source_url else None,
        link(raw.comments, base) if raw.comments else None,
        _links(raw.enclosures, base) if raw.enclosures else (),
        None,  # the credit, only for pages
        tuple(flags) if flags else (),
    )


def _rank(ranked: tuple[int, object]) -> int:
    return ranked[0]


def _body(text: Text, base: str | None) -> str:
    if text.kind == "text":
        return text_as_html(text.value)
    return clean_html(text.value, web(text.base) or base)


def _href(raw: RawEntry, base: str | None) -> str | None:
    """The entry's address: the one before a redirector, the link, or a permalink guid."""
    for value in (raw.origin, raw.link):
        if value and (found := link(value, base)):
            return found
    for wanted in ("alternate", "canonical") if raw.links else ():
        best = [e for e in raw.links if e.rel == wanted]
        best.sort(key=lambda e: 0 if e.type in ("", "text/html", "application/xhtml+xml") else 1)
        for element in best:
            if found := link(element.href, web(element.base) or base):
                return found
    if (
        raw.guid
        and raw.permalink is not False
        and raw.guid.lower().startswith(("http://", "https://"))
    ):
        return link(raw.guid, base)
    for value in raw.link_fallbacks:
        if found := link(value, base):
            return found
    return None


def _time(
    said: list[tuple[int, str]], now: datetime, language: str | None, flags: list[str]
) -> datetime | None:
    for _, text in sorted(said, key=_rank) if len(said) > 1 else said:
        if found := date_of(text, now=now, language=language):
            return found
    if any(text.strip() for _, text in said) and Flag.BAD_DATE not in flags:
        flags.append(Flag.BAD_DATE)
    return None


def _names(said: list[str]) -> tuple[str, ...]:
    if len(said) == 1:
        name = name_of(said[0])
        return (name,) if name else ()
    found = dict.fromkeys(map(name_of, said))
    found.pop("", None)
    return tuple(found)[: limits.NAMES]


def _links(said: list[str], base: str | None) -> tuple[str, ...]:
    found = dict.fromkeys(link(value, base) for value in said[: limits.ENCLOSURES * 2])
    return tuple(value for value in found if value)[: limits.ENCLOSURES]


def _site(feed: RawFeed) -> str:
    if feed.link:
        return feed.link
    found = [e.href for e in feed.links if e.rel == "alternate"]
    return found[0] if found else ""


def _entry_base(feed: RawFeed, site: str | None) -> str | None:
    """The base for relative links of an RSS entry: the site linked by the channel.

    RSS does not specify it; readers (Miniflux, NetNewsWire, SimplePie) use the channel's
    link, since feeds are often served from another host. Atom has xml:base.
    """
    return site if feed.kind.startswith(("rss", "rdf")) else None


def _rel(links: list[Link], rel: str, base: str | None) -> str | None:
    return next((found for e in links if e.rel == rel and (found := link(e.href, base))), None)


def _ttl(feed: RawFeed) -> float | None:
    """Seconds between polls requested by the publisher: the larger of ``ttl`` and ``sy:``."""
    wishes = []
    with suppress(ValueError):
        wishes.append(float(feed.ttl) * 60)
    if feed.update_period or feed.update_frequency:
        period = _PERIODS.get(feed.update_period.strip().lower() or "daily")
        try:
            frequency = float(feed.update_frequency or 1)
            if period and frequency > 0:
                wishes.append(period / frequency)
        except ValueError:
            pass
    wishes = [w for w in wishes if 0 < w < 1e9]
    return max(wishes, default=None)


def _hours(said: list[str]) -> tuple[int, ...]:
    """Hours 0 to 23; RSS 0.91 counts to 24, which is midnight."""
    hours = {int(h) % 24 for h in (s.strip() for s in said) if h.isdecimal() and int(h) <= 24}
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def _newest(feed: RawFeed, most: int, now: datetime, language: str | None) -> list[RawEntry]:
    """At most ``most`` entries in document order: the newest, or the first if undated."""
    raws = feed.entries
    if len(raws) <= most:
        return raws
    feed.problems.append(f"only the newest {most:,} of {len(raws):,} entries were read")
    times = [_time(raw.published or raw.updated, now, language, []) for raw in raws]
    dated = [t for t in times if t is not None]
    if len(dated) * 2 < len(raws):
        return raws[:most]
    oldest = min(dated)
    order = sorted(range(len(raws)), key=lambda i: times[i] or oldest, reverse=True)
    return [raws[i] for i in sorted(order[:most])]
