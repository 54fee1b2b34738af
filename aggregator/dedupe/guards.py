"""What forbids calling two titles the same, however similar they look.

Each guard returns one plain clause, or None. They are reported in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

from aggregator import extensions
from aggregator.dedupe.align import Alignment
from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.lexicon import Lexicon, lexicon
from aggregator.dedupe.movements import opposite
from aggregator.dedupe.role_swaps import swapped
from aggregator.dedupe.terms import Kind, Term
from aggregator.dedupe.word_roots import root
from aggregator.model import Guard
from aggregator.model.errors import UserError

_FUTURE = 5  # letters of the shortest verb form that puts an event into the future


@dataclass(frozen=True, slots=True)
class Veto:
    """A guard that fired, and what it saw."""

    guard: str  # a ``Guard``, or the name of a package's guard
    reason: str


def _quoted(terms: tuple[Term, ...] | list[Term]) -> str:
    return "'" + " ".join(term.text for term in terms) + "'"


def _of(alignment: Alignment, kind: Kind) -> tuple[list[Term], list[Term]]:
    """The unmatched terms of one kind, on each side."""
    return (
        [term for term in alignment.rest_a if term.kind is kind],
        [term for term in alignment.rest_b if term.kind is kind],
    )


def number(alignment: Alignment) -> str | None:
    """Numbers, scores, ages, ordinals: each must be on both sides."""
    left, right = _of(alignment, Kind.NUMBER)
    if left and right:
        return f"the numbers differ: {_quoted(left)} and {_quoted(right)}"
    strict = [term for term in left + right if not _is_bare_number(term.text)]
    if strict:
        return f"only one title has {_quoted(strict)}"
    return _crossed(alignment)


def _is_bare_number(text: str) -> bool:
    """Whether a number is a bare count or amount, which a rewording may omit."""
    digits = text.rstrip("%").replace(".", "", 1)
    return digits.isdigit() and not (len(digits) == 4 and digits[:2] in ("19", "20"))


def _next_content(reading: AnalysedTitle, place: int, step: int) -> int | None:
    at = place + step
    while 0 <= at < len(reading.terms):
        if reading.terms[at].kind is Kind.CONTENT:
            return at
        if reading.terms[at].kind is Kind.NUMBER:
            return None
        at += step
    return None


def _crossed(alignment: Alignment) -> str | None:
    """Two numbers are swapped while the words they count are not."""
    if alignment.in_order:
        return None
    answer = {pair.a: pair.b for pair in alignment.pairs}
    numbers = [p for p in alignment.pairs if alignment.a.terms[p.a].kind is Kind.NUMBER]
    for i, one in enumerate(numbers):
        for two in numbers[i + 1 :]:
            if one.b < two.b or alignment.a.terms[one.a].key == alignment.a.terms[two.a].key:
                continue
            for step in (1, -1):
                beside_a = _next_content(alignment.a, one.a, step)
                beside_b = _next_content(alignment.b, one.b, step)
                if None not in (beside_a, beside_b) and answer.get(beside_a or 0) == beside_b:
                    return None  # the number moved together with its word
            texts = alignment.a.terms[one.a].text, alignment.a.terms[two.a].text
            return f"the numbers '{texts[0]}' and '{texts[1]}' are swapped"
    return None


def calendar(alignment: Alignment) -> str | None:
    """Days and months: two different ones are two different dates."""
    left, right = _of(alignment, Kind.CALENDAR)
    if left and right:
        return f"the dates differ: {_quoted(left)} and {_quoted(right)}"
    return None


def negation(alignment: Alignment) -> str | None:
    """One title has a negation, the other does not."""
    counts = alignment.a.negations, alignment.b.negations
    if bool(counts[0]) != bool(counts[1]):
        return f"only one title has the negation {_quoted(counts[0] or counts[1])}"
    prefixes = lexicon(alignment.a.language).negative
    for pair in alignment.pairs:
        one, two = alignment.a.terms[pair.a].text, alignment.b.terms[pair.b].text
        if any(one == prefix + two or two == prefix + one for prefix in prefixes):
            return f"'{one}' and '{two}' contradict each other"
    return None


def opposed(alignment: Alignment) -> str | None:
    """Opposite function words: before and after, up and down."""
    sides = alignment.a.opposed or {}, alignment.b.opposed or {}
    for (pair, side), word in sides[0].items():
        other = (pair, 1 - side)
        if other in sides[1] and other not in sides[0] and (pair, side) not in sides[1]:
            return f"'{word}' is the opposite of '{sides[1][other]}'"
    return None


def stage(alignment: Alignment) -> str | None:
    """A future or possible event is not one that has happened: 'to visit', 'visits'."""
    words = lexicon(alignment.a.language)
    modal = alignment.a.modals, alignment.b.modals
    for pair in alignment.pairs:
        one, two = alignment.a.terms[pair.a], alignment.b.terms[pair.b]
        if one.kind is not Kind.CONTENT or one.text == two.text:
            continue
        ahead = pair.a - 1 in modal[0], pair.b - 1 in modal[1]
        if ahead[0] != ahead[1]:
            return f"'{one.text}' and '{two.text}' are different stages of an event"
        if _ahead(one.text, two.text, words, alignment.a.language):
            return f"'{one.text}' and '{two.text}' are different stages of an event"
    strong = [
        {alignment.a.terms[i].text for i in modal[0]} - {"to"},
        {alignment.b.terms[i].text for i in modal[1]} - {"to"},
    ]
    if bool(strong[0]) != bool(strong[1]):
        word = sorted(strong[0] or strong[1])[0]
        return f"only one title has '{word}', which makes it a possibility or a plan"
    return None


def _ahead(one: str, two: str, words: Lexicon, language: str | None) -> bool:
    """Whether one of two forms of a word, and not the other, puts the event into the future."""
    if language == "ar":
        return _will(one, two) or _will(two, one)
    ends = tuple(
        len(word) >= _FUTURE and any(word.endswith(ending) for ending in words.future)
        for word in (one, two)
    )
    return ends[0] != ends[1]


def _will(word: str, other: str) -> bool:
    """Whether an Arabic word is a verb behind the 'س' of the future: 'سيزور' of 'يزور'.

    What stands behind the letter must share the root of ``other``: a tourist ('سائح') and a policy
    ('سياسة') begin with it too.
    """
    if len(word) < _FUTURE or word[0] != "س" or word[1] not in "يتنا" or other[:2] == word[:2]:
        return False
    return root(word[1:], "ar", frozenset()) == root(other, "ar", frozenset())


def reversal(alignment: Alignment) -> str | None:
    """A word in one title only that reverses the statement or changes its subject."""
    words = lexicon(alignment.a.language)
    rests = alignment.rest_a, alignment.rest_b
    turned = [any(term.text in words.reversal for term in rest) for rest in rests]
    for term in chain(*rests):
        # Where each title has such a word, they are two words for it or two statements:
        # ``substitution`` tells.
        if term.text in words.reversal and not all(turned):
            return f"only one title has '{term.text}', which reverses the statement"
        if term.text in words.modifier:
            return f"only one title has '{term.text}', which changes its subject"
    return None


def substitution(alignment: Alignment) -> str | None:
    """One content word is replaced by another."""
    left, right = alignment.rest_a, alignment.rest_b
    if left and right:
        return f"{_quoted(left)} is replaced by {_quoted(right)}"
    return None


def roles(alignment: Alignment) -> str | None:
    """Two parties are swapped."""
    parties = swapped(alignment)
    if parties:
        return f"'{parties[0]}' and '{parties[1]}' are swapped"
    return None


def exchange(alignment: Alignment) -> str | None:
    """Two words swap partners: 'gold up, dollar down' and 'dollar up, gold down'."""
    if alignment.in_order:
        return None
    moving = opposite(alignment)
    if moving:
        return f"'{moving[0]}' rises in one title and falls in the other"
    beside_a = _neighbours(alignment.a, [pair.a for pair in alignment.pairs])
    beside_b = _neighbours(alignment.b, [pair.b for pair in alignment.pairs])
    answer = {pair.a: pair.b for pair in alignment.pairs}
    left = {(h, p) for h, near in beside_a.items() for p in near}
    lost = [(h, p) for h, p in left if answer[p] not in beside_b[answer[h]]]
    for h1, p in lost:
        for h2, q in lost:
            if len({h1, h2, p, q}) < 4:
                continue
            crossed = answer[q] in beside_b[answer[h1]] and answer[p] in beside_b[answer[h2]]
            if crossed and q not in beside_a[h1] and p not in beside_a[h2]:
                texts = sorted(alignment.a.terms[i].text for i in (p, q))
                return f"'{texts[0]}' and '{texts[1]}' swap partners"
    return None


def _neighbours(reading: AnalysedTitle, places: list[int]) -> dict[int, set[int]]:
    """For each aligned term, the aligned terms directly before and after it in its clause."""
    ordered = sorted(places)
    near: dict[int, set[int]] = {place: set() for place in ordered}
    for one, two in pairwise(ordered):
        together = reading.terms[one].segment == reading.terms[two].segment
        if together and not reading.parted(one, two):
            near[one].add(two)
            near[two].add(one)
    return near


@dataclass(frozen=True, slots=True)
class TitleGuard:
    """A named guard; ``check`` is pure and returns the difference in words, or None."""

    name: str
    check: Callable[[Alignment], str | None]


GUARDS = (
    TitleGuard(Guard.NUMBER, number),
    TitleGuard(Guard.CALENDAR, calendar),
    TitleGuard(Guard.NEGATION, negation),
    TitleGuard(Guard.OPPOSED, opposed),
    TitleGuard(Guard.STAGE, stage),
    TitleGuard(Guard.REVERSAL, reversal),
    TitleGuard(Guard.SUBSTITUTION, substitution),
    TitleGuard(Guard.ROLES, roles),
    TitleGuard(Guard.EXCHANGE, exchange),
)


@cache
def guards() -> tuple[TitleGuard, ...]:
    """All guards: the built-in ones, then those of installed packages, by name.

    Raises UserError if a package's guard cannot be used.
    """
    return (*GUARDS, *map(_installed, extensions.GUARDS.names()))


def _installed(name: str) -> TitleGuard:
    found = extensions.GUARDS.load(name)
    if not isinstance(found, TitleGuard):
        raise UserError(f'the guard "{name}" is a {type(found).__name__}, not a TitleGuard')
    return found


def vetoes(alignment: Alignment) -> tuple[Veto, ...]:
    """Every guard that forbids calling the two aligned titles the same."""
    found = []
    for guard in guards():
        reason = guard.check(alignment)
        if reason:
            found.append(Veto(guard.name, reason))
    return tuple(found)
