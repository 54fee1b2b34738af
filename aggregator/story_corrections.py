"""A person's word on stories: checked, stored, and followed at once.

``same`` makes one story of two; ``split`` takes items out of theirs, together. What is said
is kept between canonical items (a story's founding one stands for it), so that it means
the same whatever the stories are called later (``aggregator.cluster.constraints``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.corrections import CorrectionError, make
from aggregator.model import Correction, Evidence, StoryChange, StoryLink
from aggregator.pipeline import Engine
from aggregator.text.identity import split_story_id
from storage import Transaction

LEVEL = "story"


def same(engine: Engine, a: str, b: str, *, now: datetime, note: str = "") -> Correction:
    """Two stories are one: the older keeps its id, the other redirects to it for good.

    Raises CorrectionError where one is unknown or another correction says the opposite.
    """
    with engine.writing() as tx:
        one, other = _story(tx, a), _story(tx, b)
        if one == other:
            raise CorrectionError(f"{a} and {b} are one story already")
        older, younger = sorted((one, other), key=lambda story: _age(tx, story))
        _refuse(tx, "split", tx.stories.members(older), tx.stories.members(younger))
        said = make(LEVEL, "same", _first(tx, older), _first(tx, younger), at=now, note=note)
        _follow(engine, tx, [said], _joining(tx, older, younger, said), now=now)
        return said


def _joining(
    tx: Transaction, older: str, younger: str, said: Correction
) -> list[StoryChange | StoryLink]:
    """What makes one of two: stories of one language merge, others are told together."""
    evidence = _evidence(said, "merge", "are one story")
    held = {_language(tx, facet): facet for facet in reversed(tx.counterparts.facets(older))}
    changes: list[StoryChange | StoryLink] = []
    for facet in tx.counterparts.facets(younger):
        language = _language(tx, facet)
        heir = held.get(language) or (older if language is None else held.get(None))
        if heir:
            changes.append(StoryChange("merge", facet, heir, (), evidence))
        else:
            changes.append(StoryLink("link", facet, older, evidence))
    return changes


def _language(tx: Transaction, story: str) -> str | None:
    """The language of a story: that of the item it began with."""
    found = tx.canonicals.get(tx.stories.members_of(story)[0])
    placed = tx.items.get(found.representative) if found else None
    return placed.item.language if placed else None


def split(
    engine: Engine, story: str, items: Sequence[str], *, now: datetime, note: str = ""
) -> list[Correction]:
    """Items, given by their ids or those of their canonical items, are not of that story.

    They leave it together, for a story of their own; one correction for each. Raises
    CorrectionError where one is not in the story, all would leave, or another correction
    says the opposite.
    """
    with engine.writing() as tx:
        source = _story(tx, story)
        members = tx.stories.members(source)
        leaving = list(dict.fromkeys(_canonical(tx, item) for item in items))
        strangers = [name for name in leaving if name not in members]
        if strangers:
            raise CorrectionError(f"{strangers[0]} is not in {source}: see stories show {source}")
        staying = [name for name in members if name not in leaving]
        if not staying:
            raise CorrectionError("that are all of its items: nothing would be left of the story")
        _refuse(tx, "same", leaving, staying)
        said = [make(LEVEL, "split", name, staying[0], at=now, note=note) for name in leaving]
        _follow(engine, tx, said, _parting(tx, source, leaving, said[0]), now=now)
        return said


def _parting(
    tx: Transaction, source: str, leaving: Sequence[str], said: Correction
) -> list[StoryChange | StoryLink]:
    """What takes ``leaving`` out of ``source``: of each language's story, part of it or all."""
    evidence = _evidence(said, "split", "are not of that story")
    into = split_story_id(leaving[0], said.id)
    changes: list[StoryChange | StoryLink] = []
    for facet in tx.counterparts.facets(source):
        members = tx.stories.members_of(facet)
        moved = tuple(name for name in members if name in leaving)
        if moved and len(moved) == len(members):  # a story of its own already
            leader = tx.counterparts.leader(facet)
            others = [one for one in tx.counterparts.facets(leader) if one != facet]
            if leader != facet:
                changes.append(StoryLink("unlink", facet, leader, evidence))
            elif others:
                changes.append(StoryLink("unlink", others[0], facet, evidence))
                changes += [StoryLink("link", one, others[0], evidence) for one in others[1:]]
        elif moved:
            changes.append(StoryChange("split", facet, into, moved, evidence))
    return changes


def undo(engine: Engine, name: str, *, now: datetime) -> StoryChange | StoryLink | None:
    """Take a correction back and what it moved, as far as that still stands where it went.

    Later items decide as if it had never been said. Returns the change, None where
    nothing was left to move. Raises CorrectionError for what is not in force.
    """
    with engine.writing() as tx:
        record = tx.corrections.get(name)
        if record is None or record.correction.level != LEVEL:
            raise CorrectionError(f"there is no correction {name} of stories")
        if not tx.corrections.undo(name, now):
            raise CorrectionError(f"the correction {name} was taken back before")
        change = _reverse(tx, record.correction)
        _apply(engine, tx, [change] if change else [], now=now)
        return change


