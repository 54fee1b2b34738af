"""Aligns two titles: which words match, and which have no match."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from aggregator.dedupe.analysed_titles import LOOSE, AnalysedTitle
from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.number_places import ranked, spread
from aggregator.dedupe.terms import Kind, Term
from aggregator.dedupe.typos import exchanged
from aggregator.dedupe.word_roots import root
from aggregator.dedupe.word_variants import inflected, mistyped, other_people

ALIGNED = 64
"""Size of the cache of alignments."""


class Pair(NamedTuple):
    """Position ``a`` in one title matches position ``b`` in the other."""

    a: int
    b: int
    how: str  # same, form, meaning, typo, joined, cut


@dataclass(frozen=True, slots=True)
class Alignment:
    """The terms that two titles share, by position, and the rest of each."""

    a: AnalysedTitle
    b: AnalysedTitle
    pairs: tuple[Pair, ...]
    left: tuple[int, ...]  # unmatched significant terms of a
    right: tuple[int, ...]
    rest_a: tuple[Term, ...]  # the terms at those positions
    rest_b: tuple[Term, ...]
    in_order: bool  # matches are one-to-one and in the same order
    particles: int = 0  # mistyped function words

    @property
    def typos(self) -> int:
        """How many words are mistyped."""
        return self.particles + sum(pair.how == "typo" for pair in self.pairs)

    @property
    def slips(self) -> int:
        """How many words are spelled differently: mistyped, joined, or cut off.

        Joined parts of words do not count in Persian, where joining is a matter of style.
        """
        if self.a.language in LOOSE:
            return self.typos + sum(pair.how == "cut" for pair in self.pairs)
        joined = [pair for pair in self.pairs if pair.how == "joined"]
        words = {pair.a for pair in joined}, {pair.b for pair in joined}
        cut = sum(pair.how == "cut" for pair in self.pairs)
        return self.typos + min(map(len, words)) + cut

    @property
    def exact(self) -> int:
        """How many distinct keys both titles have."""
        keys = {self.a.terms[pair.a].key for pair in self.pairs if pair.how in _EXACT}
        return len(keys)


_EXACT = frozenset({"same", "form", "meaning"})


def _how(a: Term, b: Term) -> str:
    if a.text == b.text:
        return "same"
    return "meaning" if a.key.startswith("=") else "form"


def _by_key(a: AnalysedTitle, b: AnalysedTitle) -> list[Pair]:
    pairs = []
    theirs = b.by_key or {}
    taken: set[int] = set()
    for place in a.weighty:
        text, known = a.terms[place].text, theirs.get(a.terms[place].key)
        if known is None:
            continue
        options = [
            o
            for o in known
            if o not in taken and (b.terms[o].text == text or _one_word(a, b, place, o))
        ]
        if options:
            best = options[0] if len(options) == 1 else _likeliest(a, b, place, options)
            taken.add(best)
            pairs.append(Pair(place, best, _how(a.terms[place], b.terms[best])))
    return pairs


def _likeliest(a: AnalysedTitle, b: AnalysedTitle, place: int, options: list[int]) -> int:
    """Of several equal words the one written the same, and of these the one beside the same word.

    So 'report ... reports' pairs up right, and 'the party of God ... Servant of God'.
    """
    text, before = a.terms[place].text, a.terms[place - 1].key if place else ""
    return max(
        options,
        key=lambda o: (b.terms[o].text == text, bool(o) and b.terms[o - 1].key == before, -o),
    )


def _one_word(a: AnalysedTitle, b: AnalysedTitle, x: int, y: int) -> bool:
    """Whether two terms with the same key are the same word or synonyms."""
    one, two = a.terms[x], b.terms[y]
    if one.text == two.text or one.kind is not Kind.CONTENT:
        return True
    if other_people(one.text, two.text, a.language):
        return False
    if a.language == "ar" and _other_gender(a, b, one.text, two.text):
        return False
    if one.key.startswith("=") and not _one_root(one.text, two.text, a.language):
        return True
    return inflected(one.text, two.text, a.language, name=x in a.names or y in b.names)


def _other_gender(a: AnalysedTitle, b: AnalysedTitle, one: str, two: str) -> bool:
    """Whether Arabic words differ only in a feminine ending: 'كريم', 'كريمة'.

    The normal form writes it like a possessive, so the titles are asked. Adjectives of nations do
    not count: 'السوري' and 'السورية' go with different nouns.
    """
    if len(one) == len(two):
        return False
    long, title = (one, a.title) if len(one) > len(two) else (two, b.title)
    base = long.removeprefix("ال")[:-1]
    bare = min(one, two, key=len).removeprefix("ال")
    return long.endswith("ه") and base == bare and base[-1:] != "ي" and f"{base}ة" in title


def _one_root(a: str, b: str, language: str | None) -> bool:
    """Whether Arabic words share a root, and so are synonyms only if forms of one word."""
    if language != "ar":
        return False
    names = lexicon(language).names
    return root(a, language, names) == root(b, language, names)


def _by_number(
    a: AnalysedTitle, b: AnalysedTitle, left: list[int], right: list[int], pairs: list[Pair]
) -> list[Pair]:
    """Numbers that are written in another way; they leave ``left`` and ``right``."""
    if all(a.terms[place].kind is not Kind.NUMBER for place in left):
        return []
    moved = ranked(a, b, left, right, {pair.a: pair.b for pair in pairs})
    found = spread(a, left, b, right)
    found += [(y, x) for x, y in spread(b, right, a, left)]
    for x, y in (*moved, *found):
        left[:] = [place for place in left if place != x]
        right[:] = [place for place in right if place != y]
    # What stands before its word on one side and behind it on the other has no place in the order.
    return [Pair(x, y, "meaning") for x, y in found]


def _by_slip(a: AnalysedTitle, b: AnalysedTitle, left: list[int], right: list[int]) -> list[Pair]:
    pairs = []
    for x in list(left):
        for y in list(right):
            one, two = a.terms[x], b.terms[y]
            name = x in a.names or y in b.names
            if one.kind == two.kind == Kind.CONTENT and mistyped(one.text, two.text, name=name):
                pairs.append(Pair(x, y, "typo"))
                left.remove(x)
                right.remove(y)
                break
    return pairs


def _joined(
    a: AnalysedTitle, b: AnalysedTitle, left: list[int], right: list[int], swap: bool
) -> list[Pair]:
    """Two neighbours on one side match one word on the other: 'health care', 'healthcare'."""
    pairs: list[Pair] = []
    for y in list(right):
        if b.terms[y].text not in a.joined:
            continue
        for x in list(left):
            starts = [s for s in (x, x - 1) if 0 <= s < len(a.terms) - 1 and _may_join(a, s)]
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


def _may_join(reading: AnalysedTitle, start: int) -> bool:
    """Whether two neighbours may be one word: not 'Schüler in', in scripts with case.

    In others a function word may be an ending written separately.
    """
    words = reading.terms[start : start + 2]
    return all(w.kind is not Kind.FUNCTION or w.text.lower() == w.text.upper() for w in words)


def _both(reading: AnalysedTitle, start: int) -> str:
    return reading.terms[start].text + reading.terms[start + 1].text


def _by_cut(
    a: AnalysedTitle, b: AnalysedTitle, left: list[int], right: list[int], swap: bool
) -> list[Pair]:
    """The last word of a truncated title is the start of a word in the full one."""
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


def slipped_particle(term: Term, other: AnalysedTitle) -> bool:
    """'Teh' and 'The': a mistyped function word does not count as a word."""
    alike = (other.function_words or {}).get(len(term.text), ())
    return term.kind is Kind.CONTENT and any(exchanged(term.text, one) for one in alike)


@lru_cache(maxsize=ALIGNED)  # a candidate is scored first, and judged if it scores enough
def align(a: AnalysedTitle, b: AnalysedTitle) -> Alignment:
    """Align two titles; the pairs do not depend on the order of the arguments."""
    pairs = _by_key(a, b)
    matched_a, matched_b = {p.a for p in pairs}, {p.b for p in pairs}
    left = [i for i in a.weighty if i not in matched_a]
    right = [i for i in b.weighty if i not in matched_b]
    if left and right:
        pairs += _by_number(a, b, left, right, pairs)
        pairs += _joined(a, b, left, right, swap=False)
        pairs += _joined(b, a, right, left, swap=True)
        pairs += _by_cut(a, b, left, right, swap=False)
        pairs += _by_cut(b, a, right, left, swap=True)
        pairs += _by_slip(a, b, left, right)
    alone = len(left) + len(right)
    if left:
        left = [i for i in left if not slipped_particle(a.terms[i], b)]
    if right:
        right = [i for i in right if not slipped_particle(b.terms[i], a)]
    particles = alone - len(left) - len(right)
    pairs.sort(key=lambda pair: pair.a)
    return Alignment(
        a,
        b,
        tuple(pairs),
        tuple(left),
        tuple(right),
        tuple(a.terms[i] for i in left),
        tuple(b.terms[i] for i in right),
        all(one.a < two.a and one.b < two.b for one, two in pairwise(pairs)),
        particles,
    )
