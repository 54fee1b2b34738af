"""The words of a text as hashed terms with their kinds (name, number)."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from aggregator.text.letters import MARKS, fold
from aggregator.text.tokens import stem, stopwords

NAME: Final = 1 << 8
NUMBER: Final = 1 << 9

CHARACTERS: Final = 14  # characters examined per requested word
SHOUTED: Final = 0.6  # share of capitalised longer words from which capitals prove no name
KNOWN: Final = 200_000  # words per language whose terms are cached

_JOINERS: Final = "\u200c\u200d"
_UNSPACED = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u0e00-\u0edf\u1780-\u17ff\u1000-\u109f\uac00-\ud7a3\U00020000-\U0003ffff"
)
# After a mark (the virama of Indic scripts) a joiner is part of the word. After a letter it
# separates a Persian word from its endings, and each piece is a term.
_MARK = rf"(?![{_UNSPACED}])[{MARKS.rstrip(_JOINERS)}][{_JOINERS}]?"
_LETTERS = rf"(?:(?![{_UNSPACED}])[^\W\d_]|{_MARK})+"
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(rf"[{_UNSPACED}]+|{_NUMBER.pattern}|{_LETTERS}")
_HARD = re.compile(f"[{_UNSPACED}{MARKS}]")
_EASY_WORD = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]+")  # fast path for simple texts
_CAPITALS = "".join(letter for letter in map(chr, range(0x2C00)) if letter.isupper())
_CAPITALISED = re.compile(rf"(?<![^\W\d_])[{_CAPITALS}](?:{_LETTERS})?")
_RUN = re.compile(f"[{_UNSPACED}]")
_LAST_SPACED: Final = "\u0dff"  # all scripts below use spaces
_APOSTROPHE = re.compile(r"['’ʼ]s\b")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTER = re.compile(rf"[^\W_]|[{MARKS}]")
_WITH_MARKS = re.compile(rf".[{MARKS}]*", re.DOTALL)
_SENTENCE_ENDS = frozenset('.!?:;"“”«»()[]|–—-\n')

BUTTONS: Final = (
    "facebook", "twitter", "whatsapp", "linkedin", "tumblr", "pinterest", "telegram", "reddit",
    "instagram", "email", "messenger", "flipboard", "pocket", "skype", "viber", "print",
)  # fmt: skip
ROW: Final = 4  # number of share button names that make a row


class Words(NamedTuple):
    """The terms of a text in order, and the kind of those that have one."""

    terms: list[int]
    kinds: dict[int, int]


def checksum(text: str) -> int:
    """A stable 32 bit number for a text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _known(language: str | None) -> dict[str, int | None]:
    """Cache of the terms of known words of a language; it never changes results."""
    return {}


def _term(word: str, language: str | None) -> int | None:
    """The term of one word; None for words without content."""
    known = _known(language)
    if word in known:
        return known[word]
    if len(known) >= KNOWN:
        known.clear()
    known[word] = found = _made(word, language)
    return found


def _made(word: str, language: str | None) -> int | None:
    plain = fold(word, language)
    if not plain or plain in stopwords(language):
        return None
    if plain[0].isdigit():
        return checksum("".join(str(unicodedata.digit(c, c)) for c in plain if c != ","))
    if len(plain) == 1 and not _RUN.match(plain):
        return None
    return checksum(stem(plain, language))


def _terms(word: str, language: str | None) -> list[int]:
    """The terms of a word, or of a run of letters without spaces."""
    if word[0] > _LAST_SPACED and _RUN.match(word):
        return [checksum(pair) for pair in _pairs(fold(word, language))]
    term = _term(word, language)
    return [] if term is None else [term]


def _pairs(run: str) -> list[str]:
    """All pairs of adjacent letters, with their marks, in a run without spaces."""
    letters = _WITH_MARKS.findall(run)
    return ["".join(two) for two in pairwise(letters)] or letters


def _split(text: str) -> list[str]:
    """The words, numbers and unspaced runs of ``text`` in order."""
    return (_WORD if _HARD.search(text) else _EASY_WORD).findall(text)


def read_words(text: str, language: str | None, limit: int, *, kinds: bool = True) -> Words:
    """The first ``limit`` content words of ``text``; without kinds if ``kinds`` is False."""
    text = _APOSTROPHE.sub("", text[: limit * CHARACTERS])
    known = _known(language)
    terms: list[int] = []
    for word in _split(text):
        if word in known:
            term = known[word]
            if term is not None:
                terms.append(term)
        else:
            terms += _terms(word, language)
        if len(terms) >= limit:
            break
    del terms[limit:]
    if not kinds:
        return Words(terms, {})
    found = {term: NUMBER for word in _NUMBER.findall(text) for term in _terms(word, language)}
    for word in _names(text):
        term = known[word] if word in known else _term(word, language)
        if term is not None:
            found[term] = found.get(term, 0) | NAME
    return Words(terms, found)


def _names(text: str) -> set[str]:
    """Capitalised words within sentences; none if most words are capitalised."""
    if text == text.lower():
        return set()
    long = _LONG_WORD.findall(text)
    if sum(word[0].isupper() for word in long) > SHOUTED * len(long):
        return set()
    return {match[0] for match in _CAPITALISED.finditer(text) if not _begins(text, match.start())}


def _begins(text: str, at: int) -> bool:
    """Whether a sentence begins at ``at`` (fast if a space or hyphen is before it)."""
    gap = at
    while gap and not _LETTER.match(text, gap - 1):
        gap -= 1
    return not gap or (at - gap > 1 and not _SENTENCE_ENDS.isdisjoint(text[gap:at]))


@cache
def _buttons(language: str | None) -> frozenset[int]:
    terms = (_term(name, language) for name in BUTTONS)
    return frozenset(term for term in terms if term is not None)


def without_buttons(words: Words, language: str | None) -> Words:
    """The words without the names in a row of share buttons (one or two such names are news)."""
    buttons = _buttons(language)
    if len(buttons.intersection(words.terms)) < ROW:
        return words
    kinds = {term: kind for term, kind in words.kinds.items() if term not in buttons}
    return Words([term for term in words.terms if term not in buttons], kinds)


def surfaces(text: str, language: str | None, wanted: Iterable[int]) -> dict[int, str]:
    """The terms in ``wanted`` that occur in ``text``, as first written there."""
    wanted = frozenset(wanted)
    found: dict[int, str] = {}
    for word in _split(_APOSTROPHE.sub("", text)):
        if word[0] > _LAST_SPACED and _RUN.match(word):
            for pair in _pairs(word):
                term = checksum(fold(pair, language))
                if term in wanted:
                    found.setdefault(term, pair)
        else:
            known = _term(word, language)
            if known in wanted:
                found.setdefault(known, word)
    return found