def _follow(
    engine: Engine,
    tx: Transaction,
    said: Sequence[Correction],
    changes: Sequence[StoryChange | StoryLink],
    *,
    now: datetime,
) -> None:
    for correction in said:
        tx.corrections.add(correction)
    _apply(engine, tx, changes, now=now)


def _apply(
    engine: Engine, tx: Transaction, changes: Sequence[StoryChange | StoryLink], *, now: datetime
) -> None:
    for change in changes:
        if isinstance(change, StoryLink):
            tx.counterparts.apply(change, now)
        else:
            tx.stories.apply(change, now)
    engine.forget()  # what is remembered is read again, with the correction
    touched = [story for change in changes for story in (change.story, change.into)]
    engine.summarise(tx, touched, now=now)


def _reverse(tx: Transaction, correction: Correction) -> StoryChange | StoryLink | None:
    """What takes the change back that followed ``correction``."""
    anchor = _standing(tx, correction.b if correction.kind == "split" else correction.a)
    moved = _standing(tx, correction.a if correction.kind == "split" else correction.b)
    if anchor is None or moved is None:
        return None
    evidence = replace(
        _evidence(correction, correction.kind, "…"),
        reason="A person took back what was said of these stories.",
    )
    if correction.kind == "split":
        if tx.counterparts.leader(anchor) == tx.counterparts.leader(moved):
            return None
        if _linked(tx, moved, correction, "unlink"):
            sides = tx.counterparts.leader(moved), tx.counterparts.leader(anchor)
            older, younger = sorted(sides, key=lambda story: _age(tx, story))
            return StoryLink("link", younger, older, evidence)
        return StoryChange("merge", moved, anchor, (), evidence)
    if anchor != moved:
        together = tx.counterparts.leader(anchor) == tx.counterparts.leader(moved)
        if together and _linked(tx, moved, correction, "link"):
            return StoryLink("unlink", moved, anchor, evidence)
        return None
    for record in reversed(tx.stories.changes_of(anchor)):
        done = record.change
        if _names(done.evidence, correction):
            members = [m for m in done.members if _standing(tx, m) == anchor]
            if len(members) == len(tx.stories.members(anchor)):
                return None
            return StoryChange("split", anchor, done.story, tuple(members), evidence)
    return None


def _linked(tx: Transaction, story: str, correction: Correction, kind: str) -> bool:
    """Whether ``correction`` linked ``story`` to one of another language, or parted them."""
    return any(
        record.link.kind == kind and _names(record.link.evidence, correction)
        for record in tx.counterparts.links_of(story)
    )


def _names(evidence: Evidence, correction: Correction) -> bool:
    return dict(evidence.details).get("correction") == correction.id


def _evidence(correction: Correction, kind: str, what: str) -> Evidence:
    return Evidence(
        kind,
        1.0,
        1.0,
        correction.b,
        f"A person said that these {what}.",
        (("correction", correction.id),),
    )


def _refuse(tx: Transaction, kind: str, ones: Sequence[str], others: Sequence[str]) -> None:
    """Raise CorrectionError where a correction of ``kind`` holds between the two sides."""
    for said in tx.corrections.active(LEVEL):
        if said.kind != kind or said.b is None:
            continue
        if (said.a in ones and said.b in others) or (said.b in ones and said.a in others):
            raise CorrectionError(
                f"the correction {said.id} says the opposite ({said.kind} {said.a} {said.b}); "
                f"take it back first: stories undo {said.id}"
            )


def _story(tx: Transaction, name: str) -> str:
    found = tx.stories.resolve(name)
    if found is None or not tx.stories.members(found):
        raise CorrectionError(f"there is no story {name}: see stories list")
    return found


def _standing(tx: Transaction, canonical: str | None) -> str | None:
    """The story that a canonical item stands in now."""
    found = tx.canonicals.get(canonical) if canonical else None
    return found.story if found else None


def _canonical(tx: Transaction, name: str) -> str:
    if name.startswith("c") and tx.canonicals.get(name) is not None:
        return name
    placed = tx.items.get(name)
    if placed is None:
        raise CorrectionError(f"there is no item {name}: see items list and stories show")
    return placed.canonical


def _first(tx: Transaction, story: str) -> str:
    return tx.stories.members(story)[0]


def _age(tx: Transaction, story: str) -> tuple[datetime, str]:
    found = tx.canonicals.get(_first(tx, story))
    if found is None:
        raise CorrectionError(f"there is no story {story}: see stories list")
    return found.founded, story
