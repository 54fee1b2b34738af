"""Maintains the word index of items.

SQLite keeps it in an FTS5 table without the texts themselves, PostgreSQL in a ``tsvector`` column
with the ``simple`` configuration. Both get the same words: those of the item in order, already
folded, then their stems. Removing an item from the FTS5 table takes the words it was indexed with.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.model import Item
from storage.search_stems import stems
from storage.search_terms import tokens
from storage.statements import Native, Writer

INDEXED = 20_000  # characters of the text that are searchable
_PLACES, _LAST_PLACE = 255, 16_383  # tsvector limits: positions per word, and the highest position

MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE item_words USING fts5(words, content = '', tokenize = 'ascii')",
    ),
    "postgresql": (
        "CREATE TABLE item_words"
        " (seq BIGINT PRIMARY KEY REFERENCES items (seq), words tsvector NOT NULL)",
        "CREATE INDEX ix_item_words_words ON item_words USING gin (words)",
    ),
}
"""The statements that create the index, by database."""
_ADD = Native(
    sqlite="INSERT INTO item_words (rowid, words) VALUES (:number, :words)",
    postgresql="INSERT INTO item_words (seq, words) VALUES (%(number)s, %(words)s::tsvector)",
)
_REMOVE = Native(
    sqlite="INSERT INTO item_words (item_words, rowid, words) VALUES ('delete', :number, :words)",
    postgresql="DELETE FROM item_words WHERE seq = %(number)s",
)
_CLEAR = Native(
    sqlite="INSERT INTO item_words (item_words) VALUES ('delete-all')",
    postgresql="DELETE FROM item_words",
)


class SearchIndex(Writer):
    """Maintains the word index of items."""

    def index(self, number: int, item: Item) -> None:
        """Index a new item."""
        self.index_texts(number, (item.title, item.lead, item.text), item.language)

    def index_texts(self, number: int, texts: tuple[str, str, str], language: str | None) -> None:
        """Index the title, lead and text of a new item."""
        self._session.write(_ADD, {"number": number, "words": self._words(texts, language)})

    def remove(self, number: int, item: Item) -> None:
        """Forget an item, which is given as it was indexed."""
        values: dict[str, object] = {"number": number}
        if self._session.sqlite:
            values["words"] = self._of(item)
        self._session.write(_REMOVE, values)

    def replace(self, number: int, old: Item, new: Item) -> None:
        """Index the new text of an item in place of the old one."""
        before, after = self._of(old), self._of(new)
        if before != after:
            self.remove(number, old)
            self._session.write(_ADD, {"number": number, "words": after})

    def clear(self) -> None:
        """Forget all items."""
        self._session.write(_CLEAR, {})

    def _of(self, item: Item) -> str:
        return self._words((item.title, item.lead, item.text), item.language)

    def _words(self, texts: tuple[str, str, str], language: str | None) -> str:
        title, lead, body = texts
        words = tokens(" ".join((title, lead, body[:INDEXED])), self._session.fold)
        stemmed = sorted(stems(words, language))
        if self._session.sqlite:
            return " ".join((*words, *stemmed))
        return _vector(words, stemmed)


def _vector(words: list[str], stemmed: Iterable[str]) -> str:
    """Words as a ``tsvector`` literal, which bypasses PostgreSQL's own parser."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, start=1):
        seen = places.setdefault(word, [])
        if len(seen) < _PLACES and place <= _LAST_PLACE:
            seen.append(place)
    listed = (
        f"'{word}':{','.join(map(str, seen))}" if seen else f"'{word}'"
        for word, seen in places.items()
    )
    return " ".join((*listed, *(f"'{word}'" for word in stemmed)))
