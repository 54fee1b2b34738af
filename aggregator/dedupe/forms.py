"""The normal form of titles and words, remembered: each is asked for several times."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.text.titles import normal_form

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
    least = max(2, sum(map(str.isalpha, title)) // 3)
    return next((code for code, pattern in _WRITTEN if len(pattern.findall(title)) >= least), None)


@lru_cache(maxsize=16_384)
def form(title: str, language: str | None) -> str:
    """The normal form of a title; see ``aggregator.text.titles.normal_form``."""
    return normal_form(title, language)


@lru_cache(maxsize=65_536)
def word_form(word: str, language: str | None) -> str:
    """The normal form of one word as it is written."""
    return normal_form(word, language)
