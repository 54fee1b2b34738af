"""What an assistant can ask: the same rows as commands give with ``--json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.model.errors import UserError
from aggregator.reading import explain, json_rows, stories
from aggregator.reading.json_text import line
from aggregator.web.service import Service
from storage import StoryFilter, View

MOST = 100  # stories in one answer
_LONGEST_SPAN = 24 * 366  # hours
_WORDS = 200  # characters

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools; each reads, and none changes anything."""

    service: Service

    def search(self, words: str, limit: int = 20) -> list[Row]:
        """Stories in which all the words occur, in any of their forms, newest match first."""
        if not words.strip():
            raise UserError("words is empty; give at least one word")
        with self.service.store.reading() as view:
            found = view.search.stories(words[:_WORDS], _bounded(limit))
            return self._rows(view, found)

    def todays_stories(self, hours: int = 24, limit: int = 30) -> list[Row]:
        """Stories with news in the last hours, each once, the latest first."""
        if not 0 < hours <= _LONGEST_SPAN:
            raise UserError(f"hours must be from 1 to {_LONGEST_SPAN}")
        narrow = StoryFilter(since=self.service.now() - timedelta(hours=hours))
        with self.service.store.reading() as view:
            found = [record.id for record in view.stories.list(narrow, limit=_bounded(limit))]
            return self._rows(view, found)

    def story(self, story: str) -> Row:
        """One story with all its articles, by its id; an old id leads to where it went."""
        with self.service.store.reading() as view:
            now, settings = self.service.now(), self.service.file.current()
            found = stories.view(view, story, settings, now=now)
            if found is None:
                raise UserError(f"no story {story}; ids are those that the other tools give")
            return _plain(json_rows.story(found, whole=True))

    def why(self, item: str) -> Row:
        """Why an article is folded into another one, or not: each decision with its evidence."""
        with self.service.store.reading() as view:
            found = view.items.get(item)
            if found is None:
                raise UserError(f"no item {item}; a story lists the ids of its articles")
            return _plain(explain.why_row(view, found))

    def _rows(self, view: View, ids: Iterable[str]) -> list[Row]:
        now, settings = self.service.now(), self.service.file.current()
        found = stories.views(view, ids, settings, now=now)
        return [_plain(_short(json_rows.story(one, whole=True))) for one in found]


def _short(row: Row) -> Row:
    """A story in a list: without the parts of its score."""
    return {name: value for name, value in row.items() if name not in ("score_parts", "terms")}


def _plain(row: Row) -> Row:
    """A row with times as text, as commands print it."""
    found: Row = json.loads(line(row))
    return found


def _bounded(limit: int) -> int:
    if limit < 1:
        raise UserError("limit must be a number above 0")
    return min(limit, MOST)
