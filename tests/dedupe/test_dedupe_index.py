"""The index finds whatever a comparison with every title of the window would find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.dedupe.index import TitleIndex, known
from aggregator.dedupe.titles import judge_titles
from aggregator.model import Item
from aggregator.text.identity import item_id
from tests.dedupe.streams import START
from tests.support import examples

VOCABULARY = {
    "en": "council bridge harbour storm minister railway museum farmers milk budget "
    "report school health care healthcare not no 12 14 2-1 monday tuesday after before rejects "
    "approves the of in",
    "ar": "الحكومة مجلس الوزراء يعلن ارتفاع انخفاض أسعار النفط الذهب الأسواق العالمية لا في على "
    "مدينة زلزال خمسة 5 14 الأحد الاثنين وزير الخارجية يصل القاهرة بعد قبل",
    "de": "Regierung Bahn streicht Züge Montag Dienstag Steuern senken erhöhen Brücke Hafen nicht "
    "nach vor der die 800 12 Museum öffnet schließt Haushalt",
}
CHARACTERS = "央行宣布下调上存款准备金率百分点政府财预算不的了国际油价大幅涨跌"


@st.composite
def windows(draw: st.DrawFn) -> list[tuple[str, str | None]]:
    """Titles that have much in common, in one language or several."""
    found: list[tuple[str, str | None]] = []
    for _ in range(draw(st.integers(1, 4))):
        language = draw(st.sampled_from(sorted(VOCABULARY)))
        words = VOCABULARY[language].split()
        base = draw(st.lists(st.sampled_from(words), min_size=3, max_size=14))
        for _ in range(draw(st.integers(1, 12))):
            title = list(base)
            for _ in range(draw(st.integers(0, 3))):
                at = draw(st.integers(0, len(title)))
                match draw(st.sampled_from(("drop", "put", "swap", "slip", "join", "cut"))):
                    case "drop":
                        title[at : at + 1] = []
                    case "put":
                        title.insert(at, draw(st.sampled_from(words)))
                    case "swap":
                        title = title[at:] + title[:at]
                    case "slip" if at < len(title) and len(title[at]) > 5:
                        word = title[at]
                        title[at] = word[:2] + word[3] + word[2] + word[4:]
                    case "join":
                        title[at : at + 2] = ["".join(title[at : at + 2])]
                    case "cut":
                        title = [*title[: max(at, 1)], "…"]
            known = draw(st.sampled_from((language, language, language, None)))
            found.append((" ".join(title), known))
    return found


@st.composite
def unspaced(draw: st.DrawFn) -> list[tuple[str, str | None]]:
    base = draw(st.text(CHARACTERS, min_size=6, max_size=45))
    found: list[tuple[str, str | None]] = []
    for _ in range(draw(st.integers(1, 12))):
        title = base
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(title)))
            put = draw(st.sampled_from(("", "的", "了", "国际", "油")))
            title = title[:at] + put + title[at + draw(st.integers(0, 1)) :]
        found.append((title, draw(st.sampled_from(("zh", "zh", None)))))
    return found


def item(number: int, title: str, language: str | None) -> Item:
    seen = START + timedelta(minutes=number)
    return Item(item_id("f", str(number)), "f", str(number), title, seen, language=language)


def missed(titles: Sequence[tuple[str, str | None]], *, at_once: int = 0) -> list[tuple[str, str]]:
    """Pairs that the rule calls the same and the index does not find."""
    index = TitleIndex(timedelta(days=7))
    items = [item(n, *title) for n, title in enumerate(titles)]
    index.extend(map(known, items[:at_once]))
    lost = []
    for place, new in enumerate(items):
        if place >= at_once:
            found = {one.item for one in index.find(new.title, new.language, new.seen)}
            for old in items[:place]:
                other = old.language and new.language and old.language != new.language
                verdict = judge_titles(new.title, old.title, new.language or old.language)
                if verdict.same and not other and old.id not in found:
                    lost.append((new.title, old.title))
            index.add(new)
    return lost


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(windows(), st.integers(0, 20))
def test_nothing_is_missed(titles: list[tuple[str, str | None]], at_once: int) -> None:
    assert missed(titles, at_once=at_once) == []


@pytest.mark.slow
@example(
    [("上上上上下上上上上上上上上上了不上上", "zh"), ("上上上的下上上上上上上上上上不上上", "zh")],
    0,
)
@settings(max_examples=examples(60), deadline=None)
@given(unspaced(), st.integers(0, 6))
def test_nothing_is_missed_without_spaces(
    titles: list[tuple[str, str | None]], at_once: int
) -> None:
    assert missed(titles, at_once=at_once) == []


@pytest.mark.slow
def test_a_flood_of_one_title_gives_few_candidates() -> None:
    index = TitleIndex(timedelta(days=7))
    title = "Harbour council approves new bridge plan"
    index.extend(known(item(n, title, "en")) for n in range(5_000))
    index.extend(known(item(n, f"{title} {n}", "en")) for n in range(5_000, 10_000))
    assert len(index.find(title, "en", START + timedelta(days=6))) <= 120


@pytest.mark.parametrize(("words", "most"), [(12, 100), (20, 100), (40, 50), (100, 33)])
def test_the_more_words_a_title_has_the_fewer_candidates_it_gets(words: int, most: int) -> None:
    index = TitleIndex(timedelta(days=7))
    letters = "bcdfghjklmnpqrstvwz"
    made = [f"{a}a{b}o" for a in letters for b in letters]
    titles = [" ".join([f"{one}rilut", *made[: words - 1]]) for one in made[200:330]]
    index.extend(known(item(place, title, "en")) for place, title in enumerate(titles))
    found = index.find(titles[0], "en", START + timedelta(days=1))
    assert found[0].title == titles[0]
    assert abs(len(found) - 1 - most) <= 1


@pytest.mark.slow
def test_what_left_the_window_is_forgotten() -> None:
    index = TitleIndex(timedelta(days=7))
    title = "Harbour council approves new bridge plan"
    old = item(0, title, "en")
    index.add(old)
    assert index.find(title, "en", START + timedelta(days=6.9))
    assert not index.find(title, "en", START + timedelta(days=7.1))
    day = 24 * 60
    for number in range(1, 6_000):
        index.add(item(number * day // 100, f"{title} {number}", "en"))
    assert len(index) < 3_000


def test_a_revision_takes_the_place_of_its_item() -> None:
    index = TitleIndex(timedelta(days=7))
    index.add(item(0, "Harbour council approves new bridge plan", "en"))
    index.add(item(0, "Dairy farmers march against milk price report", "en"))
    assert len(index) == 1
    found = index.find("Dairy farmers march against milk price report", "en", START)
    assert [one.title for one in found] == ["Dairy farmers march against milk price report"]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar", "zh", None])
def test_a_title_takes_less_than_five_hundred_bytes(language: str | None) -> None:
    words = VOCABULARY["ar" if language == "ar" else "en"].split()
    index = TitleIndex(timedelta(days=7))
    for number in range(3_000):
        title = " ".join(words[(number * step) % len(words)] for step in range(1, 12))
        index.add(item(number, title if language != "zh" else CHARACTERS[number % 9 :], language))
    assert index.nbytes / 3_000 < 500
