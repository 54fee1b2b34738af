"""The fitted model: what the views of a text weigh, and how alike one story's items are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.views import BODY_SHIFT, LEAD_SHIFT, NAME, NUMBER, PAIR, PLACES

_Pairs = TypeVar("_Pairs", float, NDArray[np.float64])

FILE: Final = "model.toml"
TEXT: Final = 5  # words that tell, from which on an item has text
LEAD: Final = 50.0  # so many of them are a lead
FULL: Final = 200.0  # and so many a full text


@dataclass(frozen=True, slots=True)
class Model:
    """Weights and limits, written by ``aggregator.lab.fit``.

    A term weighs log(1 + title x its count in the title + its counts in lead and
    body), times its idf, times ``name`` or ``number`` where it is one. Word pairs
    of the title weigh ``pair``, once. Likeness is the cosine of two such vectors.
    """

    title: float
    pair: float
    name: float
    number: float
    beyond: float  # share of the likeness taken off where only title words are shared
    untold: float  # share taken off long texts that do not tell of each other's headline
    late_headline: float  # taken off for the root of the days apart where one is a bare headline
    late_text: float  # taken off for each day where both have text
    undated: float  # taken off where both have text, and the time of one is not known
    density: float  # times what unrelated news is alike: added to the limit
    limit_headline: float  # likeness of two items where one is a bare headline
    limit_lead: float  # the same where both sides have a lead
    limit_full: float  # the same where both have a long text
    wide: float  # share of these limits that remains between groups of very many items
    cohesion_headline: float  # likeness between two halves over likeness within them: headlines
    cohesion: float  # the same where there is text

    def limits(self, words: NDArray[np.float64]) -> NDArray[np.float64]:
        """The limit for pairs whose shorter text has so many ``words`` that tell, each."""
        with_text = self.limit_lead + (self.limit_full - self.limit_lead) * longness(words)
        return np.asarray(np.where(words < TEXT, self.limit_headline, with_text))

    def cohesions(self, words: NDArray[np.float64]) -> NDArray[np.float64]:
        """How alike two halves must be to what they are within, for such pairs."""
        return np.where(words < TEXT, self.cohesion_headline, self.cohesion)

    def share(self, pairs: _Pairs) -> _Pairs:
        """How much of the limit a mean likeness over so many ``pairs`` of items has to reach.

        One pair may be alike by chance. The error of a mean falls with the square root of
        their number, and so does what has to be added to be sure.
        """
        found: _Pairs = self.wide + (1.0 - self.wide) / pairs**0.5
        return found


def longness(words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a text of so many words that tell stands between a lead (0) and a full text (1)."""
    between = np.minimum(np.maximum(words, LEAD), FULL)
    return np.asarray(np.log(between / LEAD) / np.log(FULL / LEAD))


@cache
def term_weights(model: Model) -> NDArray[np.float64]:
    """The weight without idf of a term, by its lower bits (see ``views``)."""
    places = np.arange(PLACES)
    title, lead = places & 3, (places >> LEAD_SHIFT) & 3
    body = (places >> BODY_SHIFT) & 15
    words = np.log1p(model.title * title + lead + body)
    kind = np.where(places & NAME, model.name, 1.0) * np.where(places & NUMBER, model.number, 1.0)
    pairs = model.pair * (title > 0)
    return np.asarray(np.where(places & PAIR, pairs, words * kind), dtype=np.float64)


def parse(source: str) -> Model:
    """The model in the text of a model file; KeyError where a weight is missing."""
    table: dict[str, Any] = tomllib.loads(source)["model"]
    return Model(**{field.name: float(table[field.name]) for field in fields(Model)})


@cache
def shipped() -> Model:
    """The model of this package."""
    return parse(resources.files(__package__).joinpath("data", FILE).read_text("utf-8"))
