"""Proves that two items are not the same, at a small part of what a comparison costs.

``compare`` says what is the same and what differs. Where only the first matters, most pairs need no
alignment: titles that each have words of their own cannot agree, whatever the rules allow for.
"""

from __future__ import annotations

from aggregator.dedupe.analysed_titles import LOOSE, AnalysedTitle, analyse
from aggregator.dedupe.bodies import CONTAINED, overlap
from aggregator.dedupe.compare import SAME_WIRE, one_language, shared_address
from aggregator.dedupe.titles import MOST_EXTRA
from aggregator.model import Item
from aggregator.text.languages import spaced

_SLIPPED = 2
"""Significant words of one title that may match words with other keys in the other: one that is
mistyped, or two that are joined there. More are never the same (``Guard.TYPOS``)."""


def titles_differ(a: AnalysedTitle, b: AnalysedTitle) -> bool:
    """Whether two titles, analysed in one language, are surely not judged the same.

    False means nothing. They differ if a word remains on both sides after any slip
    (``Guard.SUBSTITUTION``), or too many on one (``Guard.EXTRA``). A truncated title may lack any
    number of words, ranges of numbers match words, and where spaces mean nothing words are joined.
    """
    if a.truncated or b.truncated or a.ranges or b.ranges or a.equal_form == b.equal_form:
        return False
    if a.language in LOOSE or not spaced(a.language):
        return False
    theirs, ours = b.by_key or {}, a.by_key or {}
    fewer, more = sorted((len(a.words - theirs.keys()), len(b.words - ours.keys())))
    return fewer > _SLIPPED or more > _SLIPPED + MOST_EXTRA


def items_differ(a: Item, b: Item) -> bool:
    """Whether ``compare`` surely says that two items are not the same; False means nothing.

    Their titles differ, they share no address, and their texts are too unlike for any rule.
    """
    language = one_language(a, b)
    if not titles_differ(analyse(a.title, language), analyse(b.title, language)):
        return False
    if shared_address(a, b):
        return False
    if not (a.text and b.text):
        return True
    bodies = overlap(a.text, b.text, language)
    return bodies.jaccard < SAME_WIRE and bodies.containment < CONTAINED
