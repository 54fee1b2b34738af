"""What a feed keeps repeating is learned and cut; what merely recurs is flagged."""

from __future__ import annotations

import pytest

from aggregator.text.boilerplate import FeedProfile, cut, learn
from aggregator.text.recurring import is_format, skeleton
from aggregator.text.titles import clean_title

EVENTS = [
    "Dam bursts in the north",
    "Minister resigns over budget",
    "Harvest is the best in years",
    "Two ships collide off the coast",
    "School opens after the fire",
    "Team wins third match in a row",
    "Museum finds a lost painting",
    "Bridge closed for a month",
]


@pytest.mark.parametrize(
    "pattern", ["{} - Quayside", "{} | Quayside", "{} – Quayside", "{} (Quayside)", "{} · Quayside"]
)
def test_a_name_behind_the_titles_is_learned(pattern: str) -> None:
    profile = learn([pattern.format(title) for title in EVENTS], [])
    assert profile.outlets == ("Quayside",)
    cleaned = clean_title(pattern.format("Dam bursts in the north"), outlets=profile.outlets)
    assert cleaned.title == "Dam bursts in the north"


@pytest.mark.parametrize("pattern", ["Quayside: {}", "Quayside | {}", "[Quayside] {}"])
def test_a_name_before_nearly_all_titles_is_learned(pattern: str) -> None:
    profile = learn([pattern.format(title) for title in EVENTS], [])
    assert profile.outlets == ("Quayside",)


def test_a_topic_before_some_titles_is_no_name() -> None:
    titles = [f"Flood: {title}" for title in EVENTS[:4]] + EVENTS[4:] + ["Flood - a chronicle"]
    assert learn(titles, []).outlets == ()


def test_one_title_again_and_again_teaches_no_name() -> None:
    assert learn(["Dam bursts - Quayside"] * 9, []).outlets == ()


def test_sentences_at_the_ends_of_texts_are_learned() -> None:
    texts = [
        f"{title}. It happened at {hour} o'clock.\nFollow the Quayside on every channel."
        for hour, title in enumerate(EVENTS)
    ]
    profile = learn(EVENTS, texts)
    assert profile.sentences == {"follow the quayside on every channel."}
    assert cut(texts[0], profile) == "Dam bursts in the north. It happened at 0 o'clock."


def test_versions_of_one_text_teach_nothing() -> None:
    body = " ".join(f"Sentence {n} tells what happened at the dam in detail." for n in range(9))
    texts = [f"{body} Update {n}." for n in range(6)]
    assert learn(EVENTS, texts).sentences == frozenset()


@pytest.mark.parametrize(
    "phrase",
    [
        "The post Dr. No wins again appeared first on Quayside.",
        "L’article Le barrage cède est apparu en premier sur Le Quai.",
        "La entrada Cede una presa se publicó primero en El Muelle.",
        "Der Beitrag Damm bricht erschien zuerst auf Hafenblatt.",
        "Read more...",
        "Lire la suite »",
        "اقرأ أيضا",
        "أخبار ذات صلة",
        "Читать далее",
        "Devamını oku...",
        "阅读全文",
        "関連記事",
    ],
)
def test_usual_phrases_are_cut(phrase: str) -> None:
    assert cut(f"A dam burst in the north today.\n{phrase}", None) == (
        "A dam burst in the north today."
    )


def test_the_phrase_of_a_blog_is_cut_within_a_line() -> None:
    text = "A dam burst. The post Dam bursts appeared first on Quayside."
    assert cut(text, None) == "A dam burst."


def test_text_in_the_middle_is_never_cut() -> None:
    lines = [f"Line {n} says something new." for n in range(20)]
    lines[10] = "Read more"
    assert cut("\n".join(lines), None) == "\n".join(lines)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Weather forecast for Tuesday 12 March"),
        ("en", "Morning briefing: 3 May 2024"),
        ("en", "Horoscope today, May 3"),
        ("ar", "أسعار الذهب اليوم الثلاثاء في مصر"),
        ("ar", "حالة الطقس اليوم الأحد"),
        ("fr", "Météo du 3 mai"),
        ("fr", "Revue de presse du lundi"),
        ("fr", "Le journal de 8 h du 3 novembre"),
        ("de", "Das Wetter am Dienstag"),
        ("de", "Lottozahlen vom Samstag, 4. Mai 2024"),
        ("es", "Horóscopo de hoy, 3 de mayo"),
        ("pt", "Previsão do tempo para sexta-feira em Lisboa"),
        ("it", "Oroscopo del giorno, martedì 3 maggio"),
        ("ru", "Курс доллара на 3 мая"),
        ("ru", "Прогноз погоды на завтра"),
        ("tr", "Hava durumu: 3 Mayıs Salı"),
        ("hi", "आज का राशिफल 3 मई 2024"),
        ("zh", "天气预报 5月3日"),
        ("ja", "天気予報 5月3日"),
        ("ko", "오늘의 날씨 5월 3일"),
        ("fa", "قیمت طلا امروز سه‌شنبه ۱۲ خرداد"),
    ],
)
def test_formats_are_known_at_the_first_poll(language: str, title: str) -> None:
    assert is_format(title, language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Weather warning as storm nears the coast"),
        ("en", "Markets fall after bank collapses"),
        ("en", "Minister resigns after morning briefing on the flood and its victims"),
        ("ar", "ارتفاع أسعار الذهب بعد قرار البنك المركزي برفع الفائدة"),
        ("fr", "Météo : la tempête fait trois morts"),
        ("de", "Wetter: Sturm fordert drei Tote"),
        ("ru", "Курс доллара впервые за год превысил сто рублей"),
        ("zh", "天气预报员因错报台风被解雇引发争议"),
        ("en", "Dam bursts in the north"),
        (None, "Weather"),
    ],
)
def test_news_is_no_format(language: str | None, title: str) -> None:
    assert not is_format(title, language)


def test_a_feed_shows_its_own_formats() -> None:
    titles = [f"Harbour log for {day} May" for day in range(1, 5)]
    profile = learn([*EVENTS, *titles], [])
    assert profile.recurring("Harbour log for 9 June")
    assert not profile.recurring("Harbour log stolen")
    assert not FeedProfile().recurring("Harbour log for 9 June")


def test_a_skeleton_has_no_numbers_and_dates() -> None:
    assert skeleton("Harbour log, Tuesday 3 May 2024: 12 ships") == "harbour log ships"


@pytest.mark.parametrize(
    ("title", "language", "numbered"),
    [
        ("Episode 41", "en", True),
        ("v1.2.3", None, True),
        ("CVE-2026-41001", "en", True),
        ("Tagesausgabe vom 2. November 2026", "de", True),
        ("Marmot Hollow by Pia Lind for November 2, 2026", "en", True),
        ("17 new deals", "en", True),
        ("17 новых предложений", "ru", True),
        ("Crash kills 41", "en", False),
        ("3 Britons freed", "en", False),
        ("Le gouvernement présente son budget 2025", "fr", False),
        ("Edición del 2 de noviembre de 2026", "es", True),
        ("12 killed in blast near Leeds station", "en", False),
        (
            "Three hurt as bus leaves the road near Leeds on 2 November 2026, police say",
            "en",
            False,
        ),
        ("Storm leaves thousands without power", "en", False),
    ],
)
def test_a_part_of_a_series_is_a_format(title: str, language: str | None, numbered: bool) -> None:
    assert is_format(title, language) is numbered
