"""What a decision changes, worked out once: pure, from where everything stands.

Each function gives the complete list of effects in order. Memory (``Decider``, ``Placements``),
the store and replay apply them and know no rule of their own:

- an id once given is never lost: a canonical item or a story that ends redirects to what took
  its place, in one step, and only a decision that founds it again makes it stand for itself;
- a canonical item without items leaves its story, a story without members redirects;
- stories of several languages shown as one stay together when the one that leads them ends.
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
    """A new item goes where ``decision`` puts it."""
    draft = _Draft(before)
    if decision.founded:
        draft.add(*_founding(draft.now, decision.canonical, item.id, item.seen))
    rule = decision.evidence.rule
    draft.add(ItemStored(item.id, decision.canonical, rule, item, decision))
    draft.add(*_represented(decision))
    return draft.effects


def revised(before: Standing, item: Item, keys: Keys) -> Effects:
    """A stored item has a newer text. KeyError for an unknown item."""
    canonical = before.canonical_of(item.id)
    if canonical is None:
        raise KeyError(item.id)
    return (ItemRevised(item.id, canonical, item, keys),)


def decided_again(before: Standing, decision: Decision, at: datetime) -> Effects:
    """A stored item goes where a new decision puts it, or stays. KeyError for an unknown item."""
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
    """A canonical item goes into the story of ``decision``, and its changes follow.

    A story that redirects is followed to the one that stands for it. KeyError for an unknown
    canonical item.
    """
    draft = _Draft(before)
    draft.add(*_placing(draft.now, decision))
    if decision.vector is not None:
        draft.add(VectorKept(decision.canonical, decision.vector))
    for change in decision.changes:
        draft.add(*changed(draft.now, change))
    return draft.effects


def changed(before: Standing, change: StoryChange) -> Effects:
    """Stories merge or split; nothing where that was done before.

    A merged story redirects for good. Only a split into an id that had been merged away makes
    it stand for itself again. KeyError for what is unknown, ValueError for another kind.
    """
    if change.kind == ChangeKind.MERGE:
        return _merging(before, change)
    if change.kind == ChangeKind.SPLIT:
        return _splitting(before, change)
    raise ValueError(f"no such change of a story: {change.kind}")


def linked(before: Standing, link: StoryLink) -> Effects:
    """A story is linked with one of another language, or no more.

    What is shown under the id of a story that is linked goes with it. Stories that redirect
    are followed. ValueError for another kind of link.
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
        raise ValueError(f"no such link of a story: {link.kind}")
    draft.add(StoriesLinked(link.kind, story, into, link.evidence.rule, link.evidence))
    return draft.effects


class _Draft:
    """Effects so far, and how everything stands after them."""

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
    reason = "A better item to stand for it came or was found."
    why = Evidence(Rule.REPRESENTATIVE, partner=decision.item, reason=reason)
    yield RepresentativeChanged(decision.canonical, chosen, why)


def _left_behind(now: Standing, source: str, item: str, target: str) -> Iterator[Effect]:
    """What becomes of the canonical item that ``item`` left for ``target``."""
    left = now.items_of(source)
    if not left:
        yield CanonicalRedirected(source, target)
        yield from _leaving(now, source, target)
        return
    standing = now.canonical(source)
    if standing is not None and standing.representative == item:
        why = Evidence(Rule.MOVED, reason="The item that stood for it was moved away.")
        yield RepresentativeChanged(source, next(iter(left)), why)


def _leaving(now: Standing, canonical: str, target: str) -> Iterator[Effect]:
    """An emptied canonical item leaves its story, or hands its place to the new ``target``."""
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
        # Its founding item had gone elsewhere and is back: it stands for itself again.
        story = decision.story
        yield StoryRestored(story)
    before = now.story_of(canonical)
    yield StoryPlaced(canonical, story, before, rule, known.founded, decision)
    if before is not None and before != story and not set(now.members_of(before)) - {canonical}:
        yield from _ended(now, before, story)


def _ended(now: Standing, story: str, heir: str) -> Iterator[Effect]:
    """A story that lost its last member redirects; what it led stays together."""
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
    """``target`` takes the place of ``story`` among those that are shown under one id.

    Where ``target`` is shown with others already, what was shown with ``story`` is not among
    them: two stories of one language would be shown as one.
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
    """The stories that one led, which leads no more, stay together under the first of them."""
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
