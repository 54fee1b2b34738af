"""Splits a title into terms, which classify each word for comparison.

Two terms are the same word if their keys are equal: the same number value, the
same day, the same class of meaning, or the same stem. Because matching words have
equal keys (except for typos), the candidate index can be complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import islice

from aggregator.dedupe.lexicon import Lexicon, lexicon
from aggregator.dedupe.normal_forms import form, numberless, word_form
from aggregator.dedupe.word_roots import root
from aggregator.text.titles import LIMIT

LONGEST = 60
"""Maximum terms read from a title: bounds the work on hostile titles."""


class Kind(IntEnum):
    """The role of a word in a headline."""

    CONTENT = 0
    NUMBER = 1
    CALENDAR = 2
    NEGATION = 3
    MODAL = 4
    FUNCTION = 5
    JOINER = 6


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a title."""

    text: str  # normal form
    key: str  # equal for words with the same meaning
    kind: Kind
    segment: int  # number of the part between punctuation marks
    capital: bool  # written with a capital letter inside the title


@dataclass(frozen=True, slots=True)
class Reading:
    """The terms of a title and its structure: the basis of ``AnalysedTitle``."""

    terms: tuple[Term, ...]
    truncated: bool  # ends in an ellipsis
    marks: tuple[str, ...]  # the punctuation mark before each segment
    weighty: tuple[int, ...]  # positions of the significant terms


# Quotation marks do not split: 'Team "A" beats team "B"' is one clause.
_BREAK = re.compile(
    r"([;!?؟؛،、，：；。！？()\[\]|…•]+|(?<!\d)[,:]+|[,:]+(?!\d)|\.{2,}|(?<=\s)[-–—]+(?=\s)|\.(?=\s))"
)
_MARKS = frozenset(";!?؟؛،、，：；。！？()[]|…•,:.-–—")
"""A title without any of these is a single part."""
_CUT = re.compile(r"(?:…|\.{3})\s*$")
_NEGATED = re.compile(r"n['’ʼ]t\b", re.IGNORECASE)
_ELISION = re.compile(
    r"\b([cdjlmnstCDJLMNST]|[qQ]u|[dD]ell|[aA]ll|[nN]ell|[sS]ull|[uU]n)['’ʼ](?=\w)"
)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")


Row = tuple[str, str, Kind]
"""The parts of a word that title lookup needs: text, key, kind."""


@lru_cache(maxsize=131_072)
def _meaning(word: str, language: str | None) -> Row:
    """A word's text, its key (shared by equal words) and its role in a headline."""
    words = lexicon(language)
    kind = _kind(word, words)
    return word, _key(word, kind, words, language), kind


def _kind(word: str, words: Lexicon) -> Kind:
    if any(char.isdigit() for char in word):
        return Kind.NUMBER
    for known, kind in (
        (words.negation, Kind.NEGATION),
        (words.calendar, Kind.CALENDAR),
        (words.modal, Kind.MODAL),
        (words.joiner, Kind.JOINER),
        (words.function, Kind.FUNCTION),
    ):
        if word in known:
            return kind
    return Kind.CONTENT


def _key(word: str, kind: Kind, words: Lexicon, language: str | None) -> str:
    if kind is Kind.CALENDAR:
        return words.calendar[word]
    if kind is not Kind.CONTENT:
        return word
    base = root(word, language, words.names)
    return words.same.get(word) or words.same.get(base) or base


def _phrase(row: list[str], at: int, words: Lexicon) -> tuple[int, str]:
    """How many words from ``at`` form a known phrase, and the class of that phrase."""
    for length in range(min(words.longest, len(row) - at), 1, -1):
        name = words.phrases.get(tuple(row[at : at + length]))
        if name:
            return length, name
    return 0, ""


