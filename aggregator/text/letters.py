"""Normalises letters: different spellings of the same letter become equal.

``fold`` is the character part of every normal form. Each rule applies to both sides
of a comparison, so it may be coarse as long as it does not make two different words
of one language equal. The rules, and why:

* compatibility forms (full-width, ligatures, Arabic presentation forms) are
  typography; letter case is style (Turkish İ, I, ı and i become one letter,
  because capital letters without dots are common);
* accents on Latin and Greek letters, stress marks, Arabic vowel marks and Hebrew
  points are omitted as often as they are written. Vietnamese words keep theirs,
  because they distinguish words. Indic vowel signs, й, ї and dakuten are letters,
  not accents, and are kept;
* Arabic hamza carriers, alef forms, ta marbuta, alef maqsura, tatweel, and the
  Arabic and Persian forms of kaf, ya and ha are mixed by keyboards and house
  styles. The same applies to the Devanagari dot (nukta) and candrabindu;
* Chinese is compared in simplified characters; Serbian, Uzbek and Kazakh in Latin letters;
* the place of the tone in a Vietnamese syllable, a nasal before an Indic consonant
  written as a letter or a dot, and a long vowel at the end of a Japanese loan word
  are house styles;
* German ä, ae and a become one letter if 'ae' is not two sounds: after a vowel or
  q ('neue', 'Quelle') it is kept. ß becomes ss.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from aggregator.text.data import table


def _class_of(*categories: str) -> str:
    """A regular expression class (without brackets) of all characters of these categories."""
    ranges: list[list[int]] = []
    for start, end in ((0x300, 0x1CFF), (0x1DC0, 0x1E00), (0x3099, 0x309B), (0xA66F, 0xABFF)):
        for point in range(start, end):
            if unicodedata.category(chr(point)) in categories:
                if ranges and ranges[-1][1] == point - 1:
                    ranges[-1][1] = point
                else:
                    ranges.append([point, point])
    return "".join(f"{chr(a)}-{chr(b)}" if a != b else chr(a) for a, b in ranges)


MARKS = _class_of("Mn", "Mc") + "\u200c\u200d"
r"""Combining marks and joiners: parts of words, although ``\w`` does not match them."""


def _nasals() -> str:
    """A regular expression for nasal letters joined to a consonant of their own place.

    The blocks of Indic scripts have one order of letters: five rows of four stops and a nasal.
    """
    found = []
    for block in (0x900, 0xA80, 0xB00, 0xC00, 0xC80):  # Devanagari, Gujarati, Odia, Telugu, Kannada
        for row in (0x15, 0x1A, 0x1F, 0x24, 0x2A):
            nasal = 0x28 if row == 0x24 else row + 4
            first, last = chr(block + row), chr(block + row + 3)
            found.append(f"{chr(block + nasal)}{chr(block + 0x4D)}(?=[{first}-{last}])")
    return "|".join(found)


_DROPPED = re.compile(
    "[\u0300-\u036f"  # accents left after composition: stress marks and stray ones
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u093c"  # Devanagari nukta
    "\u0640\u200c\u200d\u00ad\u2122\u00ae\u00a9]"  # tatweel, joiners, soft hyphen, ™ ® ©
)
_VIETNAMESE = re.compile("[ơưạ-ỹ]")
_TONE = re.compile(
    "(o)([\u0300\u0301\u0303\u0309\u0323])([ae])|(u)([\u0300\u0301\u0303\u0309\u0323])([ye])"
)
_MARKED = re.compile("[òóõỏọùúũủụ]")
_NASAL = re.compile(_nasals())
_LONG_END = re.compile("(?<=[\u30a1-\u30fa])\u30fc(?![\u30a1-\u30fa\u30fc])")
_HAN = re.compile("[\u3400-\u9fff]")
_HAN_COMPARED = frozenset({None, "zh"})
"""Languages in which characters are compared in their simplified forms."""
_VIRAMA = re.compile("[\u0acd\u0b4d\u0c4d\u0ccd]")
_LATIN = frozenset({"sr", "uz", "kk"})
"""Languages in two scripts: compared in Latin letters."""
_GERMAN_PAIR = re.compile("(?<![aeiouyq])([aou])e+")
_ARABIC = re.compile("[\u0622-\u06cc]")
_LONG_A = re.compile("a{2,}")


@cache
def _variants() -> dict[str, str]:
    """Letters that are treated as another letter, and that letter."""
    letters: dict[str, str] = {}
    for start, end in ((0xC0, 0x250), (0x370, 0x400), (0x1E00, 0x2000)):
        for point in range(start, end):
            decomposed = unicodedata.normalize("NFD", chr(point))
            if len(decomposed) > 1:
                letters[chr(point)] = decomposed[0]
    for letter, variants in table("letters")["same"].items():
        letters.update(dict.fromkeys(variants, letter))
    return letters


_WORD_LENGTH = 24
Replace = Callable[[str], str]


def replacer(pairs: dict[str, str]) -> Replace:
    """A function that replaces some characters by others.

    ``str.translate`` looks up every character: that is fastest for a word, but for a text
    it takes several times as long as searching only for those that change.
    """
    pattern = re.compile(f"[{re.escape(''.join(pairs))}]") if pairs else re.compile(r"(?!)")
    table = str.maketrans(pairs)

    def replace(text: str) -> str:
        if len(text) <= _WORD_LENGTH:
            return text.translate(table)
        return pattern.sub(lambda match: pairs[match[0]], text)

    return replace


@cache
def _one_letter(vietnamese: bool) -> Replace:
    pairs = _variants()
    if vietnamese:
        kept = {chr(point) for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
        pairs = {letter: base for letter, base in pairs.items() if letter not in kept}
    return replacer(pairs)


@cache
def _frequent() -> tuple[tuple[str, str], ...]:
    """Variants in Arabic script that occur in every third word, replaced separately."""
    return tuple((variant, _variants()[variant]) for variant in "أإآةىئؤیک")


@cache
def _transliteration(language: str) -> Replace:
    return replacer(table("letters").get(language, {}))


@cache
def _simplified() -> Replace:
    """What puts the simplified form for each traditional character, by OpenCC's tables."""
    from opencc import OpenCC  # noqa: PLC0415 - only where Chinese is read

    every = [chr(point) for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    convert = OpenCC("t2s").convert
    simple = convert(convert("\n".join(every))).split("\n")
    return replacer({a: b for a, b in zip(every, simple, strict=True) if a != b})


def _anusvara(nasal: re.Match[str]) -> str:
    return chr(ord(nasal[0][0]) & ~0x7F | 0x02)


def _tones(text: str) -> str:
    """Vietnamese with the tone of 'oa', 'oe', 'uy', 'ue' on the second vowel ('hoà', 'thuỷ')."""
    return unicodedata.normalize(
        "NFC", _TONE.sub(r"\1\4\3\6\2\5", unicodedata.normalize("NFD", text))
    )


def fold(text: str, language: str | None = None) -> str:
    """``text`` in one letter case and one spelling of each letter; idempotent."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
        text = unicodedata.normalize("NFKC", text)
        if len(text) > _WORD_LENGTH and _ARABIC.search(text):
            for variant, letter in _frequent():
                text = text.replace(variant, letter)
        vietnamese = language == "vi" or bool(_VIETNAMESE.search(text))
        if not vietnamese:
            text = _DROPPED.sub("", text)
            if "\u094d" in text or _VIRAMA.search(text):
                text = _NASAL.sub(_anusvara, text)
        elif _MARKED.search(text):
            text = _tones(text)
        text = _one_letter(vietnamese)(text)
        if "\u30fc" in text:
            text = _LONG_END.sub("", text)
        if language in _HAN_COMPARED and _HAN.search(text):
            text = _simplified()(text)
        if language in _LATIN:
            text = _transliteration(language)(text)
    if language == "de":
        text = _GERMAN_PAIR.sub(r"\1", text)
    elif language in {"da", "no"}:
        text = _LONG_A.sub("a", text)
    return text
