"""Determines which values distinguish the entries of a feed, by counting in its documents.

A guid, an address, a title or a text that one document puts on several unlike entries proves
nothing about any of them: a paywall as the text of all, links that all lead to the front page,
one guid for everything. Such values are remembered per feed (``Shared``, a reducer over its
documents), so that they are recognised when they occur alone later. The user can configure
what to trust (``Trust``), which then applies to every entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from urllib.parse import urldefrag

from aggregator.model import Entry, Flag, Shared, Trust
from aggregator.text.clean import plain, squeeze
from aggregator.text.identity import content_hash
from aggregator.text.letters import fold
from aggregator.text.likeness import apart, several_unlike, spoken, unlike
from aggregator.text.urls import canonical_url

REMEMBERED = 200  # values of each kind kept per feed
MOST_ENTRIES = 1_000  # entries examined per document
_HEADLINE = 120  # characters of a text that replace a missing title
_FURNITURE = 3  # unlike entries from which a common text belongs to none of them
_TELLING = 2 / 3  # share of a document's entries from which a kind of value is useless
_LEAST = 3  # minimum entries of a document for that


@dataclass(frozen=True, slots=True)
class Doubts:
    """The values of an entry that prove nothing."""

    guid: bool = False
    link: bool = False
    title: bool = False
    text: bool = False
    fragment: bool = False  # the fragment of its address is significant

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags for the entry's item."""
        kinds = ("guid", "link", "title", "text")
        return tuple(Flag(f"shared_{kind}") for kind in kinds if getattr(self, kind))


def added(known: Shared, newer: Shared) -> Shared:
    """The shared values of a feed after another document; bounded."""
    kept = {
        part.name: tuple(dict.fromkeys((*getattr(known, part.name), *getattr(newer, part.name))))[
            -REMEMBERED:
        ]
        for part in fields(Shared)
    }
    return replace(Shared(**kept), telling_nothing=newer.telling_nothing)


@lru_cache(maxsize=2048)
def mark(value: str) -> str:
    """The fingerprint of a title or text, ignoring case, accents and white space."""
    return content_hash(fold(squeeze(value)))


def entry_text(entry: Entry) -> str:
    """The text of an entry as plain text."""
    return plain(entry.content) or plain(entry.summary)


def headline(entry: Entry) -> str:
    """The title of an entry, or the beginning of its text if it has none."""
    return squeeze(entry.title) or squeeze(entry_text(entry))[:_HEADLINE]


def doubts(entry: Entry, shared: Shared, base: str | None, said: Trust) -> Doubts:
    """The doubts about ``entry``, from its feed's shared values and the user's settings."""
    page, text = _page(entry, base), entry_text(entry)
    return Doubts(
        guid=not said.guid or (bool(entry.guid) and content_hash(entry.guid or "") in shared.guids),
        link=not said.link or (bool(page) and content_hash(_address(entry, base)) in shared.links),
        title=not said.title or (bool(entry.title) and mark(entry.title) in shared.titles),
        text=not said.text or (bool(text) and mark(text) in shared.texts),
        fragment=bool(page) and content_hash(page) in shared.pages,
    )


def shared(entries: Sequence[Entry], base: str | None, language: str | None) -> Shared:
    """Values shared by several unlike entries of one document; linear in their number.

    Each value is judged by the entries that have it: an additional entry without any of them
    changes nothing.
    """
    told = entries[:MOST_ENTRIES]
    pages = frozenset(_several(told, lambda one: _page(one, base), _other_place(base, language)))
    links = _several(
        told,
        lambda one: _address(one, base),
        lambda a, b: _apart(a, b, language),
    )
    found = Shared(
        guids=_marks(_several(told, lambda one: one.guid or "", _other_page(base, language))),
        links=_marks(links),
        titles=tuple(_several(told, _title_mark, _other_text(base, language))),
        texts=tuple(_furniture(told, base, language)),
        pages=_marks(pages),
    )
    return replace(found, telling_nothing=_telling_nothing(told, found, base))


