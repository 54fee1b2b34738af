"""Feeds and folders as numbers, for APIs that know them by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from aggregator.model import Feed
from aggregator.web.greader.streams import folder_of

_MOST = 2**31 - 1  # some apps keep these numbers in 32 bits


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number of each feed and of each folder of a store."""

    feeds: dict[str, int]  # by feed id, also of removed feeds
    folders: dict[str, int]  # by name

    def feed(self, number: int) -> str | None:
        """The id of the feed with this number."""
        return next((name for name, known in self.feeds.items() if known == number), None)

    def folder(self, number: int) -> str | None:
        """The name of the folder with this number."""
        return next((name for name, known in self.folders.items() if known == number), None)


def numbering(feeds: Iterable[Feed]) -> Numbering:
    """The numbers of these feeds, given with the removed ones, and of their folders."""
    known = list(feeds)
    folders = {folder_of(feed) for feed in known}
    return Numbering(numbered(feed.id for feed in known), numbered(folders))


def numbered(names: Iterable[str]) -> dict[str, int]:
    """A number for each name, made from it, so that it stays when others come and go.

    Of two names with one number, which among a thousand happens once in several thousand stores,
    the later in the order of the alphabet gets the next that is free.
    """
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name in sorted(set(names)):
        number = int.from_bytes(sha256(name.encode()).digest()[:4]) % _MOST + 1
        while number in taken:
            number = number % _MOST + 1
        taken.add(number)
        found[name] = number
    return found


def whole(text: str) -> int | None:
    """A number from a request; None if it is none below 2^53."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    number = int(text)
    return number if number < 2**53 else None
