"""Stories that are told in several languages: who stands for them, and why.

Each language keeps a story of its own, with its own id; ``counterparts`` says which are told
together, and which one's id, the leader's, stands for all.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.sql.expression import ColumnElement, Select

from aggregator.model import StoryLink, StoryVector
from storage.records import StoryLinkRecord
from storage.schema import counterparts, stories, story_links, story_members, story_vectors
from storage.statements import Session, Statement, adding
from storage.values import evidence as evidence_of
from storage.values import micros, moment, pack_evidence

_LEADER = Statement(select(counterparts.c.leader).where(counterparts.c.story == bindparam("key")))
_FOLLOWERS = Statement(
    select(counterparts.c.story)
    .where(counterparts.c.leader == bindparam("key"))
    .order_by(counterparts.c.story)
)
_PAIRS = Statement(select(counterparts.c.story, counterparts.c.leader))
_ADD = adding(counterparts)
_FREE = Statement(delete(counterparts).where(counterparts.c.story == bindparam("key")))
_LEAD = Statement(
    update(counterparts)
    .where(counterparts.c.leader == bindparam("key"))
    .values(leader=bindparam("target"))
)
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
        story_vectors.c.vector,
    )
    .select_from(_VECTORS)
    .where(story_members.c.seq >= bindparam("start"))
    .order_by(story_members.c.seq)
)


def told_as(story: ColumnElement[str]) -> Select[tuple[str]]:
    """The ids of the stories that are told as ``story``, itself not among them."""
    return select(counterparts.c.story).where(counterparts.c.leader == story)


def follows_another(story: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether another story's id stands for ``story``."""
    return select(counterparts.c.leader).where(counterparts.c.story == story).exists()


def leader_of(story: ColumnElement[str]) -> ColumnElement[str]:
    """The id that stands for ``story``."""
    led = select(counterparts.c.leader).where(counterparts.c.story == story).scalar_subquery()
    return func.coalesce(led, story)


class Counterparts:
    """Which stories of different languages are told together."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def leader(self, story: str) -> str:
        """The story whose id stands for ``story``: itself where it is told alone."""
        row = self._session.row(_LEADER, {"key": story})
        return story if row is None else str(row[0])

    def facets(self, leader: str) -> builtins.list[str]:
        """The stories told as ``leader``, itself first."""
        return [leader, *(row[0] for row in self._session.rows(_FOLLOWERS, {"key": leader}))]

    def pairs(self) -> dict[str, str]:
        """Story to leader, of all that another one stands for."""
        return {row[0]: row[1] for row in self._session.rows(_PAIRS, {})}

    def apply(self, link: StoryLink, at: datetime) -> None:
        """Link or unlink a story, and remember why; ValueError for another kind.

        What was told as a story that is linked goes with it.
        """
        now = micros(at)
        if link.kind == "link":
            leader = self.leader(link.into)
            self._session.write(_FREE, {"key": link.story})
            if leader != link.story:
                self._session.write(_LEAD, {"key": link.story, "target": leader})
                self._session.write(_ADD, {"story": link.story, "leader": leader})
        elif link.kind == "unlink":
            self._session.write(_FREE, {"key": link.story})
        else:
            raise ValueError(f"no such link of a story: {link.kind}")
        for story in (link.story, link.into):
            self._session.write(_TOUCH, {"key": story, "now": now})
        values = {
            "seq": self._session.number(story_links),
            "kind": link.kind,
            "story": link.story,
            "into": link.into,
            "at": now,
            "evidence": pack_evidence(link.evidence),
        }
        self._session.write(_ADD_LINK, values)

    def merged(self, story: str, target: str) -> None:
        """Follow a merge of stories: what was told as ``story`` is told as ``target``."""
        self._session.write(_FREE, {"key": story})
        leader = self.leader(target)
        if leader == story:
            self._session.write(_FREE, {"key": target})
            leader = target
        self._session.write(_LEAD, {"key": story, "target": leader})

    def links_of(self, story: str) -> builtins.list[StoryLinkRecord]:
        """The links that a story took part in, and their ends, oldest first."""
        return [
            StoryLinkRecord(StoryLink(kind, source, into, evidence_of(why)), moment(at))
            for kind, source, into, at, why in self._session.rows(_LINKS_OF, {"key": story})
        ]

    def save_vector(self, canonical: str, language: str, vector: bytes) -> None:
        """Remember what a canonical item means, in place of what was remembered before."""
        self._session.write(_DROP_VECTOR, {"key": canonical})
        values = {"canonical": canonical, "language": language, "vector": vector}
        self._session.write(_ADD_VECTOR, values)

    def vectors(self, limit: int) -> Iterator[StoryVector]:
        """The latest ``limit`` canonical items with a vector, oldest first."""
        if limit < 1:
            return
        first = self._session.row(_EARLIEST, {"back": limit - 1})
        start = 0 if first is None else first[0]
        for canonical, story, language, seen, vector in self._session.rows(_FROM, {"start": start}):
            yield StoryVector(canonical, story, language, moment(seen), bytes(vector))
