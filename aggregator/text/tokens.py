"""Words for comparison: split, stemmed, freed from the words that say nothing."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import Stemmer

from aggregator.text.data import words_of
from aggregator.text.letters import fold

_STEMMERS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "no": "norwegian", "fa": "persian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0edf\u1780-\u17ff\u1000-\u109f\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\s{_CJK}]+")
_UNSPACED = re.compile(f"[{_CJK}]")


def ngrams(text: str, n: int) -> list[str]:
    """All runs of ``n`` characters of ``text``; the text itself where it is shorter."""
    return [text[i : i + n] for i in range(len(text) - n + 1)] or ([text] if text else [])


def words(text: str, language: str | None) -> list[str]:
    """The words of the normal form of ``text``.

    Scripts without spaces (Chinese, Japanese, Thai, ...) give overlapping pairs
    of characters instead of words.
    """
    from aggregator.text.titles import normal_form  # noqa: PLC0415

    found: list[str] = []
    for run in _TOKEN.findall(normal_form(text, language)):
        found.extend(ngrams(run, 2) if _UNSPACED.match(run) else [run])
    return found


@cache
def _stemmer(language: str | None) -> Any:
    name = _STEMMERS.get(language or "")
    return Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None


@lru_cache(maxsize=65536)
def stem(word: str, language: str | None) -> str:
    """The stem of a normal-form word; the word itself where no rule is known."""
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer else word


@cache
def stopwords(language: str | None) -> frozenset[str]:
    """The words of a language that say nothing of an event, in normal form."""
    return frozenset(fold(word, language) for word in words_of("stopwords", language or ""))


def content_words(text: str, language: str | None) -> list[str]:
    """The words of ``text`` that are no stop words."""
    silent = stopwords(language)
    return [word for word in words(text, language) if word not in silent]
