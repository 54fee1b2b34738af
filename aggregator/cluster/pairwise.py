"""Similarities between all of a few items at once, and which of them agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregator.cluster.agreement import (
    Common,
    agreed,
    equally_strong,
    objections,
    roundups,
)
from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.similarity import (
    LETTERED,
    NAMED,
    TITLED,
    WORDS,
    Heads,
    Matrix,
    Rest,
    cosine_of,
    late,
    places_of,
    weigh,
)
from aggregator.cluster.views import HASH_SHIFT, LEAD_WORDS, Block, Features, block
from aggregator.cluster.weights import Model, longness

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Words:
    """The weights of some items' terms, and which terms they have: items by terms."""

    all: NDArray[Any]
    plain: NDArray[Any]  # of the words, not of pairs of words
    title: NDArray[Any]  # of the words of the title
    names: NDArray[Any]  # 1 for each name in the title
    lettered: NDArray[Any]  # 1 for each word that is no number
    uncommon: NDArray[Any]  # 1 for each of these that the background hardly knows

    @property
    def heading(self) -> NDArray[Any]:
        """1 for each word of the title."""
        return np.asarray((self.title > 0).astype(np.float32))

    @property
    def has(self) -> NDArray[Any]:
        """1 for each word of the item; terms by items."""
        return np.asarray((self.plain > 0).T.astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Compared:
    """Some items, and what every two of them have in common."""

    every: Block
    words: Words
    told: Matrix  # share of the title of each item (rows) that each other item contains
    cosine: Matrix
    common: Common


def likenesses(
    items: Sequence[Features], frequencies: Frequencies, model: Model
) -> tuple[Matrix, Flags]:
    """Similarities between all ``items``, after deductions, and which pairs agree.

    See ``similarity.likeness`` for the similarity, and ``agreement`` for what agreeing means.
    """
    found = _compared(items, frequencies, model)
    agree = agreed(found.common)
    lists = roundups(found.told, found.cosine)
    agree[lists] = agree[:, lists] = False
    return _deducted(found, model), agree


def objection(a: Features, b: Features, frequencies: Frequencies, model: Model) -> str | None:
    """Why ``a`` and ``b``, of one language, do not agree (a key of ``agreement.REASONS``)."""
    found = objections(_compared((a, b), frequencies, model).common)
    return next((reason for reason, pairs in found.items() if pairs[0, 1]), None)


def _compared(items: Sequence[Features], frequencies: Frequencies, model: Model) -> _Compared:
    every = block(items)
    words = _words(every, items[0].language, frequencies, model)
    told = _told(words)
    cosine, terms = _cosines(words)
    outlets = np.array([item.source for item in items])
    heading, has = words.heading, words.has
    count, both = heading.sum(axis=1), heading @ heading.T
    least = np.minimum(count[:, None], count[None, :])
    names, own = (_lacking(one * heading, has) for one in (words.uncommon, words.lettered))
    common = Common(
        cosine=cosine,
        terms=terms,
        told=np.maximum(told, told.T),
        titles=both / np.maximum(least, 1.0),
        own=own & own.T,
        beside=has.T @ has - heading @ has - (heading @ has).T + both,
        names=names & names.T,
        uncommon=words.uncommon @ words.uncommon.T > 0,
        outlet=(outlets[:, None] == outlets[None, :]) & (outlets > 0),
        hours=_hours(every.times),
        length=np.minimum(every.words[:, None], every.words[None, :]),
    )
    return _Compared(every, words, told, cosine, common)


def _words(every: Block, language: str | None, frequencies: Frequencies, model: Model) -> Words:
    weights = weigh(every.terms, language, frequencies, model)
    known, column = np.unique(every.terms >> np.uint64(HASH_SHIFT), return_inverse=True)
    places, owner = places_of(every.terms), every.owners()
    lettered = LETTERED.take(places)
    found = np.zeros((6, len(every.sizes), len(known)), dtype=np.float32)
    for at, values in enumerate(
        (
            weights,
            weights * WORDS.take(places),
            weights * TITLED.take(places),
            NAMED.take(places),
            lettered,
            lettered * frequencies.uncommon(every.terms, language),
        )
    ):
        found[at, owner, column] = values
    return Words(*found)


def _told(words: Words) -> Matrix:
    """The share of the title of each item (rows) that each other item contains."""
    titled = words.title**2
    return np.asarray((titled @ words.has) / np.maximum(titled.sum(axis=1)[:, None], 1e-9))


def _cosines(words: Words) -> tuple[Matrix, Matrix]:
    """The cosine of every two items, and the number of equally strong terms they share."""
    product, squared = words.all @ words.all.T, words.all**2
    squares = squared.sum(axis=1)
    cosine = cosine_of(product, squares[:, None] * squares[None, :])
    return cosine, equally_strong(product, squared @ squared.T)


def _deducted(compared: _Compared, model: Model) -> Matrix:
    """The similarities: the cosines after all deductions."""
    words, told, times = compared.words, compared.told, compared.every.times
    plain, title = words.plain, words.title
    length = compared.common.length
    common = title**2 @ words.heading.T  # per row: words in both titles
    held = (plain**2).sum(axis=1)[:, None] - common
    rest = Rest(plain @ plain.T - title @ title.T, held, held.T)
    heads = Heads(told, told.T)
    found = compared.cosine * (1.0 - rest.lacking(model) * (length >= LEAD_WORDS))
    found *= 1.0 - heads.untold(model) * longness(length)
    # Per row: names in its title that the other item contains.
    spoken, named = words.names @ words.has, words.names.sum(axis=1) > 0
    foreign = (spoken == 0) & (spoken.T == 0) & named[:, None] & named[None, :]
    found[foreign | heads.unspoken(length)] = 0.0
    found -= late(times[:, None], times[None, :], length, model)
    return found


def _lacking(words: NDArray[Any], has: NDArray[Any]) -> Flags:
    """Whether some of each item's ``words`` (items by words) are not in each other item."""
    return np.asarray(words.sum(axis=1)[:, None] - words @ has > 0)


def _hours(times: NDArray[np.int64]) -> Matrix:
    """Hours between every two ``times`` in seconds; -1 where one is unknown (-1)."""
    known = (times[:, None] >= 0) & (times[None, :] >= 0)
    return np.where(known, np.abs(times[:, None] - times[None, :]) / 3600.0, -1.0)
