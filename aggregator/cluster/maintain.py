"""Late evidence: two stories that turn out to be one are merged; the older id stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from aggregator.cluster.model import Model
from aggregator.cluster.search import MEMBERS, Match, probabilities_of, sample
from aggregator.cluster.state import ClusterState, LiveStory
from aggregator.cluster.views import Features
from aggregator.model import Evidence, StoryChange

CLOSE = 0.5  # how near to the limit a second story must be to be looked at


def merges_after(
    state: ClusterState, features: Features, found: Sequence[Match], model: Model
) -> tuple[StoryChange, ...]:
    """What an item that joined ``found[0]`` proves about the other stories it is close to."""
    joined = state.story(found[0].story)
    if joined is None:
        return ()
    for match in found[1:3]:
        other = state.story(match.story)
        if other is None or match.score < CLOSE * model.merge:
            continue
        score = between(state, joined, other, features, match.score, model)
        if score >= model.merge:
            old, young = sorted((joined, other), key=lambda s: (s.founded, s.members[0]))
            evidence = Evidence(
                "merge", round(score, 6), model.merge, old.id, "Their items tell of one event."
            )
            return (StoryChange("merge", young.id, old.id, (), evidence),)
    return ()


def between(
    state: ClusterState,
    a: LiveStory,
    b: LiveStory,
    newest: Features,
    newest_to_b: float,
    model: Model,
) -> float:
    """Mean probability over pairs of members of ``a`` (with its newest item) and ``b``."""
    mine = sample(a, ())[: MEMBERS // 2]
    theirs = sample(b, ())
    rows = [newest_to_b]
    for number in mine:
        rows.append(
            float(probabilities_of(state, state.item(number).features, theirs, model).mean())
        )
    return float(np.mean(rows))


def maintain(state: ClusterState, *, now: datetime) -> tuple[StoryChange, ...]:
    """Periodic work that is left: none, since every decision carries its own changes."""
    del state, now
    return ()
