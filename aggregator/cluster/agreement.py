"""Agreement: whether two similar items can be about one event, by what they share and do not.

Similarity alone joins what is told in the same words: two quakes, an outlet's match reports,
everything about one town. So two groups of items are joined only if an item of one and an item
of the other agree. See decisions 0226, 0229 and 0232.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.views import LEAD_WORDS, TEXT

Flags = NDArray[np.bool_]

TERMS_HEADLINE: Final = 1.5  # equally strong common terms that two bare headlines need
TERMS_SHORT: Final = 2.2  # the same for two items with a sentence of text
TERMS_TEXT: Final = 2.0  # the same for two items with a lead
TERMS_SURE: Final = 3.0  # the same for short items of one outlet without an uncommon word in common

TOLD_HEADLINE: Final = 0.28  # share of a bare headline that the other one has to contain
TOLD_UNDATED: Final = 0.5  # the same if the time of one is unknown
TOLD_SHORT: Final = 0.3  # share that a sentence has to contain; not needed with TERMS_SURE
TOLD_FEW: Final = 0.35  # share that a lead has to contain
TOLD: Final = 0.25  # the same with MANY common terms
MANY: Final = 4.0  # equally strong common terms

ALIKE: Final = 0.17  # cosine that two items with a lead need, however unlike all others are
APART: Final = 48.0  # hours after which an item no longer continues another one directly
FORM: Final = 0.5  # share of the words of the shorter title that makes two titles one form of words
SUBSTITUTED: Final = 0.7  # the same if they are of two outlets
EQUAL: Final = 0.8  # share that makes them equal but for a word
GENERAL: Final = 4.5  # number of equally strong common terms below which equal titles are general
REPEATED: Final = 0.15  # share of a text that two texts on one event have in common at least

UNSPOKEN: Final = 0.15  # share of a title's words that any text may have
LISTED: Final = 0.6  # share of a title that a list of news repeats
UNRELATED: Final = 0.1  # cosine of items that have nothing to do with each other

SEQUEL: Final = "apart"
REASONS: Final = {
    "few": "The closest live story shares hardly more than one word, which may be chance.",
    "weak": "The closest live story shares too small a part of its words.",
    "untold": "Neither tells much of the headline of the other; they share a topic, not an event.",
    "series": "The outlet uses this form of headline for one thing after another.",
    "form": "The headlines are equal but for the people, places or things they name.",
    "general": "The headlines are general and equal; the texts share nothing else.",
    "look-alike": "The headlines are of one form, but name different people, places or things.",
    SEQUEL: "Similar to the closest live story, but more than two days later.",
}
"""The objections in the order in which they are told; news with the last one only is a sequel."""


@dataclass(frozen=True, slots=True)
class Common:
    """What every two of some items share; symmetric matrices, items by items."""

    cosine: NDArray[Any]  # of all terms, without any deduction
    terms: NDArray[Any]  # number of equally strong common terms
    told: NDArray[Any]  # share of a title that the other item contains; the larger of the two
    titles: NDArray[Any]  # share of the words of the shorter title that are in both titles
    own: Flags  # whether each title has words, and not only numbers, that the other item lacks
    beside: NDArray[Any]  # number of common words that are in neither title
    names: Flags  # whether each title has an uncommon word that the other item lacks
    uncommon: Flags  # whether they share an uncommon word
    outlet: Flags  # whether they are of one outlet
    hours: NDArray[Any]  # between them; -1 if a time is unknown
    length: NDArray[Any]  # content words in the shorter text


def equally_strong(product: NDArray[Any], squares: NDArray[Any]) -> NDArray[Any]:
    """The number of equally strong terms that would contribute as much (inverse Simpson index).

    ``product`` sums what the common terms of a pair contribute to its similarity, ``squares``
    the squares of these contributions.
    """
    return np.asarray(product**2 / np.maximum(squares, 1e-12))


def objections(common: Common) -> dict[str, Flags]:
    """The pairs that cannot be about one event, by the reason, in the order of ``REASONS``."""
    bare, lead = common.length < TEXT, common.length >= LEAD_WORDS
    topic = common.outlet & ~common.uncommon  # an outlet has much on its own town
    short = np.where(topic, TERMS_SURE, np.where(bare, TERMS_HEADLINE, TERMS_SHORT))
    least = np.where(lead, TERMS_TEXT, short)
    head = np.where(common.terms >= MANY, TOLD, TOLD_FEW)
    note = np.where(common.terms >= TERMS_SURE, 0.0, TOLD_SHORT)
    headline = np.where(common.hours < 0, TOLD_UNDATED, TOLD_HEADLINE)
    told = np.where(bare, headline, np.where(lead, head, note))
    return {
        "few": common.terms < least,
        "weak": lead & (common.cosine < ALIKE),
        "untold": common.told < told,
        "series": common.own & common.outlet & (common.titles >= FORM),
        "form": common.names & (common.titles >= SUBSTITUTED),
        "general": _general(common),
        "look-alike": _look_alikes(common, lead),
        SEQUEL: common.hours > APART,
    }


def agreed(common: Common) -> Flags:
    """Which pairs can be about one event."""
    return np.asarray(~np.logical_or.reduce(list(objections(common).values())))


def _general(common: Common) -> Flags:
    """Pairs with equal headlines that name nothing, and with texts that share nothing else.

    If they were one article, they would be one canonical item.
    """
    little = common.beside <= np.maximum(1.0, REPEATED * common.length)
    few = (common.terms < GENERAL) & ~common.uncommon
    return np.asarray(few & little & (common.titles >= EQUAL) & ~common.own)


def _look_alikes(common: Common, lead: Flags) -> Flags:
    """Pairs that share what happened, but whose titles name others.

    Each title has an uncommon word that the other item lacks, and they share no uncommon word.
    Bare headlines may say the same in other words, so there half of the words of the shorter one
    must be in both.
    """
    return np.asarray(common.names & ~common.uncommon & ((common.titles >= FORM) | lead))


def roundups(told: NDArray[Any], cosine: NDArray[Any]) -> Flags:
    """Which items list news, such as 'Five things you may have missed today'.

    Such an item tells the headlines of two or more others that have nothing to do with each
    other, and none of them tells its own. ``told``: the share of the title of each item (rows)
    that each other item contains; ``cosine``: of every two items.
    """
    listed = ((told <= UNSPOKEN) & (told.T >= LISTED)).astype(np.int64)  # items that each one lists
    np.fill_diagonal(listed, 0)
    apart = (cosine < UNRELATED).astype(np.int64)
    np.fill_diagonal(apart, 0)
    return np.asarray(((listed @ apart) * listed).sum(axis=1) > 0)
