"""Edits the text of feeds.toml, preserving comments and order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from aggregator.text.clean import gate

_STARTER = re.compile(r"(?m)^# \[\[feeds\]\](?:\n# ?[^\n]+)+")


@dataclass(frozen=True, slots=True)
class NewFeed:
    """The data of a new subscription."""

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None


def add_feeds(text: str, feeds: Iterable[NewFeed]) -> str:
    """Append ``[[feeds]]`` tables to the TOML document ``text``."""
    blocks = [_table(feed) for feed in feeds]
    if not blocks:
        return text
    return text.rstrip("\n") + "\n\n" + "\n\n".join(blocks) + "\n"


def _table(feed: NewFeed) -> str:
    """The table of a feed. tomlkit would take 0.4 ms for each, a second for a long list."""
    lines = ["[[feeds]]", f"url = {_quoted(feed.url)}"]
    if feed.title:
        lines.append(f"title = {_quoted(feed.title)}")
    if feed.language:
        lines.append(f"language = {_quoted(feed.language)}")
    if feed.tags:
        lines.append(f"tags = [{', '.join(map(_quoted, feed.tags))}]")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """``text`` as a TOML string, as in JSON; the gate leaves no characters that differ."""
    return json.dumps(gate(text), ensure_ascii=False)


def remove_feed(text: str, key: str) -> str:
    """Remove the ``[[feeds]]`` table with ``url = key`` from ``text``.

    Raises KeyError if there is none.
    """
    document = tomlkit.parse(text)
    feeds = document.get("feeds")
    if isinstance(feeds, AoT):
        for index, table in enumerate(feeds):
            if table.get("url") == key:
                del feeds[index]
                if not feeds:
                    del document["feeds"]
                return tomlkit.dumps(document)
    raise KeyError(key)


def change_feed(
    text: str, key: str, *, title: str | None = None, tags: tuple[str, ...] | None = None
) -> str:
    """Change the ``[[feeds]]`` table with ``url = key``; what is None stays, what is empty goes.

    Raises KeyError if there is none.
    """
    document = tomlkit.parse(text)
    table = _table_of(document, key)
    cleaned = None if tags is None else [gate(tag) for tag in tags]
    for name, value in (("title", title and gate(title)), ("tags", cleaned)):
        if value:
            table[name] = value
        elif value is not None and name in table:
            del table[name]
    return tomlkit.dumps(document)


def _table_of(document: TOMLDocument, key: str) -> Table:
    feeds = document.get("feeds")
    tables: Iterable[Table] = feeds.body if isinstance(feeds, AoT) else ()
    for table in tables:
        if table.get("url") == key:
            return table
    raise KeyError(key)


def starter_languages(text: str) -> dict[str, int]:
    """The number of commented-out feeds in ``text`` by language."""
    found: dict[str, int] = {}
    for block in _STARTER.findall(text):
        language = _language(block)
        if language is None:
            continue
        found[language] = found.get(language, 0) + 1
    return dict(sorted(found.items()))


def enable_starter(text: str, languages: Iterable[str]) -> tuple[str, int]:
    """Uncomment the starter feeds in ``languages``.

    Returns the new text and the number of enabled feeds.
    """
    wanted = set(languages)
    count = 0

    def enable(match: re.Match[str]) -> str:
        nonlocal count
        if _language(match[0]) not in wanted:
            return match[0]
        count += 1
        return _uncomment(match[0])

    return _STARTER.sub(enable, text), count


def _uncomment(block: str) -> str:
    return re.sub(r"(?m)^# ?", "", block)


def _language(block: str) -> str | None:
    """The language of a commented-out table; None if it is just a comment that looks like one."""
    try:
        table = tomlkit.parse(_uncomment(block)).unwrap()["feeds"][0]
    except TOMLKitError:
        return None
    return str(table.get("language", ""))
