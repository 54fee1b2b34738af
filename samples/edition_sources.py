"""The sources of the sample edition: TOML files, one per outlet, read into frozen data.

Nothing is imported from ``aggregator``, because the pipeline is tested against the
edition. README.md explains the keys of the files.
"""

from __future__ import annotations

import re
import tomllib
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DRESSES: dict[str, Callable[[str], str]] = {
    "utm": lambda url: url + "?utm_source=newsfold&utm_medium=feed&utm_campaign=rss",
    "click": lambda url: url + "?fbclid=IwAR0sampleedition&utm_content=share",
    "amp": lambda url: url + "/amp",
    "amp-query": lambda url: url + "?amp=1&utm_source=amp",
    "mobile": lambda url: url.replace("://", "://m.", 1),
    "fragment": lambda url: url + "#comments",
    "port": lambda url: re.sub(r"^(https://[^/]+)", r"\1:443", url),
}
"""Variants of an address, as made by aggregators and share buttons."""


class SourceError(ValueError):
    """A source file contradicts itself; the message names the entry and the problem."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an entry from a certain time on."""

    day: int  # 1 to 3; earlier days are zero or negative
    minute: int  # of that day, on the edition's clock
    title: str
    body: str  # paragraphs, with an empty line between them


@dataclass(frozen=True, slots=True)
class EntrySource:
    """One entry as written, references resolved."""

    key: str
    feed: str  # file name of its feed
    forms: tuple[Form, ...]  # the first form, then its corrections
    summary: str  # a teaser; empty if the feed contains only the body
    link: str | None  # as written in the document, possibly relative
    url: str | None  # the same, absolute
    guid: str | None
    dated: bool
    repeat_headline: bool  # the body begins with its own headline
    tail: str  # what the outlet appends to this body
    credit: str  # what the outlet puts before this body
    author: str
    categories: tuple[str, ...]
    source_title: str  # of an aggregated entry
    source_url: str
    canonical: str
    story: str
    event: str | None  # the same event in any language
    follows: str | None  # the story that this one's story continues
    rule: str | None  # the rule that is meant to find it
    flags: tuple[str, ...]
    trap: str


@dataclass(frozen=True, slots=True)
class FeedSource:
    """An outlet: the format of its feed, and its entries."""

    file: str
    title: str
    site: str
    format: str  # rss20, rss10, atom10, json11
    language: str
    tags: tuple[str, ...]
    encoding: str
    place: str  # where bodies go: summary, content, both
    html: bool
    cdata: bool
    titles: str  # plain, cdata, charref, double (escaped twice)
    image: bool
    ttl: int | None
    boilerplate: str
    description: str
    entries: tuple[EntrySource, ...]


