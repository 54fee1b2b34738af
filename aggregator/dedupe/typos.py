"""Whether one word is the other with a slip of the hand, or another word.

One letter apart is not enough: 'Iran' and 'Iraq', 'legal' and 'illegal',
'العربي' and 'الغربي' are one or two letters apart. Slips leave marks that new
words seldom bear: two neighbours exchanged, a letter doubled or lost inside a
long word, a vowel for a vowel. The first letter is kept.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

_VOWELS = frozenset("aeiouyаеиоуыэюяєіїαεηιουωاويאוי")
# Letters that one sound is spelled with, in names carried over from other scripts above all.
_SOUNDS = tuple(frozenset(pair) for pair in ("sz", "ck", "vw", "iy", "kq", "fp", "jy", "ij", "eé"))


def _exchanged(a: str, b: str) -> bool:
    places = [i for i in range(len(a)) if a[i] != b[i]]
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and a[places[0]] == b[places[1]]
        and a[places[1]] == b[places[0]]
    )


def _lost(longer: str, shorter: str) -> bool:
    at = next((i for i in range(len(shorter)) if longer[i] != shorter[i]), len(shorter))
    letter = longer[at]
    doubled = letter in longer[max(0, at - 1) : at] + longer[at + 1 : at + 2]
    inside = 0 < at < len(longer) - 1
    return inside and (doubled or len(longer) >= 7 or (letter in _VOWELS and len(longer) >= 6))


def exchanged(a: str, b: str) -> bool:
    """Whether ``b`` is ``a`` with two neighbours exchanged ('teh', 'the')."""
    return len(a) == len(b) >= 3 and _exchanged(a, b)


def slip(a: str, b: str) -> bool:
    """Whether ``a`` and ``b`` (normal form, not equal) are one word, one of them mistyped."""
    if min(len(a), len(b)) < 4 or abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    if any(char.isdigit() for char in a + b) or OSA.distance(a, b, score_cutoff=1) != 1:
        return False
    if len(a) != len(b):
        return _lost(*sorted((a, b), key=len, reverse=True))
    if _exchanged(a, b):
        return len(a) >= 5
    x, y = next((x, y) for x, y in zip(a, b, strict=True) if x != y)
    same_sound = any(x in pair and y in pair for pair in _SOUNDS)
    vowels = x in _VOWELS and y in _VOWELS
    return (same_sound and len(a) >= 5) or (vowels and len(a) >= 7 and a[-1] == b[-1])
