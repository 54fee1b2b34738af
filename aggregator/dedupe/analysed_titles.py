"""A title analysed once, with everything that comparisons need.

Two titles are compared in one language, so an analysis belongs to a title and a
language. The last ``REMEMBERED`` analyses are cached, so titles of the current poll
and frequent candidates are analysed only once, whichever module needs them. Older
titles in the window exist only in packed form in ``TitleIndex``, and are analysed
again when they become candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TypeVar

from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.normal_forms import form, script_language
from aggregator.dedupe.terms import Kind, Term, read
from aggregator.dedupe.word_variants import names
from aggregator.text.labels import split
from aggregator.text.languages import spaced
from aggregator.text.numbers import numbers
from aggregator.text.titles import LIMIT

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

REMEMBERED = 8_192
"""Size of the cache of analyses."""

LOOSE = frozenset({"fa"})
"""Languages that write the parts of a word together, apart or with a joiner, depending on the
outlet: spaces mean nothing there."""

LEAST_WORDS = 3  # content words (including numbers and days) that both titles must share
LEAST_LETTERS = 11  # total letters in those words: 'a b c' proves nothing
LEAST_RUN = 8  # characters in an unspaced title
HEAD = 4  # first words that a title and its truncated copy share


@dataclass(frozen=True, slots=True, eq=False)
class AnalysedTitle:
    """A title, prepared for comparisons in ``language``.

    A title in a script without spaces has ``letters`` and ``numbers`` but no terms;
    other titles have terms and the fields derived from them.
    """

    title: str
    language: str | None
    normal: str  # normal form, without labels
    telling: bool  # specific enough to prove something: not generic, not too short
    label: str | None = None  # kind of label in front of it: retraction, check, ...
    letters: str = ""  # the normal form without spaces, if spaces mean nothing
    numbers: tuple[str, ...] = ()  # sorted
    terms: tuple[Term, ...] = ()
    truncated: bool = False  # ends in an ellipsis
    marks: tuple[str, ...] = ()  # the punctuation mark before each segment
    names: frozenset[int] = frozenset()  # positions of terms that are names, judging by capitals
    weighty: tuple[int, ...] = ()  # positions of the significant terms
    head: tuple[str, ...] = ()  # keys of the first significant terms
    by_key: Mapping[str, tuple[int, ...]] | None = None  # positions of the significant terms
    words: frozenset[str] = frozenset()  # keys of the significant terms that are not numbers
    ranges: bool = False  # has a number such as 5-11
    function_words: Mapping[int, tuple[str, ...]] | None = None  # by their length
    joined: frozenset[str] = frozenset()  # any two neighbours written as one word
    weighty_texts: frozenset[str] = frozenset()
    negations: tuple[Term, ...] = ()
    modals: frozenset[int] = frozenset()  # places
    opposed: Mapping[tuple[str, int], str] | None = None  # (pair, side): the word
    clause_words: tuple[int, ...] = ()  # how many come before each position

    @property
    def equal_form(self) -> str:
        """The form that is equal for titles that differ only in case, punctuation and the like."""
        return self.letters if self.language in LOOSE else self.normal

    @property
    def texts(self) -> tuple[str, ...]:
        """The words in normal form."""
        return tuple(term.text for term in self.terms)

    def parted(self, first: int, second: int) -> bool:
        """Whether a word between two places (the first lower) begins a clause."""
        return second > first and self.clause_words[first + 1] != self.clause_words[second]


def analyse(title: str, language: str | None) -> AnalysedTitle:
    """Analyse ``title`` for comparison in ``language`` (ISO 639-1).

    If the language is None, it is inferred from scripts without spaces.
    """
    return _analysed(title, language or script_language(title))


@lru_cache(maxsize=REMEMBERED)
def _analysed(title: str, language: str | None) -> AnalysedTitle:
    label, title = split(title)
    normal = form(title, language)
    words = lexicon(language)
    if not spaced(language):
        letters = normal.replace(" ", "")
        enough = len(set(letters)) >= LEAST_RUN - 2 and len(normal) >= LEAST_RUN
        return AnalysedTitle(
            title,
            language,
            normal,
            telling=enough and normal not in words.generic,
            label=label,
            letters=letters,
            numbers=tuple(sorted(numbers(title[:LIMIT], language))),
        )
    reading = read(title, language)
    terms, weighty = reading.terms, reading.weighty
    clauses = accumulate((term.text in words.clause for term in terms), initial=0)
    return AnalysedTitle(
        title,
        language,
        normal,
        label=label,
        letters=normal.replace(" ", "") if language in LOOSE else "",
        telling=normal not in words.generic and _telling(terms, weighty),
        terms=terms,
        truncated=reading.truncated,
        marks=reading.marks,
        names=frozenset(names(terms, language)),
        weighty=weighty,
        head=tuple(terms[place].key for place in weighty[:HEAD]),
        by_key=_grouped((terms[place].key, place) for place in weighty),
        words=frozenset(terms[i].key for i in weighty if terms[i].kind is not Kind.NUMBER),
        ranges=any("-" in term.text for term in terms if term.kind is Kind.NUMBER),
        function_words=_grouped(
            (len(term.text), term.text) for term in terms if term.kind is Kind.FUNCTION
        ),
        joined=frozenset(a.text + b.text for a, b in pairwise(terms)),
        weighty_texts=frozenset(terms[place].text for place in weighty),
        negations=tuple(
            term
            for term in terms
            if term.kind is Kind.NEGATION or (words.negated and _negated(term, words.negated))
        ),
        modals=frozenset(i for i, term in enumerate(terms) if term.kind is Kind.MODAL),
        opposed={words.opposed[t.text]: t.text for t in terms if t.text in words.opposed},
        clause_words=tuple(clauses),
    )


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, tuple[_Value, ...]]:
    found: dict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _telling(terms: tuple[Term, ...], weighty: tuple[int, ...]) -> bool:
    keys = {terms[i].key for i in weighty}
    keys |= {term.key for term in terms if term.kind is Kind.NEGATION}
    words = {terms[i].key for i in weighty if terms[i].kind is Kind.CONTENT}
    if len(words) < LEAST_WORDS - 1 or sum(map(len, keys)) < LEAST_LETTERS:
        return False
    # Two significant words are enough in a title of four ('The minister has resigned').
    return len(keys) >= LEAST_WORDS or len(terms) > LEAST_WORDS


def _negated(term: Term, beginnings: tuple[str, ...]) -> bool:
    """Whether ``term`` is a verb with one of the ``beginnings`` of negated verbs."""
    return term.text not in beginnings and term.text.startswith(beginnings)
