"""Groups, not chains: which items may join, and which represents the group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.dedupe.analysed_titles import analyse
from aggregator.dedupe.bodies import shingles
from aggregator.dedupe.compare import Verdict, compare
from aggregator.model import Evidence, Guard, Item, Placed, Rule
from aggregator.text.letters import fold

MOST_COMPARED = 24
"""Maximum distinct members compared with a new one: bounds the work on floods."""

_EARLIER = timedelta(minutes=10)
_FULLER = 1.5
_SHORT = 60  # shingles


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of a canonical item that decisions need."""

    canonical: str
    representative: Item
    distinct: tuple[Item, ...]  # members that differ in title or text, the first of each
    founder: Item


def _credited(item: Item, others: Sequence[Item]) -> bool:
    """Whether other items credit this item's outlet."""
    name = fold(item.source)
    return bool(name) and any(fold(o.credit or "") == name for o in others if o.id != item.id)


def better(new: Item, old: Item, members: Sequence[Item]) -> bool:
    """Whether ``new`` represents the group better than ``old``, the present representative.

    Criteria: the priority of its feed, credit by other items, a clearly fuller text,
    a clearly earlier publication.
    """
    if new.priority != old.priority:
        return new.priority > old.priority
    named = _credited(new, members), _credited(old, members)
    if named[0] != named[1]:
        return named[0]
    size = len(shingles(new.text, new.language)), len(shingles(old.text, old.language))
    if size[0] > _FULLER * size[1] and size[1] < _SHORT and size[0] >= _SHORT:
        return True
    if size[1] > _FULLER * size[0] and size[0] < _SHORT:
        return False
    if new.published and old.published:
        return new.published < old.published - _EARLIER
    return False


def summarise(canonical: str, members: Iterable[Placed]) -> Group | None:
    """Summarise the members of a canonical item, in order of arrival; None if it has none."""
    group: Group | None = None
    for placed in members:
        group = grown(group, placed.item, canonical)
    return group


def grown(group: Group | None, item: Item, canonical: str) -> Group:
    """The group with one more member, the latest to arrive."""
    if group is None:
        return Group(canonical, item, (item,), item)
    leading = group.representative
    rivals = (*group.distinct, leading, item)
    if better(item, leading, rivals):
        leading = item
    distinct = group.distinct
    if len(distinct) < MOST_COMPARED and _looks(item) not in map(_looks, distinct):
        distinct = (*distinct, item)
    return Group(canonical, leading, distinct, group.founder)


def _looks(item: Item) -> tuple[str, str]:
    return analyse(item.title, item.language).normal, item.text[:2000]


_MILD = frozenset({Guard.SHORT, Guard.TELLING, Guard.TIME, Guard.EXTRA})
"""Guards that find too little in common, but no contradiction."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether an item may join a group; if not, the evidence against it."""

    admitted: bool
    evidence: Evidence | None = None


def admit(
    item: Item,
    group: Group,
    first: Verdict,
    partner: Item,
    window: timedelta,
    known: Mapping[str, Verdict] | None = None,
) -> Admission:
    """Compare ``item`` with the representative and the other members before it joins.

    ``first`` is the verdict on ``partner``, the member that matched; ``known`` holds
    verdicts on other items, by id, so that no pair is compared twice. The item may join
    if no guard forbids any pair, and it matches the representative or two other members.
    A guard on a member is ignored if that member has the same page or text as a member
    that matches ``item``, or if ``item`` and ``partner`` have the same text.
    """
    if first.equal:
        return Admission(True)
    members = {m.id: m for m in (partner, group.representative, *group.distinct) if m.id != item.id}
    verdicts = {
        name: first
        if name == partner.id
        else (known or {}).get(name) or compare(item, member, window=window)
        for name, member in members.items()
    }
    agreeing = [members[name] for name, verdict in verdicts.items() if verdict.same]

    def vouched(name: str) -> bool:
        return any(_proven(members[name], friend, window) for friend in agreeing)

    for name, verdict in verdicts.items():
        if forbidding(verdict) and not vouched(name):
            details = (*verdict.details(), ("guard_group", verdict.guards[0].guard))
            reason = f"it conflicts with another item of the group: {verdict.reason}"
            return Admission(
                False, Evidence(Rule.GROUP, verdict.score, verdict.threshold, name, reason, details)
            )
    representative = group.representative.id
    alone = representative not in verdicts
    if alone or first.rule == Rule.URL or verdicts[representative].same or len(agreeing) > 1:
        return Admission(True)
    if vouched(representative):
        return Admission(True)
    verdict = verdicts[representative]
    reason = "it matches only one item of the group, and not the representative"
    details = (*verdict.details(), ("guard_group", Guard.CHAIN))
    return Admission(
        False,
        Evidence(Rule.GROUP, verdict.score, verdict.threshold, representative, reason, details),
    )


def forbidding(verdict: Verdict) -> bool:
    """Whether a guard found a contradiction, rather than too little in common."""
    return not verdict.same and any(veto.guard not in _MILD for veto in verdict.guards)


def _proven(a: Item, b: Item, window: timedelta) -> bool:
    """Whether two members have the same page or the same text."""
    return a.id == b.id or compare(a, b, window=window).firm
