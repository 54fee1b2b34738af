"""The part that all forms of a word share.

For most languages this is the stemmer's stem. Arabic builds verbs and verbal nouns
by inserting letters between the consonants of a root ('يرتفع', 'ارتفاع'), which no
stemmer undoes. Here the stem also loses its long vowels and the letters that verb
forms add. Place names are left alone, because stripping them can yield another
word ('المغرب', 'الغرب').
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
_LONG = 6  # letters; in shorter words these endings are not spelling variants ('four', 'rise')
_LEAST = 3  # consonants in a root


def _without(text: str, letters: str) -> str:
    """``text`` without ``letters``, if enough remains."""
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
    """The American spelling of an English word (normal form), judging by its ending."""
    if len(word) < _LONG:
        return word
    for british, spelling in _BRITISH:
        if british.search(word):
            return british.sub(spelling, word)
    return word


@lru_cache(maxsize=65536)
def root(word: str, language: str | None, names: frozenset[str]) -> str:
    """What ``word`` (normal form) shares with its other forms; ``names`` are only stemmed."""
    if language == "en":
        word = american(word)
    if language != "ar" or not word:
        return stem(word, language)
    base = stem(word, "ar")
    return base if word in names or base in names else "√" + _arabic(word)
