"""One canonical item to one story: joins the best live one, or founds its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.cluster.maintain import merges_after
from aggregator.cluster.model import Model, shipped
from aggregator.cluster.search import Match, matches
from aggregator.cluster.state import ClusterState
from aggregator.cluster.views import features_of
from aggregator.model import Correction, Evidence, Item, StoryDecision
from aggregator.text.identity import story_id

ENGINE = "1"


def assign(
    state: ClusterState,
    item: Item,
    canonical: str,
    *,
    corrections: Sequence[Correction] = (),
    model: Model | None = None,
) -> StoryDecision:
    """Decide the story of ``canonical``, founded by ``item``; pure: ``state`` is only read.

    ``corrections`` are a person's words on stories and are obeyed whatever the
    model says. ``model`` replaces the shipped one (for fitting).
    """
    model = model or shipped()
    features = features_of(item)
    now = int(item.seen.timestamp())
    own = story_id(canonical)
    names = {canonical, item.id, own}
    skip: set[str] = set()
    for correction in corrections:
        if correction.level != "story" or correction.b is None:
            continue
        other = _other(correction, names)
        current = state.current(other) if other else None
        if current is None:
            continue
        if correction.kind == "same":
            evidence = Evidence(
                "correction", 1.0, 0.0, current, "A person said that they are one story."
            )
            return StoryDecision(
                canonical, current, False, evidence, features.pack(), engine=ENGINE
            )
        skip.add(current)
    found = matches(state, features, now, model, frozenset(skip))
    best = found[0] if found else None
    runner_up = (found[1].story, found[1].score) if len(found) > 1 else None
    if best is None or best.score < model.join:
        evidence = _evidence("new", best, model, state)
        if best is not None:
            runner_up = (best.story, best.score)
        return StoryDecision(
            canonical, own, True, evidence, features.pack(), runner_up, engine=ENGINE
        )
    story = state.story(best.story)
    if story is not None:
        features = replace(features, founded=story.founded)
    changes = merges_after(state, features, found, model)
    return StoryDecision(
        canonical,
        best.story,
        False,
        _evidence("story", best, model, state),
        features.pack(),
        runner_up,
        changes,
        engine=ENGINE,
    )


def _other(correction: Correction, names: set[str]) -> str | None:
    """The side of a correction that is not this item, None where neither is."""
    if correction.a in names:
        return correction.b
    return correction.a if correction.b in names else None


def _evidence(rule: str, best: Match | None, model: Model, state: ClusterState) -> Evidence:
    if best is None:
        return Evidence("new", 0.0, model.join, None, "No live story shares its rare words.")
    partner = state.item(best.partner).canonical
    details = (
        ("founder", round(best.founder, 4)),
        ("nearest", round(best.nearest, 4)),
        ("compared", best.compared),
    )
    reason = (
        "It tells of the same event as the story's members."
        if rule == "story"
        else "No live story is close enough."
    )
    return Evidence(rule, round(best.score, 6), model.join, partner, reason, details)
