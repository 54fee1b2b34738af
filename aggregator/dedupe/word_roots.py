"""The part of a word that its forms share.

A stemmer's stem for most languages. Arabic forms verbs and verbal nouns from
one root by letters put between its consonants ('يرتفع', 'ارتفاع'), which no
stemmer undoes: here the stem loses its long vowels and the letters that verb
forms put before and into it. Names of places are left alone, because what
remains of them can be another word ('المغرب', 'الغرب').
"""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.text.tokens import stem

_BRITISH = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        ("is(?=(?:e[ds]?|ers?|ing|ations?)$)", "iz"),  # organise
        ("ys(?=(?:e[ds]?|ing)$)", "yz"),  # analyse
        ("our(?=(?:s|ed|ing|ite|ites|able|ful|less|ers?)?$)", "or"),  # harbour
        ("(?<=[bct])re(?=s?$)", "er"),  # centre
        ("enc(?=es?$)", "ens"),  # defence
        ("ogue(?=s?$)", "og"),  # dialogue
        ("ll(?=(?:ed|ing|ers?)$)", "l"),  # travelled
        ("amme(?=s?$)", "am"),  # programme
    )
)
_LONG = 6  # letters; in shorter words the same endings are no spelling ('four', 'rise')
_LEAST = 3  # consonants of a root


def _without(text: str, letters: str) -> str:
    """``text`` without ``letters``, if enough of it remains."""
    rest = "".join(char for char in text if char not in letters)
    return rest if len(rest) >= _LEAST else text


def _arabic(word: str) -> str:
    base = stem(word, "ar")
    if word[:3] in ("است", "يست", "تست") and len(word) > 5:
        base = word[3:]
    else:
        if base[0] in "يتا" and len(base) > _LEAST:
            base = base[1:]
        if base[0] == "ت" and len(base) > _LEAST:
            base = base[1:]
    base = _without(_without(base, "اي"), "و")
    if len(base) > _LEAST and base[1] == "ت":
        base = base[0] + base[2:]  # form VIII: 'ارتفع' of 'رفع'
    if len(base) > _LEAST and base[0] == "م":
        base = base[1:]
    if len(base) > _LEAST and base[-1] in "هت":
        base = base[:-1]
    return base if len(base) >= _LEAST else stem(word, "ar")


def american(word: str) -> str:
    """An English word (normal form) as Americans spell it, as far as endings tell."""
    if len(word) < _LONG:
        return word
    for british, spelling in _BRITISH:
        if british.search(word):
            return british.sub(spelling, word)
    return word


@lru_cache(maxsize=65536)
def root(word: str, language: str | None, names: frozenset[str]) -> str:
    """What ``word`` (in normal form) shares with its other forms; ``names`` keep their stem."""
    if language == "en":
        word = american(word)
    if language != "ar" or not word:
        return stem(word, language)
    base = stem(word, "ar")
    return base if word in names or base in names else "√" + _arabic(word)
