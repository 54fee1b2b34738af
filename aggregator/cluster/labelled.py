"""Labelled documents as items, for fitting and measuring (the only file access of this room)."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.model import Item

_NO_TIME = datetime(2020, 1, 1, tzinfo=UTC)
_SENTENCE = re.compile(r"(?<=[.!?؟。！？।])\s+")
LEAD_CHARACTERS = 300


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def lead_of(body: str) -> str:
    """The first sentence or two of a text."""
    lead = ""
    for sentence in _SENTENCE.split(body[:2000]):
        if lead and len(lead) + len(sentence) > LEAD_CHARACTERS:
            break
        lead = f"{lead} {sentence}".strip()
    return lead[: 2 * LEAD_CHARACTERS]


def item_of(document: dict[str, Any], *, text: bool = True) -> Item:
    """A document of a labelled set as an item; without its body where ``text`` is False."""
    published = document.get("published")
    moment = datetime.fromisoformat(published).astimezone(UTC) if published else None
    body = (document.get("body") or "") if text else ""
    return Item(
        id="i" + str(document["id"]),
        feed=document.get("source") or "replay",
        identity=str(document["id"]),
        title=document.get("title") or "",
        seen=moment or _NO_TIME,
        published=moment,
        text=body,
        lead=lead_of(body),
        language=document.get("lang"),
        source=document.get("source") or "",
    )


def stream(documents: list[dict[str, Any]], *, text: bool = True, seed: int = 7) -> list[Item]:
    """Documents in order of time where all have one, else without times in shuffled order."""
    if all(document.get("published") for document in documents):
        items = [item_of(document, text=text) for document in documents]
        return sorted(items, key=lambda item: (item.seen, item.id))
    bare = [{**document, "published": None} for document in documents]
    random.Random(seed).shuffle(bare)  # noqa: S311 - an order, not a secret
    return [item_of(document, text=text) for document in bare]
