"""The normal form of titles and words, cached: most words of a title were seen before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache

from aggregator.text.languages import spaced
from aggregator.text.letters import fold
from aggregator.text.numbers import OF, NumberToken, combine
from aggregator.text.numberwords import currencies, number_words, percents
from aggregator.text.scan import UNSPACED, Raw, scan
from aggregator.text.titles import LIMIT, normal_form

_PARTICLES = frozenset("بلوفك")
_PERSIAN = frozenset(["مي", "نمي", "ها", "هاي", "هايي", "هايش", "هايشان", "تر", "ترين"])
_LETTER_OF_ITS_OWN = re.compile(f"[{UNSPACED}ʼʻꞌ]")
"""Letters that need ``scan``: unspaced scripts, and apostrophes that count as letters."""
_SCRIPT_LANGUAGES = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
)


_SCRIPT_LETTER = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]"
)
"""A letter of any of these scripts; most titles have none."""


def script_language(title: str) -> str | None:
    """The language suggested by the script of a title, if that script has no spaces."""
    if title.isascii() or not _SCRIPT_LETTER.search(title):
        return None
    least = max(2, sum(map(str.isalpha, title)) // 3)
    return next(
        (code for code, pattern in _SCRIPT_LANGUAGES if len(pattern.findall(title)) >= least), None
    )


def shared_script_language(a: str, b: str) -> str | None:
    """``script_language`` for two titles; if they differ, the first code in sorted order."""
    found = {code for code in (script_language(a), script_language(b)) if code}
    return min(found) if found else None


def form(title: str, language: str | None) -> str:
    """The normal form of a title, as ``aggregator.text.titles.normal_form`` would give it.

    Only numbers and the words around them depend on context; every other word is
    looked up on its own.
    """
    if not spaced(language):
        return normal_form(title, language)
    if language == "fa" and not _PERSIAN.isdisjoint(fold(title[:LIMIT], language).split()):
        return normal_form(title, language)  # joins prefixes and endings to their words
    pieces: list[str] = []
    run: list[str] = []
    numeric = False
    for word in title[:LIMIT].split():
        nature, alone = _nature(word, language)
        if nature is _Nature.PLAIN:
            if run:
                pieces += _run(run, numeric, language)
                run, numeric = [], False
            pieces.append(alone)
        elif nature is _Nature.OPEN:
            return normal_form(title, language)
        else:
            run.append(word)
            numeric = numeric or nature is _Nature.NUMERIC
    pieces += _run(run, numeric, language)
    return " ".join(filter(None, pieces))


def numberless(word: str, language: str | None) -> str | None:
    """The normal form of a word in a title without numbers; None if it has a number itself."""
    nature, alone = _nature(word, language)
    return alone if nature in (_Nature.PLAIN, _Nature.BESIDE) else None


class _Nature(Enum):
    PLAIN = "the same in any place"
    BESIDE = "a part of a number if it stands beside one"
    NUMERIC = "a number, or joined with its like"
    OPEN = "joined with whatever follows"


def _run(words: list[str], numeric: bool, language: str | None) -> Iterable[str]:
    """The normal form of consecutive words, none of which is ``PLAIN``."""
    if numeric:
        return (word_form(" ".join(words), language),)
    return [_nature(word, language)[1] for word in words]


@lru_cache(maxsize=131_072)
def _nature(word: str, language: str | None) -> tuple[_Nature, str]:
    if word.isalpha() and not _LETTER_OF_ITS_OWN.search(word):
        alone = fold(word, language)
    else:
        tokens = combine(scan(word, language), language)
        if any(isinstance(token, Raw) and token.kind == "prefix" for token in tokens):
            return _Nature.OPEN, ""
        numeric = any(isinstance(token, NumberToken) or token.kind == "cjk" for token in tokens)
        alone = normal_form(word, language)
        if numeric or any(char.isdigit() for char in word):
            return _Nature.NUMERIC, alone
    if not alone:
        return _Nature.BESIDE, alone  # a dash or sign, which may be part of a number
    numbers, beside = _number_words(language)
    parts = alone.split()
    if numbers.intersection(parts):
        return _Nature.NUMERIC, alone
    return (_Nature.BESIDE if beside.intersection(parts) else _Nature.PLAIN), alone


@cache
def _number_words(language: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Words that are numbers (or join with others), and words that may be part of one."""
    known = number_words(language)
    phrases = [phrase for found in known.phrases.values() for phrase, _, _ in found]
    numbers = {phrase[0] for phrase in phrases} | known.duals
    if language == "fa":
        numbers |= _PERSIAN
    beside = (
        {word for phrase in phrases for word in phrase[1:]} | known.times.keys() | known.quarter
    )
    for place in ("before", "after"):
        for first, found in percents(place).items():
            beside |= {first, *(word for phrase in found for word in phrase)}
    beside |= currencies().keys() | _PARTICLES | OF
    return frozenset(numbers), frozenset(beside)


@lru_cache(maxsize=65_536)
def word_form(word: str, language: str | None) -> str:
    """The normal form of one written word."""
    return normal_form(word, language)
