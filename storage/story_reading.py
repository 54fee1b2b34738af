"""Reads stories: their members, decisions, merges and splits."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, bindparam, exists, func, select
from sqlalchemy.sql.expression import ColumnElement

from aggregator.model import ChangeKind, Placed, StoryChange, StoryDecision, StoryMember
from storage.codecs import evidence as evidence_of
from storage.codecs import micros, moment, named, strings
from storage.cross_language_groups import is_secondary, primary_of, variants_of
from storage.itemrows import PLACED, placed
from storage.json_filters import behind, listed
from storage.records import (
    StoryChangeRecord,
    StoryContents,
    StoryDecisionRecord,
    StoryFilter,
    StoryRecord,
)
from storage.schema import (
    canonicals,
    items,
    stories,
    story_changes,
    story_decisions,
    story_members,
)
from storage.statements import Reader, Row, Statement
from storage.story_contents import contents, resolve_all

_COLUMNS = (
    stories.c.id,
    stories.c.first,
    stories.c.last,
    stories.c.languages,
    stories.c.follows,
)
_GET = Statement(select(*_COLUMNS).where(stories.c.id == bindparam("key")))
_RESOLVE = Statement(
    select(primary_of(func.coalesce(stories.c.redirect, stories.c.id))).where(
        stories.c.id == bindparam("key")
    )
)
_KEY: ColumnElement[str] = bindparam("key", type_=Text)
SHOWN_AS = (story_members.c.story == _KEY) | story_members.c.story.in_(variants_of(_KEY))
"""Whether a member belongs to the story ``key``, or to a story shown under its id."""
_MEMBERS = Statement(
    select(story_members.c.canonical).where(SHOWN_AS).order_by(story_members.c.seq)
)
_FOLLOWS = Statement(select(stories.c.follows).where(stories.c.id == bindparam("key")))
_OWN = Statement(
    select(story_members.c.canonical)
    .where(story_members.c.story == _KEY)
    .order_by(story_members.c.seq)
)
_ITEMS = Statement(
    select(*PLACED)
    .join(story_members, story_members.c.canonical == items.c.canonical)
    .where(SHOWN_AS)
    .order_by(items.c.seq)
)
_NEWEST = Statement(select(func.max(canonicals.c.seq)))
_FROM = Statement(
    select(
        story_members.c.seq,
        story_members.c.canonical,
        story_members.c.story,
        story_members.c.seen,
        story_members.c.features,
    )
    .where(story_members.c.seq >= bindparam("start"))
    .order_by(story_members.c.seq)
    .limit(bindparam("most"))
)
_DECISIONS_OF = Statement(
    select(
        story_decisions.c.canonical,
        story_decisions.c.story,
        story_decisions.c.at,
        story_decisions.c.founded,
        story_decisions.c.evidence,
        story_decisions.c.runner_up,
        story_decisions.c.runner_up_score,
        story_decisions.c.follows,
        story_decisions.c.engine,
    )
    .where(story_decisions.c.canonical == bindparam("key"))
    .order_by(story_decisions.c.seq)
)
_CHANGES_OF = Statement(
    select(
        story_changes.c.kind,
        story_changes.c.story,
        story_changes.c.into,
        story_changes.c.members,
        story_changes.c.at,
        story_changes.c.evidence,
    )
    .where((story_changes.c.story == bindparam("key")) | (story_changes.c.into == bindparam("key")))
    .order_by(story_changes.c.seq)
)
_CHUNK = 1_000


class StoryReader(Reader):
    """Canonical items about the same event."""

    def resolve(self, story: str) -> str | None:
        """The current id of ``story`` after redirects; None for an unknown id."""
        found: str | None = self._session.value(_RESOLVE, {"key": story})
        return found

    def get(self, story: str) -> StoryRecord | None:
        """The story with an id; follows redirects."""
        resolved = self.resolve(story)
        row = None if resolved is None else self._session.row(_GET, {"key": resolved})
        return None if row is None else _record(row)

    def members(self, story: str) -> builtins.list[str]:
        """Its canonical items in order of arrival."""
        resolved = self.resolve(story) or story
        return self._session.values(_MEMBERS, {"key": resolved})

    def members_of(self, story: str) -> builtins.list[str]:
        """The canonical items of the story with exactly this id, in its own language only."""
        return self._session.values(_OWN, {"key": story})

    def follows(self, story: str) -> str | None:
        """The story that the story with exactly this id continues."""
        followed: str | None = self._session.value(_FOLLOWS, {"key": story})
        return followed

    def items_of(self, ids: Iterable[str]) -> dict[str, builtins.list[Placed]]:
        """The items of several stories, by the requested id, in order of arrival."""
        asked = {story: self.resolve(story) for story in ids}
        found = {
            story: [placed(row) for row in self._session.rows(_ITEMS, {"key": resolved})]
            for story, resolved in asked.items()
            if resolved is not None
        }
        return {story: found.get(story, []) for story in asked}

    def list(
        self,
        narrow: StoryFilter | None = None,
        *,
        limit: int = 50,
        offset: int = 0,
        newest_first: bool = True,
        after: tuple[datetime, str] | None = None,
    ) -> builtins.list[StoryRecord]:
        """Stories by the time of their latest item.

        Without stories that redirect, and those shown under another id. ``after``: only those that
        follow the story with this time and id in the list.
        """
        query = _narrowed(select(*_COLUMNS), narrow or StoryFilter(), self._session.sqlite)
        if after is not None:
            place = behind(stories.c.last, stories.c.seq, stories.c.id, after, newest_first)
            query = query.where(place)
        order = (stories.c.last, stories.c.seq)
        query = query.order_by(*(column.desc() if newest_first else column for column in order))
        return [_record(row) for row in self._session.select(query.limit(limit).offset(offset))]

    def count(self, narrow: StoryFilter | None = None) -> int:
        """How many stories ``list`` would give without a limit."""
        query = _narrowed(select(stories.c.id), narrow or StoryFilter(), self._session.sqlite)
        counted = select(func.count().label("number")).select_from(query.subquery())
        return int(self._session.select(counted)[0].number)

    def changed_since(self, at: datetime, limit: int = 1_000) -> builtins.list[StoryRecord]:
        """Stories that gained or lost members at ``at`` or later, oldest change first."""
        query = (
            select(*_COLUMNS)
            .where(stories.c.redirect.is_(None), ~is_secondary(stories.c.id))
            .where(stories.c.changed >= micros(at))
            .order_by(stories.c.changed, stories.c.seq)
            .limit(limit)
        )
        return [_record(row) for row in self._session.select(query)]

    def restore(self, limit: int) -> Iterator[StoryMember]:
        """The canonical items to restore the story engine from, oldest first.

        Those of the latest ``limit`` (by arrival number) that belong to a story.
        """
        if limit < 1:
            return
        start = self.newest() - limit + 1
        while True:
            # By position: startup reads all of them, and named rows would take 10% longer.
            rows = self._session.tuples(_FROM, {"start": start, "most": _CHUNK})
            for arrival, canonical, story, seen, features in rows:
                yield StoryMember(canonical, story, moment(seen), bytes(features), arrival)
            if len(rows) < _CHUNK:
                return
            start = rows[-1][0] + 1

    def newest(self) -> int:
        """The arrival number of the latest canonical item; 0 if there is none."""
        return self._session.value(_NEWEST, {}) or 0

    def decisions_of(self, canonical: str) -> builtins.list[StoryDecisionRecord]:
        """All decisions about a canonical item, oldest first (without features)."""
        return [_decision(row) for row in self._session.rows(_DECISIONS_OF, {"key": canonical})]

    def changes_of(self, story: str) -> builtins.list[StoryChangeRecord]:
        """Merges and splits of a story, oldest first."""
        rows = self._session.rows(_CHANGES_OF, {"key": story})
        return [
            StoryChangeRecord(
                StoryChange(
                    named(ChangeKind, row.kind),
                    row.story,
                    row.into,
                    strings(row.members),
                    evidence_of(row.evidence),
                ),
                moment(row.at),
            )
            for row in rows
        ]

    def resolve_all(self, ids: Iterable[str]) -> dict[str, str]:
        """The current ids of ``ids`` after redirects, without unknown ones."""
        return resolve_all(self._session, ids)

    def contents(self, ids: Iterable[str]) -> builtins.list[StoryContents]:
        """All items of several stories, by current ids, in the same order.

        Takes a few queries per 500 stories. Unknown ids are skipped.
        """
        return contents(self._session, ids)


def _record(row: Row) -> StoryRecord:
    return StoryRecord(
        row.id, moment(row.first), moment(row.last), strings(row.languages), row.follows
    )


def _decision(row: Row) -> StoryDecisionRecord:
    decision = StoryDecision(
        row.canonical,
        row.story,
        bool(row.founded),
        evidence_of(row.evidence),
        runner_up=None if row.runner_up is None else (row.runner_up, row.runner_up_score),
        follows=row.follows,
        rules_version=row.engine,
    )
    return StoryDecisionRecord(decision, moment(row.at))


def _narrowed(query: Select[Any], narrow: StoryFilter, sqlite: bool) -> Select[Any]:
    query = query.where(stories.c.redirect.is_(None), ~is_secondary(stories.c.id))
    if narrow.since is not None:
        query = query.where(stories.c.last >= micros(narrow.since))
    if narrow.until is not None:
        query = query.where(stories.c.first < micros(narrow.until))
    if narrow.arrived is not None:
        arrived = story_members.c.seen > micros(narrow.arrived)
        query = query.where(
            stories.c.id.in_(select(primary_of(story_members.c.story)).where(arrived))
        )
    if narrow.language is not None:
        query = query.where(listed(stories.c.languages, narrow.language, sqlite))
    carried = (
        select(items.c.seq)
        .join(story_members, story_members.c.canonical == items.c.canonical)
        .where(
            (story_members.c.story == stories.c.id)
            | story_members.c.story.in_(variants_of(stories.c.id))
        )
    )
    if narrow.feed is not None:
        query = query.where(exists(carried.where(items.c.feed == narrow.feed)))
    if narrow.tag is not None:
        query = query.where(exists(carried.where(listed(items.c.tags, narrow.tag, sqlite))))
    return query
