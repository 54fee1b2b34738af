"""Which items come from one outlet: a publisher, whatever number of feeds it has.

Two items have one outlet if their links share a registrable domain, or if their sources
have one name (``bbc.com`` and ``bbc.co.uk``). The domain of a site that only carries or
forwards what others publish says nothing; there the name decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from aggregator.model import Item
from aggregator.text.urls import host

CARRIERS = frozenset(
    {
        *("apple.news", "bit.ly", "bsky.app", "facebook.com", "feedburner.com", "flipboard.com"),
        *("google.com", "instagram.com", "linkedin.com", "medium.com", "msn.com", "reddit.com"),
        *("substack.com", "t.co", "t.me", "telegram.me", "threads.net", "twitter.com", "vk.com"),
        *("x.com", "yahoo.com", "youtu.be", "youtube.com"),
    }
)
"""Registrable domains under which many publishers appear."""


_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(?:[/?#][!-~]*)?")
"""A URL whose host needs no reading: most are, and they have few hosts."""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # with its private part: two blogs of one service are two outlets


def domain(url: str | None) -> str:
    """The registrable domain of ``url``; empty for a carrier, an address or no URL."""
    plain = _PLAIN.fullmatch(url or "")
    return _domain(f"https://{plain[1]}/" if plain else url)


@lru_cache(maxsize=16_384)
def _domain(url: str | None) -> str:
    name = host(url)
    if not name or ":" in name or name.rsplit(".", 1)[-1].isdigit():
        return ""
    found = _suffixes().privatesuffix(name) or name
    return "" if found in CARRIERS else found


def outlet_keys(items: Iterable[Item]) -> dict[str, str]:
    """For each item, by id, a key that is equal for items of one outlet among ``items``."""
    marked = [(item.id, _marks(item)) for item in items]
    known: dict[str, str] = {}  # domain or name -> domain or name of the same outlet
    for _, marks in marked:
        first, *rest = [_end(known, mark) for mark in marks]
        for other in rest:
            if other != first:
                known[other] = first
    return {name: _end(known, marks[0]) for name, marks in marked}


def _marks(item: Item) -> list[str]:
    """What tells the outlet of an item: domain and name, or its feed if it has neither."""
    name = _folded(item.source)
    site = domain(item.link or item.url)
    return [mark for mark in (site and f"@{site}", name) if mark] or [f"#{item.feed}"]


@lru_cache(maxsize=16_384)
def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _end(known: Mapping[str, str], mark: str) -> str:
    while (after := known.get(mark, mark)) != mark:
        mark = after
    return mark


def by_domain(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names of outlets by registrable domain; a key may be any host of the domain."""
    return {domain(f"https://{site}/") or site: name for site, name in names}


def named(item: Item, names: Mapping[str, str]) -> Item:
    """``item`` with the name that the user gave to its domain, if there is one."""
    name = names.get(domain(item.link or item.url)) if names else None
    return item if name is None else replace(item, source=name)
