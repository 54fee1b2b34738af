"""Agencies named in texts: found, kept, out of the comparison."""

from __future__ import annotations

import pytest

from aggregator.text.credits import find_credit


@pytest.mark.parametrize(
    ("text", "credit", "rest"),
    [
        ("LONDON (Reuters) - Dams burst.", "Reuters", "Dams burst."),
        ("LONDON, May 3 (Reuters) - Dams burst.", "Reuters", "Dams burst."),
        ("NEW YORK, N.Y. (AP) — Dams burst.", "AP", "Dams burst."),
        ("(AP) — Dams burst.", "AP", "Dams burst."),
        ("PARIS, 3 mai (AFP) - Des barrages cèdent.", "AFP", "Des barrages cèdent."),
        ("Berlin (dpa) - Dämme brechen.", "dpa", "Dämme brechen."),
        ("Berlin/Paris (dpa/AFP) - Dämme brechen.", "dpa", "Dämme brechen."),
        ("Madrid, 3 may (EFE).- Ceden presas.", "EFE", "Ceden presas."),
        ("São Paulo, 3 mai (Lusa) - Barragens cedem.", "Lusa", "Barragens cedem."),
        ("(ANSA) - ROMA, 3 MAG - Crollano le dighe.", "ANSA", "Crollano le dighe."),
        ("Roma, 3 mag. (Adnkronos) - Crollano le dighe.", "Adnkronos", "Crollano le dighe."),
        ("Warszawa (PAP) – Pękły tamy.", "PAP", "Pękły tamy."),
        ("İSTANBUL (AA) - Barajlar çöktü.", "AA", "Barajlar çöktü."),
        ("JAKARTA (ANTARA) - Bendungan jebol.", "Antara", "Bendungan jebol."),
        ("МОСКВА, 3 мая – РИА Новости. Прорвало дамбы.", "РИА Новости", "Прорвало дамбы."),
        ("МОСКВА, 3 мая. /ТАСС/. Прорвало дамбы.", "ТАСС", "Прорвало дамбы."),
        ("برلين 3 مايو (رويترز) - انهارت سدود.", "رويترز", "انهارت سدود."),
        ("القاهرة (أ ف ب) – انهارت سدود.", "أ ف ب", "انهارت سدود."),
        ("القاهرة - أ ش أ: انهارت سدود.", "أ ش أ", "انهارت سدود."),
        ("تهران - ایرنا - سدها شکست.", "ایرنا", "سدها شکست."),
        ("新华社北京5月3日电（记者王某）多座大坝决堤。", "新华社", "多座大坝决堤。"),
        ("中新社台北5月3日电 多座大坝决堤。", "中新社", "多座大坝决堤。"),
        ("【ワシントン共同】ダムが決壊した。", "共同", "ダムが決壊した。"),
        ("【東京=山田太郎】ダムが決壊した。", None, "ダムが決壊した。"),
        ("(서울=연합뉴스) 홍길동 기자 = 댐이 무너졌다.", "연합뉴스", "댐이 무너졌다."),
        ("Dams burst. (Reuters)", "Reuters", "Dams burst."),
        ("Se rompieron presas. (Con información de EFE)", "EFE", "Se rompieron presas."),
        ("Dams burst. — AFP", "AFP", "Dams burst."),
        ("Dams burst.\nSource: dpa", "dpa", "Dams burst."),
        ("Avec AFP\nDes barrages cèdent.", "AFP", "Des barrages cèdent."),
        ("وكالات\nانهارت سدود في الشمال.", "وكالات", "انهارت سدود في الشمال."),
        ("انهارت سدود في الشمال.\nالمصدر: رويترز", "رويترز", "انهارت سدود في الشمال."),
        ("Прорвало дамбы.\nИсточник: ТАСС", "ТАСС", "Прорвало дамбы."),
        (
            "Dams burst.\n(Reporting by A. Person; Editing by B. Person)",
            None,
            "Dams burst.",
        ),
    ],
)
def test_a_credit_is_found_and_cut(text: str, credit: str | None, rest: str) -> None:
    assert find_credit(text) == (credit, rest)


@pytest.mark.parametrize(
    "text",
    [
        "Reuters reported that dams burst.",
        "The minister told AFP - as he had told others - that dams burst.",
        "The group (AP) - the largest of its kind - said dams burst.",
        "Berlin - Dams burst in the north.",
        "A dam burst (see map).",
        "Mehr als hundert Menschen fliehen (mehr)",
        "قال فارس - إن السد انهار.",
        "By the river - dams burst.",
        "There is a trend - dams burst.",
        "",
    ],
)
def test_what_is_no_credit_stays(text: str) -> None:
    assert find_credit(text) == (None, text)


@pytest.mark.parametrize(
    ("text", "agency", "rest"),
    [
        ("PORT LAVRIN (Meridian) - The council met on Monday.", "Meridian", "The council met"),
        ("PORT LAVRIN, 3 May (Meridian News) — The council met.", "Meridian News", "The council"),
        ("هالفر (الأفق) - اجتمع المجلس يوم الاثنين", "الأفق", "اجتمع المجلس"),
        ("SAN ALBERO (Horizonte).- El consejo se reunió el lunes.", "Horizonte", "El consejo"),
        ("ЛАВРИНСК (Меридиан) – Совет собрался в понедельник.", "Меридиан", "Совет"),
        ("Avec Meridian – Le conseil s'est réuni lundi.", "Meridian", "Le conseil"),
        ("وكالات - اجتمع المجلس يوم الاثنين في العاصمة", "وكالات", "اجتمع"),
        ("Der Rat trat am Montag zusammen. (mdn)", "mdn", "Der Rat"),
        ("Der Rat trat am Montag zusammen. (mdn/dpa)", "mdn/dpa", "Der Rat"),
    ],
)
def test_an_agency_on_no_list_is_known_by_the_form(text: str, agency: str, rest: str) -> None:
    found, left = find_credit(text)
    assert found == agency
    assert left.startswith(rest)
    assert agency not in left


@pytest.mark.parametrize(
    "text",
    [
        "Smith (Labour) - said he would not stand again next year.",
        "Biden (Democrat) - The president spoke to the hall for an hour.",
        "UNESCO (United Nations Education) - An agency that looks after what is old.",
        "NATO (OTAN) - The alliance said that it would meet.",
        "LONDON (June) - The council met to hear the report.",
        "UPDATE (Monday) - The council met to hear the report.",
        "APPLES (2019) - A film about a man who forgets who he is.",
        "PORT LAVRIN (Meridian) is the town where the council met.",
        "PORT LAVRIN (where he was born) - The council met on Monday.",
        "With love – The council met on Monday to hear the report.",
        "He wrote it wrong. (sic)",
        "The road is long (mdn)",
        "Die Brücke misst 40 m (siehe Bild).",
    ],
)
def test_brackets_that_are_no_dateline_stay(text: str) -> None:
    assert find_credit(text) == (None, text)
