"""The normal form of titles and words, remembered: most of a title is words seen before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aggregator.text.numbers import NumberToken, combine
from aggregator.text.scan import scan
from aggregator.text.titles import LIMIT, normal_form
from aggregator.text.tokens import normal_words

_BEFORE, _AFTER = 2, 4  # words round a number that may belong to it ('US$', 'per cent')
_BESIDE = (("7", "7"), ("", "7"), ("a", "a"))

_WRITTEN = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
)


@lru_cache(maxsize=16_384)
def written(title: str) -> str | None:
    """For a title of unknown language in a script without spaces: a language written so."""
    if title.isascii():
        return None
    least = max(2, sum(map(str.isalpha, title)) // 3)
    return next((code for code, pattern in _WRITTEN if len(pattern.findall(title)) >= least), None)


@lru_cache(maxsize=16_384)
def form(title: str, language: str | None) -> str:
    """The normal form of a title: as ``aggregator.text.titles.normal_form`` has it."""
    words = title[:LIMIT].split()
    known = [_alone(word, language) for word in words]
    if None not in known:
        return " ".join(part for part in known if part)
    return " ".join(filter(None, _pieces(words, known, language)))


def _pieces(
    words: list[str], known: list[str | None], language: str | None
) -> Iterator[str | None]:
    """Words that stand for themselves, and what lies round the others taken as one piece."""
    at = 0
    while at < len(words):
        start = next((i for i in range(at, len(words)) if known[i] is None), len(words))
        begin = max(at, start - _BEFORE)
        yield from known[at:begin]
        stop = last = start
        while stop < min(len(words), last + _AFTER + _BEFORE):
            if known[stop] is None:
                last = stop
            stop += 1
        if begin < stop:
            yield normal_form(" ".join(words[begin:stop]), language)
        at = max(stop, begin + 1)


@lru_cache(maxsize=131_072)
def _alone(word: str, language: str | None) -> str | None:
    """The normal form of a word that means the same in any place; None where it depends."""
    tokens = combine(scan(word, language), language)
    if any(isinstance(token, NumberToken) or token.kind != "word" for token in tokens):
        return None
    bare = " ".join(token.word for token in tokens if not isinstance(token, NumberToken))
    # Numbers on both sides show whether it belongs to numbers (a currency, a percent, a
    # particle), letters whether it is joined with its neighbours.
    for left, right in _BESIDE if language == "fa" else _BESIDE[:2]:
        expected = " ".join(filter(None, (left, bare, right)))
        if " ".join(normal_words(f"{left} {word} {right}", language)) != expected:
            return None
    return bare


@lru_cache(maxsize=65_536)
def word_form(word: str, language: str | None) -> str:
    """The normal form of one word as it is written."""
    return normal_form(word, language)