def load(folder: Path) -> tuple[FeedSource, ...]:
    """Read all outlets in ``folder``, by file name. Raises SourceError on contradictions."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    raw = {entry["key"]: entry for table in tables for entry in table["entry"]}
    if len(raw) != sum(len(table["entry"]) for table in tables):
        raise SourceError("a key stands twice")
    sites = {entry["key"]: table["feed"]["site"] for table in tables for entry in table["entry"]}
    return tuple(_feed(table, raw, sites) for table in tables)


def form_on(entry: EntrySource, day: int) -> Form | None:
    """The form of an entry at the end of a day; None if it is not yet published."""
    out = [form for form in entry.forms if form.day <= day]
    return out[-1] if out else None


def _feed(table: dict[str, Any], raw: dict[str, Any], sites: dict[str, str]) -> FeedSource:
    head = table["feed"]
    return FeedSource(
        file=head["file"],
        title=head["title"],
        site=head["site"],
        format=head["format"],
        language=head["language"],
        tags=tuple(head["tags"]),
        encoding=head.get("encoding", "utf-8"),
        place=head.get("place", "summary"),
        html=head.get("html", True),
        cdata=head.get("cdata", False),
        titles=head.get("titles", "plain"),
        image=head.get("image", False),
        ttl=head.get("ttl"),
        boilerplate=head.get("boilerplate", ""),
        description=head.get("description", ""),
        entries=tuple(_entry(entry, head, raw, sites) for entry in table["entry"]),
    )


KNOWN = frozenset(
    (
        "key",
        "at",
        "title",
        "body",
        "body_of",
        "words",
        "ellipsis",
        "summary",
        "link",
        "link_of",
        "dress",
        "relative",
        "guid",
        "no_guid",
        "no_link",
        "no_date",
        "repeat_headline",
        "tail",
        "credit",
        "author",
        "categories",
        "same_as",
        "story",
        "event",
        "follows",
        "rule",
        "flags",
        "trap",
        "corrections",
        "source_of",
    )
)


def _entry(
    entry: dict[str, Any], head: dict[str, Any], raw: dict[str, Any], sites: dict[str, str]
) -> EntrySource:
    if unknown := set(entry) - KNOWN:
        raise SourceError(f"{entry['key']}: unknown {', '.join(sorted(unknown))}")
    root = _root(entry, raw)
    body = _body(entry, raw)
    day, minute = _moment(entry["at"])
    first = Form(day, minute, entry["title"], body)
    forms = [first]
    for change in entry.get("corrections", ()):
        day, minute = _moment(change["at"])
        forms.append(
            replace(
                forms[-1],
                day=day,
                minute=minute,
                title=change.get("title", forms[-1].title),
                body=change.get("body", forms[-1].body).strip(),
            )
        )
    url = None if entry.get("no_link") else _url(entry, head, raw, sites)
    link = urlsplit(url).path if url and entry.get("relative") else url
    origin = entry.get("source_of")
    return EntrySource(
        key=entry["key"],
        feed=head["file"],
        forms=tuple(forms),
        summary=entry.get("summary", ""),
        link=link,
        url=url,
        guid=_guid(entry, head, url),
        dated=not entry.get("no_date", False),
        repeat_headline=entry.get("repeat_headline", False),
        tail=entry.get("tail", ""),
        credit=entry.get("credit", ""),
        author=entry.get("author", ""),
        categories=tuple(entry.get("categories", ())),
        source_title=origin or "",
        source_url=sites[entry["link_of"]] if origin else "",
        canonical=root["key"],
        story=root.get("story", root["key"]),
        event=root.get("event"),
        follows=root.get("follows"),
        rule=entry.get("rule"),
        flags=tuple(entry.get("flags", ())),
        trap=entry.get("trap", ""),
    )


def _root(entry: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """Follow ``same_as`` to the entry that the duplicate group is named after."""
    seen = {entry["key"]}
    while "same_as" in entry:
        if entry.get("story"):
            raise SourceError(
                f"{entry['key']}: a duplicate has the story of its original; remove story"
            )
        if entry["same_as"] in seen or entry["same_as"] not in raw:
            raise SourceError(f"{entry['key']}: same_as {entry['same_as']} leads nowhere")
        entry = raw[entry["same_as"]]
        seen.add(entry["key"])
    return entry


def _body(entry: dict[str, Any], raw: dict[str, Any]) -> str:
    """The entry's own text, or another entry's: complete, or its first ``words`` words."""
    if "body_of" not in entry:
        return str(entry.get("body", "")).strip()
    body = str(raw[entry["body_of"]]["body"]).strip()
    if "words" not in entry:
        return body
    starts = [match.start() for match in re.finditer(r"\S+", body)]
    if len(starts) <= entry["words"]:
        raise SourceError(f"{entry['key']}: nothing to cut off")
    cut = body[: starts[entry["words"]]].rstrip()
    return cut + str(entry.get("ellipsis", "…"))


def _moment(text: str) -> tuple[int, int]:
    """Parse '2 06:40': day two, 06:40 on the edition's clock."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return int(day), int(hour) * 60 + int(minute)


def _url(
    entry: dict[str, Any], head: dict[str, Any], raw: dict[str, Any], sites: dict[str, str]
) -> str:
    if target := entry.get("link_of"):
        plain = raw[target].get("link") or _default_url(target, sites[target])
        return str(DRESSES[entry["dress"]](plain)) if "dress" in entry else str(plain)
    return str(entry.get("link") or _default_url(entry["key"], head["site"]))


def _default_url(key: str, site: str) -> str:
    return f"{site}/news/{key}"


def _guid(entry: dict[str, Any], head: dict[str, Any], url: str | None) -> str | None:
    if entry.get("no_guid"):
        return None
    if "guid" in entry:
        return str(entry["guid"])
    style = head.get("guids", "link")
    if style == "number":
        return f"{head['site']}/?p={zlib.crc32(entry['key'].encode()) % 1_000_000}"
    if style == "tag":
        return f"tag:{urlsplit(head['site']).hostname},2020:{entry['key']}"
    if style == "uuid":
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, head['site'] + entry['key'])}"
    return url
