"""Headlines freed from what does not say what happened."""

from __future__ import annotations

import pytest

from aggregator.text.titles import clean_title, normal_form, split_tail


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("BREAKING: Dam bursts in the north", "Dam bursts in the north"),
        ("UPDATE 2-Dam bursts in the north", "Dam bursts in the north"),
        ("Live: Dam bursts in the north", "Dam bursts in the north"),
        ("Dam bursts in the north (video)", "Dam bursts in the north"),
        ("Dam bursts in the north [PHOTOS]", "Dam bursts in the north"),
        ("BREAKING: LIVE: Dam bursts in the north (VIDEO)", "Dam bursts in the north"),
        ("عاجل | انهيار سد في الشمال", "انهيار سد في الشمال"),
        ("بالفيديو.. انهيار سد في الشمال", "انهيار سد في الشمال"),
        ("شاهد: انهيار سد في الشمال", "انهيار سد في الشمال"),
        ("[속보] 북부 댐 붕괴 사고", "북부 댐 붕괴 사고"),
        ("【速報】北部でダム決壊", "北部でダム決壊"),
        ("快讯：北部大坝决堤", "北部大坝决堤"),
        ("DIRECT. Un barrage cède dans le nord", "Un barrage cède dans le nord"),
        ("🔴 EN DIRECT - Un barrage cède dans le nord", "Un barrage cède dans le nord"),
        ("+++ Eilmeldung +++ Damm bricht im Norden +++", "Damm bricht im Norden"),
        ("ÚLTIMA HORA | Cede una presa en el norte", "Cede una presa en el norte"),
        ("VÍDEO: Barragem cede no norte", "Barragem cede no norte"),
        ("СРОЧНО: На севере прорвало дамбу", "На севере прорвало дамбу"),
        ("На севере прорвало дамбу (видео)", "На севере прорвало дамбу"),
        ("SON DAKİKA: Kuzeyde baraj çöktü", "Kuzeyde baraj çöktü"),
        ("Crolla una diga al nord | VIDEO", "Crolla una diga al nord"),
        ("فوری: سدی در شمال شکست", "سدی در شمال شکست"),
        ("ब्रेकिंग न्यूज: उत्तर में बांध टूटा", "उत्तर में बांध टूटा"),
        ("צפו: סכר קרס בצפון", "סכר קרס בצפון"),
        ("فيديو - انهيار سد في الشمال", "انهيار سد في الشمال"),
        ("RPT-Dam bursts in the north", "Dam bursts in the north"),
    ],
)
def test_tags_are_cut(raw: str, title: str) -> None:
    cleaned = clean_title(raw)
    assert cleaned.title == title
    assert "cut_tag" in cleaned.flags


@pytest.mark.parametrize(
    "title",
    [
        "Live music returns to the old town hall",
        "Video games sell better than books",
        "Police: no injuries in station fire",
        "Minister: we will not resign",
        "New York, New York",
        "Boutros Boutros-Ghali",
        "Truck attacker may have got gun abroad - report",
        "Woman, 34, found dead - police",
        "Dam bursts - hundreds flee",
        "Oil rises: Reuters poll",
        "Le budget voté, selon Le Monde",
        "Weather forecast for Tuesday | Leeds",
        "-5 degrees in the capital",
        "Fact check: did the dam burst?",
        "وزير الخارجية: لن نستقيل",
        "فيديو جديد للرئيس يثير الجدل",
        "Fire at plant AP",
        "Watch 2-year-old walk for the first time",
        "Updated 8:41 p.m. after the storm",
        "BBC: we regret the mistake",
        "Booking.com: EU opens inquiry",
        "New search service goes... live",
        "بالصور والوثائق.. الوزارة تكشف خطة السد",
        "Trend: wool hats are back",
        "Mehr: als hundert Menschen fliehen",
        "Fulham - Nova",
        "Podcast: how the dam burst",
    ],
)
def test_headlines_stay_whole(title: str) -> None:
    assert clean_title(title).title == title


@pytest.mark.parametrize(
    ("raw", "outlets"),
    [
        ("Dam bursts in the north - Harbour Echo", ("Harbour Echo",)),
        ("Dam bursts in the north | harbour-echo.example", ("harbour-echo.example",)),
        ("Harbour Echo: Dam bursts in the north", ("Harbour Echo - Latest news",)),
        ("Dam bursts in the north | World news | The Guardian", ()),
        ("Dam bursts in the north – DW – 12.05.2024", ()),
        ("Dam bursts in the north (Harbour Echo)", ("Harbour Echo",)),
        ("Dam bursts in the north - BBC News", ()),
    ],
)
def test_outlets_are_cut(raw: str, outlets: tuple[str, ...]) -> None:
    cleaned = clean_title(raw, outlets=outlets)
    assert cleaned.title == "Dam bursts in the north"
    assert "cut_outlet" in cleaned.flags


def test_an_agency_is_the_credit() -> None:
    cleaned = clean_title("Dam bursts in the north (Reuters)")
    assert (cleaned.title, cleaned.credit) == ("Dam bursts in the north", "Reuters")


@pytest.mark.parametrize(
    "raw",
    [
        "{} {}",
        "{} | {}",
        "{} - {}",
        "{}: {}",
        "{} « {}",
        "{} ({})",
    ],
)
@pytest.mark.parametrize(
    "title",
    [
        "Dam bursts in the north",
        "انهيار سد في الشمال",
        "На севере прорвало дамбу",
        "北部でダムが決壊し住民避難",
    ],
)
def test_a_title_that_stands_twice_is_one(raw: str, title: str) -> None:
    cleaned = clean_title(raw.format(title, title))
    assert cleaned.title == title
    assert "folded_title" in cleaned.flags


def test_a_title_that_stands_twice_round_a_tag_is_one() -> None:
    cleaned = clean_title("政府、来年度予算案を閣議決定（動画）政府、来年度予算案を閣議決定")
    assert cleaned.title == "政府、来年度予算案を閣議決定"


def test_a_cut_off_title_is_completed_from_its_text() -> None:
    lead = "Minister promises new dams after the flood in the north\nThe minister said so."
    cleaned = clean_title("Minister promises new dams after the fl...", lead=lead)
    assert cleaned.title == "Minister promises new dams after the flood in the north"
    assert "completed_title" in cleaned.flags


def test_entities_and_markup_are_resolved() -> None:
    assert clean_title("<i>Salt</i> &amp;amp; pepper shortage").title == "Salt & pepper shortage"


def test_split_tail() -> None:
    assert split_tail("Dam bursts - Harbour Echo") == ("Dam bursts", "Harbour Echo")
    assert split_tail("Dam bursts") is None


def test_a_title_of_signs_has_no_form() -> None:
    assert normal_form("🔥🔥 !!! …", None) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Der Minister: »Wir bauen die Brücke«",
        "Le maire : « Nous construisons le pont »",
        "Мэр: мост построят «к осени»",
        "Ministern: »Vi bygger bron nu»",
        "Mayor: “We are building the bridge”",
        "Bürgermeister: „Wir bauen die Brücke“",
        "「橋は秋までに完成」と市長が語る「必ず」",
    ],
)
def test_what_closes_a_quotation_stays(title: str) -> None:
    assert clean_title(title).title == title
    assert clean_title(f"{title} | {title}").title == title
    assert clean_title(f"{title} {title}").title == title


def test_an_arrow_behind_a_headline_goes() -> None:
    assert clean_title("Council opens the new bridge »").title == "Council opens the new bridge"
    assert clean_title("» Council opens the new bridge").title == "Council opens the new bridge"
