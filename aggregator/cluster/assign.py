"""Assigns a canonical item to a story: the best live one, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aggregator.cluster.agreement import REASONS, SEQUEL
from aggregator.cluster.constraints import Constraints, constraints
from aggregator.cluster.pairwise import objection
from aggregator.cluster.regroup import NEW, Grouping, near, regroup
from aggregator.cluster.search import Match, matches
from aggregator.cluster.similarity import Query, asked, views
from aggregator.cluster.state import ClusterState
from aggregator.cluster.story_ids import renamed
from aggregator.cluster.views import Features, arriving, features_of
from aggregator.cluster.weights import Model, shipped
from aggregator.cluster.words import surfaces
from aggregator.model import Correction, Details, Evidence, Flag, Item, Rule, StoryDecision
from aggregator.text.identity import story_id

RULES_VERSION: Final = "8"
FOLLOWS: Final = 1.5  # minimum kinship for a new story to follow a closed one
TOO_FAR: Final = "No live story is close enough; compared with the closest item."
TOLD: Final = 200  # characters of the lead in which common words are looked up
TERMS: Final = 6  # common words named in the evidence


def assign(
    state: ClusterState,
    item: Item,
    canonical: str,
    *,
    corrections: Sequence[Correction] = (),
    model: Model | None = None,
    features: Features | None = None,
) -> StoryDecision:
    """Decide the story of ``canonical``, founded by ``item``; pure: ``state`` is only read.

    ``corrections`` are the user's corrections of stories; they override the model.
    ``model`` replaces the shipped one (for fitting). ``features`` are those of the item, if they
    were made before, whatever the arrival time was then.
    """
    rules = constraints(corrections)
    known = features_of(item) if features is None else arriving(features, item.seen)
    return place(state, item, canonical, known, model or shipped(), rules)


def place(  # what assign takes, with the features made
    state: ClusterState,
    item: Item,
    canonical: str,
    features: Features,
    model: Model,
    rules: Constraints,
) -> StoryDecision:
    """``assign`` with given features of ``item`` (fitting reuses them)."""
    query = asked(features, state.frequencies, model)
    features = query.features
    for other, name in rules.together(canonical).items():
        story = state.current(other)
        if story is not None:
            return _corrected(canonical, story, other, name, features)
    skip = {state.current(other) for other in rules.apart(canonical)} - {None}
    now = int(item.seen.timestamp())
    found = matches(state, query, now, model, [story for story in skip if story])
    close = near(found)
    if not close:
        return _founds(state, item, canonical, found, query, model)
    grouping = regroup(state, features, canonical, close, model, rules)
    outcome = renamed(state, grouping, canonical)
    own = next(part for part in grouping.parts if NEW in part)
    if own == (NEW,):
        alone = _founds(state, item, canonical, found, query, model)
        return replace(alone, changes=outcome.changes)
    first = state.story(outcome.story)
    if first is not None:
        features = replace(features, founded=first.founded)
    others = [match for match in found if match.story != outcome.story and match.is_open]
    return StoryDecision(
        canonical,
        outcome.story,
        outcome.story == story_id(canonical),
        _joined(state, item, query, grouping, model),
        features.pack(),
        _runner_up(others),
        outcome.changes,
        rules_version=RULES_VERSION,
    )


def _corrected(
    canonical: str, story: str, other: str, name: str, features: Features
) -> StoryDecision:
    evidence = Evidence(
        Rule.CORRECTION,
        1.0,
        1.0,
        other,
        "A user correction puts the two in one story.",
        (("correction", name),),
    )
    return StoryDecision(
        canonical, story, False, evidence, features.pack(), rules_version=RULES_VERSION
    )


def _founds(
    state: ClusterState,
    item: Item,
    canonical: str,
    found: Sequence[Match],
    query: Query,
    model: Model,
) -> StoryDecision:
    """A decision that founds a new story, which may follow an earlier one."""
    best = next((match for match in found if match.is_open), None)
    follows = next((match.story for match in found if _continues(match)), None)
    why = None
    if best is not None and best.margin >= 0:
        closest = state.item(best.partner).features
        why = objection(closest, query.features, state.frequencies, model)
        if why == SEQUEL:
            follows = best.story
    if Flag.RECURRING in item.flags:
        evidence = Evidence(Rule.NEW, reason="A headline in a recurring format joins no story.")
    elif best is None:
        evidence = Evidence(Rule.NEW, reason="No live story shares its rare words.")
    else:
        evidence = Evidence(
            Rule.NEW,
            round(best.score, 6),
            round(best.limit, 6),
            state.item(best.partner).canonical,
            REASONS.get(why or "", TOO_FAR),
            _details(state, item, query, best.partner, model),
        )
    return StoryDecision(
        canonical,
        story_id(canonical),
        True,
        evidence,
        query.features.pack(),
        _runner_up([best] if best else []),
        follows=follows,
        rules_version=RULES_VERSION,
    )


def _continues(match: Match) -> bool:
    """Whether news that founds a story follows the matched one, like a trial after an arrest.

    The matched story must be closed, and the news must be clearly similar enough to join it but
    for the time: one rare word is not enough. (Among stories that have only paused, similar
    events at this distance outnumber sequels.)
    """
    return not match.is_open and match.kinship >= FOLLOWS


def _runner_up(others: Sequence[Match]) -> tuple[str, float] | None:
    return (others[0].story, round(others[0].score, 6)) if others else None


def _joined(
    state: ClusterState, item: Item, query: Query, grouping: Grouping, model: Model
) -> Evidence:
    partner = grouping.partner
    if partner is None:
        return Evidence(Rule.CORRECTION, 1.0, 1.0, None, "A user correction puts it in this story.")
    details: Details = (
        ("nearest", round(grouping.nearest, 4)),
        *_details(state, item, query, partner, model),
    )
    return Evidence(
        Rule.STORY,
        round(grouping.score, 6),
        round(grouping.limit, 6),
        state.item(partner).canonical,
        "Same event as the items of this story; compared with the closest one.",
        details,
    )


def _details(state: ClusterState, item: Item, query: Query, partner: int, model: Model) -> Details:
    """Similarity by view, and the strongest common words as written in the new item."""
    other = state.item(partner).features
    alike, hashes = views(query, other, state.frequencies, model)
    surface_of = surfaces(f"{item.title}\n{item.lead[:TOLD]}", item.language, hashes)
    words = [surface_of[one] for one in hashes if one in surface_of][:TERMS]
    found: list[tuple[str, str | float | int]] = [(k, round(v, 4)) for k, v in alike.items()]
    if words:
        found.append(("common words", ", ".join(words)))
    return tuple(found)
