"""The role of words in headlines: comparison data for each language, loaded once.

Each ``data/LANGUAGE.toml`` lists, for one language: words that deny
(``negation``; ``negative`` where a prefix does), that put an event into the
future or into doubt (``modal``), that only join or only say that something is
said (``function``, ``joiner``, ``reporting``), that name who did it
(``agent``), that begin a clause (``clause``); months and weekdays; words that
turn a statement round (``reversal``); words that change whom a title speaks of
(``modifier``); people, in the singular
(``people``); opposite function words (``opposed``);
words for a rise and for a fall (``moves``);
words that mean the same (``same``); names of places (``names``); and titles
that say nothing (``generic``). ``data/all.toml`` holds what every language
shares.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from aggregator.dedupe.normal_forms import word_form
from aggregator.dedupe.word_roots import root
from aggregator.text.tokens import stem, stopwords


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The comparison data of one language; every word is in normal form."""

    negation: frozenset[str]
    modal: frozenset[str]
    function: frozenset[str]
    joiner: frozenset[str]
    agent: frozenset[str]
    clause: frozenset[str]  # they start a clause
    reversal: frozenset[str]
    modifier: frozenset[str]
    people: frozenset[str]  # in the singular; the plural is another number of people
    negative: tuple[str, ...]  # prefixes that negate a word ('نمی‌کند')
    negated: tuple[str, ...]  # beginnings that only negated verbs have ('نمی')
    calendar: Mapping[str, str]  # word -> day:1, month:12, relative:+1
    opposed: Mapping[str, tuple[str, int]]  # word -> (pair, side)
    moves: Mapping[str, int]  # key of a word for a rise (0) or a fall (1)
    phrases: Mapping[tuple[str, ...], str]  # words in a row -> one class
    same: Mapping[str, str]  # word or root -> class of equal meaning
    future: tuple[str, ...]  # verb endings of the future tense
    dayword: frozenset[str]  # used before the name of a day ('يوم الأحد')
    names: frozenset[str]  # of places; never reduced to roots
    generic: frozenset[str]
    light: frozenset[str]  # insignificant characters of an unspaced script
    negating: tuple[str, ...]  # negation as written in an unspaced script
    openers: frozenset[str]  # first words of phrases
    longest: int  # words of the longest phrase
    known: bool  # whether this language has data


@cache
def _table(name: str) -> dict[str, Any]:
    source = resources.files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text("utf-8")) if source.is_file() else {}


def _forms(words: str | Iterable[str], language: str | None) -> frozenset[str]:
    listed = words.split() if isinstance(words, str) else words
    return frozenset(filter(None, (word_form(word, language) for word in listed)))


def _calendar(table: Mapping[str, Any], language: str | None) -> dict[str, str]:
    """The class of each word for a month or day; a name of two words has a space."""
    found: dict[str, str] = {}
    for kind in ("month", "day", "relative"):
        for number, words in table.get(kind, {}).items():
            for word in _forms([word.replace("_", " ") for word in words.split()], language):
                found[word] = f"{kind}:{number}"
    return found


def _meanings(
    groups: Iterable[str], language: str | None
) -> tuple[dict[str, str], dict[tuple[str, ...], str]]:
    """Single words (and their stems) and phrases, each with its class."""
    single: dict[str, str] = {}
    phrases: dict[tuple[str, ...], str] = {}
    for group in groups:
        members = [word_form(member, language) for member in group.split(",")]
        members = [member for member in members if member]
        if not members:
            continue
        # A class is named after its first member; a word in two groups keeps the first.
        name = "=" + members[0]
        for member in members:
            words = tuple(member.split())
            if len(words) == 1:
                single.setdefault(member, name)
            else:
                phrases.setdefault(words, name)
    return single, phrases


@cache
def lexicon(language: str | None) -> Lexicon:
    """The data for ``language``; if it has none, only the data for all languages."""
    own, shared = _table(language or ""), _table("all")

    def both(name: str) -> frozenset[str]:
        return _forms(own.get(name, ""), language) | _forms(shared.get(name, ""), language)

    single, phrases = _meanings([*own.get("same", ()), *shared.get("same", ())], language)
    names = _forms(own.get("names", ""), language)
    names |= {stem(name, language) for name in names}
    roots = {root(word, language, names): name for word, name in reversed(single.items())}
    opposed: dict[str, tuple[str, int]] = {}
    for pair in own.get("opposed", ()):
        for side, words in enumerate(pair.split("|")):
            for word in _forms(words, language):
                opposed[word] = (pair, side)
    same = roots | single
    moves = {
        same.get(word) or same.get(base := root(word, language, names)) or base: side
        for side, words in enumerate(own.get("moves", "").split("|"))
        for word in _forms(words, language)
    }
    negation, modal = both("negation"), both("modal")
    calendar = _calendar(shared, language) | _calendar(own, language)
    phrases |= {tuple(word.split()): name for word, name in calendar.items() if " " in word}
    function = both("function") | both("reporting") | stopwords(language)
    function = function - negation - modal - calendar.keys()
    return Lexicon(
        negation=negation,
        modal=modal,
        function=function
        - single.keys()
        - (_forms(own.get("content", ""), language) - opposed.keys()),
        joiner=both("joiner"),
        agent=both("agent"),
        clause=both("clause"),
        reversal=both("reversal"),
        modifier=both("modifier"),
        people=both("people"),
        negative=tuple(_forms(own.get("negative", ""), language)),
        negated=tuple(_forms(own.get("negated", ""), language)),
        calendar=calendar,
        opposed=opposed,
        phrases=phrases,
        moves=moves,
        same=same,
        future=tuple(own.get("future", "").split()),
        dayword=both("dayword"),
        names=names,
        generic=frozenset(word_form(t, language) for t in own.get("generic", ())),
        light=frozenset(own.get("light", "")),
        negating=tuple(own.get("negation", "").split()),
        openers=frozenset(phrase[0] for phrase in phrases),
        longest=max((len(p) for p in phrases), default=1),
        known=bool(own),
    )
