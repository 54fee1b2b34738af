"""When an address or a text that two items share proves nothing: the items speak against it."""

from __future__ import annotations

from aggregator.dedupe.bodies import DIFFERENT, Overlap
from aggregator.dedupe.guards import Veto
from aggregator.model import Item
from aggregator.text.likeness import spoken, telling_words, unlike
from aggregator.text.numbers import numbers

AGREEING = 8
"""Shingles from which a body that is the same supports titles that are nearly so."""

_OWN_TEXT, _ANY_TEXT = 1 / 3, 1 / 5
"""Share of the words of a headline that a text has if it is about it: within one outlet, between
two. Measured on the 357 pairs of ant_arabic_multisource that share half of the text given and
neither address nor title: the least of those within one outlet is .4, between two .29."""


def address_doubt(a: Item, b: Item, bodies: Overlap, language: str | None) -> Veto | None:
    """Why one address does not make the two one article; None where nothing speaks against it.

    ``bodies`` is how far their texts are the same.
    """
    if not a.title or not b.title or not unlike(a.title, b.title, language):
        return None
    if bodies.near and bodies.least >= AGREEING:
        return None
    known = telling_words(a.title, language) & telling_words(b.title, language)
    if a.feed == b.feed and a.identity != b.identity and not (known and a.link == b.link):
        reason = "one feed gives that address to two entries whose titles have little in common"
        return Veto("address", f"both have the same address, but {reason}")
    if bodies.least >= AGREEING and bodies.containment < DIFFERENT:
        reason = "their titles and texts have nothing in common"
        return Veto("address", f"both have the same address, but {reason}")
    return None


def text_doubt(a: Item, b: Item, language: str | None, *, one_outlet: bool) -> Veto | None:
    """Why one text does not make the two one article: it is about neither of their headlines.

    What a paywall, a form or a programme puts under every headline names none of them.
    """
    if not a.title or not b.title:
        return None
    told = max(spoken(a.title, b.text, language), spoken(b.title, a.text, language))
    little = told < (_OWN_TEXT if one_outlet else _ANY_TEXT) and unlike(a.title, b.title, language)
    if not little and not (one_outlet and _other_number(a, b, language)):
        return None
    reason = "the texts are much the same, but neither speaks of what the other's title says"
    return Veto("text", reason)


def _other_number(a: Item, b: Item, language: str | None) -> bool:
    """Whether each title has a number of its own that the other's text lacks ('Episode 42')."""
    one, two = set(numbers(a.title, language)), set(numbers(b.title, language))
    if not one - two or not two - one:
        return False
    texts = telling_words(a.text, language), telling_words(b.text, language)
    return not ((one - two) & texts[1] or (two - one) & texts[0])
