"""Who did what to whom: whether a different word order swaps the roles.

Titles may be turned round without changing what they say ('Fire near Lyon
injures twelve' / 'Twelve injured in fire near Lyon'); but where two parties
are swapped around words that stayed ('Spain beat Italy' / 'Italy beat
Spain'), they say something else.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.dedupe.align import Alignment
from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.terms import Kind

_VERB_FIRST = frozenset({"ar", "he"})
"""Languages without letter case in which a title may start with the verb or the subject."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Words in the same order in both titles."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    exact: bool  # written the same on both sides


def _blocks(alignment: Alignment) -> list[_Block]:
    ranks = {place: rank for rank, place in enumerate(sorted({p.b for p in alignment.pairs}))}
    blocks: list[_Block] = []
    last = -2
    for pair in alignment.pairs:
        rank = ranks[pair.b]
        exact = pair.how == "same"
        if blocks and rank in (last, last + 1) and exact == blocks[-1].exact:
            blocks[-1] = _Block((*blocks[-1].a, pair.a), (*blocks[-1].b, pair.b), exact)
        else:
            blocks.append(_Block((pair.a,), (pair.b,), exact))
        last = rank
    return blocks


def _marker(reading: AnalysedTitle, place: int) -> str:
    """The function words directly before a word, which show its role."""
    found: list[str] = []
    at = place - 1
    known = lexicon(reading.language)
    while at >= 0 and reading.terms[at].kind >= Kind.FUNCTION:
        if reading.terms[at].segment != reading.terms[place].segment:
            break
        word = reading.terms[at]
        if word.text in known.agent or word.kind is Kind.JOINER:
            found.append("," if word.kind is Kind.JOINER else word.text)
        at -= 1
    return " ".join(reversed(found))


def _joined_by_and(reading: AnalysedTitle, first: int, second: int) -> bool:
    """Whether only 'and' or a comma is between two words."""
    between = reading.terms[first + 1 : second]
    comma = reading.terms[first].segment != reading.terms[second].segment
    joiner = any(term.kind is Kind.JOINER for term in between)
    light = all(term.kind >= Kind.FUNCTION for term in between)
    return light and (joiner or comma)


def _topic(reading: AnalysedTitle, block: tuple[int, ...]) -> bool:
    """Whether a block is a separate part of the title ('Marseille: ...')."""
    segment = reading.terms[block[0]].segment
    inside = [i for i in reading.weighty if reading.terms[i].segment == segment]
    return len({t.segment for t in reading.terms}) > 1 and set(inside) <= set(block)


def _roles_kept(alignment: Alignment, x: _Block, y: _Block, between: list[_Block]) -> bool:
    """Whether the meaning is the same although ``x`` and ``y`` are in the opposite order in b."""
    a, b = alignment.a, alignment.b
    if _joined_by_and(a, x.a[-1], y.a[0]) and _joined_by_and(b, y.b[-1], x.b[0]):
        return True
    if any(_topic(a, block.a) or _topic(b, block.b) for block in (x, y)):
        return True
    x_marks = _marker(a, x.a[0]), _marker(b, x.b[0])
    y_marks = _marker(a, y.a[0]), _marker(b, y.b[0])
    if x_marks[0] == x_marks[1] and y_marks[0] == y_marks[1]:
        # The role of one is marked by a word that moved along with it.
        return bool(x_marks[0]) or bool(y_marks[0])
    turned = [marks for marks in (x_marks, y_marks) if marks[0] != marks[1]]
    passive = len(turned) == 1 and "" in turned[0]
    return passive and bool(between) and not all(block.exact for block in between)


def swapped(alignment: Alignment) -> tuple[str, str] | None:
    """Two swapped parties around words that are not swapped, or None."""
    if alignment.in_order:
        return None
    blocks = _blocks(alignment)
    if len(blocks) < 2:
        return None
    place_b = {id(block): block.b[0] for block in blocks}
    for i, x in enumerate(blocks):
        for j in range(i + 1, len(blocks)):
            y = blocks[j]
            if place_b[id(x)] < place_b[id(y)]:
                continue
            between = [
                block
                for block in blocks[i + 1 : j]
                if place_b[id(y)] < place_b[id(block)] < place_b[id(x)]
            ]
            if not between and not _parties(alignment, x, y, len(blocks)):
                continue
            if not _roles_kept(alignment, x, y, between):
                return _text(alignment.a, x.a), _text(alignment.a, y.a)
    return None


def _parties(alignment: Alignment, x: _Block, y: _Block, blocks: int) -> bool:
    """Whether two swapped neighbours both look like names (or it cannot be determined)."""
    if blocks < 3:
        return False  # the whole title turned round: nothing stayed for them to turn about
    first = alignment.pairs[0].a, min(pair.b for pair in alignment.pairs)
    if alignment.a.language in _VERB_FIRST and (x.a[0] == first[0] or y.b[0] == first[1]):
        return False  # a verb, or its noun, before or after its subject

    def name(block: _Block) -> bool:
        sides = ((alignment.a, block.a), (alignment.b, block.b))
        text = _text(alignment.a, block.a)
        cased = text.lower() != text.upper()
        return not cased or any(
            reading.terms[place].capital for reading, places in sides for place in places
        )

    return name(x) and name(y) and not (_verbal(alignment, x) or _verbal(alignment, y))


def _verbal(alignment: Alignment, block: _Block) -> bool:
    """Whether a block is a single Arabic verb in the imperfect, such as 'يعلن'."""
    words = [alignment.a.terms[place].text for place in block.a]
    return (
        alignment.a.language == "ar"
        and len(words) == 1
        and words[0][:1] in ("ي", "ت")
        and 3 <= len(words[0]) <= 6
    )


def _text(reading: AnalysedTitle, places: tuple[int, ...]) -> str:
    return " ".join(reading.terms[place].text for place in places)
