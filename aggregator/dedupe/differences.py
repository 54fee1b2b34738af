"""Proves that two items are not the same, at a small part of what a comparison costs.

``compare`` says what is the same and what differs. Where only the first matters, most pairs need no
alignment: titles that each have words of their own cannot agree, whatever the rules allow for.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.dedupe.align import slipped_particle
from aggregator.dedupe.analysed_titles import LOOSE, AnalysedTitle, analyse
from aggregator.dedupe.bodies import CONTAINED, LONG_SHINGLES, SAME, overlap
from aggregator.dedupe.compare import SAME_WIRE, one_language, shared_address
from aggregator.dedupe.terms import Kind, Term
from aggregator.dedupe.titles import MOST_EXTRA
from aggregator.dedupe.word_variants import mistyped
from aggregator.model import Item
from aggregator.text.languages import spaced

_SLIPPED = 2
"""Significant words of one title that may match words with other keys in the other: one that is
mistyped, or two that are joined there. More are never the same (``Guard.TYPOS``)."""


def titles_differ(a: AnalysedTitle, b: AnalysedTitle) -> bool:
    """Whether two titles, analysed in one language, are surely not judged the same.

    False means nothing. They differ if a word remains on both sides after any slip
    (``Guard.SUBSTITUTION``), or too many on one (``Guard.EXTRA``). Not told are titles that are
    truncated (they may lack any number of words), have ranges (which match words), or are written
    in scripts and languages where spaces mean nothing.
    """
    if a.truncated or b.truncated or a.ranges or b.ranges or a.equal_form == b.equal_form:
        return False
    if a.language in LOOSE or not spaced(a.language):
        return False
    theirs, ours = b.by_key or {}, a.by_key or {}
    left, right = a.words - theirs.keys(), b.words - ours.keys()
    fewer, more = sorted((len(left), len(right)))
    if fewer > _SLIPPED or more > _SLIPPED + MOST_EXTRA:
        return True
    if not fewer or not (
        a.joined.isdisjoint(b.weighty_texts) and b.joined.isdisjoint(a.weighty_texts)
    ):
        return False
    return _one_stays(_terms(a, left), b) and _one_stays(_terms(b, right), a)


def _terms(title: AnalysedTitle, keys: Iterable[str]) -> list[Term]:
    return [title.terms[place] for key in keys for place in (title.by_key or {})[key]]


def _one_stays(terms: Iterable[Term], other: AnalysedTitle) -> bool:
    """Whether one of ``terms``, whose keys ``other`` lacks, cannot be a slip for a word of it."""
    return any(not (_misspelt(term, other) or slipped_particle(term, other)) for term in terms)


def _misspelt(term: Term, other: AnalysedTitle) -> bool:
    return term.kind is Kind.CONTENT and any(
        mistyped(term.text, text, name=False) for text in other.weighty_texts
    )


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
    limit = SAME_WIRE if bodies.least >= LONG_SHINGLES else SAME
    return bodies.jaccard < limit and bodies.containment < CONTAINED
