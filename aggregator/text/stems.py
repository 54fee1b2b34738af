"""Stems of normal-form words.

Snowball (PyStemmer) where its rules survive the folding of letters; short rules
of our own where they do not (Arabic, Persian and Turkish lose the letters that
Snowball looks for) or where it has none (Hebrew, Urdu, Korean, Ukrainian, ...).
The rules of ours are light on purpose: they join inflections of one word and
leave different words apart; Arabic follows Larkey's light10 (SIGIR 2002).
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
    """(fronts, backs) of a language, longest first, each with the letters that must remain."""
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
    """The stem of a normal-form word; the word itself where no rule is known."""
    if language is None or not word or word[0].isdigit():
        return word
    if language in table("affixes"):
        return _light(word, language)
    name = _SNOWBALL.get(language)
    stemmer: Callable[[str], str] | None = _snowball(name).stemWord if name else None
    return str(stemmer(word)) if stemmer else word
