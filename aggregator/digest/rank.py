"""The importance of a story as a product of visible factors.

    score = log2(1 + reach) * freshness * (1 + growth) * format * language

- *reach*: every outlet contributes its weight from feeds.toml once: fully for its own
  article, a quarter if it only carries a duplicate. The logarithm prevents a story of
  forty outlets from burying everything else.
- *freshness*: halves with every half-life since the newest news.
- *growth*: how fast articles arrive. Of ``n`` articles within the last half half-life,
  the first proves nothing and the others give ``(n - 1) / (n + 3)``: 0 for one, .2 for
  two, .43 for four, always below 1.
- *format*: .25 for daily columns (weather, horoscope), which are always fresh but not
  the reason to open a digest. 1, and not shown, for news.
- *language*: .25 for a story that has no article in a language of the reader. 1, and not shown, if
  it has one or if the reader names no languages.

The formula follows the ranking of link aggregators (damped votes, decay with age), but
with an exponential instead of a power, so that the order of two stories does not change
merely because time passes.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.digest.outlets import outlet_keys
from aggregator.model import Details, Flag

if TYPE_CHECKING:
    from aggregator.reading.story_view import StoryView

REPETITION = 0.25
"""The weight of an outlet that carries only a duplicate."""
FORMAT = 0.25
"""The factor for a story that consists only of recurring columns."""
LANGUAGE = 0.25
"""The factor for a story that the reader has no article of in a language of theirs."""


def rank(
    view: StoryView,
    *,
    now: datetime,
    half_life: timedelta = timedelta(hours=12),
    languages: Collection[str] = (),
) -> tuple[float, Details]:
    """The score of a story at ``now`` and its parts, in display order.

    The parts are ``outlets`` (a count), ``reach``, ``freshness``, ``growth`` and, where they
    count, ``format`` and ``language``. ``languages`` are those of the reader. A story without
    coverage scores 0.
    """
    weights = _weights(view)
    reach = sum(weights.values())
    times = [coverage.item.time for coverage in view.coverage if coverage.new]
    times = times or [coverage.item.time for coverage in view.coverage]
    freshness = _freshness(max(times), now, half_life) if times else 0.0
    recent = sum(1 for time in times if now - half_life / 2 < time <= now)
    growth = max(0, recent - 1) / (recent + 3)
    recurring = bool(view.coverage) and all(
        Flag.RECURRING in coverage.item.flags for coverage in view.coverage
    )
    factors = {"format": FORMAT} if recurring else {}
    if view.coverage and not _readable(view, languages):
        factors["language"] = LANGUAGE
    score = math.log2(1 + reach) * freshness * (1 + growth) * math.prod(factors.values())
    return round(score, 4), (
        ("outlets", len(weights)),
        ("reach", round(reach, 4)),
        ("freshness", round(freshness, 4)),
        ("growth", round(growth, 4)),
        *factors.items(),
    )


def _readable(view: StoryView, languages: Collection[str]) -> bool:
    """Whether an article is in one of these languages, or in an unknown one."""
    told = {coverage.item.language for coverage in view.coverage}
    return not languages or None in told or not told.isdisjoint(languages)


def _weights(view: StoryView) -> dict[str, float]:
    """The weight of every outlet, by its best role in the story."""
    keys = outlet_keys(item for coverage in view.coverage for item in coverage.members)
    weights: dict[str, float] = {}
    for coverage in view.coverage:
        ranked = [(coverage.item, 1.0), *((copy, REPETITION) for copy in coverage.copies)]
        for item, share in ranked:
            name = keys[item.id]
            weights[name] = max(weights.get(name, 0.0), max(item.weight, 0.0) * share)
    return weights


def _freshness(newest: datetime, now: datetime, half_life: timedelta) -> float:
    """1 for news dated ``now`` or later, halved with every half-life before."""
    age = max(timedelta(0), now - newest)
    return float(0.5 ** (age / half_life))
