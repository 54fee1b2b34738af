"""Splits a text into tokens for comparison, with their positions.

Spans are kept (``text[start:end]``), so that comparisons can show what was compared.
Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from aggregator.text.letters import MARKS, Replace, fold, replacer

CJK = (
    "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Chinese and Japanese characters, as the content of a regular expression class."""
UNSPACED = CJK + "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
"""These, and other scripts without spaces between words (Thai, Lao, Khmer, ...)."""


class Raw(NamedTuple):
    """One token: ``kind`` is word, number, score, date, part (q3), sign or percent."""

    kind: str
    word: str  # folded, with ASCII digits
    start: int
    end: int


@cache
def _one_to_one() -> tuple[Replace, Replace]:
    """Character replacements before scanning, one for one so that spans stay right.

    Two functions, for the basic plane and for the rest, because sets of both are slow.
    """
    table: dict[int, str] = {}
    for point in range(0x80, 0x1FBFA):
        if unicodedata.category(chr(point)) == "Nd":
            table[point] = str(unicodedata.digit(chr(point)))
    table |= {0xFF01 + i: chr(0x21 + i) for i in range(94)}  # full-width ASCII
    table |= dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣"), "-")
    table |= dict.fromkeys(map(ord, "’‘ʼʻ‛′`´׳ꞌ"), "'")
    table |= dict.fromkeys(map(ord, "“”„‟״″"), '"')
    table |= dict.fromkeys(map(ord, "٪﹪"), "%")
    table |= dict.fromkeys(map(ord, "٬\u00a0\u202f\u2009"), "\u00a0")  # thousands separators
    table[ord("٫")] = "."
    pairs = {chr(point): same for point, same in table.items()}
    return (
        replacer({c: same for c, same in pairs.items() if c <= "\uffff"}),
        replacer({c: same for c, same in pairs.items() if c > "\uffff"}),
    )


_BEYOND = re.compile("[\U00010000-\U0010ffff]")


def digits(text: str) -> str:
    """``text`` with digits of every script, dashes and quotes in ASCII; same length."""
    if text.isascii():
        return text
    basic, beyond = _one_to_one()
    text = basic(text)
    return beyond(text) if _BEYOND.search(text) else text


_SIGNS = "$€£¥₹₽₺₪₩₴₫₦฿"
_GROUPED = r"\d{{1,3}}(?:{space}\d{{3}})+(?!\d)"
_LETTER_FAST = r"[^\W\d_]"
_LETTER_MARKED = rf"(?:[^\W\d_]|[{MARKS}])"


@cache
def _pattern(marked: bool, spaced_thousands: bool) -> re.Pattern[str]:
    letter = _LETTER_MARKED if marked else _LETTER_FAST
    grouped = _GROUPED.format(space=r"[ \u00a0]" if spaced_thousands else r"\u00a0")
    return re.compile(
        # 2024-03-12, 3.12.2024
        r"(?P<date>(?<![\d.,/-])\d{1,4}([-/.])\d{1,2}\2\d{1,4}(?![\d/-]|[.,]\d))"
        # 2-1, 2:1, 9/11
        r"|(?P<score>(?<![\d.,:/-])\d{1,4}(?: ?-|[:/])(?:(?<=-) )?\d{1,4}(?![\d:/-]|[.,]\d))"
        rf"|(?P<number>(?<![\d.,]){grouped}|\d+(?:[.,'\u00a0]\d+)*)"
        r"(?P<suffix>(?:st|nd|rd|th|ST|ND|RD|TH)(?!\w))?"
        r"|(?P<part>(?<!\w)[qQhH][1-4](?!\w))"
        rf"|(?P<initials>(?<!\w){_LETTER_FAST}(?:\.{_LETTER_FAST}(?!\w))+)"
        # O'Neill, صح"ل: a mark between two letters is part of the word
        rf"|(?P<word>{letter}+(?:'{letter}+|(?<=[א-ת])\"(?=[א-ת]){letter}+)*)"
        rf"|(?P<sign>[{_SIGNS}])"
        r"|(?P<percent>%)"
    )


_MARKED = re.compile(f"[{MARKS}]")
_CJK_RUN = re.compile(f"[{CJK}]+")
_ELIDED = re.compile(r"^(?:[ldcjmnst]|qu|un|dell|all|nell|sull|dall|jusqu|lorsqu|puisqu)'")
# Languages in which an apostrophe separates two words (l'eau, Ankara'da).
_SPLITTING = frozenset({"fr", "it", "ca", "oc", "tr", "az"})
# Languages that write 1 200 for 1,200.
_SPACE_THOUSANDS = frozenset(
    [
        "fr",
        "ru",
        "uk",
        "be",
        "bg",
        "pl",
        "cs",
        "sk",
        "sv",
        "no",
        "da",
        "fi",
        "et",
        "lv",
        "lt",
        "hu",
        "es",
        "pt",
        "de",
        "it",
        "ro",
        "kk",
    ]
)


@lru_cache(maxsize=1 << 16)
def _words(word: str, language: str | None) -> tuple[str, ...]:
    """The folded word, or its parts if an apostrophe joins two words."""
    if "'" in word or '"' in word:
        bare = word.casefold()
        if language in _SPLITTING or (language is None and _ELIDED.match(bare)):
            return tuple(fold(part, language) for part in word.split("'") if part)
        word = word.replace("'", "").replace('"', "")
    return (fold(word, language),)


def scan(text: str, language: str | None) -> list[Raw]:
    """The tokens of ``text`` in order, without punctuation."""
    text = digits(text)
    pattern = _pattern(bool(_MARKED.search(text)), language in _SPACE_THOUSANDS)
    found: list[Raw] = []
    for match in pattern.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span()
        if kind == "word":
            found.extend(_word(text, start, end, language))
        elif kind == "initials":
            found.append(Raw("word", fold(match[0].replace(".", ""), language), start, end))
        elif kind == "suffix":
            found.append(Raw("ordinal", match["number"], start, end))
        else:
            found.append(Raw(kind, match[0].lower(), start, end))
    return found


def _word(text: str, start: int, end: int, language: str | None) -> list[Raw]:
    word = text[start:end]
    if not word.isascii() and _CJK_RUN.search(word):
        return _split_cjk(word, start, language)
    if word.endswith("ـ") and len(word) < 4 and text[end : end + 1] in {'"', "'", "«", "("}:
        # Arabic house style: the article with a tatweel before a quoted name (الـ«ناتو»)
        return [Raw("prefix", fold(word, language), start, end)]
    parts = _words(word, language)
    if len(parts) == 1:
        return [Raw("word", parts[0], start, end)] if parts[0] else []
    return [Raw("word", part, start, end) for part in parts if part]


def _split_cjk(word: str, start: int, language: str | None) -> list[Raw]:
    """Split runs of Chinese or Japanese and of other letters into separate tokens."""
    found: list[Raw] = []
    at = 0
    for run in _CJK_RUN.finditer(word):
        if at < run.start():
            found.append(
                Raw("word", fold(word[at : run.start()], language), start + at, start + run.start())
            )
        found.append(Raw("cjk", fold(run[0], language), start + run.start(), start + run.end()))
        at = run.end()
    if at < len(word):
        found.append(Raw("word", fold(word[at:], language), start + at, start + len(word)))
    return [token for token in found if token.word]
