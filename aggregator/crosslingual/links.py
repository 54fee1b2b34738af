"""Links stories in different languages that are about the same event.

Decided after each new canonical item, for the story it joined. Links never change the
stories within one language.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.crosslingual.state import CrosslingualState, Variant, alike
from aggregator.model import Evidence, LinkKind, Rule, StoryLink

LIMIT: Final = 0.6  # minimum mean similarity for a link
SURE: Final = 0.7  # from here on, similar rivals do not matter
MARGIN: Final = 0.05  # below SURE, minimum distance to a rival in the same language
SLACK: Final = 0.04  # linked stories stay linked down to this far below the limit
BETWEEN: Final = 48 * 3600  # maximum seconds between the news of the two stories

Group = Sequence[Variant]


@dataclass(frozen=True, slots=True)
class Bond:
    """A group that a story could be linked with."""

    group: Group
    score: float
    rival: float  # the best score of another group that would take the same place


@dataclass(frozen=True, slots=True)
class LinkCorrections:
    """User corrections of stories: pairs that are linked, and pairs that are not."""

    same: frozenset[frozenset[str]] = frozenset()
    split: frozenset[frozenset[str]] = frozenset()


_NONE: Final = LinkCorrections()


def linked(
    state: CrosslingualState,
    story: str,
    *,
    now: int,
    live_days: float,
    corrections: LinkCorrections = _NONE,
) -> tuple[StoryLink, ...]:
    """The links that begin or end because ``story`` has grown; pure.

    ``now`` is in seconds since 1970. Stories without news for ``live_days`` are not changed.
    User corrections override similarity.
    """
    own = state.variant(story)
    if own is None:
        return ()
    group = state.group(story)
    if len(group) > 1:
        others = [one for one in group if one is not own]
        score = _held(own, others, corrections)
        if (
            score < LIMIT - SLACK
            or _overlap([own], others)
            or _corrected([own], others, corrections.split)
        ):
            return _leaving(state, own, score)
    best = _best(state, group, now - int(live_days * 86_400), corrections)
    return () if best is None else _joining(state, group, best)


def _held(own: Variant, others: Group, corrections: LinkCorrections) -> float:
    """The similarity of a story to its group; corrections override it.

    A story that a correction put into the group says nothing about the rest of it; in that
    case the most similar one counts.
    """
    if _corrected([own], others, corrections.same):
        return 1.0
    everyone = [own, *others]
    if any(_corrected([one], everyone, corrections.same) for one in others):
        return max(alike(own, other) for other in others)
    return _mean([own], others)


def _best(
    state: CrosslingualState, group: Group, open_since: int, corrections: LinkCorrections
) -> Bond | None:
    """The group about the same event, if there is one and no other is equally near."""
    if not state.is_whole(group[0].id):
        return None
    bonds = []
    for name in _primaries_near(state, group):
        other = state.group(name)
        if max(one.grown for one in other) < open_since or _overlap(group, other):
            continue
        if _between(group, other) > BETWEEN or _corrected(group, other, corrections.split):
            continue
        if state.is_whole(name):
            bonds.append((_mean(group, other), other))
    bonds.sort(key=lambda bond: (-bond[0], bond[1][0].id))
    if not bonds or bonds[0][0] < LIMIT:
        return None
    score, other = bonds[0]
    rival = 0.0 if score >= SURE else _rival(state, group, bonds, open_since)
    return Bond(other, score, rival) if score >= SURE or score - rival >= MARGIN else None


def _rival(
    state: CrosslingualState,
    group: Group,
    bonds: Sequence[tuple[float, Group]],
    open_since: int,
) -> float:
    """The best score of a rival: another candidate for either side of the link."""
    score, other = bonds[0]
    rivals = [one for one, held in bonds[1:] if _overlap(held, other)]
    rivals += [
        alike(variant, one)
        for one in other
        for variant in state.near(one, score - MARGIN)
        if variant not in group and _overlap([variant], group) and variant.grown >= open_since
    ]
    return max(rivals, default=0.0)


def _primaries_near(state: CrosslingualState, group: Group) -> list[str]:
    inside = {one.id for one in group}
    found = {
        state.groups.of(variant.id): None
        for one in group
        for variant in state.near(one, LIMIT - MARGIN)
        if variant.id not in inside
    }
    return sorted(found)


def _mean(ones: Group, others: Group) -> float:
    pairs = [alike(one, other) for one in ones for other in others]
    return sum(pairs) / len(pairs)


def _overlap(ones: Group, others: Group) -> bool:
    """Whether both have a story in one language: then that language's engine kept them apart."""
    held = {language for one in ones for language in one.languages}
    return any(language in held for other in others for language in other.languages)


def _between(ones: Group, others: Group) -> int:
    """Seconds from the end of one group's news to the start of the other's.

    Uses the publishers' times, because a first poll or an import brings months of news at once.
    """
    first, last = min(one.first for one in ones), max(one.last for one in ones)
    start, end = min(one.first for one in others), max(one.last for one in others)
    return max(0, start - last, first - end)


def _corrected(ones: Group, others: Group, pairs: Collection[frozenset[str]]) -> bool:
    """Whether a correction names one story in each group."""
    if not pairs:
        return False
    named = {frozenset((one.id, other.id)) for one in ones for other in others if one is not other}
    return not named.isdisjoint(pairs)


def _joining(state: CrosslingualState, group: Group, bond: Bond) -> tuple[StoryLink, ...]:
    """Link the younger group to the older one."""
    older, younger = sorted((group, bond.group), key=lambda one: one[0].arrived)
    evidence = Evidence(
        Rule.COUNTERPART,
        round(bond.score, 6),
        LIMIT,
        min(bond.group[0].members),
        "They report the same event in different languages.",
        (
            ("languages", ", ".join(_languages(group) + _languages(bond.group))),
            ("next best", round(bond.rival, 4)),
        ),
    )
    return (
        StoryLink(
            LinkKind.LINK, state.groups.of(younger[0].id), state.groups.of(older[0].id), evidence
        ),
    )


def _languages(group: Group) -> list[str]:
    return [language for one in group for language in sorted(one.languages)]


def _leaving(state: CrosslingualState, own: Variant, score: float) -> tuple[StoryLink, ...]:
    """Unlink ``own``; if it was the primary story, the others stay linked."""
    primary = state.groups.of(own.id)
    evidence = Evidence(
        Rule.COUNTERPART,
        round(score, 6),
        round(LIMIT - SLACK, 6),
        None,
        "Later items showed that they are not about the same event.",
    )
    if primary != own.id:
        return (StoryLink(LinkKind.UNLINK, own.id, primary, evidence),)
    known = [one.id for one in state.group(own.id) if one is not own]
    unknown = [name for name in state.groups.group(own.id) if name not in (*known, own.id)]
    first, *rest = (*known, *unknown)
    return (
        StoryLink(LinkKind.UNLINK, first, own.id, evidence),
        *(StoryLink(LinkKind.LINK, other, first, evidence) for other in rest),
    )
