"""Decides where an item goes: the rules in order, cheapest and most certain first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aggregator.dedupe.analysed_titles import analyse
from aggregator.dedupe.archive import Archive
from aggregator.dedupe.compare import NEAR, Verdict, compare, one_language
from aggregator.dedupe.differences import items_differ, titles_differ
from aggregator.dedupe.groups import Group, admit, better
from aggregator.dedupe.index import Found
from aggregator.dedupe.keys import item_keys
from aggregator.dedupe.merges import Home, Merge, merged
from aggregator.dedupe.normal_forms import script_language
from aggregator.dedupe.rulings import Ruling, ruling
from aggregator.dedupe.state import DedupeState
from aggregator.dedupe.titles import judge, nearly_the_same
from aggregator.model import Correction, Decision, Evidence, Flag, Guard, Item, Keys, Placed, Rule
from aggregator.text.identity import canonical_id

RULES_VERSION = "5"
"""Version of the rules; stored with each decision."""

_MOST_SAME_TITLE = 30
_MOST_SAME_BODY = 20
_MOST_REFUSED = 3
_RECURS_AFTER = timedelta(hours=20)
_RERUN = timedelta(hours=24)
_FLOOD = 3  # other items of one feed with the same title and different links


def materially_changed(old: Item, new: Item) -> bool:
    """Whether a revision's title says something different, so that it must be decided again.

    Changes of case or punctuation, a fixed typo or a synonym do not count.
    """
    language = one_language(old, new)
    before, after = analyse(old.title, language), analyse(new.title, language)
    return before.normal != after.normal and not judge(before, after).same


def decide(
    state: DedupeState,
    archive: Archive,
    item: Item,
    *,
    corrections: Sequence[Correction] = (),
    keys: Keys | None = None,
) -> Decision:
    """Find the canonical item of ``item``, or let it found one.

    A pure function of the earlier items (``state`` and ``archive``), the item
    and the corrections. ``item`` may already be in the archive (as a revision, or
    when it is decided again); it is never compared with itself. ``keys`` are those of the
    item, if they were made before.
    """
    said = ruling(item.id, archive, corrections)
    return _Case(state, archive, item, keys or item_keys(item), said, corrections).decide()


@dataclass(slots=True)
class _Case:
    """One item while it is being decided."""

    state: DedupeState
    archive: Archive
    item: Item
    keys: Keys
    rules: Ruling
    corrections: Sequence[Correction]
    refused: list[Evidence] = field(default_factory=list)  # near misses, most certain rule first
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    recurring: bool = False  # whether its title recurs, and so proves nothing

    def decide(self) -> Decision:
        corrected = self._corrected()
        if corrected:
            return corrected
        homes = self._homes()
        if not homes:
            return self._founds(Evidence(Rule.NEW, reason=self._why_new()))
        return self._joins(homes[0], merged(homes, self.archive, self.item, self.corrections))

    def _homes(self) -> list[Home]:
        """The canonical items it may join, most certain first; at most one by title alone."""
        found: dict[str, Home] = {}
        by_title: Home | None = None
        tried: dict[str, bool] = {}
        for placed, verdict in self._candidates():
            name = placed.canonical
            if name in found or tried.get(name, False) or tried.get(name) is verdict.firm:
                continue  # already tried with proof at least as strong
            tried[name] = verdict.firm
            group = self.state.group(name, self.archive)
            if group is None or (by_title is not None and not verdict.firm):
                continue
            if self._may_join(group, placed, verdict):
                home = Home(group, placed.item, verdict)
                if verdict.firm:
                    found[name] = home
                else:
                    by_title = home
        if by_title is not None and by_title.group.canonical not in found:
            return [*found.values(), by_title]
        return list(found.values())

    def _corrected(self) -> Decision | None:
        """The decision that a user correction makes about the item, if there is one."""
        for other, correction in self.rules.same:
            placed = self.archive.placed(other)
            group = self.state.group(placed.canonical, self.archive) if placed else None
            if group and other != self.item.id:
                evidence = _correction_evidence(correction, "the two are the same", other)
                return self._joined(group, evidence, group.representative)
        if self.rules.alone:
            return self._founds(
                _correction_evidence(self.rules.alone, "it has no duplicates", None)
            )
        return None

    def _candidates(self) -> Iterator[tuple[Placed, Verdict]]:
        """Items that match by a rule, most certain rule first."""
        for url in self.keys.urls:
            yield from self._judged(self.archive.by_url(url), Rule.URL)
        if self.keys.title:
            same = self.archive.by_title(self.keys.title, _MOST_SAME_TITLE)
            self.recurring = _recurs(self.item, same)
            yield from self._judged(same, Rule.URL, Rule.TITLE, Rule.BODY)
        yield from self._judged(self._near_titles(), Rule.URL, Rule.TITLE, Rule.FUZZY, Rule.BODY)
        if self.keys.bands:
            near = self.archive.by_bands(self.keys.bands, _MOST_SAME_BODY)
            yield from self._judged(near, Rule.URL, Rule.TITLE, Rule.FUZZY, Rule.BODY)

    def _near_titles(self) -> Iterator[Placed]:
        """Items of the window whose titles have the same, or nearly the same, significant words."""
        item = self.item
        for near in self.state.find(item.title, item.language, item.seen, self.keys.sketch):
            language = item.language or near.language or script_language(item.title)
            if self._ruled_out(near, language):
                continue
            if nearly_the_same(item.title, near.title, language, NEAR):
                placed = self.archive.placed(near.item)
                # The index also holds titles from before a revision.
                if placed and placed.item.title == near.title:
                    yield placed

    def _told(self) -> bool:
        """Whether enough near misses are known: no other is stored."""
        return len(self.refused) >= _MOST_REFUSED

    def _ruled_out(self, near: Found, language: str | None) -> bool:
        """Whether an item found by its title needs no comparison, not even to tell why not."""
        if not self._told():
            return False
        titles = analyse(self.item.title, language), analyse(near.title, language)
        if not titles_differ(*titles):
            return False
        placed = self.archive.placed(near.item)
        return placed is not None and items_differ(self.item, placed.item)

    def _judged(self, places: Iterable[Placed], *rules: Rule) -> list[tuple[Placed, Verdict]]:
        """Those of ``places`` that match by one of ``rules``, best first."""
        good = []
        for placed in places:
            other = placed.item
            if other.id == self.item.id:
                continue
            verdict = self.verdicts.get(other.id)
            if verdict is None:
                if self._told() and items_differ(self.item, other):
                    continue
                window = self.state.settings.title_window
                verdict = self.verdicts[other.id] = compare(self.item, other, window=window)
                if not verdict.same and verdict.guards:
                    self.refused.append(verdict.evidence(other.id))
            if verdict.same and verdict.rule in rules:
                if self.recurring and not verdict.firm:
                    self.refused.append(_recurring(verdict, other.id))
                else:
                    good.append((placed, verdict))
        return sorted(good, key=lambda one: (-one[1].score, one[0].item.seen, one[0].item.id))

    def _may_join(self, group: Group, placed: Placed, verdict: Verdict) -> bool:
        for other, correction in self.rules.apart:
            stands = self.archive.placed(other)
            if stands and stands.canonical == group.canonical:
                self.refused.insert(
                    0, _correction_evidence(correction, "the two are not the same", other)
                )
                return False
        window = self.state.settings.title_window
        answer = admit(self.item, group, verdict, placed.item, window, self.verdicts)
        if answer.evidence:
            self.refused.append(answer.evidence)
        return answer.admitted

    def _joins(self, home: Home, merge: Merge) -> Decision:
        evidence = home.verdict.evidence(home.partner.id)
        decision = self._joined(merge.group, evidence, merge.represented)
        return replace(decision, merges=merge.changes)

    def _joined(self, group: Group, evidence: Evidence, standing: Item) -> Decision:
        """The decision to join ``group``, represented so far by ``standing``."""
        rivals = (*group.distinct, group.representative, self.item)
        leading = group.representative
        if better(self.item, leading, rivals):
            leading = self.item
        return Decision(
            item=self.item.id,
            canonical=group.canonical,
            founded=False,
            evidence=evidence,
            keys=self.keys,
            refused=tuple(self.refused[:_MOST_REFUSED]),
            representative=leading.id if leading.id != standing.id else None,
            flags=(Flag.REPUBLISHED,) if self._again(group) else (),
            rules_version=RULES_VERSION,
        )

    def _again(self, group: Group) -> bool:
        """Whether the item republishes an old text under a new date.

        Another outlet's copy within the window is a reprint; the same feed's copy a day
        later is not.
        """
        known = (group.founder, group.representative, *group.distinct)
        own = [other.time for other in known if other.feed == self.item.feed]
        late = self.item.time - group.founder.time > self.state.settings.title_window
        return late or (bool(own) and self.item.time - min(own) > _RERUN)

    def _founds(self, evidence: Evidence) -> Decision:
        return Decision(
            item=self.item.id,
            canonical=canonical_id(self.item.id),
            founded=True,
            evidence=evidence,
            keys=self.keys,
            refused=tuple(self.refused[:_MOST_REFUSED]),
            representative=self.item.id,
            rules_version=RULES_VERSION,
        )

    def _why_new(self) -> str:
        if self.refused:
            return "no known item matches; the closest were rejected"
        if not (self.keys.urls or self.keys.title or self.keys.bands):
            return "its address, title and text are too short or generic to compare"
        return "no similar item was known"


def _correction_evidence(correction: Correction, what: str, partner: str | None) -> Evidence:
    """A user correction as evidence."""
    note = f": {correction.note}" if correction.note else ""
    details = (("correction", correction.id),)
    return Evidence(
        Rule.CORRECTION, 1.0, 1.0, partner, f"a user correction says that {what}{note}", details
    )


def _recurring(verdict: Verdict, partner: str) -> Evidence:
    reason = "a feed keeps reusing this title, so it proves nothing"
    details = (*verdict.details(), (f"guard_{Guard.RECURRING}", reason))
    return Evidence(verdict.rule, verdict.score, verdict.threshold, partner, reason, details)


def _recurs(item: Item, earlier: Sequence[Placed]) -> bool:
    """Whether a feed shows this title to be recurring: reused with different links."""
    by_feed: dict[str, list[Item]] = {item.feed: [item]}
    for placed in earlier:
        if placed.item.id != item.id:
            by_feed.setdefault(placed.item.feed, []).append(placed.item)
    for items in by_feed.values():
        if len({one.url or one.id for one in items}) < 2:
            continue
        times = [one.time for one in items]
        if max(times) - min(times) > _RECURS_AFTER or len(items) > _FLOOD:
            return True
    return False
