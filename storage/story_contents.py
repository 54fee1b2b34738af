"""Reads many stories with all their items, in a few queries per batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from aggregator.model import Item
from storage.cross_language_groups import primary_of
from storage.itemrows import PLACED, placed
from storage.records import StoryContents, StoryPart
from storage.schema import canonicals, counterparts, items, stories, story_members
from storage.statements import Session

_BATCH = 500  # ids per query: far below the limit of either database


def resolve_all(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The current ids of ``ids`` after redirects, without unknown ones."""
    found: dict[str, str] = {}
    asked = list(dict.fromkeys(ids))
    for start in range(0, len(asked), _BATCH):
        some = asked[start : start + _BATCH]
        stands = primary_of(func.coalesce(stories.c.redirect, stories.c.id))
        query = select(stories.c.id, stands.label("stands")).where(stories.c.id.in_(some))
        found |= {row.id: row.stands for row in session.select(query)}
    return found


def contents(session: Session, ids: Iterable[str]) -> list[StoryContents]:
    """The contents of stories, by current ids, in the order of ``ids``."""
    asked = list(dict.fromkeys(ids))
    return [
        one
        for start in range(0, len(asked), _BATCH)
        for one in _contents(session, asked[start : start + _BATCH])
    ]


def _contents(session: Session, ids: Collection[str]) -> list[StoryContents]:
    leader = {story: story for story in ids}
    variants = (
        select(counterparts.c.story, counterparts.c.leader)
        .where(counterparts.c.leader.in_(ids))
        .order_by(counterparts.c.story)
    )
    leader |= {row.story: row.leader for row in session.select(variants)}
    rows = select(stories.c.id, stories.c.follows).where(stories.c.id.in_(leader))
    follows = {row.id: row.follows for row in session.select(rows)}
    parts = _parts(session, leader)
    continued: dict[str, list[str]] = {}
    for variant, story in leader.items():  # the story itself before its variants
        if follows.get(variant):
            continued.setdefault(story, []).append(follows[variant])
    return [
        StoryContents(story, tuple(parts.get(story, ())), tuple(continued.get(story, ())))
        for story in ids
        if story in follows
    ]


def _parts(session: Session, leader: dict[str, str]) -> dict[str, list[StoryPart]]:
    query = (
        select(
            *PLACED,
            story_members.c.story.label("in_story"),
            canonicals.c.representative.label("representative"),
        )
        .join(story_members, story_members.c.canonical == items.c.canonical)
        .join(canonicals, canonicals.c.id == items.c.canonical)
        .where(story_members.c.story.in_(leader))
        .order_by(story_members.c.seq, items.c.time, items.c.seq)
    )
    grouped: dict[tuple[str, str, str], list[Item]] = {}
    for row in session.select(query):
        group = leader[row.in_story], row.canonical, row.representative
        grouped.setdefault(group, []).append(placed(row).item)
    found: dict[str, list[StoryPart]] = {}
    for (story, canonical, representative), behind in grouped.items():
        found.setdefault(story, []).append(StoryPart(canonical, representative, tuple(behind)))
    return found
