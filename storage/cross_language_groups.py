"""Stories linked across languages: which one is primary, and why.

Each language has its own story with its own id. The table ``counterparts`` records which
stories are linked, and which one, the primary, gives the group its id.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.sql.expression import ColumnElement, Select

from aggregator.model import Evidence, LinkKind, StoryLink, StoryVector
from aggregator.model.effects import StoriesLinked, StoryGrouped
from storage.codecs import evidence as evidence_of
from storage.codecs import micros, moment, named, pack_evidence
from storage.records import StoryLinkRecord
from storage.schema import counterparts, stories, story_links, story_members, story_vectors
from storage.statements import Reader, Statement, Writer, adding

_PRIMARY = Statement(select(counterparts.c.leader).where(counterparts.c.story == bindparam("key")))
_VARIANTS = Statement(
    select(counterparts.c.story)
    .where(counterparts.c.leader == bindparam("key"))
    .order_by(counterparts.c.story)
)
_PAIRS = Statement(select(counterparts.c.story, counterparts.c.leader))
_ADD = adding(counterparts)
_FREE = Statement(delete(counterparts).where(counterparts.c.story == bindparam("key")))
_TOUCH = Statement(
    update(stories).where(stories.c.id == bindparam("key")).values(changed=bindparam("now"))
)
_ADD_LINK = adding(story_links)
_LINKS_OF = Statement(
    select(
        story_links.c.kind,
        story_links.c.story,
        story_links.c.into,
        story_links.c.at,
        story_links.c.evidence,
    )
    .where((story_links.c.story == bindparam("key")) | (story_links.c.into == bindparam("key")))
    .order_by(story_links.c.seq)
)
_ADD_VECTOR = adding(story_vectors)
_DROP_VECTOR = Statement(delete(story_vectors).where(story_vectors.c.canonical == bindparam("key")))
_VECTORS = story_vectors.join(story_members, story_members.c.canonical == story_vectors.c.canonical)
_EARLIEST = Statement(
    select(story_members.c.seq)
    .select_from(_VECTORS)
    .order_by(story_members.c.seq.desc())
    .limit(1)
    .offset(bindparam("back"))
)
_FROM = Statement(
    select(
        story_members.c.canonical,
        story_members.c.story,
        story_vectors.c.language,
        story_members.c.seen,
        story_vectors.c.time,
        story_vectors.c.vector,
    )
    .select_from(_VECTORS)
    .where(story_members.c.seq >= bindparam("start"))
    .order_by(story_members.c.seq)
)


def variants_of(story: ColumnElement[str]) -> Select[tuple[str]]:
    """The ids of the language variants of ``story``, without itself."""
    return select(counterparts.c.story).where(counterparts.c.leader == story).correlate(stories)


def is_secondary(story: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether ``story`` is shown under another story's id."""
    return select(counterparts.c.leader).where(counterparts.c.story == story).exists()


def primary_of(story: ColumnElement[str]) -> ColumnElement[str]:
    """The id under which ``story`` is shown."""
    led = select(counterparts.c.leader).where(counterparts.c.story == story).scalar_subquery()
    return func.coalesce(led, story)


class CrossLanguageGroupReader(Reader):
    """Which stories of different languages are linked."""

    def primary(self, story: str) -> str:
        """The primary of ``story``: itself if it is not linked."""
        return str(self._session.value(_PRIMARY, {"key": story}) or story)

    def variants(self, primary: str) -> builtins.list[str]:
        """``primary`` and its language variants, itself first."""
        return [primary, *self._session.values(_VARIANTS, {"key": primary})]

    def pairs(self) -> dict[str, str]:
        """A map from every secondary story to its primary."""
        return dict(self._session.tuples(_PAIRS, {}))

    def links_of(self, story: str) -> builtins.list[StoryLinkRecord]:
        """The links and unlinks of a story, oldest first."""
        return [
            StoryLinkRecord(
                StoryLink(
                    named(LinkKind, row.kind), row.story, row.into, evidence_of(row.evidence)
                ),
                moment(row.at),
            )
            for row in self._session.rows(_LINKS_OF, {"key": story})
        ]

    def vectors(self, limit: int) -> Iterator[StoryVector]:
        """The latest ``limit`` canonical items with a vector, oldest first."""
        if limit < 1:
            return
        start = self._session.value(_EARLIEST, {"back": limit - 1}) or 0
        for row in self._session.rows(_FROM, {"start": start}):
            yield StoryVector(
                row.canonical,
                row.story,
                row.language,
                moment(row.seen),
                moment(row.time),
                bytes(row.vector),
            )


class CrossLanguageGroups(CrossLanguageGroupReader, Writer):
    """Which stories of different languages are linked."""

    def apply(self, effect: StoriesLinked | StoryGrouped, at: datetime) -> None:
        """Write one effect, dated ``at``."""
        now = micros(at)
        if isinstance(effect, StoryGrouped):
            self._session.write(_FREE, {"key": effect.story})
            if effect.primary != effect.story:
                self._session.write(_ADD, {"story": effect.story, "leader": effect.primary})
            touched = (effect.story, effect.primary)
        else:
            values = {
                "seq": self._session.number(story_links),
                "kind": effect.kind,
                "story": effect.story,
                "into": effect.into,
                "at": now,
                "evidence": pack_evidence(effect.evidence or Evidence(effect.rule)),
            }
            self._session.write(_ADD_LINK, values)
            touched = (effect.story, effect.into)
        for story in touched:
            self._session.write(_TOUCH, {"key": story, "now": now})

    def save_vector(self, item: StoryVector) -> None:
        """Save or replace the meaning vector of a canonical item.

        Its story and time come from ``StoryPlaced``.
        """
        self.drop_vector(item.canonical)
        values = {
            "canonical": item.canonical,
            "language": item.language,
            "time": micros(item.time),
            "vector": item.vector,
        }
        self._session.write(_ADD_VECTOR, values)

    def drop_vector(self, canonical: str) -> None:
        """Delete the vector of a canonical item, if any, because it has no story any more."""
        self._session.write(_DROP_VECTOR, {"key": canonical})
