"""Recurring formats: headlines used repeatedly for different articles.

'Weather for Tuesday', 'أسعار الذهب اليوم', 'Курс доллара на 3 мая': two such titles are
equal without being one article. A feed's own formats are learned from repetition with
other dates and numbers (see ``boilerplate``); ``data/recurring.toml`` lists the usual
ones by language, for use before anything is learned.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from aggregator.text.data import table
from aggregator.text.datewords import names_day_or_month
from aggregator.text.languages import spaced
from aggregator.text.letters import fold
from aggregator.text.tokens import normal_words, stopwords

_OTHER_WORDS = 2  # additional words in an open format: a place, a programme
_OTHER_CHARACTERS = 6  # the same in a script without spaces
LONGEST = 120  # characters; formats are short


@lru_cache(maxsize=16_384)
def skeleton(title: str, language: str | None = None) -> str:
    """The words of a title without its numbers and dates."""
    return " ".join(_timeless(title, language))


def _timeless(title: str, language: str | None) -> list[str]:
    return [
        word
        for word in normal_words(title[:1000], language)
        if not any(map(str.isdigit, word)) and not names_day_or_month(word)
    ]


@cache
def _formats(language: str, place: str) -> tuple[tuple[str, ...], ...]:
    listed = table("recurring").get(language, {}).get(place, ())
    return tuple({tuple(_timeless(phrase, language)) for phrase in listed} - {()})


@cache
def _hint(language: str) -> re.Pattern[str]:
    """A pattern of the longest word of every format, to exclude most titles quickly."""
    words = {max(f, key=len) for p in ("open", "closed") for f in _formats(language, p)}
    return re.compile("|".join(map(re.escape, words)))


@cache
def _time_words(language: str) -> frozenset[str]:
    listed = table("recurring").get(language, {}).get("time", "")
    return frozenset(normal_words(listed, language)) | stopwords(language)


_YEAR_LAST = re.compile(r"(?:19|20)\d\d\W*$")
_COUNTED_WORDS = 2  # after a count: '17 new deals'
_DATED_WORDS = 6  # in the headline of a dated programme, besides its date
_DATE_WORDS = 5  # at the end in which its month is named
_PARTICLE = 3  # letters at most


def _is_numbered(title: str, language: str | None) -> bool:
    """Whether a title says only which one of a series it is: 'Episode 41', 'v1.2.3', 'CVE-2026-1'.

    Or only how many: '17 new deals'. Or on which day, by a full date at its end: 'Daily edition of
    2 November 2026'.
    """
    if not any(map(str.isdigit, title)):
        return False
    words = _timeless(title, language)
    if len(words) <= 1 or (len(words) <= _COUNTED_WORDS and _is_count(title)):
        return True
    dated = _YEAR_LAST.search(title) and _has_date(normal_words(title, language)[-_DATE_WORDS:])
    return bool(dated) and len(words) <= _DATED_WORDS


def _has_date(words: list[str]) -> bool:
    """Whether a month or weekday is beside a number, or a particle apart: '2 de noviembre'."""
    places = [place for place, word in enumerate(words) if names_day_or_month(word)]
    return any(
        words[other].isdigit() and all(len(word) <= _PARTICLE for word in words[low + 1 : high])
        for place in places
        for other in range(max(0, place - 2), min(len(words), place + 3))
        for low, high in [sorted((place, other))]
    )


def _is_count(title: str) -> bool:
    """Whether a title begins with a number, and no other word has a capital or a number."""
    first, *others = title.split()
    return first.isdigit() and all(word == word.lower() and word.isalpha() for word in others)


@lru_cache(maxsize=4096)
def is_format(title: str, language: str | None) -> bool:
    """Whether ``title`` is a numbered or dated part of a series, or a usual recurring format."""
    if len(title) <= LONGEST and spaced(language) and _is_numbered(title, language):
        return True
    if language is None or len(title) > LONGEST or language not in table("recurring"):
        return False
    if not _hint(language).search(fold(title, language)):
        return False
    if language in {"zh", "ja"}:
        return _is_unspaced_format(title, language)
    words = [word for word in _timeless(title, language) if len(word) > 1]
    time = _time_words(language)
    for place, allowed in (("open", _OTHER_WORDS), ("closed", 0)):
        for phrase in _formats(language, place):
            for rest in _without(words, phrase, time):
                if sum(word not in time for word in rest) <= allowed:
                    return True
    return False


def _without(words: list[str], phrase: tuple[str, ...], time: frozenset[str]) -> list[list[str]]:
    """The rest of ``words`` for each end at which ``phrase`` occurs; an article may precede it."""
    length = len(phrase)
    found = [
        [*words[:start], *words[start + length :]]
        for start in (0, 1)
        if tuple(words[start : start + length]) == phrase and (not start or words[0] in time)
    ]
    if tuple(words[-length:]) == phrase:
        found.append(words[:-length])
    return found


def _is_unspaced_format(title: str, language: str) -> bool:
    text = "".join(_timeless(title, language))
    for word in sorted(table("recurring")[language]["time"].split(), key=len, reverse=True):
        text = text.replace(word, "")
    for place, allowed in (("open", _OTHER_CHARACTERS), ("closed", 0)):
        for phrase in _formats(language, place):
            joined = "".join(phrase)
            at_an_end = text.startswith(joined) or text.endswith(joined)
            if at_an_end and len(text) - len(joined) <= allowed:
                return True
    return False
