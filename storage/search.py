"""Finds items and stories by words.

SQLite keeps the words in an FTS5 table, PostgreSQL in a ``tsvector`` column with the
``simple`` configuration. Both get words that are already folded, so a search gives
the same results in both. Results are newest first. Ranking by relevance considers
only the newest ``RANKED`` matches: in a whole archive a common word would take
seconds (see bench/storage.py).
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import bindparam, select

from aggregator.model import Item, Placed
from storage.codecs import micros
from storage.cross_language_groups import primary_of
from storage.itemrows import PLACED, placed
from storage.schema import items, story_members
from storage.statements import Fold, Native, Reader, Statement, Writer

RANKED = 1_000  # newest matches that are ranked by relevance
INDEXED = 20_000  # characters of the text that are searchable
LONGEST = 100  # characters in a word; longer words are truncated
_PLACES, _LAST_PLACE = 255, 16_383  # tsvector limits: positions per word, and the highest position

_ADD = Native(
    sqlite="INSERT INTO item_words (rowid, words) VALUES (:number, :words)",
    postgresql="INSERT INTO item_words (seq, words) VALUES (%(number)s, %(words)s::tsvector)",
)
_REPLACE = Native(
    sqlite="UPDATE item_words SET words = :words WHERE rowid = :number",
    postgresql="UPDATE item_words SET words = %(words)s::tsvector WHERE seq = %(number)s",
)
_NEWEST = Native(
    sqlite=(
        "SELECT rowid FROM item_words WHERE item_words MATCH :query AND rowid >= :first"
        " ORDER BY rowid DESC LIMIT :most"
    ),
    postgresql=(
        "SELECT seq FROM item_words WHERE words @@ %(query)s::tsquery AND seq >= %(first)s"
        " ORDER BY seq DESC LIMIT %(most)s"
    ),
)
_BEST = Native(
    sqlite=(
        "SELECT rowid FROM item_words WHERE item_words MATCH :query AND rowid >= :first"
        " ORDER BY bm25(item_words), rowid DESC LIMIT :most"
    ),
    postgresql=(
        "SELECT seq FROM item_words WHERE words @@ %(query)s::tsquery AND seq >= %(first)s"
        " ORDER BY ts_rank(words, %(query)s::tsquery) DESC, seq DESC LIMIT %(most)s"
    ),
)
_BY_NUMBER = Statement(select(*PLACED).where(items.c.seq == bindparam("number")))
_FIRST_SINCE = Statement(
    select(items.c.seq)
    .where(items.c.seen >= bindparam("moment"))
    .order_by(items.c.seen, items.c.seq)
    .limit(1)
)
_STORY_OF = Statement(
    select(primary_of(story_members.c.story))
    .join(items, items.c.canonical == story_members.c.canonical)
    .where(items.c.seq == bindparam("number"))
)


class Search(Reader):
    """Full-text search."""

    def items(
        self, words: str, limit: int = 20, *, since: datetime | None = None, best: bool = False
    ) -> list[Placed]:
        """Items with all of ``words``, newest first.

        With ``best``, the most relevant of the newest ``RANKED`` matches first.
        ``since`` filters by when an item was first seen. Without words, nothing is found.
        """
        numbers = self._numbers(words, limit, since, best)
        found = (self._session.row(_BY_NUMBER, {"number": number}) for number in numbers)
        return [placed(row) for row in found if row is not None]

    def stories(self, words: str, limit: int = 20, *, since: datetime | None = None) -> list[str]:
        """Ids of stories that have an item with all of ``words``, newest match first."""
        found: dict[str, None] = {}
        for number in self._numbers(words, RANKED, since, best=False):
            story = self._session.value(_STORY_OF, {"number": number})
            if story is not None:
                found.setdefault(story)
            if len(found) == limit:
                break
        return list(found)

    def _numbers(self, words: str, limit: int, since: datetime | None, best: bool) -> list[int]:
        query = self._query(words)
        first = self._first(since)
        if not query or first is None:
            return []
        wanted = {"query": query, "first": first, "most": RANKED if best else limit}
        numbers = self._session.values(_NEWEST, wanted)
        if best and numbers:
            wanted |= {"first": numbers[-1], "most": limit}
            numbers = self._session.values(_BEST, wanted)
        return numbers

    def _first(self, since: datetime | None) -> int | None:
        if since is None:
            return 0
        number: int | None = self._session.value(_FIRST_SINCE, {"moment": micros(since)})
        return number

    def _query(self, words: str) -> str:
        """A query for all words, each as a phrase if folding splits it into several."""
        phrases = [tokens(word, self._session.fold) for word in words.split()]
        phrases = [phrase for phrase in phrases if phrase]
        if self._session.sqlite:
            return " ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        return " & ".join(
            "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")" for phrase in phrases
        )


class SearchIndex(Writer):
    """Maintains the word index of items."""

    def index(self, number: int, item: Item) -> None:
        """Index a new item."""
        self._session.write(_ADD, {"number": number, "words": self._words(item)})

    def replace(self, number: int, item: Item) -> None:
        """Index the new text of an item in place of the old one."""
        self._session.write(_REPLACE, {"number": number, "words": self._words(item)})

    def _words(self, item: Item) -> str:
        parts = (item.title, item.lead, item.text[:INDEXED])
        words = tokens(" ".join(parts), self._session.fold)
        return " ".join(words) if self._session.sqlite else _vector(words)


def tokens(text: str, fold: Fold) -> list[str]:
    """The folded words of ``text``: only letters, marks and digits."""
    return [word[:LONGEST] for word in _plain(fold(text)).split()]


def _plain(text: str) -> str:
    if text.replace(" ", "").isalnum():
        return text
    return "".join(
        one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in text
    )


def _vector(words: list[str]) -> str:
    """Words as a ``tsvector`` literal, which bypasses PostgreSQL's own parser."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, start=1):
        seen = places.setdefault(word, [])
        if len(seen) < _PLACES and place <= _LAST_PLACE:
            seen.append(place)
    return " ".join(
        f"'{word}':{','.join(map(str, seen))}" if seen else f"'{word}'"
        for word, seen in places.items()
    )
