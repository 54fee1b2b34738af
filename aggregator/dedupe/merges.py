"""Late merges: a new item shows that two canonical items are the same; the older one stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from aggregator.dedupe.archive import Archive
from aggregator.dedupe.compare import Verdict, compare
from aggregator.dedupe.groups import Group, forbidding, summarise
from aggregator.dedupe.rulings import kept_apart
from aggregator.model import CanonicalMerge, Correction, Evidence, Item, Rule

MOST_COMPARED = 8
"""Maximum members of each canonical item that are compared before a merge."""


@dataclass(frozen=True, slots=True)
class Home:
    """A canonical item that an item may join because of ``verdict`` on its member ``partner``."""

    group: Group
    partner: Item
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Merge:
    """The canonical item that an item joins, and the ones merged into it."""

    group: Group
    represented: Item  # representative of the remaining canonical item before the merge
    changes: tuple[CanonicalMerge, ...] = ()


def merged(
    homes: Sequence[Home],
    archive: Archive,
    item: Item,
    corrections: Sequence[Correction],
) -> Merge:
    """The canonical item that ``item`` joins, and the canonical items it merges into that one.

    ``homes`` has the surest first. The first of them and each other one become one where a
    text or an address proves ``item`` the same as a member of either, no correction forbids it,
    and no guard forbids two of their members; one text overrules such a guard.
    """
    home = homes[0]
    joined = [home]
    for other in homes[1:]:
        if all(_one(other, known, archive, corrections) for known in joined):
            joined.append(other)
    stays = min(joined, key=lambda one: (one.group.founder.seen, one.group.canonical))
    if len(joined) == 1:
        return Merge(stays.group, stays.group.representative)
    changes = tuple(
        CanonicalMerge(one.group.canonical, stays.group.canonical, _evidence(item, one, stays))
        for one in joined
        if one is not stays
    )
    members = [
        placed for one in (stays, *joined) for placed in archive.members(one.group.canonical)
    ]
    once = {placed.item.id: placed for placed in members}
    in_order = sorted(once.values(), key=lambda placed: placed.item.seen)
    group = summarise(stays.group.canonical, in_order) or stays.group
    return Merge(replace(group, founder=stays.group.founder), stays.group.representative, changes)


def _one(a: Home, b: Home, archive: Archive, corrections: Sequence[Correction]) -> bool:
    """Whether two canonical items that an item may join are the same."""
    if kept_apart(a.group.canonical, b.group.canonical, archive, corrections):
        return False
    if a.verdict.equal and b.verdict.equal:
        return True
    window = timedelta.max
    for one, other in product(a.group.distinct[:MOST_COMPARED], b.group.distinct[:MOST_COMPARED]):
        bridged = one.id == a.partner.id and other.id == b.partner.id
        if not bridged and forbidding(compare(one, other, window=window)):
            return False
    return True


def _evidence(item: Item, gone: Home, stays: Home) -> Evidence:
    reason = f"a new item matches both: {gone.verdict.reason}; {stays.verdict.reason}"
    details = (
        ("bridge", item.id),
        ("member", gone.partner.id),
        ("member_of_the_older", stays.partner.id),
        ("rule", gone.verdict.rule),
        ("rule_of_the_older", stays.verdict.rule),
    )
    verdict = gone.verdict
    return Evidence(
        Rule.MERGE, verdict.score, verdict.threshold, stays.group.canonical, reason, details
    )
