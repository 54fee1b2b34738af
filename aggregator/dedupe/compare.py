"""Are two items the same article? The rules and guards for one pair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from aggregator.dedupe.beginnings import beginning_doubt
from aggregator.dedupe.bodies import (
    CONTAINED,
    DIFFERENT,
    EQUAL,
    LEAST_SHINGLES,
    LONG_SHINGLES,
    SAME,
    Overlap,
    overlap,
)
from aggregator.dedupe.doubts import AGREEING, address_doubt, text_doubt, title_doubt
from aggregator.dedupe.guards import Veto
from aggregator.dedupe.keys import addresses
from aggregator.dedupe.normal_forms import shared_script_language
from aggregator.dedupe.subjects import event_doubt, form_doubt, subject_doubt
from aggregator.dedupe.titles import Judgement, judge_titles
from aggregator.model import Details, Evidence, Guard, Item, Rule
from aggregator.text.letters import fold
from aggregator.text.urls import host

SAME_WIRE = 0.25
"""Minimum Jaccard for long texts of two outlets in the title window to be one agency text."""

SAME_OUTLET = 0.5
"""Minimum Jaccard for two texts of one outlet to be the same."""

OVERRULING = 0.6
"""Minimum Jaccard for bodies to overrule differing numbers or dates in the titles."""

SAME_FORM = 0.8
"""Minimum Jaccard for texts of one outlet to overrule a guard on otherwise similar titles.
Below it, the texts may be one template (a fixture, a forecast, an episode) filled in twice."""

NEAR = 0.6
"""Minimum score of titles that count as the same if the bodies agree."""

_ALONE = re.compile(r"\[([^\]]*)\]")  # titles in normal form contain no brackets

_MILD = frozenset({Guard.EXTRA, Guard.TYPOS})
"""Doubts about titles that any agreeing body removes, however short."""

_UNSURE = frozenset({Guard.EXTRA, Guard.TYPOS, Guard.SHORT, Guard.TELLING})
"""Guards that find the titles inconclusive, rather than different."""

_FIRM = frozenset({Guard.NUMBER, Guard.CALENDAR})
"""Guards that only very similar bodies overrule: tables and forecasts reuse text."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one pair, with everything that led to it."""

    same: bool
    score: float
    threshold: float
    rule: Rule  # or the one that came closest
    reason: str
    guards: tuple[Veto, ...] = ()  # what forbids a match
    alignment: tuple[str, str] = ("", "")  # both titles, with differences in [brackets]
    bodies: Overlap | None = None
    hours: float = 0.0  # between the two
    firm: bool = False  # based on address or body, not on titles alone

    @property
    def equal(self) -> bool:
        """Whether the two texts are equal, which overrules any other member's title."""
        bodies = self.bodies
        return (
            self.firm
            and bodies is not None
            and bodies.least >= LEAST_SHINGLES
            and bodies.jaccard >= EQUAL
        )

    @property
    def differs(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words (normal form) found only in the first title, and only in the second."""
        left, right = (tuple(_ALONE.findall(title)) for title in self.alignment)
        return left, right

    def details(self) -> Details:
        """The facts for ``Evidence.details``."""
        facts: list[tuple[str, str | float | int]] = [
            ("title_a", self.alignment[0]),
            ("title_b", self.alignment[1]),
            ("hours_apart", round(self.hours, 2)),
        ]
        if self.bodies is not None and self.bodies.least:
            facts.append(("body_jaccard", round(self.bodies.jaccard, 3)))
            facts.append(("body_containment", round(self.bodies.containment, 3)))
        facts += [(f"guard_{veto.guard}", veto.reason) for veto in self.guards]
        return tuple(facts)

    def evidence(self, partner: str) -> Evidence:
        """The verdict as evidence for a decision about ``partner``."""
        return Evidence(self.rule, self.score, self.threshold, partner, self.reason, self.details())


def shared_address(a: Item, b: Item) -> str | None:
    """The address that both items have or point to, or None."""
    theirs = addresses(b)
    return next((url for url in addresses(a) if url in theirs), None)


def one_language(a: Item, b: Item) -> str | None:
    """The language to compare in: that of either item, or a guess from the script."""
    languages = {code for code in (a.language, b.language) if code}
    return min(languages) if languages else shared_script_language(a.title, b.title)


@dataclass(frozen=True, slots=True)
class _Pair:
    """What was measured of two items, for the verdict."""

    titles: Judgement
    bodies: Overlap
    apart: timedelta
    one_outlet: bool
    one_feed: bool  # then ``title_doubt`` compares the texts

    def verdict(
        self, same: bool, rule: Rule, score: float, limit: float, reason: str, *vetoes: Veto
    ) -> Verdict:
        sides = (self.titles.left, self.titles.right)
        hours = self.apart.total_seconds() / 3600
        firm = same and (rule in (Rule.URL, Rule.BODY) or self.bodies.same)
        score = round(score, 4)
        return Verdict(same, score, limit, rule, reason, vetoes, sides, self.bodies, hours, firm)

    def by_title(self, same: bool, reason: str, *vetoes: Veto) -> Verdict:
        titles = self.titles
        return self.verdict(same, titles.rule, titles.score, titles.threshold, reason, *vetoes)

    def title_veto(self, window: timedelta | None) -> Veto | None:
        """Why matching titles cannot decide, or None."""
        bodies = self.bodies
        # One outlet with two texts under one title has two articles, even if they are short.
        own = self.one_outlet and bodies.least >= AGREEING and bodies.containment < DIFFERENT
        if bodies.contradicting or (own and not self.one_feed):
            return Veto(Guard.BODIES, "the titles are the same, but the texts differ")
        if window is not None and self.apart > window:
            days = self.apart.total_seconds() / 86_400
            return Veto(Guard.TIME, f"the titles are the same, but they are {days:.1f} days apart")
        return None

    def supported(self, window: timedelta | None) -> bool:
        """Whether titles nearly match, and the bodies agree but are too short as proof."""
        near = all(veto.guard in _MILD for veto in self.titles.vetoes)
        alike = self.bodies.near and self.bodies.least >= AGREEING
        return near and self.close(window) and alike and self.titles.score >= NEAR

    def close(self, window: timedelta | None) -> bool:
        """Whether the two are close in time."""
        return window is None or self.apart <= window

    def filled_in(self) -> bool:
        """Whether the titles may be one form filled in twice: alike, but for a name or number."""
        return self.titles.score >= NEAR and any(
            veto.guard not in _UNSURE for veto in self.titles.vetoes
        )

    def body_limit(self, window: timedelta | None) -> float:
        """The minimum Jaccard for the bodies to be the same text.

        Two outlets whose texts share a quarter of their shingles within the window
        both used one agency text. An outlet that repeats that much of its own text
        is following up on an event, or filling in a template.
        """
        if self.one_outlet:
            limit = SAME_OUTLET
        elif self.bodies.least >= LONG_SHINGLES and self.close(window):
            limit = SAME_WIRE
        else:
            limit = SAME
        if any(veto.guard in _FIRM for veto in self.titles.vetoes):
            limit = max(limit, OVERRULING)
        if self.filled_in():
            limit = max(limit, SAME_FORM if self.one_outlet else SAME)
        return limit

    def by_body(self, window: timedelta | None) -> Verdict | None:
        """The verdict based on the bodies; None if they prove nothing."""
        bodies, limit = self.bodies, self.body_limit(window)
        short = bodies.equal and self.close(window) and not self.filled_in()
        if bodies.least < LEAST_SHINGLES and not short and not self.supported(window):
            return None
        if bodies.jaccard >= limit:
            share = round(100 * bodies.jaccard)
            reason = f"the texts are nearly the same: they share {share}% of their phrases"
            return self.verdict(True, Rule.BODY, bodies.jaccard, limit, reason)
        if bodies.containment >= CONTAINED and limit < OVERRULING:
            share = round(100 * bodies.containment)
            reason = f"the longer text contains {share}% of the shorter one"
            return self.verdict(True, Rule.BODY, bodies.containment, CONTAINED, reason)
        if bodies.jaccard >= SAME:
            vetoes = [veto for veto in self.titles.vetoes if veto.guard not in _UNSURE]
            if vetoes:
                reason = f"the texts are similar, but {vetoes[0].reason}"
                return self.verdict(False, Rule.BODY, bodies.jaccard, limit, reason, *vetoes)
        return None


def outlet(item: Item) -> str:
    """Who published an item: its site, else the name of its feed."""
    return host(item.url) if item.url else fold(item.source) or item.feed


def compare(a: Item, b: Item, *, window: timedelta | None) -> Verdict:
    """Judge two items; the result does not depend on their order.

    Titles alone decide only for items at most ``window`` apart; None means no limit
    (for comparing two bare headlines).
    """
    language = one_language(a, b)
    titles = judge_titles(a.title, b.title, language)
    bodies = overlap(a.text, b.text, language)
    pair = _Pair(titles, bodies, abs(a.time - b.time), outlet(a) == outlet(b), a.feed == b.feed)
    if a.language and b.language and a.language != b.language and titles.rule != Rule.TITLE:
        reason = f"one is in '{a.language}', the other in '{b.language}'"
        return pair.by_title(False, reason, Veto(Guard.LANGUAGE, reason))
    address = shared_address(a, b)
    doubt = None
    if address:
        if address not in (*a.targets, *b.targets):
            doubt = address_doubt(a, b, bodies, language)
        if doubt is None:
            return pair.verdict(True, Rule.URL, 1.0, 1.0, _address_reason(a, b, address))
    if any(veto.guard == Guard.LABEL for veto in titles.vetoes):
        return pair.by_title(False, titles.reason, *titles.vetoes)
    veto = _title_veto(pair, a, b, language, window) if titles.same else None
    if titles.same and veto is None:
        return pair.by_title(True, titles.reason)
    if veto and veto.guard == Guard.FORM:
        return pair.by_title(False, veto.reason, veto)
    told = pair.by_body(window)
    if told and told.same:
        untold = (
            text_doubt(a, b, language, one_outlet=pair.one_outlet)
            or subject_doubt(a, b, bodies, told.differs, language, one_outlet=pair.one_outlet)
            or beginning_doubt(a, b, bodies, language, one_outlet=pair.one_outlet)
        )
        if untold:
            return pair.verdict(False, Rule.BODY, told.score, told.threshold, untold.reason, untold)
    if told:
        return told
    if doubt:
        return pair.verdict(False, Rule.URL, 1.0, 1.0, doubt.reason, doubt)
    if veto:
        return pair.by_title(False, veto.reason, veto)
    return pair.by_title(False, titles.reason, *titles.vetoes)


def _title_veto(
    pair: _Pair, a: Item, b: Item, language: str | None, window: timedelta | None
) -> Veto | None:
    """Why matching titles cannot decide: texts, time, or how the feed uses titles."""
    bodies = pair.bodies
    filled = form_doubt(a, b, bodies) if pair.one_outlet else None
    general = None if pair.one_outlet else event_doubt(a, b, bodies, language)
    return filled or pair.title_veto(window) or title_doubt(a, b, bodies, language) or general


def _address_reason(a: Item, b: Item, address: str) -> str:
    if address in a.targets and address in b.targets:
        return f"both point to the same page, {address}"
    if address in a.targets or address in b.targets:
        return f"one is the page that the other points to, {address}"
    return f"both have the same address, {address}"
