"""When a shared address or text proves nothing, because the items contradict it."""

from __future__ import annotations

from datetime import timedelta

from aggregator.dedupe.bodies import DIFFERENT, Overlap, overlap
from aggregator.dedupe.guards import Veto
from aggregator.dedupe.keys import shared_title
from aggregator.model import Flag, Guard, Item
from aggregator.text.likeness import spoken, telling_words, unlike
from aggregator.text.numbers import numbers

AGREEING = 8
"""Minimum shingles for a matching body to support nearly matching titles."""

_SHORT = 400  # characters of texts too short for shingles
_TOGETHER = timedelta(hours=1)
_STUB_WORDS = 12  # distinct significant words

_OWN_TEXT, _ANY_TEXT = 1 / 3, 1 / 5
"""Minimum share of a headline's words in a text that is about it: within one outlet, between
two. Measured on the 357 pairs of ant_arabic_multisource that share half their text but neither
address nor title: the minimum is .4 within one outlet and .29 between two."""


def address_doubt(a: Item, b: Item, bodies: Overlap, language: str | None) -> Veto | None:
    """Why a shared address does not make the two one article; None if nothing contradicts it.

    ``bodies`` is the overlap of their texts.
    """
    if not a.title or not b.title or not unlike(a.title, b.title, language):
        return None
    if bodies.near and bodies.least >= AGREEING:
        return None
    known = telling_words(a.title, language) & telling_words(b.title, language)
    if a.feed == b.feed and a.identity != b.identity and not (known and a.link == b.link):
        reason = "one feed uses it for two entries whose titles have little in common"
        return Veto(Guard.ADDRESS, f"both have the same address, but {reason}")
    if bodies.least >= AGREEING and bodies.containment < DIFFERENT:
        reason = "their titles and texts have nothing in common"
        return Veto(Guard.ADDRESS, f"both have the same address, but {reason}")
    return None


def title_doubt(a: Item, b: Item, bodies: Overlap, language: str | None) -> Veto | None:
    """Why a shared title does not make the two one article.

    It is of a kind that recurs ('Weather for Tuesday', '17 new deals'), or the two are of one feed
    and their texts differ. A post and the stub that announces it are the same, and so are two
    posts without text.
    """
    if shared_title(a) or shared_title(b):
        return Veto(Guard.SHARED, "a feed uses this title for several entries with different texts")
    if Flag.RECURRING in a.flags and Flag.RECURRING in b.flags and not bodies.near:
        return Veto(Guard.RECURRING, "the titles are the same, but of a recurring kind")
    if a.feed != b.feed or a.url == b.url or not a.text or not b.text or _stub(a, b, language):
        return None
    if bodies.least >= AGREEING:
        told = bodies.containment < DIFFERENT
    else:
        told = unlike(a.text[:_SHORT], b.text[:_SHORT], language)
    if not told:
        return None
    return Veto(Guard.BODIES, "the titles are the same, but the texts differ")


def _stub(a: Item, b: Item, language: str | None) -> bool:
    """Whether one of two entries published together only announces the other."""
    sizes = sorted(len(telling_words(item.text[:2000], language)) for item in (a, b))
    together = abs(a.time - b.time) <= _TOGETHER
    return together and sizes[0] <= _STUB_WORDS and sizes[1] >= 2 * sizes[0]


def text_doubt(a: Item, b: Item, language: str | None, *, one_outlet: bool) -> Veto | None:
    """Why a shared text does not make the two one article: it matches neither headline.

    The boilerplate of a paywall, a form or a TV listing is the same under every headline.
    """
    if not a.title or not b.title:
        return None
    told = max(spoken(a.title, b.text, language), spoken(b.title, a.text, language))
    little = told <= (_OWN_TEXT if one_outlet else _ANY_TEXT) and unlike(a.title, b.title, language)
    # An outlet's form may share most of its titles: 'Match preview: Rovers v Athletic'.
    little = little or (one_outlet and told == 0 and _each_own(a, b, language))
    if not little and not (one_outlet and _other_number(a, b, language)):
        return None
    reason = "the texts are similar, but neither covers what the other's title says"
    return Veto(Guard.TEXT, reason)


def _each_own(a: Item, b: Item, language: str | None) -> bool:
    """Whether each title has a word that the other lacks."""
    one, two = telling_words(a.title, language), telling_words(b.title, language)
    return bool(one - two and two - one)


def _other_number(a: Item, b: Item, language: str | None) -> bool:
    """Whether each title has a number that the other item lacks ('Episode 42')."""
    one, two = set(numbers(a.title, language)), set(numbers(b.title, language))
    if not one - two or not two - one:
        return False
    texts = telling_words(a.text, language), telling_words(b.text, language)
    return not ((one - two) & texts[1] or (two - one) & texts[0])


def another_page(known: Item, item: Item) -> bool:
    """Whether an entry with a known identity is a different page.

    Some feeds reuse a guid, say for today's comic or bulletin: then title and address have
    changed, or title, text and date. An edited article keeps some of these.
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
