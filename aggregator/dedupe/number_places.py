"""Numbers that two titles write in another way, told by where they stand.

'Division Three' is the third division, and '5-11' is 'from 5 to 11'.
"""

from __future__ import annotations

from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.terms import Kind
from aggregator.text.numberwords import ordinal

Places = tuple[int, int]


def ranked(
    a: AnalysedTitle, b: AnalysedTitle, left: list[int], right: list[int], answer: dict[int, int]
) -> list[Places]:
    """Numbers behind a word that are the ordinal before the same word in the other title.

    ``answer``: places in ``a`` and the places in ``b`` that answer them. Gives pairs of places.
    """
    found: list[Places] = []
    back = {place: one for one, place in answer.items()}
    for x in left:
        for y in right:
            after = a.terms[x].text.isdigit() and ordinal(a.terms[x].text) == b.terms[y].text
            if after and answer.get(x - 1) == y + 1:
                found.append((x, y))
            before = b.terms[y].text.isdigit() and ordinal(b.terms[y].text) == a.terms[x].text
            if before and back.get(y - 1) == x + 1:
                found.append((x, y))
    return found


def spread(a: AnalysedTitle, left: list[int], b: AnalysedTitle, right: list[int]) -> list[Places]:
    """A range in ``a`` and both its ends in ``b``, with one small word between them."""
    found: list[Places] = []
    for x in left:
        ends = a.terms[x].text.split("-")
        if a.terms[x].kind is not Kind.NUMBER or len(ends) != 2:
            continue
        for y in right:
            z = y + 2
            if z not in right or b.terms[y + 1].kind not in (Kind.FUNCTION, Kind.MODAL):
                continue
            if [b.terms[y].text, b.terms[z].text] == ends:
                found += [(x, y), (x, z)]
    return found
