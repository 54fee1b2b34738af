"""Phrases that mark lines outside the body, prepared for comparison with a line."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from aggregator.text.letters import fold

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e4e"
"""Vowel signs within words, which are not letters in Python."""
_GAPS = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_RUN = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")


def key(line: str) -> str:
    """``line`` normalised to compare phrases: folded, words and digits separated by a space."""
    return _GAPS.sub(" ", fold(line)).strip()


def letters(line: str) -> str:
    """Only the letters and digits of ``line``, folded, to compare headlines."""
    return _GAPS.sub("", fold(line))


@cache
def _tables() -> dict[str, tuple[str, ...]]:
    source = resources.files("aggregator.parse").joinpath("data", "pages.toml")
    loaded = tomllib.loads(source.read_text("utf-8"))
    return {
        name: tuple(p for said in by_language.values() for p in said.split("|") if p.strip())
        for name, by_language in loaded.items()
    }


@cache
def whole(table: str) -> frozenset[str]:
    """The phrases of ``table`` normalised by ``key``, for comparison with a whole line."""
    return frozenset(k for phrase in _tables()[table] if (k := key(phrase)))


@cache
def longest(table: str) -> int:
    """The number of words of the longest phrase in ``table``."""
    return max(phrase.count(" ") + 1 for phrase in whole(table))


def begins(line: str, table: str, *, most: int = 80) -> int:
    """The end of the longest phrase of ``table`` at the start of ``line``; 0 if there is none.

    A phrase must end at a word boundary, except in scripts without spaces.
    """
    phrases = whole(table)
    head = line[:most]
    ends = [m.end() for m in _RUN.finditer(head)]
    for end in reversed(ends[: longest(table) + 6]):
        if key(head[:end]) in phrases:
            return end
    if head and head[0] > "\u2e7f":  # no spaces between words
        for end in range(min(len(head), 12), 0, -1):
            if key(head[:end]) in phrases:
                return end
    return 0


@cache
def closings() -> tuple[str, ...]:
    """Phrases that begin lines at the end of a page, with punctuation, longest first."""
    phrases = {p.strip().casefold() for p in _tables()["closing"]}
    return tuple(sorted(phrases, key=len, reverse=True))


_ENDS = re.compile(r"[.!?؟。！？।۔…][\"”»›’')）」』\]]*$")
WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}'’.‌-]+[^\W\d_]+|[{_MARKS}]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def ends_sentence(line: str) -> bool:
    """Whether the line ends like a sentence."""
    return bool(_ENDS.search(line))


def size(line: str) -> int:
    """The number of words; a letter of a script without spaces counts as half a word."""
    wide = len(UNSPACED.findall(line))
    return len(WORD.findall(line)) if wide < 4 else wide // 2


def is_paragraph(line: str) -> bool:
    """Whether the line can only be body: long, or a longer sentence."""
    words = size(line)
    return words >= 45 or (words >= 9 and ends_sentence(line)) or len(line) > 350
