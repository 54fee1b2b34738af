"""Coarse comparison of headlines and texts: whether they are about the same thing at all.

Used before any detailed comparison: which entries of a document are unlike, whether a guid was
reused for another page, whether a text is about its title.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aggregator.text.numbers import numbers
from aggregator.text.tokens import content_words, stem, words


@lru_cache(maxsize=4096)
def telling_words(text: str, language: str | None) -> frozenset[str]:
    """The stems of the words of ``text`` except stop words; of all words if there are no others."""
    found = content_words(text, language) or words(text, language)
    return frozenset(stem(word, language) for word in found)


def unlike(a: str, b: str, language: str | None) -> bool:
    """Whether two titles share at most half of the words of the shorter one."""
    one, two = telling_words(a, language), telling_words(b, language)
    return 2 * len(one & two) <= min(len(one), len(two)) and one != two


def apart(a: str, b: str, language: str | None) -> bool:
    """Whether two titles in one document are about different things.

    True for unlike titles, and for those with different numbers ('Episode 41', 'Episode 42').
    """
    if unlike(a, b, language):
        return True
    return sorted(numbers(a, language)) != sorted(numbers(b, language))


def spoken(title: str, text: str, language: str | None) -> float:
    """The share of the words of ``title`` that are in ``text``; 1 if the title has no words."""
    asked = telling_words(title, language)
    if not asked:
        return 1.0
    return len(asked & telling_words(text, language)) / len(asked)


def several_unlike(titles: Iterable[str], language: str | None, least: int) -> bool:
    """Whether ``least`` of ``titles`` are unlike one another."""
    found: list[str] = []
    for title in titles:
        if all(unlike(title, other, language) for other in found):
            found.append(title)
            if len(found) >= least:
                return True
    return False
