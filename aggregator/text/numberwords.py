"""The number words of a language, from ``data/numbers.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from aggregator.text.data import table
from aggregator.text.letters import fold
from aggregator.text.scan import scan


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of a language, folded."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]  # by first word
    times: dict[str, Decimal]
    duals: frozenset[str]
    quarter: frozenset[str]  # of a year, after an ordinal


def _parts(joined: str) -> list[list[str]]:
    """Parse a list in a data file: the variants of each value."""
    return [slot.split("/") for slot in joined.split()]


def _numerals(lists: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(phrase, value, kind) for all entries of a language's lists."""
    found: list[tuple[str, str, str]] = []
    units, tens = _parts(lists.get("units", "")), _parts(lists.get("tens", ""))
    found += [(w, str(n), "cardinal") for n, slot in enumerate(units) for w in slot]
    found += [(w, str(n * 10), "cardinal") for n, slot in enumerate(tens, 2) for w in slot]
    for pattern in lists.get("join", ()):
        for ten, t_slot in enumerate(tens, 2):
            for unit, u_slot in enumerate(units[1:10], 1):
                found += [
                    (
                        pattern.replace("{t-}", t[:-1])
                        .replace("{t}", t)
                        .replace("{u}", u.lstrip("+")),
                        str(ten * 10 + unit),
                        "cardinal",
                    )
                    for t in t_slot
                    for u in u_slot
                ]
    for value, words in lists.get("extra", {}).items():
        found += [(w, value, "cardinal") for w in words.split()]
    for n, slot in enumerate(_parts(lists.get("ordinal", "")), 1):
        found += [(w, ordinal(str(n)), "ordinal") for w in slot]
    return found


def ordinal(value: str) -> str:
    """``1st`` for ``1``: the canonical form of an ordinal in every language."""
    if value[-2:] in {"11", "12", "13"}:
        return value + "th"
    return value + {"1": "st", "2": "nd", "3": "rd"}.get(value[-1:], "th")


def _phrase(spelling: str, language: str | None) -> tuple[str, ...]:
    return tuple(
        token.word for token in scan(spelling.replace("_", " ").replace("-", " "), language)
    )


@cache
def number_words(language: str | None) -> NumberWords:
    """The number words, multipliers and duals of a language; empty if none are listed."""
    lists = table("numbers").get(language or "", {})
    entries: dict[tuple[str, ...], tuple[str, str]] = {}
    for spelling, value, kind in _numerals(lists):
        if not spelling.startswith("+"):
            entries.setdefault(_phrase(spelling, language), (value, kind))
    for prefix in lists.get("prefixes", "").split():
        for phrase, meant in list(entries.items()):
            if meant[1] == "cardinal" and len(phrase[0]) >= 4:
                entries.setdefault((prefix + phrase[0], *phrase[1:]), meant)
    article = lists.get("article", "")
    if article:
        for phrase, meant in list(entries.items()):
            if meant[1] == "cardinal" and len(phrase) == 1 and len(phrase[0]) >= 3:
                entries.setdefault((article + phrase[0],), meant)
    for excluded in lists.get("not", ()):
        entries[_phrase(excluded, language)] = ("", "")
    phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for phrase, (value, kind) in entries.items():
        if phrase:
            phrases.setdefault(phrase[0], []).append((phrase, value, kind))
    times = {
        fold(word, language): Decimal(value)
        for value, words in lists.get("times", {}).items()
        for word in words.split()
    }
    return NumberWords(
        {first: tuple(sorted(them, key=lambda p: -len(p[0]))) for first, them in phrases.items()},
        times,
        _duals(lists.get("dual", ""), lists.get("prefixes", ""), language),
        frozenset(fold(word, language) for word in lists.get("quarter", "").split()),
    )


def _duals(stems: str, prefixes: str, language: str | None) -> frozenset[str]:
    """Arabic nouns in the dual, in both cases, with attached particles."""
    found: set[str] = set()
    for stem in stems.split():
        base = stem[:-1] + "ت" if stem.endswith("ة") else stem
        for ending in ("ان", "ين"):
            found |= {fold(p + base + ending, language) for p in ("", *prefixes.split())}
    return frozenset(found)


@cache
def percents(place: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Percent words by their first word; folded without a language, as they are loanwords."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for spelling in table("numbers")["percent"][place]:
        phrase = tuple(token.word for token in scan(spelling, None))
        if phrase:
            found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(sorted(them, key=len, reverse=True)) for first, them in found.items()}


@cache
def currencies() -> dict[str, str]:
    """Folded currency signs and words of all languages, and their codes."""
    found: dict[str, str] = {}
    for code, words in table("numbers")["currency"].items():
        for word in words.split():
            found[fold(word, None)] = code
    return found
