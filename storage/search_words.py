"""The default normalisation of words for search.

Case, compatibility forms, accents, Arabic letter variants, vowel marks, tatweel
and digits of every script are folded. In scripts without spaces each character
becomes a word, so that a search for several characters is a phrase search. Marks
that are letters in their own right (Indic vowel signs) are kept.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ئ": "ي",
        "ی": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
    }
)
_HALF_SPACE = re.compile("(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])")
"""Persian uses it to join endings to words, and 'books' must be found by 'book'."""
_LAST_ACCENT = "\u08ff"  # the last Arabic mark; up to here, marks are accents rather than letters
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


class _Table(dict[int, str]):
    """The folded form of each character, computed on first use."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _folded(character, code)
        # The parts of a ligature are folded too.
        self[code] = "".join(one if one in (character, " ") else self[ord(one)] for one in folded)
        return self[code]


def _folded(character: str, code: int) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if any(first <= code <= last for first, last in _SPACELESS):
        kept = unicodedata.normalize("NFKC", character)
        return f" {kept} " if unicodedata.category(character)[0] in "LMN" else " "
    category = unicodedata.category(character)
    if category == "Lm" and character == "ـ":
        return ""
    if category in ("Cf", "Mn", "Me") and (character <= _LAST_ACCENT or category == "Cf"):
        return ""
    if category[0] not in "LMN":
        return " "
    form: Literal["NFKC", "NFKD"] = "NFKC" if 0xAC00 <= code <= 0xD7A3 else "NFKD"
    plain = unicodedata.normalize(form, character.translate(_ARABIC))
    letters = (one for one in plain if unicodedata.combining(one) == 0 or one > _LAST_ACCENT)
    text = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in letters)
    return text.casefold().translate(_ARABIC)


_TABLE = _Table()


def searchable(text: str) -> str:
    """The normalised words of ``text``, separated by single spaces."""
    return " ".join(_HALF_SPACE.sub(" ", text).translate(_TABLE).split())
