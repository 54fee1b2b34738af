"""Lists of stories as one user has them: the latest news first, page by page.

A page continues after the last story of the page before. However few stories a filter lets
through, a page looks at a bounded number: the list then ends early, and says where to go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Select, bindparam, literal, or_, select, tuple_

from storage.codecs import micros, strings
from storage.cross_language_groups import is_secondary, primary_of
from storage.schema import (
    canonicals,
    counterparts,
    followed_stories,
    items,
    reading_states,
    stories,
    story_members,
)
from storage.statements import Reader, Row, Statement
from storage.story_marks import StoryMarks, marks_of

_CHUNK = 400  # stories looked at in one query
_LOOKED_AT = 20_000  # stories looked at for one page
_JUDGED = 1_000  # of them, those whose reading states are looked up
_MARKED = 5_000  # starred canonical items that are listed
_PER_FEED = 120  # items of a feed looked at in one go; of many feeds, fewer of each
_LEAST = 20

_OF_FEED = Statement(
    select(items.c.time, items.c.seq, items.c.canonical)
    .where(
        items.c.feed == bindparam("owner"),
        tuple_(items.c.time, items.c.seq) < tuple_(bindparam("time"), bindparam("seq")),
    )
    .order_by(items.c.time.desc(), items.c.seq.desc())
    .limit(bindparam("most"))
)
_STARRED = Statement(
    select(primary_of(story_members.c.story).label("story"))
    .select_from(
        reading_states.join(canonicals, canonicals.c.number == reading_states.c.number).join(
            story_members, story_members.c.canonical == canonicals.c.id
        )
    )
    .where(reading_states.c.user == bindparam("owner"), reading_states.c.starred.is_(True))
    .order_by(reading_states.c.number.desc())
    .limit(bindparam("most"))
)
_FOLLOWED = Statement(
    select(primary_of(followed_stories.c.story).label("story"))
    .where(followed_stories.c.user == bindparam("owner"))
    .order_by(followed_stories.c.changed.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class StoryListFilter:
    """Which stories to list; what is left out does not narrow. Hidden ones are never listed."""

    since: datetime | None = None  # its latest item was published at this moment or later
    unread: bool = False
    starred: bool = False
    followed: bool = False
    feeds: tuple[str, ...] | None = None  # any of its items is of one of these
    language: str | None = None  # of any of its items


@dataclass(frozen=True, slots=True, order=True)
class ListPosition:
    """A place in a list: the time of an item or story, in microseconds, and its number."""

    time: int
    seq: int


@dataclass(frozen=True, slots=True)
class StoryList:
    """A page of story ids, and where the next one starts; None at the end."""

    stories: tuple[str, ...]
    following: ListPosition | None


_START = ListPosition(2**62, 2**62)


class StoryLists(Reader):
    """Stories that stand for themselves and are not hidden, by user."""

    def page(
        self, user: int, narrow: StoryListFilter, *, limit: int, before: ListPosition | None = None
    ) -> StoryList:
        """At most ``limit`` stories, those that follow ``before`` in the order of the list.

        In the order of their latest item; with ``feeds``, of the latest one of these feeds.
        """
        start = before or _START
        if narrow.feeds is not None:
            places = self._of_feeds(narrow.feeds, start)
        else:
            places = self._all(self._named(user, narrow), narrow, start)
        return self._chosen(user, narrow, places, limit)

    def marks(self, user: int, ids: Iterable[str]) -> dict[str, StoryMarks]:
        """What ``user`` has done with these stories, by their current ids."""
        return marks_of(self._session, user, ids)

    def _chosen(
        self,
        user: int,
        narrow: StoryListFilter,
        places: Iterator[tuple[ListPosition, str, tuple[str, ...]]],
        limit: int,
    ) -> StoryList:
        """The first ``limit`` of ``places`` that the filter lets through."""
        chosen: dict[str, ListPosition] = {}
        looked_at = judged = 0
        size = limit + 1  # mostly all of them pass
        while some := list(islice(places, size)):
            size = _CHUNK
            looked_at += len(some)
            asked = [
                (place, story)
                for place, story, languages in some
                if narrow.language is None or narrow.language in languages
            ]
            judged += len(asked)
            marks = marks_of(self._session, user, [story for _, story in asked])
            for place, story in asked:
                if self._passes(marks[story], narrow):
                    chosen.setdefault(story, place)
            if len(chosen) > limit:
                first = list(chosen)[:limit]
                return StoryList(tuple(first), chosen[first[-1]])
            if looked_at >= _LOOKED_AT or judged >= _JUDGED:
                return StoryList(tuple(chosen), some[-1][0])
        return StoryList(tuple(chosen), None)

    @staticmethod
    def _passes(marks: StoryMarks, narrow: StoryListFilter) -> bool:
        if narrow.starred and not marks.starred:
            return False
        return marks.shown and (marks.is_unread or not narrow.unread)

    def _named(self, user: int, narrow: StoryListFilter) -> list[str] | None:
        """The stories that a list of marked ones consists of; None for other lists."""
        wanted = {"owner": user, "most": _MARKED}
        if narrow.starred:
            return list(dict.fromkeys(self._session.values(_STARRED, wanted)))
        if narrow.followed:
            return list(dict.fromkeys(self._session.values(_FOLLOWED, wanted)))
        return None

    def _all(
        self, named: Collection[str] | None, narrow: StoryListFilter, start: ListPosition
    ) -> Iterator[tuple[ListPosition, str, tuple[str, ...]]]:
        """Stories by their latest item, with their languages."""
        while True:
            rows = self._session.select(_after(named, narrow, start))
            for row in rows:
                yield ListPosition(row.last, row.seq), row.id, strings(row.languages)
            if len(rows) < _CHUNK:
                return
            start = ListPosition(rows[-1].last, rows[-1].seq)

    def _of_feeds(
        self, feeds: Collection[str], start: ListPosition
    ) -> Iterator[tuple[ListPosition, str, tuple[str, ...]]]:
        """Stories by the latest item that one of ``feeds`` has in them."""
        first = start
        while True:
            rows, whole = self._items_of(feeds, start)
            if not rows:
                return
            known = self._stories_of([row.canonical for row in rows])
            latest = self._latest({story for story, _ in known.values()}, feeds)
            for row in rows:
                place = ListPosition(row.time, row.seq)
                story, languages = known.get(row.canonical, ("", ()))
                if story and latest[story] < first and latest[story] == place:
                    yield place, story, languages
            if whole:
                return
            start = ListPosition(rows[-1].time, rows[-1].seq)

    def _items_of(self, feeds: Collection[str], start: ListPosition) -> tuple[list[Row], bool]:
        """The next items of ``feeds``, latest first, and whether they are all that is left."""
        found: list[Row] = []
        horizon, whole = -1, True
        most = max(_PER_FEED // max(len(feeds), 1), _LEAST)
        for feed in feeds:
            wanted = {"owner": feed, "time": start.time, "seq": start.seq, "most": most}
            rows = self._session.rows(_OF_FEED, wanted)
            found += rows
            if len(rows) == most:  # what is older than its last one may be incomplete
                horizon, whole = max(horizon, rows[-1].time), False
        kept = [row for row in found if row.time >= horizon]
        return sorted(kept, key=lambda row: (-row.time, -row.seq)), whole

    def _stories_of(self, ids: Collection[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The story of each canonical item, and its languages."""
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        asked = list(dict.fromkeys(ids))
        for begin in range(0, len(asked), _CHUNK):
            query = (
                select(
                    story_members.c.canonical,
                    primary_of(story_members.c.story).label("story"),
                    stories.c.languages,
                )
                .join(stories, stories.c.id == story_members.c.story)
                .where(story_members.c.canonical.in_(asked[begin : begin + _CHUNK]))
            )
            for row in self._session.select(query):
                found[row.canonical] = row.story, strings(row.languages)
        return found

    def _latest(self, ids: Collection[str], feeds: Collection[str]) -> dict[str, ListPosition]:
        """The latest item of ``feeds`` in each story, by the id under which it is shown."""
        found: dict[str, ListPosition] = {}
        asked = list(ids)
        for begin in range(0, len(asked), _CHUNK):
            chunk = asked[begin : begin + _CHUNK]
            variants = select(counterparts.c.story).where(counterparts.c.leader.in_(chunk))
            query = (
                select(primary_of(story_members.c.story).label("story"), items.c.time, items.c.seq)
                .join(items, items.c.canonical == story_members.c.canonical)
                .where(
                    or_(story_members.c.story.in_(chunk), story_members.c.story.in_(variants)),
                    items.c.feed.in_(feeds),
                )
            )
            for row in self._session.select(query):
                place = ListPosition(row.time, row.seq)
                found[row.story] = max(place, found.get(row.story, place))
        return found


def _after(
    named: Collection[str] | None, narrow: StoryListFilter, start: ListPosition
) -> Select[tuple[str, int, int, str]]:
    query = select(stories.c.id, stories.c.last, stories.c.seq, stories.c.languages).where(
        stories.c.redirect.is_(None),
        ~is_secondary(stories.c.id),
        tuple_(stories.c.last, stories.c.seq) < tuple_(literal(start.time), literal(start.seq)),
    )
    if named is not None:
        query = query.where(stories.c.id.in_(named))
    if narrow.since is not None:
        query = query.where(stories.c.last >= micros(narrow.since))
    return query.order_by(stories.c.last.desc(), stories.c.seq.desc()).limit(_CHUNK)
