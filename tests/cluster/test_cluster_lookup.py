"""What a new item is looked up in: newest items by word, columns, candidates by worth."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster import term_index
from aggregator.cluster.document_frequencies import OTHERS, Frequencies
from aggregator.cluster.item_arrays import Columns
from aggregator.cluster.search import summed
from aggregator.cluster.state import ClusterState
from aggregator.cluster.term_index import Recent
from aggregator.cluster.views import features_of, unpack
from aggregator.cluster.words import NAME, NUMBER, Words, read_words, surfaces
from aggregator.model import Item, StoryMember
from aggregator.settings import ClusterSettings


def _item(title: str, text: str = "", language: str | None = "en") -> Item:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Item(
        id="i1", feed="f", identity="1", title=title, seen=moment, published=moment,
        text=text, lead=text[:80], language=language,
    )  # fmt: skip


def _words(text: str, language: str = "en") -> dict[str, int]:
    """Each word of a text as written, with its kind."""
    read: Words = read_words(text, language, 100)
    written = surfaces(text, language, read.terms)
    return {written[term]: read.kinds.get(term, 0) for term in read.terms}


def test_names_are_capitals_that_begin_no_sentence() -> None:
    found = _words("Storm closes port. Ferries from Kesh-Amar wait, says Lira Voss; 3,000 wait")
    assert {word for word, kind in found.items() if kind & NAME} == {"Kesh", "Amar", "Lira", "Voss"}
    assert {word for word, kind in found.items() if kind & NUMBER} == {"3,000"}


def test_capitals_prove_nothing_where_most_words_have_one() -> None:
    assert not any(_words("Storm Closes Port While Ferries Wait Outside Harbour").values())


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("حريق في مُسْتودَع بالميناء", "ar", 3),
        ("港口倉庫火災", "zh", 5),
        ("Hafen 12 geräumt", "de", 3),
    ],
)
def test_words_in_any_script(text: str, language: str, words: int) -> None:
    assert len(read_words(text, language, 100).terms) == words


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("प्रधानमंत्री ट्रेन दिल्ली झंडी", "hi", "प्रधानमंत्री ट्रेन दिल्ली झंडी"),
        ("ঢাকায় সেতু উদ্বোধন প্রধানমন্ত্রী", "bn", "ঢাকায় সেতু উদ্বোধন প্রধানমন্ত্রী"),
        ("சென்னையில் கனமழை பள்ளிகளுக்கு", "ta", "சென்னையில் கனமழை பள்ளிகளுக்கு"),
        ("తెలంగాణలో భారీ వర్షాలు", "te", "తెలంగాణలో భారీ వర్షాలు"),
        ("ಬೆಂಗಳೂರಿನಲ್ಲಿ ಭಾರೀ ಮಳೆ", "kn", "ಬೆಂಗಳೂರಿನಲ್ಲಿ ಭಾರೀ ಮಳೆ"),
        ("ગુજરાતમાં ભારે વરસાદ", "gu", "ગુજરાતમાં ભારે વરસાદ"),
        ("ਪੰਜਾਬ ਵਿੱਚ ਮੀਂਹ", "pa", "ਪੰਜਾਬ ਵਿੱਚ ਮੀਂਹ"),
        ("ଓଡ଼ିଶାରେ ବର୍ଷା", "or", "ଓଡ଼ିଶାରେ ବର୍ଷା"),
        ("ދިވެހިރާއްޖޭގެ ރައީސް", "dv", "ދިވެހިރާއްޖޭގެ ރައީސް"),
        ("ശ്രീലങ്കയിൽ പ്രളയം", "ml", "ശ്രീലങ്കയിൽ പ്രളയം"),
        ("ශ්\u200dරී ලංකාව", "si", "ශ්\u200dරී ලංකාව"),
        ("ירושלים שָׁלוֹם הָעוֹלָם", "he", "ירושלים שָׁלוֹם הָעוֹלָם"),
        ("کتاب\u200cخانه", "fa", "کتاب خانه"),
        ("กรุงใหม่", "th", "กรุ รุง งใ ให หม่"),
        ("កម្ពុជា", "km", "កម្ ម្ពុ ពុជា"),
        ("ガスが東京", "ja", "ガス スが が東 東京"),
    ],
)
def test_a_word_is_never_parted_from_its_marks(text: str, language: str, words: str) -> None:
    assert list(_words(text, language)) == words.split()


def test_words_with_points_are_those_without() -> None:
    pointed, plain = (read_words(text, "he", 9).terms for text in ("שָׁלוֹם", "שלום"))
    assert pointed == plain


@given(st.text(alphabet="abC 1,.-'éß", max_size=60), st.integers(1, 12))
def test_marks_elsewhere_change_no_word(text: str, limit: int) -> None:
    """The simple pattern and the one for all scripts find the same words."""
    simple = read_words(text, "en", limit)
    careful = read_words(f"{text} \u0301", "en", limit)
    assert simple.terms == careful.terms[: len(simple.terms)]


def test_features_come_back_from_bytes_as_they_went() -> None:
    features = features_of(_item("Bridge reopens in Oslo", "The bridge in Oslo was shut. " * 9))
    again = unpack(features.pack())
    assert again.pack() == features.pack()
    assert (again.terms == features.terms).all()


@given(st.lists(st.sets(st.integers(0, 6), max_size=5), max_size=40), st.integers(1, 9))
def test_newest_items_of_each_term(items: list[set[int]], kept: int) -> None:
    """As a plain list of all remembered items would give them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(term_index, "NEWEST", 3)
        recent, plain = Recent(), defaultdict(list)
        for number, terms in enumerate(items):
            recent.add(terms, number)
            for term in terms:
                plain[term].append(number)
            if number >= kept:
                recent.forget(items[number - kept], number - kept)
                for term in items[number - kept]:
                    plain[term].remove(number - kept)
        numbers, counts = recent.find(range(7))
        wanted = [plain[term][::-1][:3] for term in range(7)]
    assert numbers.tolist() == [number for part in wanted for number in part]
    assert counts == [len(part) for part in wanted]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0.5, 1.0, 2.0])), max_size=60))