def _parts(title: str) -> list[tuple[str, str]]:
    """The parts between punctuation marks, each with the mark before it."""
    title = title[:LIMIT]
    if "'" in title or "’" in title or "ʼ" in title:
        title = _ELISION.sub(r"\1 ", _NEGATED.sub(" not", title))
    if "." in title:
        title = _DOTTED.sub(lambda found: found[0].replace(".", ""), title)
    if _MARKS.isdisjoint(title):
        return [("", title)]
    split = ["", *_BREAK.split(title)]  # mark, part, mark, part, ...
    return list(zip(split[::2], split[1::2], strict=True))


def _segments(title: str, language: str | None) -> list[tuple[str, list[str], list[str]]]:
    """Each part between punctuation marks: the mark before it, normal-form words, as written."""
    found = []
    for mark, part in _parts(title):
        spread = _HYPHEN.sub(" ", part)
        row = form(spread, language).split()
        if row:
            found.append((mark, row, spread.split()))
    return found


def _rows(row: list[str], words: Lexicon, language: str | None) -> Iterable[Row]:
    if words.openers.isdisjoint(row) and words.dayword.isdisjoint(row):
        return [_meaning(word, language) for word in row]
    return _phrased(row, words, language)


def _phrased(row: list[str], words: Lexicon, language: str | None) -> Iterator[Row]:
    at, longest = 0, len(row)
    while at < longest:
        length, name = _phrase(row, at, words) if row[at] in words.openers else (0, "")
        if length:
            phrase = " ".join(row[at : at + length])
            yield phrase, name, Kind.CALENDAR if phrase in words.calendar else Kind.CONTENT
            at += length
            continue
        word = row[at]
        at += 1
        if word in words.dayword and at < longest and row[at] in words.calendar:
            yield word, word, Kind.FUNCTION
        else:
            yield _meaning(word, language)


_NOTHING: Row = ("", "", Kind.FUNCTION)


@lru_cache(maxsize=131_072)
def _alone(written: str, language: str | None) -> Row | None:
    """The row of a written word, if it is one term without numbers; else None."""
    word = numberless(written, language)
    if word == "":
        return _NOTHING
    if word is None or " " in word or _HYPHEN.search(written):
        return None
    return _meaning(word, language)


def outline(title: str, language: str | None) -> list[Row]:
    """Only the words of ``title``, as ``read`` finds them, at a fraction of the cost."""
    words = lexicon(language)
    rows: list[Row] = []
    for _, part in _parts(title):
        found = [_alone(word, language) for word in part.split()]
        if None in found:
            row = form(_HYPHEN.sub(" ", part), language).split()
            rows += _rows(row, words, language)
            continue
        known = [row for row in found if row and row[0]]
        row = [word for word, _, _ in known]
        if words.openers.isdisjoint(row) and words.dayword.isdisjoint(row):
            rows += known
        else:
            rows += _phrased(row, words, language)
    return rows[:LONGEST]


def read(title: str, language: str | None) -> Reading:
    """Split ``title`` into terms; ``language`` is an ISO 639-1 code or None."""
    words = lexicon(language)
    terms: list[Term] = []
    segments = _segments(title, language)
    cased_title = title.lower() != title
    for number, (_, row, written) in enumerate(segments):
        cased = cased_title and [word for word in written if _capital(word)]
        capitals = {word_form(word, language) for word in cased or ()}
        for text, key, kind in islice(_rows(row, words, language), LONGEST - len(terms)):
            phrase = " " in text and text != text.upper()  # scripts without capitals hide names
            capital = phrase or (text in capitals and bool(terms))
            terms.append(Term(text, key, kind, number, capital))
    marks = tuple(mark for mark, _, _ in segments)
    weighty = tuple(i for i, term in enumerate(terms) if term.kind <= Kind.CALENDAR)
    return Reading(tuple(terms), bool(_CUT.search(title)), marks, weighty)


def _capital(word: str) -> bool:
    return next((char.isupper() for char in word if char.isalpha()), False)
