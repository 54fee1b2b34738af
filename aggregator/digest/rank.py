"""How important a story is, as a number whose parts are visible.

    score = log2(1 + reach) * freshness * (1 + growth) * format

- *reach*: every outlet counts its weight from feeds.toml once: in full where it
  wrote an article of its own, a quarter where it only carries a repetition. The
  logarithm keeps a story of forty outlets from burying everything else.
- *freshness*: halves with every half-life that has passed since the newest news.
- *growth*: how fast articles are coming in: of ``n`` articles that appeared within
  the last half half-life, the first proves nothing, the others count
  ``(n - 1) / (n + 3)``: 0 for one, .2 for two, .43 for four, never 1.
- *format*: a column that comes every day (weather, horoscope) counts a quarter: it is
  always fresh, and never what a reader opens a digest for. 1, and not told, for news.

The form is that of the ranking of link aggregators (votes damped, age decaying),
with an exponential instead of a power, so that the order of two stories does not
change merely because time passes.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.model import Details, Flag

if TYPE_CHECKING:
    from aggregator.reading.story_view import StoryView

REPETITION = 0.25
"""What an outlet counts that carries a story only as a repetition."""
FORMAT = 0.25
"""What a story of nothing but recurring columns counts."""


def rank(
    view: StoryView, *, now: datetime, half_life: timedelta = timedelta(hours=12)
) -> tuple[float, Details]:
    """The score of a story at ``now`` and its parts, in the order they are told.

    The parts are ``outlets`` (a count), ``reach``, ``freshness``, ``growth`` and, for
    recurring columns, ``format``.
    A story without coverage scores 0.
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
    score = math.log2(1 + reach) * freshness * (1 + growth) * (FORMAT if recurring else 1.0)
    return round(score, 4), (
        ("outlets", len(weights)),
        ("reach", round(reach, 4)),
        ("freshness", round(freshness, 4)),
        ("growth", round(growth, 4)),
        *((("format", FORMAT),) if recurring else ()),
    )


def _weights(view: StoryView) -> dict[str, float]:
    """What every outlet counts: its best place in the story."""
    weights: dict[str, float] = {}
    for coverage in view.coverage:
        ranked = [(coverage.item, 1.0), *((copy, REPETITION) for copy in coverage.copies)]
        for item, share in ranked:
            name = outlet_key(item.source, item.feed)
            weights[name] = max(weights.get(name, 0.0), max(item.weight, 0.0) * share)
    return weights


def outlet_key(source: str, feed: str) -> str:
    """What tells one outlet from another: its name, else its feed."""
    return " ".join(source.split()).casefold() or feed


def _freshness(newest: datetime, now: datetime, half_life: timedelta) -> float:
    """1 for what is new at ``now`` (or dated later), halved with every half-life."""
    age = max(timedelta(0), now - newest)
    return float(0.5 ** (age / half_life))
