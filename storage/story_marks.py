"""What a user has done with stories: with the canonical items in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import and_, select

from storage.schema import canonicals, counterparts, reading_states, story_members
from storage.statements import Session


@dataclass(slots=True)
class StoryMarks:
    """What a user has done with the canonical items of a story, by number."""

    read: set[int] = field(default_factory=set)
    unread: set[int] = field(default_factory=set)
    starred: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)  # also in ``read`` or ``unread``

    @property
    def shown(self) -> bool:
        """Whether anything is left that the user has not hidden."""
        return not (self.read | self.unread) <= self.hidden

    @property
    def is_unread(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.unread - self.hidden)


def marks_of(session: Session, user: int, ids: Iterable[str]) -> dict[str, StoryMarks]:
    """What ``user`` has done with these stories, by their current ids."""
    asked = list(ids)
    found = {story: StoryMarks() for story in asked}
    leaders = {story: story for story in asked}
    variants = select(counterparts.c.story, counterparts.c.leader).where(
        counterparts.c.leader.in_(asked)
    )
    leaders |= {row.story: row.leader for row in session.select(variants)}
    mine = and_(reading_states.c.number == canonicals.c.number, reading_states.c.user == user)
    state = reading_states.c
    query = (
        select(story_members.c.story, canonicals.c.number, state.read, state.starred, state.hidden)
        .select_from(
            story_members.join(canonicals, canonicals.c.id == story_members.c.canonical).outerjoin(
                reading_states, mine
            )
        )
        .where(story_members.c.story.in_(leaders))
    )
    for row in session.select(query):
        marks = found[leaders[row.story]]
        (marks.read if row.read else marks.unread).add(row.number)
        if row.starred:
            marks.starred.add(row.number)
        if row.hidden:
            marks.hidden.add(row.number)
    return found
