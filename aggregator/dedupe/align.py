"""Two titles laid side by side: which words answer each other, which stay alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from aggregator.dedupe.terms import Kind, Reading, Term
from aggregator.dedupe.typos import exchanged, slip


@dataclass(frozen=True, slots=True)
class Pair:
    """Place ``a`` in one title answers place ``b`` in the other."""

    a: int
    b: int
    how: str  # same, form, meaning, typo, joined, cut


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two titles share, by places in their terms, and what is left of each."""

    a: Reading
    b: Reading
    pairs: tuple[Pair, ...]
    left: tuple[int, ...]  # weighty terms of a without an answer
    right: tuple[int, ...]
    particles: int = 0  # small words mistyped

    @property
    def typos(self) -> int:
        """How many words are mistyped."""
        return self.particles + sum(pair.how == "typo" for pair in self.pairs)

    @property
    def slips(self) -> int:
        """How many words are written otherwise: mistyped, joined, or cut off."""
        joined = [pair for pair in self.pairs if pair.how == "joined"]
        words = {pair.a for pair in joined}, {pair.b for pair in joined}
        cut = sum(pair.how == "cut" for pair in self.pairs)
        return self.typos + min(map(len, words)) + cut

    @property
    def exact(self) -> int:
        """How many different keys both have."""
        keys = {self.a.terms[pair.a].key for pair in self.pairs if pair.how in _EXACT}
        return len(keys)

    def rest(self, side: str) -> tuple[Term, ...]:
        """The terms left on side ``a`` or ``b``."""
        reading, places = (self.a, self.left) if side == "a" else (self.b, self.right)
        return tuple(reading.terms[i] for i in places)


_EXACT = frozenset({"same", "form", "meaning"})


def _how(a: Term, b: Term) -> str:
    if a.text == b.text:
        return "same"
    return "meaning" if a.key.startswith("=") else "form"


def _by_key(a: Reading, b: Reading) -> list[Pair]:
    waiting: dict[str, list[int]] = defaultdict(list)
    for place in b.weighty:
        waiting[b.terms[place].key].append(place)
    pairs = []
    for place in a.weighty:
        options = waiting.get(a.terms[place].key)
        if options:
            # Of several, the one written the same, so that 'report ... reports' pairs up right.
            text = a.terms[place].text
            best = next((o for o in options if b.terms[o].text == text), options[0])
            options.remove(best)
            pairs.append(Pair(place, best, _how(a.terms[place], b.terms[best])))
    return pairs


def _by_slip(a: Reading, b: Reading, left: list[int], right: list[int]) -> list[Pair]:
    pairs = []
    for x in list(left):
        for y in list(right):
            one, two = a.terms[x], b.terms[y]
            if one.kind == two.kind == Kind.CONTENT and slip(one.text, two.text):
                pairs.append(Pair(x, y, "typo"))
                left.remove(x)
                right.remove(y)
                break
    return pairs


def _joined(a: Reading, b: Reading, left: list[int], right: list[int], swap: bool) -> list[Pair]:
    """'health care' against 'healthcare': two neighbours on one side, one word on the other."""
    pairs: list[Pair] = []
    lengths = [len(term.text) for term in a.terms]
    sums = {one + two for one, two in pairwise(lengths)}
    for y in list(right):
        if len(b.terms[y].text) not in sums:
            continue  # most words: told without joining any
        for x in list(left):
            # The neighbour may be a small word: an ending written apart.
            starts = [s for s in (x, x - 1) if 0 <= s < len(a.terms) - 1]
            start = next((s for s in starts if _both(a, s) == b.terms[y].text), None)
            if start is None or any(z in a.weighty and z not in left for z in (start, start + 1)):
                continue
            halves = [z for z in (start, start + 1) if z in left]
            pairs += [Pair(*((y, z) if swap else (z, y)), "joined") for z in halves]
            for half in halves:
                left.remove(half)
            right.remove(y)
            break
    return pairs


def _both(reading: Reading, start: int) -> str:
    return reading.terms[start].text + reading.terms[start + 1].text


def _by_cut(a: Reading, b: Reading, left: list[int], right: list[int], swap: bool) -> list[Pair]:
    """The last word of a truncated title is the beginning of a word of the whole one."""
    if not a.truncated or not left or left[-1] != len(a.terms) - 1:
        return []
    stub = a.terms[left[-1]].text
    for y in right:
        if len(stub) >= 2 and b.terms[y].text.startswith(stub):
            pair = Pair(*((y, left[-1]) if swap else (left[-1], y)), "cut")
            left.pop()
            right.remove(y)
            return [pair]
    return []


def _particles(reading: Reading) -> dict[int, list[str]]:
    """The small words of a title by their length."""
    found: dict[int, list[str]] = defaultdict(list)
    for term in reading.terms:
        if term.kind is Kind.FUNCTION:
            found[len(term.text)].append(term.text)
    return found


def _slipped_particle(term: Term, particles: dict[int, list[str]]) -> bool:
    """'Teh' against 'The': a small word mistyped is no word of its own."""
    alike = particles.get(len(term.text), ())
    return term.kind is Kind.CONTENT and any(exchanged(term.text, one) for one in alike)


def align(a: Reading, b: Reading) -> Alignment:
    """Lay two titles side by side; the same pairs whichever comes first."""
    pairs = _by_key(a, b)
    matched_a, matched_b = {p.a for p in pairs}, {p.b for p in pairs}
    left = [i for i in a.weighty if i not in matched_a]
    right = [i for i in b.weighty if i not in matched_b]
    if left and right:
        pairs += _joined(a, b, left, right, swap=False)
        pairs += _joined(b, a, right, left, swap=True)
        pairs += _by_cut(a, b, left, right, swap=False)
        pairs += _by_cut(b, a, right, left, swap=True)
        pairs += _by_slip(a, b, left, right)
    alone = len(left) + len(right)
    if left:
        small = _particles(b)
        left = [i for i in left if not _slipped_particle(a.terms[i], small)]
    if right:
        small = _particles(a)
        right = [i for i in right if not _slipped_particle(b.terms[i], small)]
    particles = alone - len(left) - len(right)
    pairs.sort(key=lambda pair: pair.a)
    return Alignment(a, b, tuple(pairs), tuple(left), tuple(right), particles)
