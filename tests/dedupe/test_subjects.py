"""Texts and titles that agree in all but what they are about are two items."""

from __future__ import annotations

import pytest

from aggregator.lab.compare_titles import Side, verdict
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
