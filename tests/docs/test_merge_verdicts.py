"""The verdicts on merges are complete; the page on duplicates shows those that are not right."""

from __future__ import annotations

import csv
from collections import Counter

from aggregator.model import Rule
from tests.support import ROOT

QUALITY = ROOT / "docs" / "quality"
VERDICTS = {"right", "arguable", "wrong"}


def rows() -> list[dict[str, str]]:
    with (QUALITY / "merges.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_each_pair_has_one_verdict_and_a_reason() -> None:
    found = rows()
    pairs = Counter((row["set"], frozenset((row["first"], row["second"]))) for row in found)
    assert set(pairs.values()) == {1}
    assert all(len(pair) == 2 for _, pair in pairs)
    assert {row["verdict"] for row in found} == VERDICTS
    assert {row["rule"] for row in found} <= set(Rule)
    assert all(row["why"] for row in found)


def test_the_page_shows_each_verdict_that_is_not_right() -> None:
    page = (QUALITY / "duplicates.md").read_text(encoding="utf-8")
    for row in rows():
        if row["verdict"] != "right":
            shown = f"| `{row['first']}` | `{row['second']}` | {row['rule']} | {row['why']} |"
            assert page.count(shown) == 1, shown
