"""Summarises a story: headline, lead, times, outlets, key terms and ranking score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.views import HASH_SHIFT, PAIR, TITLE_MASK, features_of
from aggregator.cluster.words import surfaces
from aggregator.model import Details, Flag, Item, Story

Coverage = Sequence[tuple[str, Item, Sequence[Item]]]

LIVE: Final = timedelta(hours=24)  # live this long after something new, then quiet, then closed
HALF_LIFE: Final = 12.0  # half-life of freshness, in hours
GROWTH: Final = timedelta(hours=6)
FORMAT: Final = 0.25  # weight of daily columns relative to news
TERMS: Final = 8


def summarise(
    story_id: str,
    coverage: Coverage,
    *,
    languages: Sequence[str],
    now: datetime,
    live_days: float = 5.0,
    follows: str | None = None,
) -> Story:
    """The story ``story_id`` from its canonical items; pure.

    ``coverage`` has for each canonical item its id, its representative and its items
    (with or without the representative); ValueError if it is empty. ``languages`` are
    the reader's, in order of preference. A story without news for ``live_days`` is
    closed.
    """
    if not coverage:
        raise ValueError("a story has at least one canonical item")
    centrality = _centrality([representative for _, representative, _ in coverage])
    head = _headline(coverage, centrality, languages)
    items = [item for _, first, copies in coverage for item in (first, *copies)]
    fresh = [item for item in items if Flag.REPUBLISHED not in item.flags] or items
    first = min(item.time for item in items)
    last = max(item.time for item in fresh)
    ordered = sorted(items, key=lambda item: (item.time, item.id))
    parts = _score_parts(coverage, last, now)
    return Story(
        id=story_id,
        headline=head.title or head.title_raw,
        lead=head.lead or _any_lead(coverage, head.language),
        language=head.language,
        first=first,
        last=last,
        canonicals=tuple(canonical for canonical, _, _ in coverage),
        outlets=tuple(dict.fromkeys(_outlet(item) for item in ordered)),
        languages=tuple(dict.fromkeys(item.language for item in ordered if item.language)),
        terms=_key_terms([representative for _, representative, _ in coverage]),
        state=_state(last, now, live_days),
        score=round(math.prod(value for _, value in parts if isinstance(value, float)), 6),
        score_parts=parts,
        follows=follows,
    )


def _outlet(item: Item) -> str:
    return item.source or item.feed


def _state(last: datetime, now: datetime, live_days: float) -> str:
    silence = now - last
    if silence <= LIVE:
        return "live"
    return "quiet" if silence <= timedelta(days=live_days) else "closed"


@cache
def _background() -> Frequencies:
    """Word frequencies from the shipped background only."""
    return Frequencies()


def _rarity(item: Item) -> list[tuple[int, float]]:
    """The terms of title and lead with their idf."""
    features = features_of(replace(item, text=""))
    terms = features.terms[(features.terms & PAIR) == 0]
    idf = _background().idf(terms, features.language)
    return list(zip(terms.tolist(), idf.tolist(), strict=True))


def _centrality(items: Sequence[Item]) -> list[float]:
    """The cosine between each item's title and lead and the sum over all items."""
    vectors: list[dict[int, float]] = []
    for item in items:
        vector = {
            term >> HASH_SHIFT: weight * (1.0 if term & TITLE_MASK else 0.5)
            for term, weight in _rarity(item)
        }
        norm = math.sqrt(sum(w * w for w in vector.values())) or 1.0
        vectors.append({term: w / norm for term, w in vector.items()})
    total: Counter[int] = Counter()
    for vector in vectors:
        for term, weight in vector.items():
            total[term] += weight  # type: ignore[assignment] # a Counter adds up floats as well
    norm = math.sqrt(sum(w * w for w in total.values())) or 1.0
    return [sum(w * total[t] for t, w in vector.items()) / norm for vector in vectors]


def _headline(coverage: Coverage, centrality: Sequence[float], languages: Sequence[str]) -> Item:
    """The most central, best placed representative, in the reader's language if possible."""
    wanted = {language: place for place, language in enumerate(languages)}

    def rank(at: int) -> tuple[bool, int, float, datetime, str]:
        item = coverage[at][1]
        placed = centrality[at] + 0.05 * item.priority + 0.02 * len(coverage[at][2])
        words = len(item.title.split())
        if words < 3 or words > 25:
            placed -= 0.2
        return (
            not item.title,
            wanted.get(item.language or "", len(wanted)),
            -placed,
            item.time,
            item.id,
        )

    return coverage[min(range(len(coverage)), key=rank)][1]


def _any_lead(coverage: Coverage, language: str | None) -> str:
    leads = [item.lead for _, item, _ in coverage if item.lead and item.language == language]
    return max(leads, key=lambda lead: (min(len(lead), 300), lead), default="")


def _key_terms(items: Sequence[Item]) -> tuple[str, ...]:
    """Words common among the items but rare in the background, as written."""
    worth: dict[str, float] = {}
    held: Counter[str] = Counter()
    for item in items:
        rarity = {term >> HASH_SHIFT: weight for term, weight in _rarity(item)}
        surface_of = surfaces(f"{item.title}\n{item.lead}", item.language, rarity)
        for term, weight in rarity.items():
            word = surface_of.get(term)
            if word and not word.isdigit():
                held[word] += 1
                worth[word] = max(worth.get(word, 0.0), weight)
    enough = 2 if len(items) > 1 else 1
    ranked = sorted(
        (word for word in held if held[word] >= enough),
        key=lambda word: (-held[word] * worth[word], word),
    )
    return tuple(ranked[:TERMS])


def _score_parts(coverage: Coverage, last: datetime, now: datetime) -> Details:
    """Factors for independent outlets, freshness, growth and feed weights.

    The score is their product, so each can be interpreted on its own. A story that
    consists only of recurring formats (weather, horoscopes) has a factor ``format``.
    """
    original: dict[str, float] = {}
    reprints: dict[str, float] = {}
    for _, representative, copies in coverage:
        original[_outlet(representative)] = representative.weight
        for copy in copies:
            reprints.setdefault(_outlet(copy), copy.weight)
    repeated = [outlet for outlet in reprints if outlet not in original]
    independent = len(original) + 0.25 * len(repeated)
    weights = [*original.values(), *(reprints[outlet] for outlet in repeated)]
    hours = max(0.0, (now - last).total_seconds() / 3600.0)
    recent = sum(representative.time > now - GROWTH for _, representative, _ in coverage)
    recurring = all(Flag.RECURRING in representative.flags for _, representative, _ in coverage)
    return (
        ("outlets", round(math.log2(1.0 + independent), 4)),
        ("freshness", round(0.5 ** (hours / HALF_LIFE), 4)),
        ("growth", round(1.0 + 0.25 * math.log2(1.0 + recent), 4)),
        ("weight", round(sum(weights) / len(weights), 4)),
        *((("format", FORMAT),) if recurring else ()),
    )
