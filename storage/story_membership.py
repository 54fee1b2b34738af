"""How canonical items come into stories, and how stories merge and split.

An id once given is never lost: a story that was merged away redirects to the one
that took its members, in one step however often that one is merged again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, null, select, update

from aggregator.model import StoryChange, StoryDecision
from storage.codecs import micros, pack_evidence, packed
from storage.cross_language_groups import CrossLanguageGroups
from storage.schema import canonicals, stories, story_changes, story_decisions, story_members
from storage.statements import Session, Statement, adding

_RESOLVE = Statement(select(stories.c.redirect).where(stories.c.id == bindparam("key")))
_MEMBERS = Statement(
    select(story_members.c.canonical)
    .where(story_members.c.story == bindparam("key"))
    .order_by(story_members.c.seq)
)
_ADD = adding(stories)
_ADD_MEMBER = adding(story_members)
_ADD_DECISION = adding(story_decisions)
_ADD_CHANGE = adding(story_changes)
_MEMBER = Statement(
    select(story_members.c.story).where(story_members.c.canonical == bindparam("key"))
)
_ARRIVAL = Statement(
    select(canonicals.c.seq, canonicals.c.founded).where(canonicals.c.id == bindparam("key"))
)
_PLACE_AGAIN = Statement(
    update(story_members)
    .where(story_members.c.canonical == bindparam("key"))
    .values(story=bindparam("new_story"), features=bindparam("new_features"))
)
_MOVE_MEMBER = Statement(
    update(story_members)
    .where(story_members.c.canonical == bindparam("key"))
    .values(story=bindparam("new_story"))
)
_MOVE_ALL = Statement(
    update(story_members)
    .where(story_members.c.story == bindparam("key"))
    .values(story=bindparam("new_story"))
)
_REDIRECT = Statement(
    update(stories)
    .where(stories.c.id == bindparam("key"))
    .values(redirect=bindparam("target"), changed=bindparam("now"))
)
_REDIRECT_FOLLOWERS = Statement(
    update(stories)
    .where(stories.c.redirect == bindparam("key"))
    .values(redirect=bindparam("target"))
)
_GROW = Statement(
    update(stories)
    .where(stories.c.id == bindparam("key"))
    .values(
        changed=bindparam("now"),
        last=case((stories.c.last < bindparam("last"), bindparam("last")), else_=stories.c.last),
    )
)
_REVIVE = Statement(update(stories).where(stories.c.id == bindparam("key")).values(redirect=null()))
_LAST = Statement(select(stories.c.last).where(stories.c.id == bindparam("key")))
_INHERIT = Statement(
    update(story_members)
    .where(story_members.c.canonical == bindparam("key"))
    .values(canonical=bindparam("heir"), seq=bindparam("arrival"), seen=bindparam("founded"))
)
_LEAVE = Statement(delete(story_members).where(story_members.c.canonical == bindparam("key")))
_TOUCH = Statement(
    update(stories).where(stories.c.id == bindparam("key")).values(changed=bindparam("now"))
)


class Placing:
    """Writes the membership of stories."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._language_groups = CrossLanguageGroups(session)

    def place(self, decision: StoryDecision, at: datetime) -> None:
        """See ``Stories.place``."""
        row = self._session.row(_ARRIVAL, {"key": decision.canonical})
        if row is None:
            raise KeyError(decision.canonical)
        arrival, founded = row
        story = self.resolve(decision.story)
        if story is None:
            story = decision.story
            self._found(story, founded, at, decision.follows)
        elif decision.founded and story != decision.story:
            # Its founding item had gone elsewhere and is back: it stands for itself again.
            story = decision.story
            self._session.write(_REVIVE, {"key": story})
            self._session.write(_GROW, {"key": story, "last": founded, "now": micros(at)})
        else:
            self._session.write(_GROW, {"key": story, "last": founded, "now": micros(at)})
        before = self._session.row(_MEMBER, {"key": decision.canonical})
        if before is None:
            member = {
                "seq": arrival,
                "canonical": decision.canonical,
                "story": story,
                "seen": founded,
                "features": decision.features,
            }
            self._session.write(_ADD_MEMBER, member)
        else:
            again = {"new_story": story, "new_features": decision.features}
            self._session.write(_PLACE_AGAIN, {"key": decision.canonical, **again})
            self._settle(before[0], story, at)
        self._remember(decision, story, at)
        for change in decision.changes:
            self.apply(change, at)

    def apply(self, change: StoryChange, at: datetime) -> None:
        """See ``Stories.apply``."""
        if change.kind == "merge":
            self._merge(change, at)
        elif change.kind == "split":
            self._split(change, at)
        else:
            raise ValueError(f"no such change of a story: {change.kind}")

    def resolve(self, story: str) -> str | None:
        """The story that ``story`` was merged into, or itself; none for an id that never was."""
        row = self._session.row(_RESOLVE, {"key": story})
        return None if row is None else str(row[0] or story)

    def leave(self, canonical: str, heir: str, at: datetime) -> None:
        """Take the emptied ``canonical`` out of its story.

        Its place goes to ``heir``, the canonical item that took its items, where
        that one stands in no story yet. A story left empty redirects to the heir's.
        """
        before = self._session.row(_MEMBER, {"key": canonical})
        if before is None:
            return
        placed = self._session.row(_MEMBER, {"key": heir})
        if placed is None:
            row = self._session.row(_ARRIVAL, {"key": heir})
            if row is not None:
                taken = {"heir": heir, "arrival": row[0], "founded": row[1]}
                self._session.write(_INHERIT, {"key": canonical, **taken})
                return
        self._session.write(_LEAVE, {"key": canonical})
        if placed is not None:
            self._settle(before[0], placed[0], at)

    def _settle(self, left: str, heir: str, at: datetime) -> None:
        """Let a story that lost its last member redirect; else note that it changed."""
        if left == heir:
            return
        if self._session.row(_MEMBERS, {"key": left}) is None:
            self._redirect(left, heir, at)
            self._language_groups.ended(left)
        else:
            self._session.write(_TOUCH, {"key": left, "now": micros(at)})

    def _redirect(self, story: str, target: str, at: datetime) -> None:
        self._session.write(_REDIRECT_FOLLOWERS, {"key": story, "target": target})
        self._session.write(_REDIRECT, {"key": story, "target": target, "now": micros(at)})

    def _found(self, story: str, first: int, at: datetime, follows: str | None = None) -> None:
        values: dict[str, Any] = {
            "seq": self._session.number(stories),
            "id": story,
            "redirect": None,
            "headline": "",
            "lead": "",
            "language": None,
            "first": first,
            "last": first,
            "outlets": "[]",
            "languages": "[]",
            "terms": "[]",
            "state": "live",
            "score": 0.0,
            "score_parts": "[]",
            "follows": follows,
            "changed": micros(at),
        }
        self._session.write(_ADD, values)

    def _merge(self, change: StoryChange, at: datetime) -> None:
        source, target = self.resolve(change.story), self.resolve(change.into)
        if source is None or target is None:
            raise KeyError(change.story if source is None else change.into)
        if source == target:
            return
        moved = tuple(row[0] for row in self._session.rows(_MEMBERS, {"key": source}))
        latest = self._session.row(_LAST, {"key": source})
        self._session.write(_MOVE_ALL, {"key": source, "new_story": target})
        self._redirect(source, target, at)
        self._language_groups.merged(source, target)
        last = 0 if latest is None else latest[0]
        self._session.write(_GROW, {"key": target, "last": last, "now": micros(at)})
        self._log(replace(change, story=source, into=target, members=moved), at)

    def _split(self, change: StoryChange, at: datetime) -> None:
        source = self.resolve(change.story)
        if source is None:
            raise KeyError(change.story)
        arrivals = [self._arrival(member) for member in change.members]
        moved = tuple(
            member
            for member in change.members
            if (row := self._session.row(_MEMBER, {"key": member})) and row[0] != change.into
        )
        if not moved:
            return
        standing = self._session.row(_RESOLVE, {"key": change.into})
        if standing is None:
            self._found(change.into, min(arrivals), at)
        elif standing[0] is not None:
            self._session.write(_REVIVE, {"key": change.into})
        for member in moved:
            self._session.write(_MOVE_MEMBER, {"key": member, "new_story": change.into})
        grown = {"key": change.into, "last": max(arrivals), "now": micros(at)}
        self._session.write(_GROW, grown)
        self._settle(source, change.into, at)
        self._log(replace(change, story=source, members=moved), at)

    def _arrival(self, canonical: str) -> int:
        row = self._session.row(_ARRIVAL, {"key": canonical})
        if row is None:
            raise KeyError(canonical)
        return int(row[1])

    def _log(self, change: StoryChange, at: datetime) -> None:
        values = {
            "seq": self._session.number(story_changes),
            "kind": change.kind,
            "story": change.story,
            "into": change.into,
            "members": packed(change.members),
            "at": micros(at),
            "evidence": pack_evidence(change.evidence),
        }
        self._session.write(_ADD_CHANGE, values)

    def _remember(self, decision: StoryDecision, story: str, at: datetime) -> None:
        runner_up, score = decision.runner_up or (None, None)
        values = {
            "seq": self._session.number(story_decisions),
            "canonical": decision.canonical,
            "story": story,
            "at": micros(at),
            "founded": decision.founded,
            "evidence": pack_evidence(decision.evidence),
            "runner_up": runner_up,
            "runner_up_score": score,
            "follows": decision.follows,
            "engine": decision.rules_version,
        }
        self._session.write(_ADD_DECISION, values)
