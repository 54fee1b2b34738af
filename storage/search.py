"""Finding items and stories by words.

SQLite keeps the words in an FTS5 table, PostgreSQL in a ``tsvector`` column of the
``simple`` configuration; both get words that are already folded, so that the same
search finds the same in both. Results come newest first. Ranking by relevance
looks at the newest ``RANKED`` matches only: over a whole archive a common word
costs seconds (see bench/storage.py).
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

RANKED = 1_000  # newest matches among which relevance is weighed
INDEXED = 20_000  # characters of the text that can be found
LONGEST = 100  # characters of a word; a longer one is found by its beginning
_PLACES, _LAST_PLACE = 255, 16_383  # what a tsvector holds for a word, and in all

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
    """What was said where."""

    def items(
        self, words: str, limit: int = 20, *, since: datetime | None = None, best: bool = False
    ) -> list[Placed]:
        """Items with all of ``words``, newest first.

        With ``best``, the most relevant of the newest ``RANKED`` matches first.
        ``since`` is by when an item was first seen. No words find nothing.
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
        """All words, each a phrase where folding made several of it."""
        phrases = [tokens(word, self._session.fold) for word in words.split()]
        phrases = [phrase for phrase in phrases if phrase]
        if self._session.sqlite:
            return " ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        return " & ".join(
            "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")" for phrase in phrases
        )


class SearchIndex(Writer):
    """Makes items findable by their words."""

    def index(self, number: int, item: Item) -> None:
        """Make a new item findable."""
        self._session.write(_ADD, {"number": number, "words": self._words(item)})

    def replace(self, number: int, item: Item) -> None:
        """Make the new text of an item findable instead of the old one."""
        self._session.write(_REPLACE, {"number": number, "words": self._words(item)})

    def _words(self, item: Item) -> str:
        parts = (item.title, item.lead, item.text[:INDEXED])
        words = tokens(" ".join(parts), self._session.fold)
        return " ".join(words) if self._session.sqlite else _vector(words)


def tokens(text: str, fold: Fold) -> list[str]:
    """The folded words of ``text``, of letters, marks and digits only."""
    return [word[:LONGEST] for word in _plain(fold(text)).split()]


def _plain(text: str) -> str:
    if text.replace(" ", "").isalnum():
        return text
    return "".join(
        one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in text
    )


def _vector(words: list[str]) -> str:
    """Words as PostgreSQL reads a ``tsvector``: no parser of its own comes between."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, start=1):
        seen = places.setdefault(word, [])
        if len(seen) < _PLACES and place <= _LAST_PLACE:
            seen.append(place)
    return " ".join(
        f"'{word}':{','.join(map(str, seen))}" if seen else f"'{word}'"
        for word, seen in places.items()
    )
