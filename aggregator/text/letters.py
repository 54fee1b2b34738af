"""Letters made comparable: what different hands write for one and the same letter.

``fold`` is the character half of every normal form. Each rule below is applied
to both sides of a comparison, so it may be coarse where it cannot make two
different words of one language equal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Arabic script: hamza seats, alef forms, ta marbuta, alef maqsura and the Arabic
# forms of Persian letters are mixed freely by keyboards and house styles.
_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ؤ": "و", "ئ": "ي",
        "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ۓ": "ي", "ۍ": "ي", "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه",
        "ۂ": "ه", "ۃ": "ه", "ھ": "ه", "ک": "ك", "ڪ": "ك", "گ": "گ", "ڤ": "ف", "ء": "", "ـ": "",
        "\u200c": "", "\u200d": "",
    }
)  # fmt: skip
_ARABIC_MARKS = (
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]"
)
_HEBREW_MARKS = "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
_MARKS = re.compile(f"{_ARABIC_MARKS}|{_HEBREW_MARKS}|[\u0300-\u036f]")
_VIETNAMESE = re.compile("[ăơưđạ-ỹ]")
_GERMAN_PAIR = re.compile("(?<![aeiouyq])([aou])e+")


@cache
def _bases() -> dict[int, str]:
    """Latin, Greek and a few Cyrillic letters without their accents."""
    bases: dict[int, str] = {}
    for start, end in ((0xC0, 0x250), (0x370, 0x400), (0x1E00, 0x2000)):
        for point in range(start, end):
            decomposed = unicodedata.normalize("NFD", chr(point))
            if len(decomposed) > 1:
                bases[point] = decomposed[0]
    bases |= {ord(a): b for a, b in {
        "ё": "е", "ѐ": "е", "ѝ": "и", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae",
        "œ": "oe", "þ": "th", "ß": "ss", "ς": "σ", "ŀ": "l",
    }.items()}  # fmt: skip
    return bases


def fold(text: str, language: str | None = None) -> str:
    """``text`` in one letter case and one spelling of each letter; idempotent."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
        text = unicodedata.normalize("NFC", text)
        if not (language == "vi" or _VIETNAMESE.search(text)):
            text = text.translate(_bases())
            text = _MARKS.sub("", text)
        text = text.translate(_ARABIC)
        text = unicodedata.normalize("NFC", text)
    if language == "de":
        text = _GERMAN_PAIR.sub(r"\1", text)
    return text
