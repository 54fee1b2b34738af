"""Whether two texts that share a part begin alike: a copy does, a follow-up has news of its own.

A follow-up or a profile repeats the earlier report below a first paragraph of its own; between
outlets, the agency's text of yesterday stands at the end as background. The limits were measured on
961 merges that were read (see docs/quality/duplicates.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.dedupe.bodies import EQUAL, SAME, Overlap, overlap
from aggregator.dedupe.guards import Veto
from aggregator.model import Guard, Item
from aggregator.text.explainers import explains
from aggregator.text.languages import spaced
from aggregator.text.letters import fold
from aggregator.text.likeness import spoken
from aggregator.text.scan import digits

_BEGINNING = 20  # words with which a text begins
_RUN, _LONG_RUN = 3, 4  # words in a row that are compared
_PER_WORD = 2  # characters of an unspaced script that count as a word
_SHARED = 0.2  # least share of the beginning's runs that the other text of an outlet has
_SPOKEN = 0.5  # least share of each headline's words in what the other item says
_LETTER = 0.98  # Jaccard from which two texts are one to the letter
_LEAD = 400  # characters of a text that belong to its headline
_READ = 4_000  # characters of a text that are read

_UNQUOTED = 0.05  # Jaccard that two copies have at least without what they quote

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(
    r"“[^“”]{25,2000}”|«[^«»]{25,2000}»|„[^„“”]{25,2000}[“”]|「[^「」]{12,1000}」|"
    r'"[^"\n]{25,2000}"'
)
"""A quotation that is long enough to hold runs of words by which texts are compared."""
_PAGE = re.compile(r"\d{5,}")


def beginning_doubt(
    a: Item, b: Item, bodies: Overlap, language: str | None, *, one_outlet: bool
) -> Veto | None:
    """Why texts that are much the same are an article and its follow-up, or an explainer."""
    if bodies.jaccard >= _LETTER or _one_page(a, b):
        return None
    # Another outlet may head an agency's report like that.
    if one_outlet and explains(a.title, a.language) != explains(b.title, b.language):
        return Veto(Guard.SUBJECT, "the texts share a part, but one headline asks what it is about")
    if bodies.jaccard >= (EQUAL if one_outlet else SAME):
        return None
    one, two = _units(a.text, language), _units(b.text, language)
    if one_outlet and _least_begun(one, two, language) < _SHARED:
        return Veto(Guard.SUBJECT, "the texts share a part, but one begins with news of its own")
    if one_outlet or not _unspoken(a, b, language):
        return None
    if _late(one, two, language):
        reason = "the texts share a part, but not their beginning, nor do the headlines agree"
        return Veto(Guard.SUBJECT, reason)
    if _only_quoted(a.text, b.text, language):
        reason = "the texts share only what they quote, and the headlines do not agree"
        return Veto(Guard.SUBJECT, reason)
    return None


def _one_page(a: Item, b: Item) -> bool:
    """Whether the addresses hold one long number: an outlet's number of the page."""
    if not a.url or not b.url:
        return False
    return not set(_PAGE.findall(a.url)).isdisjoint(_PAGE.findall(b.url))


def _units(text: str, language: str | None) -> list[str]:
    """The words of a text, or its characters in a script without spaces."""
    words = _WORD.findall(fold(digits(text[:_READ]), language))
    return words if spaced(language) else list("".join(words))


def _runs(units: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(units[at : at + size]) for at in range(len(units) - size + 1)]


def _sized(words: int, language: str | None) -> int:
    return words if spaced(language) else words * _PER_WORD


def _least_begun(one: Sequence[str], two: Sequence[str], language: str | None) -> float:
    """The smaller of the shares of each beginning's runs that the other text has."""
    size, head = _sized(_RUN, language), _sized(_BEGINNING, language)
    shares = []
    for own, other in ((one, two), (two, one)):
        begun, known = _runs(own[:head], size), set(_runs(other, size))
        shares.append(sum(run in known for run in begun) / len(begun) if begun else 0.0)
    return min(shares)


def _late(one: Sequence[str], two: Sequence[str], language: str | None) -> bool:
    """Whether the first run that both have begins behind the beginning of one of them."""
    size, head = _sized(_LONG_RUN, language), _sized(_BEGINNING, language)
    runs = _runs(one, size), _runs(two, size)
    common = set(runs[0]) & set(runs[1])
    return any(
        next((at for at, run in enumerate(own) if run in common), len(own)) > head for own in runs
    )


def _only_quoted(a: str, b: str, language: str | None) -> bool:
    """Whether what two texts share stands in quotation marks: both report on one statement."""
    one, two = (_QUOTED.sub(" ", text) for text in (a, b))
    return (one, two) != (a, b) and overlap(one, two, language).jaccard < _UNQUOTED


def _unspoken(a: Item, b: Item, language: str | None) -> bool:
    """Whether what one headline says stands neither in the other headline nor under it."""
    return (
        min(
            spoken(one.title, f"{other.title} {other.text[:_LEAD]}", language)
            for one, other in ((a, b), (b, a))
        )
        < _SPOKEN
    )
