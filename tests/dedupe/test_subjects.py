"""Texts and titles that agree in all but what they are about are two items."""

from __future__ import annotations

import pytest

from aggregator.engine.compare_titles import Side, verdict
from aggregator.model import Flag
from tests.dedupe.test_decide import Stream, make

FORM = (
    "{0} held its yearly reception for the staff on Friday in the hall of its head office. The "
    "director wished all employees and their families a happy new year and thanked them for their "
    "efforts, in the presence of heads of departments and many guests from the city."
)
ALERT = (
    "The weather service has issued a flood warning for {0} until ten in the evening. Flooding "
    "caused by heavy rain is expected. Turn around when you meet flooded roads: most people who "
    "drown do so in their cars. Take care at night, when it is harder to see the danger."
)


def test_a_form_filled_in_with_other_names_is_another_item() -> None:
    stream = Stream()
    names = "Harbour hospital", "City library", "Water board", "Tax office"
    placed = {
        stream.put(
            make(str(n), f"{name} holds reception for staff", feed=f"f{n}", text=FORM.format(name))
        ).canonical
        for n, name in enumerate(names)
    }
    assert len(placed) == len(names)


def test_one_title_over_a_form_for_several_places_is_several_items() -> None:
    stream = Stream()
    places = "Alder County", "Birch County", "Cedar Parish"
    placed = {
        stream.put(make(place, "Flood warning until 10 PM", text=ALERT.format(place))).canonical
        for place in places
    }
    assert len(placed) == len(places)


def test_a_copy_under_another_headline_stays_a_copy() -> None:
    stream = Stream()
    text = FORM.format("Harbour hospital")
    first = stream.put(make("a", "Harbour hospital holds reception for staff", text=text))
    second = stream.put(make("b", "Hospital staff celebrate the new year", feed="two", text=text))
    assert second.canonical == first.canonical


def test_one_general_headline_over_two_events_is_two_items() -> None:
    stream = Stream()
    one = (
        "A man of thirty-one was taken into custody on Tuesday outside a pub in Alder Street; the "
        "victim, who lost much blood, is out of danger, the hospital in Tarnmouth reports."
    )
    two = (
        "Police in Birchfield hold a gardener who went for his neighbour over a hedge with a "
        "kitchen knife; nobody else is being sought and the village is shocked, residents say."
    )
    first = stream.put(make("a", "Man arrested after stabbing", text=one))
    second = stream.put(make("b", "Man arrested after stabbing", feed="two", text=two))
    assert second.canonical != first.canonical


@pytest.mark.parametrize(
    ("language", "title", "one", "two"),
    [
        (
            "de", "Mann nach Messerangriff festgenommen",
            "Ein 31-Jähriger wurde am Dienstag nach einem Angriff vor einer Kneipe in der "
            "Erlenstraße festgenommen. Das Opfer wird behandelt.",
            "Die Polizei in Birkenfeld hält einen Rentner fest, der am Bahnhof auf einen Schaffner "
            "eingestochen haben soll.",
        ),
        (
            "ru", "Страшная авария на трассе",
            "Два человека погибли при столкновении грузовика и легковой машины под Вельском "
            "вечером в понедельник.",
            "Автобус с паломниками перевернулся на перевале; двенадцать раненых доставлены в "
            "больницу в Орловке.",
        ),
        (
            "hi", "सड़क हादसे में दो की मौत",
            "पटना के पास सोमवार रात ट्रक और कार की टक्कर में दो लोगों की मौत हो गई।",
            "जयपुर में मोटरसाइकिल के पुल से गिरने पर दो युवकों की जान चली गई।",
        ),
        (
            "zh", "男子持刀伤人被捕",
            "周一晚上，一名三十岁的男子在清河路的酒吧外刺伤邻居，随后向警方自首，伤者已经送医。",
            "昨天清晨，列车乘务员在南站遭到乘客袭击，铁路公安赶到后控制了嫌疑人，列车晚点一小时。",
        ),
    ],
)  # fmt: skip
def test_generic_headlines_over_two_events_in_other_languages(
    language: str, title: str, one: str, two: str
) -> None:
    stream = Stream()
    first = stream.put(make("a", title, text=one, language=language))
    second = stream.put(make("b", title, feed="two", text=two, language=language))
    assert second.canonical != first.canonical


SUMMARY = (
    "The Welling bridge will open to cars a month ahead of plan, the builder said on Tuesday. "
    "Buses will cross first, from Monday."
)


def test_an_equal_summary_under_another_headline_is_a_copy() -> None:
    stream = Stream()
    first = stream.put(make("a", "Welling bridge to open a month early", text=SUMMARY))
    second = stream.put(make("b", "Buses first: bridge ready in May", feed="two", text=SUMMARY))
    assert second.canonical == first.canonical
    assert second.evidence.rule == "body"


def test_an_equal_summary_does_not_join_a_form_or_another_day() -> None:
    stream = Stream()
    tickets = (
        "Kick-off is at 15:00 on Saturday. Tickets are on sale at the club shop and online. Gates "
        "open two hours before."
    )
    first = stream.put(make("a", "Match preview: Rovers v Athletic", text=tickets))
    second = stream.put(make("b", "Match preview: United v City", text=tickets))
    early = stream.put(make("c", "Welling bridge to open a month early", text=SUMMARY))
    late = stream.put(make("d", "Buses first: bridge ready", feed="two", hours=900, text=SUMMARY))
    places = {first.canonical, second.canonical, early.canonical, late.canonical}
    assert len(places) == 4


def test_a_format_is_not_the_same_at_two_outlets() -> None:
    stream = Stream()
    title = "Le journal de 8 h du 3 novembre"
    first = stream.put(make("a", title, language="fr", flags=(Flag.RECURRING,)))
    second = stream.put(make("b", title, feed="two", language="fr", flags=(Flag.RECURRING,)))
    assert second.canonical != first.canonical


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Retracted: "), ("en", "Fact check: "), ("en", "[Satire] "), ("en", "Erratum: "),
        ("de", "Faktencheck: "), ("fr", "Intox : "), ("es", "Bulo: "), ("pt", "É falso: "),
        ("it", "Bufala: "), ("pl", "Sprostowanie: "), ("ru", "Фейк: "), ("uk", "Фактчек: "),
        ("tr", "Düzeltme: "), ("ar", "خبر كاذب: "), ("fa", "شایعه: "), ("he", "בדיקת עובדות: "),
        ("hi", "फैक्ट चेक: "), ("id", "Hoaks: "), ("vi", "Tin giả: "), ("zh", "辟谣："),
        ("ja", "【訂正】"), ("ko", "[팩트체크] "),
    ],
)  # fmt: skip
def test_a_label_that_turns_a_headline_round_makes_another_article(
    language: str, label: str
) -> None:
    title = "Mayor of Tarnmouth stole the bridge money, audit says"
    found = verdict(Side(title, language=language), Side(label + title, language=language))
    assert not found.same


@pytest.mark.parametrize(
    "title",
    [
        "Opinion | The bridge that nobody in this town ever wanted",
        "Op-Ed Columnist: The bridge that nobody in this town ever wanted",
        "Kommentar: The bridge that nobody in this town ever wanted",
    ],
)
def test_the_name_of_a_column_is_no_part_of_the_headline(title: str) -> None:
    bare = "The bridge that nobody in this town ever wanted"
    assert verdict(Side(title, language="en"), Side(bare, language="en")).same
