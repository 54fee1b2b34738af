"""Words are found in any language, and both databases find the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model import Feed, Keys
from storage import Store
from storage.search import tokens
from storage.search_words import searchable
from tests.support import examples

SAID = [  # what an item says, what is looked for, and whether that finds it
    ("Élections : l’île vote", "elections ile", True),
    ("Straße gesperrt", "STRASSE", True),
    ("İstanbul'da seçim", "istanbul", True),
    ("Ελλάδα: εκλογές", "εκλογεσ", True),
    ("Bầu cử ở Việt Nam", "bau cu viet nam", True),
    ("Ba\u0302\u0300u cu\u031b\u0309 o\u031b\u0309 Vie\u0323\u0302t Nam", "Bầu cử", True),
    ("ἡ ἀρχή τοῦ λόγου", "αρχη", True),
    ("Выборы в городе", "выборы", True),
    ("Ещё один день", "еще", True),
    ("أُقيمت المُباراة في القاهرة", "المباراة", True),
    ("أُقيمت المُباراة في القاهرة", "اقيمت القاهره", True),
    ("الأمـــــة تنتخب", "الامة", True),
    ("موازنة ٢٠٢٦", "2026", True),
    ("بودجه ۱۴۰۵", "1405", True),
    ("کتاب‌های تازه", "كتاب", True),
    ("گفتگوی تازه", "گفتگوي", True),
    ("הבחירות בישראל", "הבחירות", True),
    ("北京将举行选举", "选举", True),
    ("北京将举行选举", "举选", False),  # the characters are there, the word is not
    ("東京で地震が発生した", "地震", True),
    ("東京タワー", "タワー", True),
    ("서울에서 선거", "선거", True),
    ("चुनाव की तारीख", "तारीख", True),
    ("ভোটের দিন", "ভোটের", True),
    ("การเลือกตั้งครั้งใหม่", "เลือกตั้ง", True),
    ("የምርጫ ቀን", "ምርጫ", False),  # a part of a word
    ("የምርጫ ቀን", "የምርጫ", True),
    ("AT&T buys C++ firm", "at&t", True),
    ("O'Neil's 3-1 win", "oneil", False),
    ("O'Neil's 3-1 win", "O'Neil", True),
    ("O'Neil's 3-1 win", "3-1", True),
    ("O'Neil's 3-1 win", "1-3", False),
    ("state-of-the-art", "state of", True),
    ("a NEAR b OR c", "near", True),
    ('He said "stop" * AND (more)', '"stop" (more) *', True),
    ("100% sure: 'x' & y | z !", "x & !", True),
]


def test_words_are_found_whatever_the_language(store: Store, make: Any) -> None:
    texts = list(dict.fromkeys(text for text, _, _ in SAID))
    with store.transaction() as tx:
        for number, text in enumerate(texts):
            make.save(tx, make.item(number, title=text))
    with store.reading() as view:
        for text, words, there in SAID:
            found = [one.item.title for one in view.search.items(words, limit=50)]
            assert (text in found) is there, (text, words, found)


def test_all_words_must_occur_and_no_words_find_nothing(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1, title="Ferry sinks", lead="In the harbour", text="At night."))
        make.save(tx, make.item(2, title="Ferry sails", text="At noon. " + "a " * 9_000 + "late"))
    with store.reading() as view:
        find = view.search.items
        assert make.ids(find("ferry")) == ["i0000000000000002", "i0000000000000001"]
        assert make.ids(find("ferry HARBOUR")) == ["i0000000000000001"]
        assert make.ids(find("night ferry")) == ["i0000000000000001"]
        assert make.ids(find("late")) == ["i0000000000000002"]
        for nothing in ("", "  ", "!?", "ferry moon", "*", "fer*", "-ferry OR", "\x00"):
            assert find(nothing) in ([], find("ferry or")), nothing


def test_a_search_is_narrowed_by_time_and_number(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        for number in range(1, 8):
            make.save(tx, make.item(number, title=f"Ferry {number}"))
    with store.reading() as view:
        since = make.at(5)
        assert len(view.search.items("ferry", limit=3)) == 3
        assert [one.item.title for one in view.search.items("ferry", since=since)] == [
            "Ferry 7",
            "Ferry 6",
            "Ferry 5",
        ]
        assert view.search.items("ferry", since=make.at() + timedelta(days=1)) == []


def test_the_best_come_first_where_that_is_asked(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1, title="Ferry, ferry and ferry", lead=""))
        make.save(tx, make.item(2, title="A long day with many things and one ferry", lead=""))
    with store.reading() as view:
        assert make.ids(view.search.items("ferry"))[0] == "i0000000000000002"
        assert make.ids(view.search.items("ferry", best=True))[0] == "i0000000000000001"


def test_a_revised_item_is_found_by_its_new_words_only(store: Store, make: Any) -> None:
    item = make.item(1, title="Ferry sinks")
    with store.transaction() as tx:
        make.save(tx, item)
        tx.items.revise(replace(item, title="Barge sinks", revision=1), Keys(), at=make.at(9))
    with store.reading() as view:
        assert view.search.items("ferry") == []
        assert make.ids(view.search.items("barge")) == ["i0000000000000001"]


def test_stories_are_found_by_what_any_item_says(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        make.save(tx, make.item(1, title="Ferry sinks"))
        make.save(tx, make.item(2, title="Rescue at sea"))
        make.save(tx, make.item(3, title="Ferry line opens"))
        make.save(tx, make.item(4, title="Ferry without a story"))
        story = make.story(tx, "c0000000000000001").story
        make.story(tx, "c0000000000000002", story)
        other = make.story(tx, "c0000000000000003").story
    with store.reading() as view:
        assert view.search.stories("rescue") == [story]
        assert view.search.stories("ferry") == [other, story]
        assert view.search.stories("ferry", limit=1) == [other]


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(st.text(max_size=30), min_size=1, max_size=4),
    words=st.text(min_size=1, max_size=8),
)
def test_both_databases_find_the_same(pair: list[Store], make: Any, texts, words) -> None:
    results = []
    asked = [words, *texts, *(text[2:6] for text in texts)]
    for store in pair:
        try:
            with store.transaction() as tx:
                for number, text in enumerate(texts):
                    make.save(tx, make.item(number, title=text, lead=""))
                results.append([make.ids(tx.search.items(one)) for one in asked])
                raise _EnoughError
        except _EnoughError:
            pass
    assert results[0] == results[1]
    for number, text in enumerate(texts):
        assert not tokens(text, searchable) or f"i{number:016x}" in results[0][number + 1]


class _EnoughError(Exception):
    """Ends a transaction without storing anything."""


@pytest.fixture
def pair(path: Path, postgresql_url: str) -> Iterator[list[Store]]:
    """An empty store of each kind."""
    with Store.open(f"sqlite:///{path}") as first, Store.open(postgresql_url) as second:
        for store in (first, second):
            with store.transaction() as tx:
                tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
        yield [first, second]


@pytest.mark.slow
def test_folding_any_letter_twice_is_folding_it_once() -> None:
    letters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert [one for one in letters if searchable(searchable(one)) != searchable(one)] == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert searchable(searchable(text)) == searchable(text)
