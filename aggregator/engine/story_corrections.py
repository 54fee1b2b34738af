"""User corrections of stories: checked, stored, and applied at once.

``same`` merges two stories; ``split`` moves items out of a story, together. Corrections
are stored between canonical items (a story is represented by its founding one), so that
they keep their meaning when story ids change (``aggregator.cluster.constraints``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.engine.item_corrections import make
from aggregator.engine.polls import Engine
from aggregator.engine.recorder import Recorder
from aggregator.engine.standing_corrections import CorrectionError, between, in_force, refuse
from aggregator.model import (
    ChangeKind,
    Correction,
    CorrectionKind,
    Evidence,
    Level,
    LinkKind,
    Rule,
    StoryChange,
    StoryLink,
)
from aggregator.model.corrections import Corrections
from aggregator.model.effects import CorrectionMade, CorrectionUndone
from aggregator.text.identity import split_story_id
from storage import Transaction, View


def same(engine: Engine, a: str, b: str, *, now: datetime, note: str = "") -> list[Correction]:
    """Merge two stories: the older keeps its id, the other redirects to it permanently.

    Stories in different languages are linked instead. If a story is shown in several
    languages, one correction is made for each. Raises CorrectionError if a story is unknown
    or another correction says the opposite.
    """
    with engine.writing() as tx:
        one, other = _story(tx, a), _story(tx, b)
        if one == other:
            raise CorrectionError(f"{a} and {b} are already one story")
        older, younger = sorted((one, other), key=lambda story: _age(tx, story))
        recorder = engine.recorder(tx)
        holding = in_force(tx, recorder, Level.STORY)
        sides = tx.stories.members(older), tx.stories.members(younger)
        refuse(holding, CorrectionKind.SPLIT, *sides)
        variants = reversed(tx.language_groups.variants(older))
        by_language = {_language(tx, variant): variant for variant in variants}
        corrections: list[Correction] = []
        changes: list[StoryChange | StoryLink] = []
        for variant in tx.language_groups.variants(younger):
            language = _language(tx, variant)
            heir = by_language.get(language) or (
                older if language is None else by_language.get(None)
            )
            partner = heir or older
            ends = _first(tx, partner), _first(tx, variant)
            correction = make(Level.STORY, CorrectionKind.SAME, *ends, at=now, note=note)
            evidence = _evidence(correction, Rule.MERGE, "are one story")
            corrections.append(correction)
            if heir:
                changes.append(StoryChange(ChangeKind.MERGE, variant, heir, (), evidence))
            else:
                changes.append(StoryLink(LinkKind.LINK, variant, older, evidence))
        _follow(engine, tx, recorder, corrections, changes, now=now)
        return corrections


def split(
    engine: Engine, story: str, items: Sequence[str], *, now: datetime, note: str = ""
) -> list[Correction]:
    """Move items, given by item or canonical item ids, out of a story.

    They leave it together, for a new story; one correction is made for each. Raises
    CorrectionError if an item is not in the story, all would leave, or another correction
    says the opposite.
    """
    with engine.writing() as tx:
        source = _story(tx, story)
        members = tx.stories.members(source)
        leaving = list(dict.fromkeys(_canonical(tx, item) for item in items))
        strangers = [name for name in leaving if name not in members]
        if strangers:
            raise CorrectionError(f"{strangers[0]} is not in {source}; see stories show {source}")
        staying = [name for name in members if name not in leaving]
        if not staying:
            raise CorrectionError("those are all of its items; the story would be empty")
        recorder = engine.recorder(tx)
        refuse(in_force(tx, recorder, Level.STORY), CorrectionKind.SAME, leaving, staying)
        corrections: list[Correction] = []
        for variant in tx.language_groups.variants(source):
            own = tx.stories.members_of(variant)
            # Kept apart from a staying item in its own language, as that engine needs it.
            anchor = next((name for name in own if name not in leaving), staying[0])
            corrections += [
                make(Level.STORY, CorrectionKind.SPLIT, name, anchor, at=now, note=note)
                for name in own
                if name in leaving
            ]
        _follow(
            engine, tx, recorder, corrections, _parting(tx, source, leaving, corrections), now=now
        )
        return corrections


def _parting(
    view: View, source: str, leaving: Sequence[str], corrections: Sequence[Correction]
) -> list[StoryChange | StoryLink]:
    """The changes that move ``leaving`` out of ``source``: part or all of each language's story."""
    evidence = _evidence(corrections[0], Rule.SPLIT, "do not belong to that story")
    named = {correction.a: correction.id for correction in corrections}
    splits: list[StoryChange | StoryLink] = []
    away: list[str] = []  # the stories of the leaving items, one per language
    whole: list[str] = []  # those of them that leave unchanged
    left: list[str] = []
    for variant in view.language_groups.variants(source):
        members = view.stories.members_of(variant)
        moved = tuple(name for name in members if name in leaving)
        if len(moved) < len(members):
            left.append(variant)
        if moved and len(moved) < len(members):
            into = split_story_id(moved[0], named[moved[0]])
            splits.append(StoryChange(ChangeKind.SPLIT, variant, into, moved, evidence))
            away.append(into)
        elif moved:
            away.append(variant)
            whole.append(variant)
    links: list[StoryChange | StoryLink] = []
    if source in away:  # it was the primary story
        links.append(StoryLink(LinkKind.UNLINK, left[0], source, evidence))
        links += [StoryLink(LinkKind.LINK, one, left[0], evidence) for one in left[1:]]
    links += [StoryLink(LinkKind.UNLINK, one, source, evidence) for one in whole if one != source]
    first = source if source in away else away[0]
    links += [StoryLink(LinkKind.LINK, one, first, evidence) for one in away if one != first]
    return [*splits, *links]