def _marks(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(content_hash(value) for value in sorted(values))


def _title_mark(entry: Entry) -> str:
    return mark(entry.title) if entry.title else ""


def _text_mark(entry: Entry) -> str:
    text = entry_text(entry)
    return mark(text) if text else ""


def _page(entry: Entry, base: str | None) -> str:
    """The address without its fragment."""
    return urldefrag(_address(entry, base))[0]


def _address(entry: Entry, base: str | None) -> str:
    return _canonical(entry.link, base)


@lru_cache(maxsize=2048)
def _canonical(link: str | None, base: str | None) -> str:
    return canonical_url(link, base, fragment=True) or ""


def _several(
    entries: Sequence[Entry],
    value: Callable[[Entry], str],
    differ: Callable[[Entry, Entry], bool],
) -> list[str]:
    """The values of entries that ``differ`` from the first entry with the same value."""
    first: dict[str, Entry] = {}
    found: dict[str, None] = {}
    for entry in entries:
        key = value(entry)
        if key and differ(first.setdefault(key, entry), entry):
            found.setdefault(key)
    return list(found)


def _apart(a: Entry, b: Entry, language: str | None) -> bool:
    return a is not b and apart(headline(a), headline(b), language)


def _other_place(base: str | None, language: str | None) -> Callable[[Entry, Entry], bool]:
    """A test for entries of one page with different fragments and different headlines."""

    def differ(a: Entry, b: Entry) -> bool:
        return _address(a, base) != _address(b, base) and _apart(a, b, language)

    return differ


def _other_page(base: str | None, language: str | None) -> Callable[[Entry, Entry], bool]:
    """A test for entries with different addresses, or with unlike headlines."""

    def differ(a: Entry, b: Entry) -> bool:
        if a is b:
            return False
        return _address(a, base) != _address(b, base) or _apart(a, b, language)

    return differ


def _other_text(base: str | None, language: str | None) -> Callable[[Entry, Entry], bool]:
    """A test for entries with different addresses and texts with little in common."""

    def differ(a: Entry, b: Entry) -> bool:
        if a is b or _address(a, base) == _address(b, base):
            return False
        texts = entry_text(a)[:2000], entry_text(b)[:2000]
        long = min(map(len, texts)) * 2 >= max(map(len, texts))  # else one may be a teaser
        return all(texts) and long and unlike(*texts, language)

    return differ


def _furniture(entries: Sequence[Entry], base: str | None, language: str | None) -> list[str]:
    """Texts under several unlike headlines that they are not about, or under many headlines."""
    under: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if key := _text_mark(entry):
            under[key].append(entry)
    return [
        key
        for key, holders in under.items()
        if len(holders) > 1 and _is_furniture(holders, base, language)
    ]


def _is_furniture(holders: Sequence[Entry], base: str | None, language: str | None) -> bool:
    by_address: dict[str, str] = {}
    for entry in holders:
        by_address.setdefault(_address(entry, base) or headline(entry), headline(entry))
    heads = list(dict.fromkeys(by_address.values()))
    if several_unlike(heads, language, _FURNITURE):
        return True
    text = entry_text(holders[0])
    others = [head for head in heads if apart(heads[0], head, language)]
    return any(
        max(spoken(heads[0], text, language), spoken(head, text, language)) < 1 / 3
        for head in others
    )


def _telling_nothing(entries: Sequence[Entry], found: Shared, base: str | None) -> tuple[str, ...]:
    """The kinds of values that do not distinguish most entries of the document."""
    if len(entries) < _LEAST:
        return ()
    of = [doubts(entry, found, base, Trust()) for entry in entries]
    kinds = ("guid", "link", "title", "text")
    return tuple(
        kind
        for kind in kinds
        if sum(getattr(one, kind) for one in of) >= max(_LEAST, _TELLING * len(entries))
    )
