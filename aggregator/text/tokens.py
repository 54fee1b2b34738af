"""Words for comparison: split, stemmed, without stop words."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from aggregator.text.data import words_of
from aggregator.text.letters import fold
from aggregator.text.numbers import NumberToken, combine
from aggregator.text.scan import UNSPACED, Raw, scan
from aggregator.text.stems import stem

__all__ = ["Word", "content_words", "ngrams", "normal_words", "stem", "stopwords", "words"]

_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
# One-letter Arabic particles, attached to a number or before it (بـ 5, ب5, بخمسة).
_ARABIC_PARTICLES = frozenset("بلوفك")
# Persian prefixes and endings, written together, separately, or with a joiner.
_PERSIAN_FRONT = frozenset({"مي", "نمي"})
_PERSIAN_BACK = frozenset(["ها", "هاي", "هايي", "هايش", "هايشان", "تر", "ترين"])


class Word(NamedTuple):
    """One word of the normal form and its source: ``text[start:end]``."""

    word: str
    start: int
    end: int


def ngrams(text: str, n: int) -> list[str]:
    """All runs of ``n`` characters of ``text``; the text itself if it is shorter."""
    return [text[i : i + n] for i in range(len(text) - n + 1)] or ([text] if text else [])


def spans(text: str, language: str | None) -> list[Word]:
    """The words of the normal form of ``text`` with their positions.

    Numbers are in canonical form, a currency is a separate word after them, and a run of
    Chinese or Japanese is one word.
    """
    found: list[Word] = []
    joined: Raw | None = None
    for token in combine(scan(text, language), language):
        if isinstance(token, NumberToken):
            if token.kind != "dual" and found and _is_particle(found[-1], language):
                found.pop()
            found.append(Word(token.word or token.value, token.start, token.end))
            if token.unit:
                found.append(Word(token.unit, token.start, token.end))
        elif token.kind == "prefix":
            joined = token
            continue
        elif joined is not None:
            found.append(Word(joined.word + token.word, joined.start, token.end))
        elif language == "fa" and found and _persian_pair(found[-1].word, token.word):
            found.append(Word(found.pop().word + token.word, token.start, token.end))
        else:
            found.append(Word(token.word, token.start, token.end))
        joined = None
    return found


def _is_particle(word: Word, language: str | None) -> bool:
    return language in {"ar", None} and word.word in _ARABIC_PARTICLES


def _persian_pair(first: str, second: str) -> bool:
    return first in _PERSIAN_FRONT or second in _PERSIAN_BACK


def normal_words(text: str, language: str | None) -> list[str]:
    """The words of the normal form of ``text``; a run of Chinese or Japanese is one."""
    return [word.word for word in spans(text, language)]


def words(text: str, language: str | None) -> list[str]:
    """The words of the normal form of ``text``, for comparison.

    Scripts without spaces (Chinese, Japanese, Thai, ...) give overlapping pairs of
    characters instead of words.
    """
    found = normal_words(text, language)
    if not any(_UNSPACED.search(word) for word in found if not word.isascii()):
        return found
    pieces: list[str] = []
    for word in found:
        for run in _UNSPACED_RUN.findall(word):
            pieces.extend(ngrams(run, 2) if _UNSPACED.match(run) else [run])
    return pieces


@cache
def stopwords(language: str | None) -> frozenset[str]:
    """The words of a language that carry no content, in normal form.

    They never include negations, 'before', 'against', 'without', 'up' and 'down'.
    """
    return frozenset(
        folded
        for word in words_of("stopwords", language or "")
        for folded in (fold(word, language), *normal_words(word, language))
    )


def content_words(text: str, language: str | None) -> list[str]:
    """The words of ``text`` except stop words."""
    silent = stopwords(language)
    return [word for word in words(text, language) if word not in silent]