def undo(engine: Engine, name: str, *, now: datetime) -> StoryChange | StoryLink | None:
    """Undo a correction, and what it moved as far as that has not moved since.

    Later items are decided as if it had never been made. Returns the change; None if there
    was nothing to move back. Raises CorrectionError if the correction is not in force.
    """
    with engine.writing() as tx:
        record = tx.corrections.get(name)
        if record is None or record.correction.level != Level.STORY:
            raise CorrectionError(f"there is no story correction {name}; see stories corrections")
        if record.undone is not None:
            raise CorrectionError(f"correction {name} is already undone")
        recorder = engine.recorder(tx)
        recorder.record((CorrectionUndone(name, record.correction),), now)
        change = _reverse(tx, record.correction, in_force(tx, recorder, Level.STORY))
        _apply(engine, tx, recorder, [change] if change else [], now=now)
        return change


def _follow(
    engine: Engine,
    tx: Transaction,
    recorder: Recorder,
    corrections: Sequence[Correction],
    changes: Sequence[StoryChange | StoryLink],
    *,
    now: datetime,
) -> None:
    recorder.record([CorrectionMade(one.id, one) for one in corrections], now)
    _apply(engine, tx, recorder, changes, now=now)


def _apply(
    engine: Engine,
    tx: Transaction,
    recorder: Recorder,
    changes: Sequence[StoryChange | StoryLink],
    *,
    now: datetime,
) -> None:
    for change in changes:
        if isinstance(change, StoryLink):
            recorder.link(change, now)
        else:
            recorder.change(change, now)
    engine.summarise(tx, recorder.touched())


def _reverse(
    view: View, correction: Correction, holding: Corrections
) -> StoryChange | StoryLink | None:
    """The change that reverses what ``correction`` did; None if nothing is left."""
    evidence = replace(
        _evidence(correction, Rule(correction.kind), "…"),
        reason="A user undid the correction of these stories.",
    )
    if correction.kind == CorrectionKind.SPLIT:
        return _reunited(view, correction, evidence, holding)
    anchor, moved = _standing(view, correction.a), _standing(view, correction.b)
    if anchor is None or moved is None:
        return None
    if anchor != moved:
        together = view.language_groups.primary(anchor) == view.language_groups.primary(moved)
        return StoryLink(LinkKind.UNLINK, moved, anchor, evidence) if together else None
    for record in reversed(view.stories.changes_of(anchor)):
        done = record.change
        if dict(done.evidence.details).get("correction") == correction.id:
            members = [m for m in done.members if _standing(view, m) == anchor]
            if len(members) == len(view.stories.members_of(anchor)):
                return None
            return StoryChange(ChangeKind.SPLIT, anchor, done.story, tuple(members), evidence)
    return None


def _reunited(
    view: View, correction: Correction, evidence: Evidence, holding: Corrections
) -> StoryChange | StoryLink | None:
    """The change that moves an item back that a correction had taken out of a story.

    Everything that left with it comes along, unless another correction keeps it out.
    """
    moved, anchor = _standing(view, correction.a), _standing(view, correction.b)
    if moved is None or anchor is None:
        return None
    sides = view.language_groups.primary(moved), view.language_groups.primary(anchor)
    if sides[0] == sides[1]:
        return None
    if any(
        record.change.kind == ChangeKind.SPLIT and record.change.story == anchor
        for record in view.stories.changes_of(moved)
    ):  # it was a part of that very story, not one of another language
        if _kept_apart(view, moved, anchor, holding):
            return StoryChange(ChangeKind.SPLIT, moved, anchor, (correction.a,), evidence)
        return StoryChange(ChangeKind.MERGE, moved, anchor, (), evidence)
    languages = [
        [_language(view, one) for one in view.language_groups.variants(side)] for side in sides
    ]
    if set(languages[0]) & set(languages[1]) or _kept_apart(view, *sides, holding):
        return None
    older, younger = sorted(sides, key=lambda story: _age(view, story))
    return StoryLink(LinkKind.LINK, younger, older, evidence)


def _kept_apart(view: View, one: str, other: str, holding: Corrections) -> bool:
    """Whether a correction in force separates the two stories, or their language variants."""
    sides = view.stories.members(one), view.stories.members(other)
    return between(holding, CorrectionKind.SPLIT, *sides) is not None


def _language(view: View, story: str) -> str | None:
    """The language of a story: that of its founding item."""
    found = view.canonicals.get(view.stories.members_of(story)[0])
    placed = view.items.get(found.representative) if found else None
    return placed.item.language if placed else None


def _evidence(correction: Correction, rule: Rule, what: str) -> Evidence:
    return Evidence(
        rule,
        1.0,
        1.0,
        correction.b,
        f"A user correction says that these {what}.",
        (("correction", correction.id),),
    )


def _story(view: View, name: str) -> str:
    found = view.stories.resolve(name)
    if found is None or not view.stories.members(found):
        raise CorrectionError(f"there is no story {name}; see stories list")
    return found


def _standing(view: View, canonical: str | None) -> str | None:
    """The current story of a canonical item."""
    found = view.canonicals.get(canonical) if canonical else None
    return found.story if found else None


def _canonical(view: View, name: str) -> str:
    if name.startswith("c") and view.canonicals.get(name) is not None:
        return name
    placed = view.items.get(name)
    if placed is None:
        raise CorrectionError(f"there is no item {name}; see items list and stories show")
    return placed.canonical


def _first(view: View, story: str) -> str:
    return view.stories.members_of(story)[0]


def _age(view: View, story: str) -> tuple[datetime, str]:
    found = view.canonicals.get(_first(view, story))
    if found is None:
        raise CorrectionError(f"there is no story {story}; see stories list")
    return found.founded, story
