"""When a shared address or text proves nothing, because the items contradict it."""

from __future__ import annotations

from datetime import timedelta

from aggregator.dedupe.bodies import DIFFERENT, Overlap, overlap
from aggregator.dedupe.guards import Veto
from aggregator.dedupe.keys import shared_title
from aggregator.model import Guard, Item
from aggregator.text.likeness import spoken, telling_words, unlike
from aggregator.text.numbers import numbers

AGREEING = 8
"""Shingles from which a body that is the same supports titles that are nearly so."""

_SHORT = 400  # characters of texts too short for shingles
_TOGETHER = timedelta(hours=1)
_STUB_WORDS = 12  # different words that say something

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
        return Veto(Guard.ADDRESS, f"both have the same address, but {reason}")
    if bodies.least >= AGREEING and bodies.containment < DIFFERENT:
        reason = "their titles and texts have nothing in common"
        return Veto(Guard.ADDRESS, f"both have the same address, but {reason}")
    return None


def title_doubt(a: Item, b: Item, bodies: Overlap, language: str | None) -> Veto | None:
    """Why one title of one feed does not make the two one article: each has its own text.

    A post and the stub that announces it are one; so are two posts without texts.
    """
    if shared_title(a) or shared_title(b):
        return Veto(
            Guard.SHARED, "a feed gives that title to several entries with texts of their own"
        )
    if a.feed != b.feed or a.url == b.url or not a.text or not b.text or _stub(a, b, language):
        return None
    if bodies.least >= AGREEING:
        told = bodies.containment < DIFFERENT
    else:
        told = unlike(a.text[:_SHORT], b.text[:_SHORT], language)
    if not told:
        return None
    return Veto(Guard.BODIES, "the titles are the same, but each has a text of its own")


def _stub(a: Item, b: Item, language: str | None) -> bool:
    """Whether one of two entries put out together only announces the other."""
    sizes = sorted(len(telling_words(item.text[:2000], language)) for item in (a, b))
    together = abs(a.time - b.time) <= _TOGETHER
    return together and sizes[0] <= _STUB_WORDS and sizes[1] >= 2 * sizes[0]


def text_doubt(a: Item, b: Item, language: str | None, *, one_outlet: bool) -> Veto | None:
    """Why one text does not make the two one article: it is about neither of their headlines.

    What a paywall, a form or a programme puts under every headline names none of them.
    """
    if not a.title or not b.title:
        return None
    told = max(spoken(a.title, b.text, language), spoken(b.title, a.text, language))
    little = told <= (_OWN_TEXT if one_outlet else _ANY_TEXT) and unlike(a.title, b.title, language)
    if not little and not (one_outlet and _other_number(a, b, language)):
        return None
    reason = "the texts are much the same, but neither speaks of what the other's title says"
    return Veto(Guard.TEXT, reason)


def _other_number(a: Item, b: Item, language: str | None) -> bool:
    """Whether each title has a number of its own that the other's text lacks ('Episode 42')."""
    one, two = set(numbers(a.title, language)), set(numbers(b.title, language))
    if not one - two or not two - one:
        return False
    texts = telling_words(a.text, language), telling_words(b.text, language)
    return not ((one - two) & texts[1] or (two - one) & texts[0])


def another_page(known: Item, item: Item) -> bool:
    """Whether an entry with a known identity is a different page.

    A guid used again, for the strip or the bulletin of today: title and address are others, or
    title, text and date are. An article that was edited keeps some of these.
    """
    language = item.language or known.language
    if not known.title or not item.title or not unlike(known.title, item.title, language):
        return False
    texts = overlap(known.text, item.text, language)
    if texts.near and texts.least:
        return False
    if known.link != item.link:
        return True
    if known.published is None or known.published == item.published:
        return False
    return unlike(known.text[:_SHORT], item.text[:_SHORT], language) or not item.text
