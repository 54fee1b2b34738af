"""Stems of folded words, so that a word finds its inflections.

Each is tagged with its language: 'flood·en' stands in the index beside 'floods', and a search for
'flooded' looks for it too. Letters and ``·`` cannot be typed together, since folding removes
``·``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import Stemmer

TAG = "·"
_SHORTEST = 3  # letters of a word that has a stem
_SCRIPTS = (
    ("a", "\u024f", "ca cs da de en es et eu fi fr ga hu id it lt nl no pl pt ro sr sv tr"),
    ("\u0370", "\u03ff", "el"),
    ("\u0400", "\u052f", "ru sr"),
    ("\u0530", "\u058f", "hy"),
    ("\u0600", "\u06ff", "ar fa"),
    ("\u0900", "\u097f", "hi ne"),
    ("\u0b80", "\u0bff", "ta"),
)
"""The first and last letter of a script, and the languages in it that have a stemmer."""
_BY_LANGUAGE = {one: (first, last) for first, last, codes in _SCRIPTS for one in codes.split()}
_ALIASES = {"nb": "no", "nn": "no", "hr": "sr", "bs": "sr"}
_ARABIC_AND = "و"
_held = threading.local()


def stems(words: Iterable[str], language: str | None) -> set[str]:
    """The tagged stems of folded words of a text in ``language``; none without a stemmer."""
    code = _ALIASES.get(language or "", language or "")
    if code not in _BY_LANGUAGE:
        return set()
    return {found for word in set(words) if (found := _tagged(word, code))}


def stem_of(word: str, language: str | None) -> str | None:
    """The tagged stem of one folded word of a text in ``language``."""
    code = _ALIASES.get(language or "", language or "")
    return _tagged(word, code) if code in _BY_LANGUAGE else None


@lru_cache(maxsize=1 << 16)
def _tagged(word: str, code: str) -> str | None:
    """The tagged stem of a word; None for a short one, a number, or without a stemmer."""
    if len(word) < _SHORTEST or any(map(str.isdigit, word)):
        return None
    stemmer = _stemmer(code)
    return None if stemmer is None else f"{stemmer.stemWord(_plain(word, code))}{TAG}{code}"


def possible_stems(word: str, language: str | None = None) -> list[str]:
    """The tagged stems of a folded word in ``language``, or in every language of its script."""
    if not word:
        return []
    if language is not None:
        return sorted(stems((word,), language))
    codes = (
        code
        for first, last, listed in _SCRIPTS
        if first <= word[0] <= last
        for code in listed.split()
    )
    return sorted(set().union(*(stems((word,), code) for code in codes)))


def _plain(word: str, language: str) -> str:
    """Without the Arabic 'and', where it stands before an article."""
    if language == "ar" and word.startswith(f"{_ARABIC_AND}ال") and len(word) > 5:
        return word[1:]
    return word


def _stemmer(language: str) -> Any:
    """The stemmer of this thread: they are not safe to share."""
    known = getattr(_held, "stemmers", None)
    if known is None:
        known = _held.stemmers = {}
    if language not in known:
        try:
            known[language] = Stemmer.Stemmer(language)
        except KeyError:  # older releases lack a few languages
            known[language] = None
    return known[language]
