"""What rises and what falls: 'gold up, dollar down' is not 'dollar up, gold down'.

Where a title has one word for each direction, the words of the clause around it are its subject.
"""

from __future__ import annotations

from aggregator.dedupe.align import Alignment
from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.terms import Kind

_UP, _DOWN = 0, 1
_AND = "و"  # 'and', attached to the next word in Arabic
_ATTACHED = frozenset({"ar"})


def opposite(alignment: Alignment) -> tuple[str, str] | None:
    """A subject that rises in one title and falls in the other, and how both are written."""
    one, two = _subjects(alignment.a), _subjects(alignment.b)
    if not one or not two:
        return None
    for here, there in ((_UP, _DOWN), (_DOWN, _UP)):
        both = one[here].keys() & two[there].keys()
        if both and not one[here].keys() & two[here].keys():
            key = min(both)
            return one[here][key], two[there][key]
    return None


def _subjects(title: AnalysedTitle) -> tuple[dict[str, str], dict[str, str]] | None:
    """The content words (key -> text) that rise and those that fall; None if it is not clear."""
    moves = lexicon(title.language).moves
    found = [
        (place, moves[term.key]) for place, term in enumerate(title.terms) if term.key in moves
    ]
    if len(found) != 2 or found[0][1] == found[1][1]:
        return None
    (first, side), (second, _) = found
    border = next((at for at in range(first + 1, second + 1) if _begins(title, at)), None)
    if border is None:
        return None
    parts = tuple(
        {
            title.terms[at].key: title.terms[at].text
            for at in places
            if title.terms[at].kind is Kind.CONTENT and title.terms[at].key not in moves
        }
        for places in (range(border), range(border, len(title.terms)))
    )
    return (parts[0], parts[1]) if side == _UP else (parts[1], parts[0])


def _begins(title: AnalysedTitle, at: int) -> bool:
    """Whether a clause begins at a place: behind a mark, at a clause word, at an attached 'and'."""
    term, before = title.terms[at], title.terms[at - 1]
    attached = title.language in _ATTACHED and term.text[:1] == _AND and len(term.text) > 3
    clause = term.text in lexicon(title.language).clause or term.kind is Kind.JOINER
    return term.segment != before.segment or clause or attached
