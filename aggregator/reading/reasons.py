"""Why items are where they are, in sentences and named facts, for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Evidence, Item
from aggregator.reading.story_view import Coverage

if TYPE_CHECKING:
    from storage import View


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision in words."""

    at: datetime
    sentence: str
    rule: str
    facts: tuple[tuple[str, str], ...] = ()  # what was compared
    partner: Item | None = None  # what it was compared with


@dataclass(frozen=True, slots=True)
class Folded:
    """A copy, and why it and the item shown are one."""

    item: Item
    first: bool  # it came first, and the item shown joined it: ``reason`` is about that one
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Article:
    """One canonical item of a story, with the reasons for all that is in it."""

    part: Coverage
    here: Reason | None  # why it is in this story
    copies: tuple[Folded, ...]
    refused: tuple[Reason, ...]  # what it was nearly folded into, and why it was not


def articles(view: View, coverage: Sequence[Coverage]) -> list[Article]:
    """Canonical items of a story, each with why it is here and why each copy was folded."""
    return [_article(view, part) for part in coverage]


def _article(view: View, part: Coverage) -> Article:
    placed = view.stories.decisions_of(part.canonical)
    here = _reason(view, placed[-1].at, placed[-1].decision.evidence) if placed else None
    refused = [
        _reason(view, record.at, evidence)
        for record in view.decisions.of(part.item.id)[-1:]
        for evidence in record.decision.refused
    ]
    return Article(
        part, here, tuple(_folded(view, copy, part.item) for copy in part.copies), tuple(refused)
    )


def _folded(view: View, copy: Item, shown: Item) -> Folded:
    latest = view.decisions.latest(copy.id)
    first = latest is not None and latest.decision.founded
    if first:
        latest = view.decisions.latest(shown.id)
    reason = _reason(view, latest.at, latest.decision.evidence) if latest else None
    return Folded(copy, first, reason)


def _reason(view: View, at: datetime, evidence: Evidence) -> Reason:
    facts = [(name, _value(value)) for name, value in evidence.details]
    if evidence.threshold:
        facts.append(("score", f"{evidence.score:.3f}, needs {evidence.threshold:.3f}"))
    partner = evidence.partner and _item(view, evidence.partner)
    return Reason(at, evidence.reason, evidence.rule, tuple(facts), partner or None)


def _item(view: View, name: str) -> Item | None:
    """The item with this id, or the representative of the canonical item with it."""
    canonical = view.canonicals.get(name)
    placed = view.items.get(canonical.representative if canonical else name)
    return placed.item if placed else None


def _value(value: str | float | int) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def by_time(parts: Sequence[Coverage]) -> list[tuple[Item, bool]]:
    """Every item of a story in order of time, and whether it is a copy."""
    found = [(part.item, False) for part in parts]
    found += [(copy, True) for part in parts for copy in part.copies]
    return sorted(found, key=lambda pair: (pair[0].time, pair[0].id))
