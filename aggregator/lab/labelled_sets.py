"""Labelled sets as streams of items, for fitting (the only file access in this package)."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aggregator.cluster.views import Features, features_of
from aggregator.lab.weak_labels import Affair
from aggregator.lab.weak_labels import labelled as affair_labels
from aggregator.model import Item

_NO_TIME: Final = datetime(2020, 1, 1, tzinfo=UTC)
_SENTENCE: Final = re.compile(r"(?<=[.!?؟。！？।])\s+")
_SEED: Final = 7  # for the order of documents without times
LEAD_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Stream:
    """Items in order of arrival, with the labels of their stories."""

    items: tuple[Item, ...]
    features: tuple[Features, ...]
    labels: dict[str, str]  # item -> story
    pairs: tuple[tuple[str, str, bool], ...]  # two items, and whether they are in one story


def read(folder: Path, *, text: bool, affairs: Sequence[Affair] = ()) -> Stream:
    """The set in ``folder``; without leads and bodies if ``text`` is False.

    In order of time if all documents have one, otherwise without times in a fixed shuffled
    order. With ``affairs``, only the documents that these label, from a set without labels.
    """
    documents: list[dict[str, Any]] = []
    pairs: list[tuple[str, str, bool]] = []
    for record in records(folder):
        if "a" in record and isinstance(record["a"], dict):
            a, b = f"{record['id']}/a", f"{record['id']}/b"
            documents += [{**record["a"], "id": a}, {**record["b"], "id": b}]
            if record["same"] is not None:
                pairs.append((f"i{a}", f"i{b}", record["same"]))
        elif "cluster" in record:
            documents.append(record)
    if affairs:
        documents = affair_labels(documents, affairs)
    items = tuple(_ordered(documents, text=text))
    labels = {f"i{d['id']}": str(d["cluster"]) for d in documents if d.get("cluster") is not None}
    return Stream(items, tuple(map(features_of, items)), labels, tuple(pairs))


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """The objects in the JSON Lines files of a folder, plain or gzipped."""
    for path in sorted((*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz"))):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def _ordered(documents: list[dict[str, Any]], *, text: bool) -> list[Item]:
    if all(document.get("published") for document in documents):
        items = [_item(document, text=text) for document in documents]
        return sorted(items, key=lambda item: (item.seen, item.id))
    bare = [_item({**document, "published": None}, text=text) for document in documents]
    bare.sort(key=lambda item: item.id)
    random.Random(_SEED).shuffle(bare)  # noqa: S311 # an order, not a secret
    return bare


def _item(document: dict[str, Any], *, text: bool) -> Item:
    published = document.get("published")
    moment = datetime.fromisoformat(published).astimezone(UTC) if published else None
    body = (document.get("body") or "") if text else ""
    return Item(
        id="i" + str(document["id"]),
        feed=document.get("source") or "none",
        identity=str(document["id"]),
        title=document.get("title") or "",
        seen=moment or _NO_TIME,
        published=moment,
        text=body,
        lead=lead_of(body),
        language=document.get("lang"),
        source=document.get("source") or "",
    )


def lead_of(body: str) -> str:
    """The first sentence or two of a text."""
    lead = ""
    for sentence in _SENTENCE.split(body[:2000]):
        if lead and len(lead) + len(sentence) > LEAD_CHARACTERS:
            break
        lead = f"{lead} {sentence}".strip()
    return lead[: 2 * LEAD_CHARACTERS]
