"""Numbers in a text: one value, however written.

'twelve', '12' and '١٢' are one value; so are '3%', '3 percent' and '3 بالمئة',
'1,200' and '1200', '$5bn' and '5 billion dollars'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aggregator.text.data import table
from aggregator.text.letters import fold


@dataclass(frozen=True, slots=True)
class NumberToken:
    """One number and where it stands: ``text[start:end]``."""

    start: int
    end: int
    value: str  # canonical: 12, 3.5, 3%, 2-1, 1st, q3
    kind: str  # cardinal, ordinal, percent, score, quarter


_DIGITS = {
    point: str(unicodedata.digit(chr(point)))
    for point in range(0x80, 0x1FBFA)
    if unicodedata.category(chr(point)) == "Nd"
}
_FOUND = re.compile(
    r"(?P<score>(?<![\d.,-])\d{1,3}\s?[-–:]\s?\d{1,3}(?![\d.,]*\d|-\d))"
    r"|(?P<quarter>\b[qQ][1-4]\b)"
    r"|(?P<number>(?<![\d.,])\d+(?:[.,٬٫'’\u00a0\u202f]\d+)*)"
    r"(?P<ordinal>(?:st|nd|rd|th)\b|[ºª])?"
    r"(?P<percent>\s?[%٪﹪％])?"
    r"|(?P<word>[^\W\d_]+)"
)
_DOT_DECIMAL = frozenset({"en", "zh", "ja", "ko", "th", "hi", "bn", "he", "ur"})


def digits(text: str) -> str:
    """``text`` with the digits of every script as ASCII digits."""
    return text if text.isascii() else text.translate(_DIGITS)


@cache
def _words(language: str | None) -> dict[str, tuple[str, str]]:
    lists = table("numbers").get(language or "", {})
    known: dict[str, tuple[str, str]] = {}
    for kind in ("cardinal", "ordinal"):
        for value, words in lists.get(kind, {}).items():
            for word in words.split():
                known[fold(word, language)] = (value, kind)
    return known


@cache
def _percents(language: str | None) -> frozenset[str]:
    lists = table("numbers")
    words = set(lists["percent"].get("all", "").split()) | set(
        lists["percent"].get(language or "", "").split()
    )
    return frozenset(fold(word, language) for word in words)


def _value(written: str, language: str | None) -> str:
    """The canonical form of digits with separators."""
    written = re.sub(r"['’\u00a0\u202f٬]", "", written).replace("٫", ".")
    marks = re.findall(r"[.,]", written)
    if not marks:
        return written.lstrip("0") or "0"
    last = written.rfind(marks[-1])
    tail = written[last + 1 :]
    if len(set(marks)) == 2:
        decimal = True
    elif len(marks) > 1:
        decimal = False
    else:
        by_language = (marks[0] == ".") == (language in _DOT_DECIMAL or language is None)
        decimal = len(tail) != 3 or (by_language and marks[0] == "." and language is not None)
    if not decimal:
        return re.sub("[.,]", "", written).lstrip("0") or "0"
    whole = re.sub("[.,]", "", written[:last]).lstrip("0") or "0"
    tail = tail.rstrip("0")
    return f"{whole}.{tail}" if tail else whole


def tokens(text: str, language: str | None) -> Iterator[NumberToken]:
    """The numbers of ``text`` in order."""
    text = digits(text)
    known = _words(language)
    for match in _FOUND.finditer(text):
        start, end = match.span()
        if match["score"]:
            yield NumberToken(start, end, re.sub(r"\s?[-–:]\s?", "-", match[0]), "score")
        elif match["quarter"]:
            yield NumberToken(start, end, match[0].lower(), "quarter")
        elif match["number"]:
            value = _value(match["number"], language)
            if match["ordinal"]:
                yield NumberToken(start, end, value + "st", "ordinal")
                continue
            if match["percent"]:
                yield NumberToken(start, end, value + "%", "percent")
                continue
            after = re.compile(r"\s?([^\W\d_]+(?: [^\W\d_]+)?)").match(text, end)
            if after:
                words = fold(after[1], language)
                if words in _percents(language) or words.split()[0] in _percents(language):
                    stop = (
                        after.end()
                        if words in _percents(language)
                        else after.start(1) + len(after[1].split()[0])
                    )
                    yield NumberToken(start, stop, value + "%", "percent")
                    continue
            yield NumberToken(start, end, value, "cardinal")
        else:
            found = known.get(fold(match[0], language))
            if found:
                suffix = "st" if found[1] == "ordinal" else ""
                yield NumberToken(start, end, found[0] + suffix, found[1])


def numbers(text: str, language: str | None) -> tuple[str, ...]:
    """The canonical values of the numbers in ``text``, in order."""
    return tuple(token.value for token in tokens(text, language))


def replace_numbers(text: str, language: str | None) -> str:
    """``text`` with every number in canonical form."""
    parts: list[str] = []
    at = 0
    for token in tokens(text, language):
        parts += [text[at : token.start], token.value]
        at = token.end
    return "".join(parts) + text[at:]
