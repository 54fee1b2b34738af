"""Finds items and stories by words and filters (see ``search_query``).

Both databases index the same words, so a search gives the same results in both. Results are newest
first. Ranking by relevance considers the titles and leads of the newest ``RANKED`` matches only: in
a whole archive a common word would take seconds (see bench/storage.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text

from aggregator.model import Placed
from storage.codecs import micros
from storage.cross_language_groups import primary_of
from storage.itemrows import PLACED, placed
from storage.json_filters import encoded
from storage.schema import feeds, items, story_members
from storage.search_query import Query, parse_query
from storage.search_terms import Match, hits, match_of, tokens
from storage.statements import Reader, Statement

RANKED = 500  # newest matches that are ranked by relevance
_SCANNED = 1_000  # newest matches whose stories are looked up
_CHUNK = 500  # items per query
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
_FEEDS = Statement(select(feeds.c.id, feeds.c.title, feeds.c.url))
_MEMBERS = (
    "i.canonical IN (SELECT m.canonical FROM story_members m WHERE m.story = :story"
    " OR m.story IN (SELECT c.story FROM counterparts c WHERE c.leader = :story))"
)
_MATCHES = {True: "item_words MATCH :{}", False: "w.words @@ CAST(:{} AS tsquery)"}
"""A condition on the word index, in SQLite and in PostgreSQL."""
_HAS = {
    True: "SELECT 1 FROM item_words WHERE rowid = i.seq AND item_words MATCH :unwanted",
    False: (
        "SELECT 1 FROM item_words w WHERE w.seq = i.seq AND w.words @@ CAST(:unwanted AS tsquery)"
    ),
}
"""Whether the item ``i`` has unwanted words."""


class Search(Reader):
    """Full-text search."""

    def items(
        self,
        words: str | Query,
        limit: int = 20,
        *,
        since: datetime | None = None,
        best: bool = False,
    ) -> list[Placed]:
        """Items that match ``words``, newest first.

        With ``best``, the most relevant of the newest ``RANKED`` matches first.
        ``since`` filters by when an item was first seen. Without words and filters, nothing is
        found.
        """
        query = _query(words, since)
        numbers = self._numbers(query, RANKED if best else limit)
        if best:
            numbers = self._ranked(numbers, match_of(query, self._session.fold), limit)
        found = (self._session.row(_BY_NUMBER, {"number": number}) for number in numbers)
        return [placed(row) for row in found if row is not None]

    def stories(
        self, words: str | Query, limit: int = 20, *, since: datetime | None = None
    ) -> list[str]:
        """Ids of stories that have an item that matches ``words``, newest match first."""
        found: dict[str, None] = {}
        for number in self._numbers(_query(words, since), _SCANNED):
            story = self._session.value(_STORY_OF, {"number": number})
            if story is not None:
                found.setdefault(story)
            if len(found) == limit:
                break
        return list(found)

    def hits(
        self, words: str | Query, shown: str, language: str | None = None
    ) -> list[tuple[int, int]]:
        """Where the words of a search occur in a text in ``language``: starts and ends, in order.

        They do not overlap. Excluded words and filters mark nothing.
        """
        match = match_of(_query(words, None), self._session.fold)
        return hits(match, shown, language, self._session.fold)

    def _numbers(self, query: Query, most: int) -> list[int]:
        """The arrival numbers of the newest matches, newest first."""
        match = match_of(query, self._session.fold)
        where, values = self._filters(query)
        if where is None or not (match.wanted or where):
            return []
        values["most"] = most
        sql = self._sql(match, where, values)
        return [row[0] for row in self._session.connection.execute(text(sql), values)]

    def _sql(self, match: Match, where: list[str], values: dict[str, Any]) -> str:
        """The query as SQL; the texts to match are added to ``values``.

        Nothing that a user typed is part of the SQL.
        """
        sqlite = self._session.sqlite
        written = [one.sqlite() if sqlite else one.postgresql() for one in match.excluded]
        if match.wanted:
            values["query"] = match.sqlite() if sqlite else match.postgresql()
            number, tables = "w.seq", "item_words w"
            if sqlite:
                number, tables = "item_words.rowid", "item_words"
            if any("i." in one for one in where):
                # In SQLite a cross join reads its tables in the order given: newest matches first.
                tables += " CROSS" * sqlite + f" JOIN items i ON i.seq = {number}"
            where = [_MATCHES[sqlite].format("query"), *where]
        else:
            number, tables = "i.seq", "items i"
            if written:
                values["unwanted"] = (" OR " if sqlite else " | ").join(written)
                where = [*where, f"NOT EXISTS ({_HAS[sqlite]})"]
        conditions = " AND ".join(where).replace("{seq}", number)
        return (
            f"SELECT {number} FROM {tables} WHERE {conditions}"  # noqa: S608 # see above
            f" ORDER BY {number} DESC LIMIT :most"
        )

    def _filters(self, query: Query) -> tuple[list[str] | None, dict[str, Any]]:
        """Conditions on items as SQL, and their values; None if nothing can match."""
        where: list[str] = []
        values: dict[str, Any] = {}
        if query.since is not None:
            first = self._first(query.since)
            if first is None:
                return None, {}
            where.append("{seq} >= :first")
            values["first"] = first
        if query.until is not None and (last := self._first(query.until)) is not None:
            where.append("{seq} < :last")
            values["last"] = last
        if query.language is not None:
            where.append("i.language = :language")
            values["language"] = query.language
        if query.story is not None:
            where.append(_MEMBERS)
            values["story"] = query.story
        if query.tag is not None:
            place = "instr" if self._session.sqlite else "strpos"
            where.append(f"{place}(i.tags, :tag) > 0")
            values["tag"] = encoded(query.tag)
        if query.feed is not None:
            named = self._feeds(query.feed)
            if not named:
                return None, {}
            where.append(f"i.feed IN ({', '.join(f':feed{n}' for n in range(len(named)))})")
            values |= {f"feed{n}": one for n, one in enumerate(named)}
        return where, values

    def _feeds(self, name: str) -> list[str]:
        """The ids of the feeds with this id, or with this in their title or address."""
        rows = self._session.rows(_FEEDS, {})
        part = name.casefold()
        exact = [row.id for row in rows if name in (row.id, row.title, row.url)]
        return exact or sorted(
            row.id for row in rows if part in f"{row.title or ''}\n{row.url}".casefold()
        )

    def _first(self, since: datetime) -> int | None:
        number: int | None = self._session.value(_FIRST_SINCE, {"moment": micros(since)})
        return number

    def _ranked(self, numbers: list[int], match: Match, limit: int) -> list[int]:
        """The most relevant of some matches by their titles and leads; of equals the newest."""
        scores: dict[int, float] = {}
        columns = select(items.c.seq, items.c.title, items.c.lead, items.c.language)
        for start in range(0, len(numbers), _CHUNK):
            part = numbers[start : start + _CHUNK]
            for row in self._session.select(columns.where(items.c.seq.in_(part))):
                scores[row.seq] = sum(
                    weight * self._share(match, shown, row.language)
                    for shown, weight in ((row.title, 2.0), (row.lead, 1.0))
                )
        return sorted(scores, key=lambda number: (-scores[number], -number))[:limit]

    def _share(self, match: Match, shown: str, language: str | None) -> float:
        """How much of a text the wanted terms are: occurrences, damped by its length."""
        words = tokens(shown, self._session.fold)
        found = [sum(1 for _ in one.places(words, language)) for one in match.wanted]
        return sum(count / (count + 1 + len(words) / 20) for count in found)


def _query(words: str | Query, since: datetime | None) -> Query:
    query = parse_query(words) if isinstance(words, str) else words
    if since is not None and (query.since is None or query.since < since):
        query = replace(query, since=since)
    return query
