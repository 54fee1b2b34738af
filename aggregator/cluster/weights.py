"""The fitted model: weights of the views and similarity limits."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.views import BODY_SHIFT, LEAD_SHIFT, NAME, NUMBER, PAIR, PLACES, TEXT

_Pairs = TypeVar("_Pairs", float, NDArray[np.float64])

FILE: Final = "model.toml"
LEAD: Final = 50.0  # content words of a typical lead
FULL: Final = 200.0  # content words of a typical full text


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
    beyond: float  # share of the similarity deducted if only title words are shared
    untold: float  # share deducted for long texts that lack each other's headline
    late_headline: float  # deduction times root of the days apart, if one is a bare headline
    late_text: float  # deduction per day apart, if both have text
    undated: float  # deduction if both have text and one has no known time
    density: float  # factor for the similarity of unrelated news, added to the limit
    limit_headline: float  # required similarity if one item is a bare headline
    limit_lead: float  # the same if both have a lead
    limit_full: float  # the same if both have a long text
    wide: float  # share of these limits that remains between very large groups
    cohesion_headline: float  # required ratio of similarity between and within groups: headlines
    cohesion: float  # the same for items with text

    def limits(self, words: NDArray[np.float64]) -> NDArray[np.float64]:
        """The limit for each pair whose shorter text has this many content ``words``."""
        with_text = self.limit_lead + (self.limit_full - self.limit_lead) * longness(words)
        return np.asarray(np.where(words < TEXT, self.limit_headline, with_text))

    def cohesions(self, words: NDArray[np.float64]) -> NDArray[np.float64]:
        """The required ratio of similarity between and within two groups, for such pairs."""
        return np.where(words < TEXT, self.cohesion_headline, self.cohesion)

    def share(self, pairs: _Pairs) -> _Pairs:
        """The share of the limit that a mean similarity over this many ``pairs`` has to reach.

        One pair may be similar by chance. The error of a mean falls with the square root of
        the number of pairs, and so does the safety margin.
        """
        found: _Pairs = self.wide + (1.0 - self.wide) / pairs**0.5
        return found


def longness(words: NDArray[np.float64]) -> NDArray[np.float64]:
    """The position of a text with this many content words between lead (0) and full text (1)."""
    between = np.minimum(np.maximum(words, LEAD), FULL)
    return np.asarray(np.log(between / LEAD) / np.log(FULL / LEAD))


@cache
def term_weights(model: Model) -> NDArray[np.float64]:
    """Term weights without idf, indexed by the lower bits of a term (see ``views``)."""
    places = np.arange(PLACES)
    title, lead = places & 3, (places >> LEAD_SHIFT) & 3
    body = (places >> BODY_SHIFT) & 15
    words = np.log1p(model.title * title + lead + body)
    kind = np.where(places & NAME, model.name, 1.0) * np.where(places & NUMBER, model.number, 1.0)
    pairs = model.pair * (title > 0)
    return np.asarray(np.where(places & PAIR, pairs, words * kind), dtype=np.float64)


def parse(source: str) -> Model:
    """Parse the text of a model file. Raises KeyError if a weight is missing."""
    table: dict[str, Any] = tomllib.loads(source)["model"]
    return Model(**{field.name: float(table[field.name]) for field in fields(Model)})


@cache
def shipped() -> Model:
    """The model shipped with this package."""
    return parse(resources.files(__package__).joinpath("data", FILE).read_text("utf-8"))
