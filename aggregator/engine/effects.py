"""Computes what a decision changes: pure functions of the current placements.

Each function returns the complete list of effects in order. Memory (``Decider``,
``Placements``), the store and replay only apply them and contain no rules:

- an id is never lost: a canonical item or a story that ends redirects directly to its
  successor, and only a decision that founds it again ends the redirect;
- a canonical item without items leaves its story, a story without members redirects;
- stories of several languages shown as one stay together when their primary story ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from aggregator.engine.placements import Placements, Standing
from aggregator.model import (
    ChangeKind,
    Decision,
    Evidence,
    Item,
    Keys,
    LinkKind,
    Rule,
    StoryChange,
    StoryDecision,
    StoryLink,
)
from aggregator.model.effects import (
    CanonicalFounded,
    CanonicalRedirected,
    CanonicalRestored,
    Effect,
    ItemKept,
    ItemMoved,
    ItemRevised,
    ItemStored,
    RepresentativeChanged,
    StoriesLinked,
    StoryFounded,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    StoryMerged,
    StoryPlaced,
    StoryRedirected,
    StoryRestored,
    StorySplit,
    VectorKept,
)

Effects = tuple[Effect, ...]


def stored(before: Standing, item: Item, decision: Decision) -> Effects:
    """Effects of placing a new item as ``decision`` says."""
    draft = _Draft(before)
    if decision.founded:
        draft.add(*_founding(draft.now, decision.canonical, item.id, item.seen))
    rule = decision.evidence.rule
    draft.add(ItemStored(item.id, decision.canonical, rule, item, decision))
    draft.add(*_represented(decision))
    return draft.effects


def revised(before: Standing, item: Item, keys: Keys) -> Effects:
    """Effects of a newer text of a stored item. Raises KeyError for an unknown item."""
    canonical = before.canonical_of(item.id)
    if canonical is None:
        raise KeyError(item.id)
    return (ItemRevised(item.id, canonical, item, keys),)


def decided_again(before: Standing, decision: Decision, at: datetime) -> Effects:
    """Effects of a new decision on a stored item. Raises KeyError for an unknown item."""
    item, target, rule = decision.item, decision.canonical, decision.evidence.rule
    source = before.canonical_of(item)
    if source is None:
        raise KeyError(item)
    draft = _Draft(before)
    if source == target:
        draft.add(ItemKept(item, target, rule, decision), *_represented(decision))
        return draft.effects
    draft.add(*_founding(draft.now, target, item, at))
    draft.add(ItemMoved(item, source, target, rule, decision))
    draft.add(*_left_behind(draft.now, source, item, target))
    draft.add(*_represented(decision))
    return draft.effects


def placed(before: Standing, decision: StoryDecision) -> Effects:
    """Effects of putting a canonical item into the story of ``decision``, with its changes.

    Redirects of the story are followed. Raises KeyError for an unknown canonical item.
    """
    draft = _Draft(before)
    draft.add(*_placing(draft.now, decision))
    if decision.vector is not None:
        draft.add(VectorKept(decision.canonical, decision.vector))
    for change in decision.changes:
        draft.add(*changed(draft.now, change))
    return draft.effects


def changed(before: Standing, change: StoryChange) -> Effects:
    """Effects of a merge or a split of stories; none if it was already done.

    A merged story redirects permanently; only a split into its id ends the redirect. Raises
    KeyError for unknown stories and ValueError for an unknown kind of change.
    """
    if change.kind == ChangeKind.MERGE:
        return _merging(before, change)
    if change.kind == ChangeKind.SPLIT:
        return _splitting(before, change)
    raise ValueError(f"unknown kind of story change: {change.kind}")


def linked(before: Standing, link: StoryLink) -> Effects:
    """Effects of linking a story with one in another language, or unlinking it.

    Stories shown under the id of a linked story move with it. Redirects are followed. Raises
    ValueError for an unknown kind of link.
    """
    story = before.heir_of(link.story) or link.story
    into = before.heir_of(link.into) or link.into
    draft = _Draft(before)
    if link.kind == LinkKind.LINK:
        primary = before.primary_of(into)
        draft.add(*_alone(draft.now, story))
        if primary != story:
            draft.add(*(StoryGrouped(one, primary) for one in before.variants_of(story)))
            draft.add(StoryGrouped(story, primary))
    elif link.kind == LinkKind.UNLINK:
        draft.add(*_alone(draft.now, story))
    else:
        raise ValueError(f"unknown kind of story link: {link.kind}")
    draft.add(StoriesLinked(link.kind, story, into, link.evidence.rule, link.evidence))
    return draft.effects


class _Draft:
    """Effects so far, and the placements after them."""

    def __init__(self, before: Standing) -> None:
        self.now = Placements(before)
        self.effects: Effects = ()

    def add(self, *effects: Effect) -> None:
        for effect in effects:
            self.now.apply(effect)
        self.effects += effects


def _founding(now: Standing, canonical: str, item: str, at: datetime) -> Iterator[Effect]:
    known = now.canonical(canonical)
    if known is None:
        yield CanonicalFounded(canonical, item, at)
    elif known.redirect is not None:
        yield CanonicalRestored(canonical, item, at)


def _represented(decision: Decision) -> Iterator[Effect]:
    chosen = decision.representative
    if chosen is None or (decision.founded and chosen == decision.item):
        return
    reason = "A better representative was found."
    why = Evidence(Rule.REPRESENTATIVE, partner=decision.item, reason=reason)
    yield RepresentativeChanged(decision.canonical, chosen, why)


def _left_behind(now: Standing, source: str, item: str, target: str) -> Iterator[Effect]:
    """Effects on the canonical item that ``item`` left for ``target``."""
    left = now.items_of(source)
    if not left:
        yield CanonicalRedirected(source, target)
        yield from _leaving(now, source, target)
        return
    standing = now.canonical(source)
    if standing is not None and standing.representative == item:
        why = Evidence(Rule.MOVED, reason="Its representative moved to another canonical item.")
        yield RepresentativeChanged(source, next(iter(left)), why)


def _leaving(now: Standing, canonical: str, target: str) -> Iterator[Effect]:
    """An empty canonical item leaves its story, or passes its place to the new ``target``."""
    story, heir = now.story_of(canonical), now.story_of(target)
    if story is None:
        return
    if heir is None:
        known = now.canonical(target)
        if known is not None:
            yield StoryInherited(canonical, target, story, known.founded)
            return
    yield StoryLeft(canonical, story)
    if heir is not None and not set(now.members_of(story)) - {canonical}:
        yield from _ended(now, story, heir)


def _placing(now: Standing, decision: StoryDecision) -> Iterator[Effect]:
    canonical, rule = decision.canonical, decision.evidence.rule
    known = now.canonical(canonical)
    if known is None:
        raise KeyError(canonical)
    story = now.heir_of(decision.story)
    if story is None:
        story = decision.story
        yield StoryFounded(story, decision.follows, known.founded)
    elif decision.founded and story != decision.story:
        # Its founding item had moved away and is back, so the redirect ends.
        story = decision.story
        yield StoryRestored(story)
    before = now.story_of(canonical)
    yield StoryPlaced(canonical, story, before, rule, known.founded, decision)
    if before is not None and before != story and not set(now.members_of(before)) - {canonical}:
        yield from _ended(now, before, story)


def _ended(now: Standing, story: str, heir: str) -> Iterator[Effect]:
    """A story that lost its last member redirects; its language variants stay together."""
    yield StoryRedirected(story, heir)
    led = now.variants_of(story)
    yield from _alone(now, story)
    yield from _promoted(led)


def _merging(before: Standing, change: StoryChange) -> Effects:
    source, target = before.heir_of(change.story), before.heir_of(change.into)
    if source is None or target is None:
        raise KeyError(change.story if source is None else change.into)
    if source == target:
        return ()
    members = tuple(before.members_of(source))
    founded = [place.founded for one in members if (place := before.canonical(one)) is not None]
    last, why = max(founded, default=None), change.evidence
    merged = StoryMerged(source, target, members, why.rule, last, why)
    return (merged, *_replaced(before, source, target))


def _replaced(before: Standing, story: str, target: str) -> Iterator[Effect]:
    """``target`` takes the place of ``story`` among the stories shown under one id.

    If ``target`` is already shown with others, the variants of ``story`` are not added to
    them: otherwise two stories of one language could be shown as one.
    """
    primary, led = before.primary_of(story), before.variants_of(story)
    yield from _alone(before, story)
    if before.primary_of(target) == story:
        yield StoryGrouped(target, target)
        yield from (StoryGrouped(one, target) for one in led if one != target)
    elif before.primary_of(target) != target or before.variants_of(target):
        yield from _promoted(led)
    elif primary not in (story, target):
        yield StoryGrouped(target, primary)
    else:
        yield from (StoryGrouped(one, target) for one in led)


def _promoted(led: list[str]) -> Iterator[Effect]:
    """Variants that lost their primary story stay together under the first of them."""
    yield from (StoryGrouped(one, led[0]) for one in led)


def _alone(now: Standing, story: str) -> Iterator[Effect]:
    if now.primary_of(story) != story:
        yield StoryGrouped(story, story)


def _splitting(before: Standing, change: StoryChange) -> Effects:
    source, into = before.heir_of(change.story), change.into
    if source is None:
        raise KeyError(change.story)
    places = {member: before.canonical(member) for member in change.members}
    unknown = [member for member, place in places.items() if place is None]
    if unknown:
        raise KeyError(unknown[0])
    moved = tuple(one for one in change.members if before.story_of(one) not in (into, None))
    if not moved:
        return ()
    founded = [place.founded for place in places.values() if place is not None]
    draft = _Draft(before)
    heir = before.heir_of(into)
    if heir is None:
        draft.add(StoryFounded(into, None, min(founded)))
    elif heir != into:
        draft.add(StoryRestored(into))
    why = change.evidence
    draft.add(StorySplit(source, into, moved, why.rule, max(founded), why))
    if source != into and not draft.now.members_of(source):
        draft.add(*_ended(draft.now, source, into))
    return draft.effects
