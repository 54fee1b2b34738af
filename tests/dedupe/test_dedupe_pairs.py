"""Pairs of headlines in forty languages: the same in another dress, or a trap.

``pairs.tsv`` was written for this project: language, same (1 or 0), kind, both titles.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from aggregator.engine.compare_titles import Side, verdict

PAIRS = Path(__file__).parent / "pairs.tsv"


def own() -> list[tuple[str, bool, str, str, str]]:
    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()]
    return [(lang, same == "1", kind, a, b) for lang, same, kind, a, b in rows]


def judged(a: Any, b: Any, language: str | None) -> bool:
    left, right = ({"title": s} if isinstance(s, str) else s for s in (a, b))
    return verdict(
        Side(left["title"] or "", left.get("body") or "", language),
        Side(right["title"] or "", right.get("body") or "", language),
    ).same


def score(rows: list[tuple[bool, bool]]) -> tuple[float, int]:
    """F1 and how many different ones were called the same, of (said, true)."""
    hits = sum(said and true for said, true in rows)
    false = sum(said and not true for said, true in rows)
    missed = sum(true and not said for said, true in rows)
    return 2 * hits / (2 * hits + false + missed), false


def test_own_pairs_are_judged_alike_from_both_sides() -> None:
    for language, _, kind, a, b in own():
        assert judged(a, b, language) == judged(b, a, language), (language, kind, a, b)


def test_own_pairs_in_many_languages() -> None:
    rows = [(judged(a, b, language), same) for language, same, _, a, b in own()]
    f1, false = score(rows)
    assert len({language for language, *_ in own()}) >= 29
    assert f1 >= 0.97
    assert false == 0


def test_own_pairs_when_nobody_names_the_language() -> None:
    f1, false = score([(judged(a, b, None), same) for _, same, _, a, b in own()])
    assert f1 >= 0.95
    assert false <= 2


@pytest.mark.slow
@pytest.mark.parametrize("pair", own()[::5], ids=lambda pair: f"{pair[0]} {pair[2]}")
def test_the_order_of_the_two_does_not_matter(pair: tuple[str, bool, str, str, str]) -> None:
    language, _, _, a, b = pair
    there = verdict(Side(a, language=language), Side(b, language=language))
    back = verdict(Side(b, language=language), Side(a, language=language))
    assert (there.same, there.rule, there.score) == (back.same, back.rule, back.score)


def read(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in text.decode("utf-8").split("\n") if line]


def test_the_pairs_of_the_dev_set(shared: Path) -> None:
    rows = read(shared / "datasets/title_pairs/dev.jsonl")
    f1, false = score([(judged(r["a"], r["b"], r["lang"]), r["same"]) for r in rows])
    assert f1 >= 0.97
    assert false <= 1


def test_arabic_stances_are_not_merged(shared: Path) -> None:
    rows = read(shared / "datasets/ans_arabic/pairs.jsonl.gz")
    said = [(judged(r["a"], r["b"], "ar"), r["same"]) for r in rows]
    assert sum(s for s, same in said if not same) <= 0.006 * sum(not same for _, same in said)
    assert sum(s for s, same in said if same) >= 0.08 * sum(same for _, same in said)


def test_related_articles_are_no_duplicates(shared: Path) -> None:
    rows = read(shared / "datasets/semeval2022_t8/pairs.jsonl.gz")
    different = [r for r in rows if r["same"] is False]
    assert not [r["id"] for r in different if judged(r["a"], r["b"], r["a"]["lang"])]
