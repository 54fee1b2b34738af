"""Another person, another number or a negation is another headline, in every shipped language."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aggregator.engine.compare_titles import Side, verdict

HEADLINES = {
    language: (said, denied)
    for language, said, denied in (
        line.split("\t")
        for line in (Path(__file__).parent / "headlines.tsv").read_text("utf-8").splitlines()
    )
}
"""A made-up headline in each language, and its negation."""

PEOPLE = {
    "latin": [
        "Clark",
        "Clarke",
        "Marina Holm",
        "Martin Holm",
        "Silva",
        "Silvani",
        "Brandt",
        "Brand",
    ],
    # In Finnish and Hungarian 'Silvani' and 'Brandt' are forms of 'Silva' and 'Brand'.
    "suffixes": ["Clark", "Clarke", "Marina Holm", "Martin Holm", "Silva", "Silber"],
    "cyrillic": ["Марков", "Маков", "Иван Котов", "Иван Кротов", "Белова", "Белов"],
    "arabic": ["حسن", "حسين", "سالم", "سليم", "كريم حداد", "كريمة حداد"],
    "hebrew": ["כהן", "לוי", "דן רז", "דנה רז"],
    "devanagari": ["मोहन", "सोहन", "रमेश", "सुरेश"],
    "bengali": ["রহিম", "করিম", "সালমা", "সালাম"],
    "greek": ["Παππάς", "Παπάς", "Νίκος Δήμου", "Νίκη Δήμου"],
    "han": ["王伟", "王炜", "李娜", "李丽"],
    "kana": ["田中", "中田", "鈴木", "佐藤"],
    "hangul": ["김민수", "김민주", "이서연", "박지훈"],
    "thai": ["สมชาย", "สมหญิง", "วิชัย", "ประยุทธ"],
}
SCRIPTS = {
    "fi": "suffixes",
    "hu": "suffixes",
    "bg": "cyrillic", "ru": "cyrillic", "sr": "cyrillic", "uk": "cyrillic", "ar": "arabic",
    "fa": "arabic", "ur": "arabic", "he": "hebrew", "hi": "devanagari", "bn": "bengali",
    "el": "greek", "zh": "han", "ja": "kana", "ko": "hangul", "th": "thai",
}  # fmt: skip


def shipped() -> set[str]:
    data = resources.files("aggregator.dedupe").joinpath("data")
    return {entry.name.removesuffix(".toml") for entry in data.iterdir()} - {"all"}


def test_every_shipped_language_has_a_headline() -> None:
    assert shipped() == set(HEADLINES)


@pytest.mark.parametrize("language", sorted(HEADLINES))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_another_person_number_or_a_negation_is_never_the_same(
    language: str, data: st.DataObject
) -> None:
    said, denied = HEADLINES[language]
    people = PEOPLE[SCRIPTS.get(language, "latin")]
    who, other = data.draw(st.permutations(people))[:2]
    n, more = data.draw(st.integers(2, 9999)), data.draw(st.integers(2, 9999))
    assume(n != more)
    first = said.format(who=who, n=n)
    changed = said.format(who=other, n=n), said.format(who=who, n=more), denied.format(who=who, n=n)
    for title in changed:
        assert not same(first, title, language), (first, title)


def same(a: str, b: str, language: str) -> bool:
    return verdict(Side(a, language=language), Side(b, language=language)).same
