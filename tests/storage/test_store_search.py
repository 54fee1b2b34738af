"""Words are found in any language, and both databases find the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model import Feed, Keys
from storage import Store
from storage.search_query import Query, Term, parse_query
from storage.search_terms import hits, match_of, tokens
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
        for nothing in ("", "  ", "!?", "ferry moon", "*", "-ferry", "-ferry OR", "\x00", '""'):
            assert find(nothing) == [], nothing


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


STEMS = [  # language, what an item says, what is looked for, and whether that finds it
    ("en", "Floods hit the valley", "flood", True),
    ("en", "A flood hit the valley", "flooding", True),
    ("en", "A flood hit the valley", '"flooding"', False),
    ("en", "Newton honoured", "news", False),
    ("en", "Elections delayed", "election*", True),
    ("en", "Elections delayed", "elec*", True),
    ("en", "Elections delayed", "lect*", False),
    ("ar", "انقطاع الكهرباء عن المدينة", "كهرباء", True),
    ("ar", "أزمة كهرباء جديدة", "الكهرباء", True),
    ("ar", "الماء والكهرباء", "كهرباء", True),
    ("ar", "أزمة كهرباء جديدة", "كهف", False),
    ("de", "Überschwemmungen im Tal", "überschwemmung", True),
    ("fr", "Élections reportées", "election", True),
    ("ru", "Выборы перенесены", "выборов", True),
    ("es", "Inundación en el valle", "inundaciones", True),
    ("fr", "Il y a dit", "dies", False),  # an Italian stem of it is 'di', but this is French
    (None, "Floods hit the valley", "flood", False),  # not known to be English
    (None, "Floods hit the valley", "floods", True),
    ("zh", "北京将举行选举", "选举", True),
    ("en", "The river bank broke", '"river bank"', True),
    ("en", "The bank by the river", '"river bank"', False),
    ("en", "The river bank broke", "river -bank", False),
    ("en", "The river broke", "river -bank", True),
    ("en", "The river broke its banks", "river -bank", False),
    ("en", "Q3 results at 10:30", "10:30", True),
    ("en", "See http://one.example/x", "http://one.example", True),
]


def test_words_find_their_inflections_and_phrases_and_exclusions_are_exact(
    store: Store, make: Any
) -> None:
    with store.transaction() as tx:
        for number, (language, said, _, _) in enumerate(STEMS):
            make.save(tx, make.item(number, title=said, language=language))
    with store.reading() as view:
        for number, (_, said, words, there) in enumerate(STEMS):
            found = make.ids(view.search.items(words, limit=50))
            assert (f"i{number:016x}" in found) is there, (said, words)


def test_filters_narrow_a_search(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        tx.feeds.upsert(Feed("f2", "https://two.example/feed", title="The Meridian"), 1)
        one = make.item(1, title="Ferry sinks", language="en", tags=("sea", "news"))
        two = make.item(2, title="Ferry sinks", language="ar", feed="f2", tags=("seaside",))
        make.save(tx, one)
        make.save(tx, two)
        story = make.story(tx, "c0000000000000001").story
    first, second = [one.id], [two.id]
    at = make.at(2).isoformat()
    asked = {
        "ferry": second + first,
        "ferry lang:EN": first,
        "ferry feed:meridian": second,
        'ferry feed:"The Meridian"': second,
        "ferry feed:f1": first,
        "ferry feed:nobody": [],
        "ferry tag:sea": first,
        "tag:sea": first,
        f"story:{story}": first,
        "ferry story:s0": [],
        f"ferry since:{at}": second,
        f"ferry until:{at}": first,
        f"since:{at}": second,
        "since:2026-03-01 -sinks": [],
        "since:2026-03-01 -moon": second + first,
        "ferry until:1h": second + first,
        "since:9999-12-31": [],
        "ferry since:yesterday": [],  # searched for as words
        "ferry since:999999w": [],
    }
    with store.reading() as view:
        for words, ids in asked.items():
            assert make.ids(view.search.items(words)) == ids, words
        assert view.search.stories("ferry lang:en") == [story]
        assert make.ids(view.search.items(Query((Term("ferry"),), language="ar"))) == second
        assert make.ids(view.search.items("ferry", best=True, since=make.at(2))) == second


def test_a_query_is_read_as_it_is_typed() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert parse_query('flood "river bank" -dam elect* x:y', now=now).terms == (
        Term("flood"),
        Term("river bank", phrase=True),
        Term("dam", excluded=True),
        Term("elect", prefix=True),
        Term("x:y"),
    )
    query = parse_query(
        "since:2d until:2026-11-01T00:00+03:00 feed:a tag:b lang:PT story:s1", now=now
    )
    assert query.since == now - timedelta(days=2)
    assert query.until == datetime(2026, 10, 31, 21, tzinfo=UTC)
    assert (query.feed, query.tag, query.language, query.story) == ("a", "b", "pt", "s1")


@given(st.text(max_size=80))
def test_no_query_is_an_error(text: str) -> None:
    parse_query(text)


HITS = [  # query, language, text with the hits in brackets
    ("flood", "en", "[Floods] and a [FLOOD]: no [flooding]"),
    ('"river bank" dam', "en", "The [river bank], the river, the [dams]"),
    ("الكهرباء", "ar", "عودة [كَهْرَباء] المدينة و[الكهرباء]".replace("و[", "[و")),
    ("选举", "zh", "北京将举行[选举]"),
    ("elec*", None, "[Elections], [électrique], lecture"),
    ("-flood rain", "en", "flood and [rain]"),
    ("lang:en", "en", "nothing"),
    ("o'neil", "en", "Mr [O'Neil]’s [O’Neil]"),
]


@pytest.mark.parametrize(("words", "language", "marked"), HITS)
def test_hits_are_marked_where_they_are_seen(
    path: Path, words: str, language: str | None, marked: str
) -> None:
    text = marked.replace("[", "").replace("]", "")
    with Store.open("sqlite://") as store, store.reading() as view:
        found = view.search.hits(words, text, language)
    for start, end in reversed(found):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    assert text == marked


@given(st.text(max_size=40), st.text(max_size=12))
def test_hits_are_in_order_within_the_text_and_do_not_overlap(text: str, words: str) -> None:
    match = match_of(parse_query(words), searchable)
    flat = [place for span in hits(match, text, "en", searchable) for place in span]
    assert flat == sorted(flat)
    assert all(0 <= place <= len(text) for place in flat)


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
        query = parse_query(text)
        if any(one.excluded for one in query.terms) or query != Query(query.terms):
            continue
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
