"""Titles that cost the most to decide: long ones that are alike, and forms filled in.

    python bench/hard_titles.py [--long 400] [--forms 2000]

*alike* are titles of 1,000 characters in one feed that differ in a few words; *unlike* share
nothing, so they cost what reading such titles costs. *forms* are short titles and texts of a few
templates at a hundred outlets. All are replayed without a store. The fingerprint is that of all
decisions: equal ones mean equal results. CPU seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aggregator.lab.replay import PlainDocument, Replay  # after the path is set

START = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = 1_000
WORDS = 160  # more than a title of that length holds
ACTIONS = ("approves", "rejects", "delays", "opens", "closes", "sells", "buys", "visits", "signs")
THINGS = ("plan", "budget", "contract", "bridge", "hospital", "school", "road", "port", "stadium")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORMS = (
    "{place} council {action} {thing} worth {count} million",
    "Mayor of {place} {name} {action} {thing} after {count} days",
    "Police in {place} arrest {count} people near {thing}",
    "{name} {action} {thing} in {place}, {count} jobs affected",
    "Minister {name} {action} {thing} in {place} on {day}",
)
TEXT = (
    "The {thing} in {place} was announced on {day} by {name}. It concerns {count} people and will "
    "cost {cost} million, the office said in a statement to the press."
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", type=int, default=400, help="long titles of each kind")
    parser.add_argument("--forms", type=int, default=2_000)
    options = parser.parse_args(argv)
    print(f"{platform.machine()}, Python {platform.python_version()}")
    tell("alike", list(long_titles(options.long, changed=4)))
    tell("unlike", list(long_titles(options.long, changed=WORDS)))
    tell("forms", list(forms(options.forms)))
    return 0


def tell(name: str, found: list[PlainDocument]) -> None:
    began = time.process_time()
    rows = Replay().run(found)
    seconds = time.process_time() - began
    decided = repr([(row.id, row.canonical, row.story, row.evidence) for row in rows])
    mark = hashlib.blake2b(decided.encode(), digest_size=6).hexdigest()
    each = 1_000 * seconds / max(1, len(rows))
    print(
        f"{name:8}{len(rows):6,} items{seconds:8.1f} s{each:8.1f} ms an item   {mark}", flush=True
    )


def made_up(chance: random.Random, shortest: int, longest: int) -> str:
    pairs = range(chance.randint(shortest, longest))
    return "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in pairs)


def long_titles(count: int, changed: int) -> Iterator[PlainDocument]:
    """Titles of one feed, each of which differs from a common one in ``changed`` words."""
    chance = random.Random(5)
    words = [made_up(chance, 2, 4) for _ in range(3_000)]
    common = chance.choices(words, k=WORDS)
    for number in range(count):
        row = list(common)
        for place in chance.sample(range(WORDS), changed):
            row[place] = chance.choice(words)
        yield document(number, "Outlet", " ".join(row)[:LETTERS], "")


def forms(count: int) -> Iterator[PlainDocument]:
    """Short titles and texts of a hundred outlets, made of a few templates."""
    chance = random.Random(9)
    places = [made_up(chance, 2, 3).title() for _ in range(300)]
    names = [made_up(chance, 2, 4).title() for _ in range(300)]
    for number in range(count):
        values = {
            "place": chance.choice(places),
            "name": chance.choice(names),
            "action": chance.choice(ACTIONS),
            "thing": chance.choice(THINGS),
            "count": chance.randint(2, 99),
            "cost": chance.randint(2, 99),
            "day": chance.choice(DAYS),
        }
        title, text = chance.choice(FORMS).format(**values), TEXT.format(**values)
        yield document(number, f"Outlet {number % 100}", title, text)


def document(number: int, source: str, title: str, text: str) -> PlainDocument:
    return PlainDocument(
        id=str(number),
        title=title,
        body=text,
        language="en",
        published=START + timedelta(seconds=30 * number),
        source=source,
        url=f"https://{source.replace(' ', '').lower()}.example/{number}",
    )


if __name__ == "__main__":
    raise SystemExit(main())
