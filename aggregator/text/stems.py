"""Stems of normal-form words.

Uses Snowball (PyStemmer) if its rules work on folded letters; our own short rules
otherwise (in Arabic, Persian and Turkish, folding removes the letters that Snowball
needs), or if it has none (Hebrew, Urdu, Korean, Ukrainian, ...). Our rules are light on
purpose: they join inflections of one word and keep different words apart; Arabic
follows Larkey's light10 (SIGIR 2002).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import Stemmer

from aggregator.text.data import table
from aggregator.text.letters import fold

_SNOWBALL = {
    "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish",
    "nl": "dutch", "en": "english", "et": "estonian", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian",
    "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "hr": "serbian", "bs": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil",
}  # fmt: skip


@cache
def _snowball(name: str) -> Any:
    # Older PyStemmer releases lack a few of these languages.
    return Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None


@cache
def _affixes(language: str) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """(prefixes, suffixes) of a language, longest first, with the minimum remaining letters."""
    lists = table("affixes").get(language, {})

    def read(name: str) -> tuple[tuple[str, int], ...]:
        found = {
            fold(affix, language): int(rest)
            for rest, affixes in lists.get(name, {}).items()
            for affix in affixes.split()
        }
        return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))

    return read("front"), read("back")


def _light(word: str, language: str) -> str:
    fronts, backs = _affixes(language)
    for front, rest in fronts:
        if word.startswith(front) and len(word) - len(front) >= rest:
            word = word[len(front) :]
            break
    for back, rest in backs:
        if word.endswith(back) and len(word) - len(back) >= rest:
            return word[: len(word) - len(back)]
    return word


@lru_cache(maxsize=1 << 16)
def stem(word: str, language: str | None) -> str:
    """The stem of a normal-form word; the word itself if there is no rule."""
    if language is None or not word or word[0].isdigit():
        return word
    if language in table("affixes"):
        return _light(word, language)
    name = _SNOWBALL.get(language)
    stemmer: Callable[[str], str] | None = _snowball(name).stemWord if name else None
    return str(stemmer(word)) if stemmer else word
