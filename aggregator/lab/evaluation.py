"""Scores duplicates and stories on labelled sets, using the real engines.

A set is a folder of JSON Lines, plain or gzipped. The fields of a line determine its
kind:

- a document (``id``, ``title``, ``cluster``): its story is compared with the label;
- a pair of headlines or of articles (``a``, ``b``, ``same``): are they the same?
- a pair of ids of documents in the folder (``a``, ``b``): the two must end in one
  canonical item.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.engine.compare_titles import Side, verdict
from aggregator.engine.plain_documents import PlainDocument
from aggregator.lab.metrics import Score, bcubed, pairwise
from aggregator.lab.replay import Replay, Replayed

SEED = 20_241_225  # for the order of documents without dates


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and its labelled story."""

    document: PlainDocument
    cluster: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two headlines or articles, and whether the label calls them the same."""

    id: str
    a: Side
    b: Side
    same: bool | None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The content of one folder."""

    name: str
    documents: tuple[Labelled, ...] = ()
    pairs: tuple[Pair, ...] = ()
    same_ids: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # by file name


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: its measure, the number of cases, and the score."""

    set: str
    measure: str
    count: int
    score: Score | None = None
    value: float | None = None  # a share, where precision and recall do not apply


def evaluate(labelled: LabelledSet) -> Iterator[Result]:
    """Every figure that the labels of a set allow."""
    if labelled.pairs:
        yield from _pairs(labelled.name, labelled.pairs)
        if any(pair.a.body or pair.b.body for pair in labelled.pairs):
            yield from _pairs_as_stories(labelled.name, labelled.pairs)
    if labelled.documents:
        yield from _documents(labelled)


def in_order(documents: Sequence[Labelled]) -> list[PlainDocument]:
    """The order in which a set is replayed.

    By time if every document has one; otherwise times are dropped and the order is
    shuffled with a fixed seed, so that neither can separate stories.
    """
    plain = [labelled.document for labelled in documents]
    if all(document.published for document in plain):
        return sorted(plain, key=lambda one: (one.published or datetime.min, one.id))
    undated = sorted((replace(one, published=None) for one in plain), key=lambda one: one.id)
    random.Random(SEED).shuffle(undated)  # noqa: S311 # an order, not a secret
    return undated


def _documents(labelled: LabelledSet) -> Iterator[Result]:
    rows = Replay().run(in_order(labelled.documents))
    truth = {one.document.id: one.cluster for one in labelled.documents if one.cluster is not None}
    if truth:
        yield Result(
            labelled.name,
            "stories, BCubed",
            len(truth),
            bcubed({row.id: row.story for row in rows if row.id in truth}, truth),
        )
        merged = _false_duplicates(rows, truth)
        yield Result(labelled.name, "duplicates across stories", len(rows), value=merged)
    canonical = {row.id: row.canonical for row in rows}
    for name, pairs in labelled.same_ids:
        known = [(a, b) for a, b in pairs if a in canonical and b in canonical]
        together = sum(canonical[a] == canonical[b] for a, b in known)
        share = together / len(known) if known else 0.0
        yield Result(labelled.name, f"{name} in one canonical item", len(known), value=share)


def _false_duplicates(rows: Iterable[Replayed], truth: dict[str, str]) -> float:
    """The share of documents whose canonical item mixes two labelled stories."""
    clusters: dict[str, set[str]] = {}
    counted = [row for row in rows if row.id in truth]
    for row in counted:
        clusters.setdefault(row.canonical, set()).add(truth[row.id])
    mixed = sum(len(clusters[row.canonical]) > 1 for row in counted)
    return mixed / len(counted) if counted else 0.0


def _pairs(name: str, pairs: Sequence[Pair]) -> Iterator[Result]:
    answers = [(verdict(p.a, p.b).same, p.same) for p in pairs if p.same is not None]
    yield Result(name, "same article", len(answers), pairwise(answers))
    false = [found for found, same in answers if not same]
    if false:
        share = sum(false) / len(false)
        yield Result(name, "false pairs called the same", len(false), value=share)
    true = [found for found, same in answers if same]
    if true:
        yield Result(name, "same pairs found", len(true), value=sum(true) / len(true))


def _pairs_as_stories(name: str, pairs: Sequence[Pair]) -> Iterator[Result]:
    """Replay all articles of all pairs as one stream; which pairs end in one story?"""
    sides = {f"{p.id}/{key}": side for p in pairs for key, side in (("a", p.a), ("b", p.b))}
    documents = [
        Labelled(
            PlainDocument(ident, s.title, s.body, s.language, None, s.source or ident, s.url), None
        )
        for ident, s in sides.items()
    ]
    story = {row.id: row.story for row in Replay().run(in_order(documents))}
    for wanted, measure in ((True, "same pairs in one story"), (False, "other pairs in one story")):
        ids = [p.id for p in pairs if p.same is wanted]
        together = sum(story[f"{i}/a"] == story[f"{i}/b"] for i in ids)
        if ids:
            yield Result(name, measure, len(ids), value=together / len(ids))
