"""Titles for ``bench/index.py``: real ones from the shared sets, and any number of derived ones."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Title = tuple[str, str]  # title, language

_SETS = (
    "ant_arabic_multisource/data.jsonl.gz",
    "allsides_neus/data.jsonl.gz",
    "uci_random4224/data.jsonl.gz",
    "ans_arabic/pairs.jsonl.gz",
    "semeval2022_t8/pairs.jsonl.gz",
    "ecbplus/data.jsonl.gz",
)
_SENTENCE = re.compile(r"(?<=[.!?؟。])\s+")


def _documents(folder: Path) -> Iterator[dict[str, Any]]:
    for name in _SETS:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield from ([row] if "title" in row else (row["a"], row["b"]))


def real(folder: Path, count: int) -> list[Title]:
    """Distinct headlines of the shared sets, then headline-length sentences of their texts.

    In the order of the sets; fewer than ``count`` if there are no more.
    """
    found: dict[str, str] = {}
    documents = [(d.get("title") or "", d.get("body") or "", d["lang"]) for d in _documents(folder)]
    for title, _, language in documents:
        if title.strip():
            found.setdefault(title.strip(), language)
    for _, body, language in documents:
        if len(found) >= count:
            break
        for sentence in _SENTENCE.split(body)[:4]:
            if 30 <= len(sentence) <= 140:
                found.setdefault(sentence.strip(), language)
    return list(found.items())[:count]


def crossed(titles: list[Title], count: int, seed: int = 5) -> list[Title]:
    """``titles``, and new ones made from the beginning of one and the end of another."""
    draw = random.Random(seed)
    found = dict(titles)
    by_language: dict[str, list[list[str]]] = {}
    for title, language in titles:
        by_language.setdefault(language, []).append(title.split())
    languages = [language for _, language in titles]
    while len(found) < count:
        language = draw.choice(languages)
        one, two = draw.choice(by_language[language]), draw.choice(by_language[language])
        if min(len(one), len(two)) >= 4:
            made = one[: (len(one) + 1) // 2] + two[len(two) // 2 :]
            found.setdefault(" ".join(made), language)
    return list(found.items())[:count]


def dressed(title: str, draw: random.Random) -> str:
    """A variant of ``title`` as another outlet might print it, usually still the same headline."""
    words = title.split()
    kind = draw.randrange(6)
    if kind == 0:
        return title.upper()
    if kind == 1 and len(words) > 5:
        at = draw.randrange(1, len(words) - 1)
        return " ".join(words[:at] + words[at + 1 :])
    if kind == 2 and len(words) > 6:
        return " ".join(words[: len(words) - 2]) + "…"
    if kind == 3:
        at = max(range(len(words)), key=lambda i: len(words[i]))
        word = words[at]
        if len(word) > 6:
            words[at] = word[:3] + word[4] + word[3] + word[5:]
        return " ".join(words)
    if kind == 4 and len(words) > 6:
        return " ".join(words[len(words) // 2 :]) + ", " + " ".join(words[: len(words) // 2])
    return title + ", " + draw.choice(("new", "again", "جديد", "today"))
