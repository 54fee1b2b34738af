"""What the merges of ``bench/merges.py`` were judged: ``python bench/merge_verdicts.py count OUT``.

``count`` prints how many merges of each source and rule are judged right, arguable and wrong in
``docs/quality/merges.tsv``, how many have equal titles and texts, how many nobody has read, and
how many of the pairs judged are in one canonical item: the regression test of a change of rules.
``unread`` prints the unread ones with their texts, ``read`` and ``refused`` ``--draw`` merges and
refused pairs at random, in turn of each source and rule; ``table`` prints the merges drawn with
their verdicts, without texts.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

VERDICTS = Path(__file__).resolve().parent.parent / "docs" / "quality" / "merges.tsv"
COLUMNS = ("equal", "right", "arguable", "wrong", "unread")
Row = dict[str, Any]
Key = tuple[str, frozenset[str]]  # source and ids
Known = dict[Key, tuple[str, str]]  # verdict and why


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("count", "unread", "read", "refused", "table"))
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--draw", type=int, default=300, metavar="N")
    parser.add_argument("--seed", type=int, default=20261128)
    options = parser.parse_args(argv)
    rows = [json.loads(line) for line in options.out.read_text("utf-8").splitlines()]
    known = verdicts()
    kind = "refused" if options.action == "refused" else "merge"
    pairs = [row for row in rows if row["kind"] == kind]
    if options.action == "count":
        count(rows, pairs, known)
        return 0
    if options.action == "unread":
        chosen = [row for row in pairs if verdict(row, known)[0] == "unread"]
    else:
        differing = [row for row in pairs if verdict(row, known)[0] != "equal"]
        chosen = draw(differing, options.draw, options.seed)
    if options.action == "table":
        table(chosen, known)
    else:
        for number, row in enumerate(chosen, start=1):
            print(f"{number}. {as_text(row)}\n")
    return 0


def verdicts() -> Known:
    """Source and the two ids -> the verdict and why."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            (row["set"], frozenset((row["first"], row["second"]))): (row["verdict"], row["why"])
            for row in rows
        }


def key(row: Row) -> Key:
    return row["set"], frozenset((row["first"]["id"], row["second"]["id"]))


def verdict(row: Row, known: Known) -> tuple[str, str]:
    """The verdict on a merge and why; two equal entries need none."""
    if key(row) in known:
        return known[key(row)]
    first, second = row["first"], row["second"]
    equal = all(first[field] == second[field] for field in ("title", "text", "length"))
    return ("equal", "") if equal else ("unread", "")


def count(rows: list[Row], merges: list[Row], known: Known) -> None:
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in merges:
        found[row["set"], row["rule"]][verdict(row, known)[0]] += 1
    print("| source | rule |", " | ".join(COLUMNS), "|\n|---|---|" + "---|" * len(COLUMNS))
    for (name, rule), one in sorted(found.items()):
        print(f"| {name} | {rule} |", " | ".join(str(one[column]) for column in COLUMNS), "|")
    home = {(row["set"], row["id"]): row["canonical"] for row in rows if row["kind"] == "entry"}
    kept: Counter[tuple[str, bool]] = Counter()
    for (name, pair), (judged, _) in known.items():
        homes = [home[name, one] for one in pair if (name, one) in home]
        if len(homes) == len(pair):
            kept[judged, len(set(homes)) == 1] += 1
    for judged in COLUMNS[1:-1]:
        together = kept[judged, True]
        print(f"{judged}: {together} of {together + kept[judged, False]} in one canonical item")


def table(rows: list[Row], known: Known) -> None:
    print("| | first | second | rule | hours | texts | verdict | why |")
    print("|---|---|---|---|---|---|---|---|")
    for number, row in enumerate(rows, start=1):
        judged, why = verdict(row, known)
        facts = row["details"]
        first, second = (f"`{row[side]['id']}`" for side in ("first", "second"))
        hours, texts = facts.get("hours_apart", ""), facts.get("body_jaccard", "")
        rule = f"{row['rule']} {row['score']:.2f}"
        print(f"| {number} | {first} | {second} | {rule} | {hours} | {texts} | {judged} | {why} |")


def draw(rows: list[Row], count: int, seed: int) -> list[Row]:
    """``count`` rows at random: in turn one of each source and rule, until they are used up."""
    chance = random.Random(seed)
    kinds: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row["set"], row["rule"]].append(row)
    for some in kinds.values():
        chance.shuffle(some)
    chosen: list[Row] = []
    while len(chosen) < min(count, len(rows)):
        for _, some in sorted(kinds.items()):
            if some and len(chosen) < count:
                chosen.append(some.pop())
    return sorted(chosen, key=lambda row: (row["set"], row["rule"]))


def as_text(row: Row) -> str:
    """A pair with everything that a reviewer needs."""
    facts = row["details"]
    guards = [key.removeprefix("guard_") for key in facts if key.startswith("guard_")]
    head = (
        f"{row['set']} {row['rule']} {row['score']} (needs {row['threshold']}) {row['reason']};"
        f" {facts.get('hours_apart', '?')} h, texts {facts.get('body_jaccard', 'none')}"
        f" {facts.get('body_containment', '')} {' '.join(guards)}"
    )
    return "\n".join((head, *side_lines(row[side] for side in ("first", "second"))))


def side_lines(sides: Iterable[Row]) -> Iterator[str]:
    for side in sides:
        text = " ".join(side["text"][:400].split())
        yield f"   {side['id']} | {side['outlet']} | {side['time']} | {side['url']}"
        yield f"   ** {side['title']}"
        yield f"      {text} ({side['length']})"


if __name__ == "__main__":
    raise SystemExit(main())
