"""The part of a word that its forms share.

A stemmer's stem for most languages. Arabic forms verbs and verbal nouns from
one root by letters put between its consonants ('يرتفع', 'ارتفاع'), which no
stemmer undoes: here the stem loses its long vowels and the letters that verb
forms put before and into it. Names of places are left alone, because what
remains of them can be another word ('المغرب', 'الغرب').
"""

from __future__ import annotations

from functools import lru_cache

from aggregator.text.tokens import stem

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


@lru_cache(maxsize=65536)
def root(word: str, language: str | None, names: frozenset[str]) -> str:
    """What ``word`` (in normal form) shares with its other forms; ``names`` keep their stem."""
    if language != "ar" or not word:
        return stem(word, language)
    base = stem(word, "ar")
    return base if word in names or base in names else "√" + _arabic(word)
