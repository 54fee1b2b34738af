"""Writes stories: which canonical items belong to which story, and why.

The rules are in ``aggregator.engine.effects``; here each effect is only a few statements.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    LargeBinary,
    Text,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    select,
    update,
)

from aggregator.model import ChangeKind, Evidence, Flag
from aggregator.model.effects import (
    StoryFounded,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StoryPlaced,
    StoryRedirected,
    StoryRestored,
    StorySplit,
)
from storage.codecs import micros, pack_evidence, packed
from storage.schema import (
    canonicals,
    items,
    stories,
    story_changes,
    story_decisions,
    story_members,
)
from storage.statements import Statement, Writer, adding
from storage.story_reading import SHOWN_AS, StoryReader

_ADD = adding(stories)
# Members are ordered by the arrival of their canonical items.
_ADD_MEMBER = Statement(
    insert(story_members).from_select(
        ["seq", "canonical", "story", "seen", "features"],
        select(
            canonicals.c.seq,
            canonicals.c.id,
            bindparam("new_story", type_=Text),
            canonicals.c.founded,
            bindparam("new_features", type_=LargeBinary),
        ).where(canonicals.c.id == bindparam("key")),
    )
)
_ADD_DECISION = adding(story_decisions)
_ADD_CHANGE = adding(story_changes)
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
_INHERIT = Statement(
    update(story_members)
    .where(story_members.c.canonical == bindparam("key"))
    .values(
        canonical=bindparam("heir"),
        seq=select(canonicals.c.seq).where(canonicals.c.id == bindparam("heir")).scalar_subquery(),
        seen=bindparam("founded"),
    )
)
_LEAVE = Statement(delete(story_members).where(story_members.c.canonical == bindparam("key")))
_TOUCH = Statement(
    update(stories).where(stories.c.id == bindparam("key")).values(changed=bindparam("now"))
)
_SAVE = Statement(
    update(stories)
    .where(stories.c.id == bindparam("key"))
    .values(first=bindparam("earliest"), last=bindparam("latest"), languages=bindparam("spoken"))
)
_AGAIN = items.c.flags.contains(f'"{Flag.REPUBLISHED}"', autoescape=True)
_SPANS = Statement(
    select(
        items.c.language,
        func.min(items.c.time).label("first"),
        func.max(items.c.time).label("last"),
        func.max(case((~_AGAIN, items.c.time))).label("news"),  # without republished texts
    )
    .join(story_members, story_members.c.canonical == items.c.canonical)
    .where(SHOWN_AS)
    .group_by(items.c.language)
)

StoryEffect = (
    StoryFounded
    | StoryRestored
    | StoryPlaced
    | StoryLeft
    | StoryInherited
    | StoryMerged
    | StorySplit
    | StoryRedirected
)


class Stories(StoryReader, Writer):
    """Canonical items about the same event."""

    def apply(self, effect: StoryEffect, at: datetime) -> None:
        """Write one effect, dated ``at``."""
        now = micros(at)
        match effect:
            case StoryFounded(story, follows, first):
                self._found(story, at if first is None else first, at, follows)
            case StoryRestored(story):
                self._session.write(_REVIVE, {"key": story})
            case StoryPlaced():
                self._place(effect, at)
            case StoryLeft(canonical, story):
                self._session.write(_LEAVE, {"key": canonical})
                self._touch(story, now)
            case StoryInherited(canonical, heir, _, founded):
                taken = {"heir": heir, "founded": micros(founded)}
                self._session.write(_INHERIT, {"key": canonical, **taken})
            case StoryMerged(story, into):
                self._session.write(_MOVE_ALL, {"key": story, "new_story": into})
                self._redirect(story, into, now)
                self._grow(into, effect.last, now)
                self._log(ChangeKind.MERGE, effect, now)
            case StorySplit(story, into, members):
                for member in members:
                    self._session.write(_MOVE_MEMBER, {"key": member, "new_story": into})
                self._grow(into, effect.last, now)
                self._touch(story, now)
                self._log(ChangeKind.SPLIT, effect, now)
            case StoryRedirected(story, into):
                self._redirect(story, into, now)

    def summarise(self, story: str) -> None:
        """Update the fields of a story that lists and filters use: its times and languages.

        ``story`` is an id that does not redirect. A story without items is left unchanged.
        """
        spans = self._session.rows(_SPANS, {"key": story})
        if not spans:
            return
        fresh = [one.news for one in spans if one.news is not None]
        spoken = sorted((one.first, one.language) for one in spans if one.language)
        values = {
            "key": story,
            "earliest": min(one.first for one in spans),
            "latest": max(fresh or [one.last for one in spans]),
            "spoken": packed([language for _, language in spoken]),
        }
        self._session.write(_SAVE, values)

    def _place(self, effect: StoryPlaced, at: datetime) -> None:
        now, decision = micros(at), effect.decision
        if decision is None:
            raise ValueError(f"{effect.canonical} cannot be placed without its decision")
        member = {"key": effect.canonical, "new_story": effect.story}
        if effect.source is None:
            self._session.write(_ADD_MEMBER, {**member, "new_features": decision.features})
        else:
            self._session.write(_PLACE_AGAIN, {**member, "new_features": decision.features})
            if effect.source != effect.story:
                self._touch(effect.source, now)
        self._grow(effect.story, effect.founded, now)
        runner_up, score = decision.runner_up or (None, None)
        values = {
            "seq": self._session.number(story_decisions),
            "canonical": effect.canonical,
            "story": effect.story,
            "at": now,
            "founded": decision.founded,
            "evidence": pack_evidence(decision.evidence),
            "runner_up": runner_up,
            "runner_up_score": score,
            "follows": decision.follows,
            "engine": decision.rules_version,
        }
        self._session.write(_ADD_DECISION, values)

    def _redirect(self, story: str, target: str, now: int) -> None:
        self._session.write(_REDIRECT_FOLLOWERS, {"key": story, "target": target})
        self._session.write(_REDIRECT, {"key": story, "target": target, "now": now})

    def _grow(self, story: str, last: datetime | None, now: int) -> None:
        latest = 0 if last is None else micros(last)
        self._session.write(_GROW, {"key": story, "last": latest, "now": now})

    def _touch(self, story: str, now: int) -> None:
        self._session.write(_TOUCH, {"key": story, "now": now})

    def _found(self, story: str, first: datetime, at: datetime, follows: str | None) -> None:
        values: dict[str, Any] = {
            "seq": self._session.number(stories),
            "id": story,
            "redirect": None,
            "first": micros(first),
            "last": micros(first),
            "languages": "[]",
            "follows": follows,
            "changed": micros(at),
        }
        self._session.write(_ADD, values)

    def _log(self, kind: ChangeKind, change: StoryMerged | StorySplit, now: int) -> None:
        values = {
            "seq": self._session.number(story_changes),
            "kind": kind,
            "story": change.story,
            "into": change.into,
            "members": packed(change.members),
            "at": now,
            "evidence": pack_evidence(change.evidence or Evidence(change.rule)),
        }
        self._session.write(_ADD_CHANGE, values)
