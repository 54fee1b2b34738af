"""What language a short title is in, and when that is not known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from aggregator.text.languages import code, direction, identify, spaced

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "short_titles.tsv").read_text("utf-8").splitlines()
]


def test_short_titles_in_many_languages_are_known_without_a_prior() -> None:
    wrong = Counter(code for code, title in ROWS if identify(title) not in (code, None))
    unsure = [title for _, title in ROWS if identify(title) is None]
    assert len({code for code, _ in ROWS}) >= 40
    assert sum(wrong.values()) <= len(ROWS) * 0.02, wrong
    assert len(unsure) <= len(ROWS) * 0.03, unsure


def test_the_right_prior_never_misleads() -> None:
    assert [(code, title) for code, title in ROWS if identify(title, code) != code] == []


def test_a_wrong_prior_of_another_script_is_overruled() -> None:
    other = {"ar": "en", "ru": "en", "el": "en", "he": "ar", "hi": "en", "ko": "en", "th": "en"}
    for language, title in ROWS:
        if language in other:
            assert identify(title, other[language]) == language


def test_a_site_builders_default_is_overruled_by_a_sentence() -> None:
    title = "La policía encuentra al niño desaparecido después de tres días de búsqueda"
    assert identify(title, "en-US") == "es"
    title = "Die Polizei hat den vermissten Jungen nach drei Tagen im Wald gefunden"
    assert identify(title, "en") == "de"


@pytest.mark.parametrize(
    "title",
    [
        "Angela Merkel",
        "Video",
        "G7",
        "COVID-19",
        "iPhone 15 Pro Max",
        "Roma-Lazio",
        "2-1",
        "🔥",
        "",
    ],
)
def test_names_belong_to_no_language(title: str) -> None:
    assert identify(title) is None
    assert identify(title, "it") == "it"


def test_kanji_alone_are_what_the_feed_says() -> None:
    assert identify("首相辞任表明", "ja") == "ja"
    assert identify("首相辭職", "zh") == "zh"


def test_codes() -> None:
    assert [code(c) for c in ("en-GB", "EN_us", "iw", "nb", "", None, "x")] == [
        "en", "en", "he", "no", None, None, None,
    ]  # fmt: skip


def test_how_languages_are_written() -> None:
    assert [direction(c) for c in ("ar", "fa", "he", "en", None)] == ["rtl"] * 3 + ["ltr"] * 2
    assert not spaced("zh")
    assert spaced("ko")
