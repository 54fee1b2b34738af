"""What is ruled out without a comparison is never what a comparison calls the same."""

from __future__ import annotations

import random
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import compare
from aggregator.dedupe.analysed_titles import analyse
from aggregator.dedupe.differences import items_differ, titles_differ
from aggregator.dedupe.titles import judge
from aggregator.model import Item
from tests.dedupe.test_decide import OTHER, TEXT, Stream, make

PAIRS = [
    line.split("\t")
    for line in (Path(__file__).parent / "pairs.tsv").read_text("utf-8").splitlines()
]
LONG = "Council of the harbour town approves plan for new bridge after years of dispute"
WORDS = [*LONG.split(), "minister", "health", "care", "healthcare", "teh", "12", "5-11", "Monday"]
titles = st.lists(st.sampled_from(WORDS), min_size=3, max_size=14)


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ("Council of the harbour town approves plan for new bridge after years of dispute", False),
        ("Council of the harbor town approoves plan for new bridge after years of dispute", False),
        ("Council of the mountain village rejects plan for new tunnel after years of work", True),
        ("Council of the harbour town approves plan …", False),
        ("Council approves", True),
        ("Council of the harbour town rejects plan for new bridge after years of dispute", True),
        ("Council of the harbour town approves plan for newbridge after years of dispute", False),
        ("Council of harbour town approves plan for bridge after years", False),
    ],
)
def test_titles_differ_if_each_has_words_of_its_own_or_one_has_many(
    other: str, differs: bool
) -> None:
    assert titles_differ(analyse(LONG, "en"), analyse(other, "en")) is differs
    assert titles_differ(analyse(other, "en"), analyse(LONG, "en")) is differs


def test_no_known_headlines_are_ruled_out_and_the_same() -> None:
    ruled_out = 0
    rivals = [(row[0], row[3], after[3]) for row, after in pairwise(PAIRS)]
    for language, *both in [*((row[0], *row[3:]) for row in PAIRS), *rivals]:
        one, two = (analyse(title, language) for title in both)
        if titles_differ(one, two):
            ruled_out += 1
            assert not judge(one, two).same, both
    assert ruled_out > len(PAIRS) / 4


@settings(max_examples=150)
@given(titles, st.data())
def test_no_titles_are_ruled_out_and_the_same(words: list[str], data: st.DataObject) -> None:
    other = list(words)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(other) - 1))
        change = data.draw(st.sampled_from(["drop", "put", "join", "slip"]))
        if change == "put":
            other.insert(place, data.draw(st.sampled_from(WORDS)))
        elif change == "join":
            other[place : place + 2] = ["".join(other[place : place + 2])]
        elif change == "slip":
            other[place] = other[place][1::-1] + other[place][2:]
        elif len(other) > 1:
            del other[place]
    one, two = analyse(" ".join(words), "en"), analyse(" ".join(other), "en")
    assert not (titles_differ(one, two) and judge(one, two).same)


@pytest.mark.parametrize("text", ["", TEXT, OTHER])
def test_an_address_or_a_text_keeps_a_pair_in_question(text: str) -> None:
    title = "Village on the mountain rejects tunnel and mayor leaves the meeting"
    one, two = make("a", LONG, text=TEXT), make("b", title, text=text)
    assert items_differ(one, two) is (text != TEXT)
    assert text == TEXT or not compare(one, two, window=None).same
    assert not items_differ(one, make("b", title, text=text, url=one.url))


def alike(count: int) -> list[Item]:
    """Long titles that differ in a few words; every fifth repeats the one before."""
    chance = random.Random(5)
    vocabulary = ["".join(chance.choices("bdfgklmnprstaeiou", k=7)) for _ in range(1_000)]
    base = chance.choices(vocabulary, k=60)
    items = []
    for number in range(count):
        words = list(base)
        for place in chance.sample(range(60), 4):
            words[place] = chance.choice(vocabulary)
        if number % 5 == 4:
            items.append(make(str(number), items[-1].title.upper(), feed="two"))
            continue
        items.append(make(str(number), " ".join(words), text=TEXT if number % 3 else ""))
    return items


def test_decisions_and_what_they_tell_are_those_of_all_comparisons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bool] = []

    def counted(one: Item, two: Item) -> bool:
        compared.append(items_differ(one, two))
        return compared[-1]

    stream, plain = Stream(), Stream()
    module = import_module("aggregator.dedupe.decide")
    monkeypatch.setattr(module, "items_differ", counted)
    found = [stream.put(item) for item in alike(30)]
    monkeypatch.setattr(module, "items_differ", lambda _one, _two: False)
    assert found == [plain.put(item) for item in alike(30)]
    assert sum(compared) > 30
    assert max(len(decision.refused) for decision in found) == 3
    assert not all(decision.founded for decision in found)
