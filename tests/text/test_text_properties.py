"""What holds for every text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.clean import gate, plain, squeeze
from aggregator.text.letters import fold
from aggregator.text.numbers import tokens
from aggregator.text.scan import digits
from aggregator.text.titles import clean_title, normal_form, split_tail
from aggregator.text.tokens import normal_words, spans, words

pytestmark = pytest.mark.slow

LANGUAGES = st.sampled_from(
    """- en ar fa ur he de fr es pt it ru uk tr hi bn zh ja ko vi id sr da pl""".split()  # noqa: SIM905 - for the eye
).map(lambda code: None if code == "-" else code)
# Pieces that meet in titles: letters and digits of many scripts, marks, tags, number words.
PIECES = st.sampled_from(
    """LIVE BREAKING: | - – — … ... ( ) [ ] 【 】 « » : , . ' ’ " % $ € +++ 12 1,200 3.5 ٣٫٥ ۱۲ २ 三
    二十一 万 百分之 第 one twenty million billion k percent zwei und بـ ال و ب خمسة عشرون مئة ألف
    می ها نیم یک و سی Reuters AFP وكالات BBC News Dam bursts سد انهيار Ñandú Straße ß İ ı Å ﬁ ﷺ ﷴ
    ё й ё ة ى ئ ؤ ـ \u200c \u200d \u200f \u0301 \u064b \u093c 한 국 ガ ｶﾞ が 🔴 👨‍👩‍👧 O'Neill
    l'eau U.S. e.g. 2-1 9/11 2024-03-12 1st 2nd q3 °C x X""".split()  # noqa: SIM905 - a list for the eye
)
JOINED = st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=10).map("".join)
TEXTS = st.text(max_size=80) | JOINED


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_folding_twice_is_folding_once(text: str, language: str | None) -> None:
    once = fold(text, language)
    assert fold(once, language) == once


@given(TEXTS, LANGUAGES)
@settings(max_examples=600, deadline=None)
def test_the_normal_form_is_its_own(text: str, language: str | None) -> None:
    once = normal_form(text, language)
    assert normal_form(once, language) == once


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_a_clean_title_is_clean(text: str, language: str | None) -> None:
    once = clean_title(text, outlets=("Harbour Echo",), language=language)
    again = clean_title(once.title, outlets=("Harbour Echo",), language=language)
    assert again.title == once.title
    assert len(once.title) <= max(len(text) * 18, 1)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_gate_leaves_nothing_to_gate(text: str) -> None:
    once = gate(text)
    assert gate(once) == once
    assert squeeze(squeeze(once)) == squeeze(once)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_digits_keep_every_place(text: str) -> None:
    assert len(digits(text)) == len(text)


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_places_are_within_the_text_and_in_order(text: str, language: str | None) -> None:
    last = 0
    for word in spans(text, language):
        assert 0 <= word.start <= word.end <= len(text)
        assert word.start >= last or word.end >= last
        last = word.start
    assert [word.word for word in spans(text, language)] == normal_words(text, language)
    for token in tokens(text, language):
        assert 0 <= token.start < token.end <= len(text)
        assert token.value


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_split_title_is_made_of_the_title(text: str) -> None:
    parts = split_tail(text)
    if parts:
        assert all(part and part in text for part in parts)


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", "١", "1,", "1 ", "- ", "| ", "(", "<a ", "&amp;", "万", "ـ", "\u0301", "'", "1-",
     "two ", "twenty ", "million ", "و", "[x] ", "live: ", "🔴", "…", "a|", "مئة ", "%", "$", "ß"],
)  # fmt: skip
def test_a_million_characters_take_bounded_time(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000]
    started = time.process_time()
    clean_title(text, outlets=("Harbour Echo",), lead=text)
    normal_form(text, "en")
    normal_form(text, "ar")
    plain(text)
    spent = time.process_time() - started
    assert spent < 5, spent


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_all_words_of_a_long_text_take_linear_time(language: str) -> None:
    text = "the dam of 12 villages burst in the north on Tuesday سد انهيار 二十一人 " * 2_000
    started = time.process_time()
    found = words(text, language)
    assert len(found) > 10_000
    assert time.process_time() - started < 5
