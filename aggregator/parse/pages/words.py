"""The words by which a page shows what is not its body, ready to be compared with a line."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from aggregator.text.letters import fold

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e4e"
"""Vowel signs within words, which Python does not count as letters."""
_GAPS = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_RUN = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")


def key(line: str) -> str:
    """``line`` as phrases are compared: folded, words and digits with one space between."""
    return _GAPS.sub(" ", fold(line)).strip()


def letters(line: str) -> str:
    """The letters and digits of ``line`` alone, folded: two settings of one headline are equal."""
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
    """The phrases of ``table`` as ``key`` makes them, to compare with a whole line."""
    return frozenset(k for phrase in _tables()[table] if (k := key(phrase)))


@cache
def longest(table: str) -> int:
    """Words of the longest phrase in ``table``."""
    return max(phrase.count(" ") + 1 for phrase in whole(table))


def begins(line: str, table: str, *, most: int = 80) -> int:
    """Where the longest phrase of ``table`` at the beginning of ``line`` ends; 0 where none does.

    A phrase ends with a word, or within one for scripts that write none apart.
    """
    phrases = whole(table)
    head = line[:most]
    ends = [m.end() for m in _RUN.finditer(head)]
    for end in reversed(ends[: longest(table) + 6]):
        if key(head[:end]) in phrases:
            return end
    if head and head[0] > "\u2e7f":  # words stand without spaces between them
        for end in range(min(len(head), 12), 0, -1):
            if key(head[:end]) in phrases:
                return end
    return 0


@cache
def closings() -> tuple[str, ...]:
    """Beginnings of lines at the end of a page, with their punctuation, longest first."""
    phrases = {p.strip().casefold() for p in _tables()["closing"]}
    return tuple(sorted(phrases, key=len, reverse=True))


_ENDS = re.compile(r"[.!?؟。！？।۔…][\"”»›’')）」』\]]*$")
WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}'’.‌-]+[^\W\d_]+|[{_MARKS}]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def ends_sentence(line: str) -> bool:
    """Whether the line ends as a sentence does."""
    return bool(_ENDS.search(line))


def size(line: str) -> int:
    """Words of the line; a letter of a script without spaces counts for half of one."""
    wide = len(UNSPACED.findall(line))
    return len(WORD.findall(line)) if wide < 4 else wide // 2


def is_paragraph(line: str) -> bool:
    """Whether the line can only be body: long, or a sentence of some length."""
    words = size(line)
    return words >= 45 or (words >= 9 and ends_sentence(line)) or len(line) > 350
