"""User corrections of items: checked, stored, and applied at once.

``same`` moves all items of the younger canonical item to the older one; ``split``
separates an item from another, or from all others. Corrections remain as constraints
on later decisions (``aggregator.dedupe``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator import dedupe
from aggregator.dedupe import ruling as ruling_of
from aggregator.engine.polls import Engine
from aggregator.engine.recorder import Recorder
from aggregator.engine.standing_corrections import CorrectionError, in_force
from aggregator.model import Correction, CorrectionKind, Decision, Evidence, Level, Placed, Rule
from aggregator.model.corrections import Corrections
from aggregator.model.effects import CorrectionMade, CorrectionUndone
from aggregator.text.identity import canonical_id, content_hash
from storage import Transaction, View


def make(
    level: Level, kind: CorrectionKind, a: str, b: str | None, *, at: datetime, note: str = ""
) -> Correction:
    """A correction with a new id."""
    name = content_hash(level, kind, a, b or "", at.isoformat())
    return Correction("k" + name[:8], level, kind, a, b, at, note)


def apply(engine: Engine, correction: Correction, *, now: datetime) -> list[str]:
    """Store a correction and apply it at once; returns the ids of the items that moved.

    Raises CorrectionError if an item is unknown or another correction says the opposite.
    """
    return engine.once_ready(lambda: _apply(engine, correction, now))


def _apply(engine: Engine, correction: Correction, now: datetime) -> list[str]:
    with engine.writing() as tx:
        recorder = engine.recorder(tx)
        check_items(tx, correction, in_force(tx, recorder, Level.ITEM))
        recorder.record((CorrectionMade(correction.id, correction),), now)
        moved = follow_items(tx, recorder, correction, now=now)
        engine.summarise(tx, recorder.touched())
        return moved


def undo(engine: Engine, name: str, *, now: datetime) -> list[str]:
    """Undo a correction and decide the items it moved again; returns the ids of moved items."""
    return engine.once_ready(lambda: _undo(engine, name, now))


def _undo(engine: Engine, name: str, now: datetime) -> list[str]:
    with engine.writing() as tx:
        record = tx.corrections.get(name)
        if record is None or record.correction.level != Level.ITEM:
            raise CorrectionError(f"there is no item correction {name}; see items corrections")
        if record.undone is not None:
            raise CorrectionError(f"correction {name} is already undone")
        recorder = engine.recorder(tx)
        recorder.record((CorrectionUndone(name, record.correction),), now)
        named = [i for i in (record.correction.a, record.correction.b) if i is not None]
        moved = []
        for item in dict.fromkeys((*tx.decisions.following(name), *named)):
            known = tx.items.get(item)
            if known is not None and recorder.decide_again(known, now):
                moved.append(item)
        engine.summarise(tx, recorder.touched())
        return moved


def check_items(view: View, correction: Correction, holding: Corrections) -> None:
    """Raise CorrectionError if an item is unknown or another correction says the opposite."""
    for item in (correction.a, correction.b):
        if item is not None and view.items.get(item) is None:
            raise CorrectionError(f"there is no item {item}")
    if correction.a == correction.b:
        raise CorrectionError("both ids are the same item")
    ruling = ruling_of(correction.a, view.archive, holding)
    if correction.kind == CorrectionKind.SAME and correction.b is not None:
        other = ruling_of(correction.b, view.archive, holding)
        against = [c for o, c in ruling.apart if o == correction.b]
        reach = {o for o, _ in other.same}
        against += [c for o, c in ruling.apart if o in reach]
        against += [c for c in (ruling.alone, other.alone) if c is not None]
    else:
        against = [c for o, c in ruling.same if correction.b in (o, None)]
    if against:
        opposite = against[0]
        raise CorrectionError(
            f"correction {opposite.id} says the opposite "
            f"({opposite.kind} {opposite.a} {opposite.b or 'alone'}); "
            f"undo it first: items undo {opposite.id}"
        )


def follow_items(
    tx: Transaction, recorder: Recorder, correction: Correction, *, now: datetime
) -> list[str]:
    """Apply a correction of items; returns the ids of the items that moved."""
    word = "the same" if correction.kind == CorrectionKind.SAME else "not the same"
    evidence = Evidence(
        Rule.CORRECTION,
        1.0,
        1.0,
        correction.b,
        f"a user correction says that the two are {word}",
        (("correction", correction.id),),
    )
    if correction.kind == CorrectionKind.SAME and correction.b is not None:
        return _join(tx, recorder, correction.a, correction.b, evidence, now)
    return _part(tx, recorder, correction.a, correction.b, evidence, now)


def _join(
    tx: Transaction, recorder: Recorder, a: str, b: str, evidence: Evidence, now: datetime
) -> list[str]:
    """Move all items of the younger canonical item to the older one."""
    sides = [_canonical(tx, a), _canonical(tx, b)]
    if sides[0] == sides[1]:
        return []
    older, younger = sorted(sides, key=lambda c: (_founded(tx, c), c))
    moving = tx.archive.members(younger)
    for placed in moving:
        why = replace(evidence, partner=a if placed.item.id == b else b)
        recorder.move(_moved(tx, placed, older, why), now)
    return [placed.item.id for placed in moving]


def _part(
    tx: Transaction, recorder: Recorder, a: str, b: str | None, evidence: Evidence, now: datetime
) -> list[str]:
    """Separate ``a`` from ``b``, or from all; the founder stays, the others move."""
    canonical = _canonical(tx, a)
    others = [placed for placed in tx.archive.members(canonical) if placed.item.id != a]
    if b is not None:
        others = [placed for placed in others if placed.item.id == b]
    if not others:
        return []
    if canonical_id(a) != canonical:
        others = [placed for placed in tx.archive.members(canonical) if placed.item.id == a]
    founder = others[0].item
    target = canonical_id(founder.id)
    for placed in others:
        recorder.move(_moved(tx, placed, target, evidence), now)
    recorder.place_in_story(founder, target, now)
    return [placed.item.id for placed in others]


def _moved(view: View, placed: Placed, target: str, evidence: Evidence) -> Decision:
    """The decision that moves an item as a correction requires."""
    item = placed.item
    keys = view.items.keys(item.id) or dedupe.item_keys(item)
    founded = canonical_id(item.id) == target
    return Decision(
        item.id, target, founded, evidence, keys, representative=item.id if founded else None,
        rules_version=dedupe.RULES_VERSION,
    )  # fmt: skip


def _canonical(view: View, item: str) -> str:
    placed = view.items.get(item)
    if placed is None:
        raise CorrectionError(f"there is no item {item}")
    return placed.canonical


def _founded(view: View, canonical: str) -> datetime:
    found = view.canonicals.get(canonical)
    if found is None:
        raise CorrectionError(f"there is no canonical item {canonical}")
    return found.founded