def test_candidates_are_worth_the_sum_of_their_words(shared: list[tuple[int, float]]) -> None:
    worth: dict[int, float] = {}
    for number, value in shared:  # a dictionary keeps the order in which they were met
        worth[number] = worth.get(number, 0.0) + value
    wanted = sorted(worth, key=lambda number: -worth[number])
    numbers = np.array([number for number, _ in shared], dtype=np.int32)
    found = summed(numbers, np.array([value for _, value in shared]))
    for count in (1, 3, 20):
        assert found.best(count) == wanted[:count]


def test_columns_know_language_and_age_of_what_is_remembered() -> None:
    columns = Columns(3)
    languages = ["en", "ar", None, "en", "fr"]
    for number, language in enumerate(languages):
        columns.add(number, features_of(_item("Bridge reopens", language=language)))
        columns.place(number, f"s{number % 2}")
        columns.renew(f"s{number % 2}", 100 + number)
    alive = np.array([2, 3, 4], dtype=np.int32)  # 0 and 1 are forgotten: three at once
    assert columns.speaking(alive, "en").tolist() == [True, True, False]
    assert columns.speaking(alive, None).all()
    assert columns.speaking(alive, "de").tolist() == [True, False, False]
    assert columns.since(alive, 104).tolist() == [True, False, True]
    columns.drop("s0")
    columns.place(3, "s9")
    columns.renew("s9", 50)
    assert columns.since(np.array([3], dtype=np.int32), 104).tolist() == [False]
    assert columns.block(alive).sizes.tolist() == [3, 3, 3]


def test_what_an_older_version_stored_is_left_alone() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    blob = features_of(_item("Bridge reopens in Oslo")).pack()
    state = ClusterState(ClusterSettings())
    state.restore(
        [StoryMember("c1", "s1", moment, b"\x01" + blob[1:]), StoryMember("c2", "s2", moment, blob)]
    )
    assert (state.count(), state.story("s1"), state.current("c1")) == (1, None, None)
    with pytest.raises(ValueError, match="not features"):
        unpack(b"\x01" + blob[1:])


def test_a_feed_that_names_a_thousand_languages_costs_few_tables() -> None:
    frequencies = Frequencies()
    terms = features_of(_item("Bridge reopens in Oslo")).terms
    for first in "qxz":
        for second in "abcdefghijklmnopqrstuvwxyz":
            for third in "abcdefghijklm":
                frequencies.add(terms, first + second + third)
    assert frequencies.tables() <= OTHERS
