"""Learns what a feed keeps repeating from its recent entries, and cuts it.

An outlet's name at an end of its titles, sentences at the beginning or the end of
its texts ('Follow us on …'), and headlines in a recurring format are recognised by
repetition within one feed. Phrases common to all outlets ('The post … appeared first
on …') are in ``data/credits.toml`` and need no learning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeVar

from aggregator.model import Shared
from aggregator.text.data import table
from aggregator.text.letters import fold
from aggregator.text.likeness import several_unlike
from aggregator.text.outlets import squash
from aggregator.text.recurring import skeleton

Mark = TypeVar("Mark", str, int)
"""A sentence, or a fingerprint of one."""

_SENTENCE = re.compile(r"(?<=[.!?؟।…])\s+|(?<=[。！？])|\n")
EDGE = 4  # sentences at either end of a text that can be boilerplate
_SHORTEST, _LONGEST = 6, 300  # length of such a sentence in characters
_REACH = 1_600  # characters examined at either end of a text
_FURNITURE = 8_000  # characters of a text in which sentences are counted by headline
_UNLIKE = 3  # unlike headlines over one sentence from which it belongs to none of them
_WHOLE = 200  # up to this many characters a text may be entirely boilerplate
# The part after the last bar or spaced dash, or before the first.
_TAIL = re.compile(
    r"(?:\s+[-–—|·•«»:]{1,2}\s+|\s*[|｜]\s*|\s*[-_－]\s*(?=[^\x00-\u2fff]))([^|｜«»]{2,40})$"
)
_FRONT = re.compile(r"\s*([^|｜:«»]{2,40}?)(?:\s+[-–—|·•«»]{1,2}\s+|\s*[|｜:：]\s*)")
_BRACKET = re.compile(
    r"[\[(【（]\s*([^\[\]()【】（）]{2,40})\s*[\])】）]\s*$|^\s*[\[(【（]\s*([^\[\]()【】（）]{2,40})\s*[\])】）]"
)
_TITLES = 16_384  # titles whose ends are kept: a feed is learned from again with each poll
_TAIL_SHARE = 0.2  # minimum share of titles that end with an outlet's name
_FRONT_SHARE = 0.6  # a less frequent front is a topic ('Ukraine: …'), which has meaning


@dataclass(frozen=True, slots=True)
class FeedProfile:
    """What the recent entries of a feed have in common."""

    outlets: tuple[str, ...] = ()  # names at the ends or fronts of its titles
    sentences: frozenset[str] = frozenset()  # folded sentences repeated in its texts
    titles: frozenset[str] = frozenset()  # skeletons of recurring titles
    shared: Shared = field(default_factory=Shared)  # what does not distinguish its entries

    def recurring(self, title: str) -> bool:
        """Whether the feed keeps using this title for different articles."""
        return bool(self.titles) and skeleton(title) in self.titles


def learn(
    titles: Sequence[str], texts: Sequence[str], headlines: Sequence[str] = ()
) -> FeedProfile:
    """The profile of a feed, from its recent titles and texts (one of each per link).

    ``headlines``, if given, are those of ``texts``, one each: they distinguish what several
    unlike entries share from several versions of one text.
    """
    sentences = _sentences(texts) | _under_unlike(texts, headlines)
    return FeedProfile(_names(titles), sentences, _formats(titles))


def _names(titles: Sequence[str]) -> tuple[str, ...]:
    """Names at the ends of otherwise different titles."""
    tails: Counter[str] = Counter()
    fronts: Counter[str] = Counter()
    original: dict[str, str] = {}
    distinct = list(dict.fromkeys(titles))
    for title in distinct:
        for at_end, key, name in _ends(title):
            (tails if at_end else fronts)[key] += 1
            original.setdefault(key, name)
    total = len(distinct)
    found = [
        original[key]
        for counter, share in ((tails, _TAIL_SHARE), (fronts, _FRONT_SHARE))
        for key, count in counter.items()
        if count >= max(4, share * total)
    ]
    return tuple(sorted(dict.fromkeys(found)))


@lru_cache(maxsize=_TITLES)
def _ends(title: str) -> tuple[tuple[bool, str, str], ...]:
    """What can be an outlet's name in a title: whether it is at the end, its key, the name."""
    tail, front, bracket = _TAIL.search(title), _FRONT.match(title), _BRACKET.search(title)
    found = (
        (True, tail and tail[1]),
        (False, front and front[1]),
        (True, bracket and bracket[1]),
        (False, bracket and bracket[2]),
    )
    return tuple(
        (at_end, key, name.strip())
        for at_end, name in found
        if name and len(key := squash(name)) >= 2 and not key.isdigit()
    )


def _formats(titles: Sequence[str]) -> frozenset[str]:
    """Skeletons shared by three titles, with enough words to exclude chance."""
    counts = Counter(skeleton(title) for title in titles)
    return frozenset(bones for bones, count in counts.items() if count >= 3 and bones)


@lru_cache(maxsize=2048)
def edges(text: str) -> frozenset[str]:
    """The sentences at both ends of a text that can be boilerplate."""
    head = _split(text[:_REACH])
    tail = _split(text[-_REACH:]) if len(text) > _REACH else head
    edge = (*head[:EDGE], *tail[-EDGE:])
    return frozenset(s for s in edge if _SHORTEST <= len(s) <= _LONGEST)


def _split(text: str) -> list[str]:
    return [sentence for part in _SENTENCE.split(text) if (sentence := part.strip())]


def _sentences(texts: Sequence[str]) -> frozenset[str]:
    """Sentences at the ends of several texts that have little else in common.

    A text with mostly repeated sentences is a version of another text, and is ignored.
    """
    distinct = [text for text in dict.fromkeys(texts) if text]
    found = repeated([edges(text) for text in distinct], [is_short(text) for text in distinct])
    return frozenset(map(fold, found))


def is_short(text: str) -> bool:
    """Whether a text is short enough to be entirely boilerplate."""
    return len(text) <= _WHOLE


def repeated(marks: Sequence[frozenset[Mark]], short: Sequence[bool]) -> frozenset[Mark]:
    """The marks at the ends of several texts; each of ``marks`` holds the sentences of one text.

    A text with mostly repeated sentences is a version of another text and is ignored,
    unless it is ``short``.
    """
    needed = max(3, len(marks) // 10)
    found = _repeated(marks, needed)
    if not found:
        return found
    voters = (
        edge
        for edge, whole in zip(marks, short, strict=True)
        if whole or len(edge & found) * 2 <= len(edge)
    )
    return _repeated(voters, needed)


def _under_unlike(texts: Sequence[str], headlines: Sequence[str]) -> frozenset[str]:
    """Sentences, anywhere in the texts, that occur under several unlike headlines."""
    over: dict[str, list[str]] = {}
    for text, headline in dict(zip(texts, headlines, strict=False)).items():
        for sentence in dict.fromkeys(_split(text[:_FURNITURE])):
            if _SHORTEST <= len(sentence) <= _LONGEST:
                over.setdefault(sentence, []).append(headline)
    needed = max(_UNLIKE, len(texts) // 10)
    return frozenset(
        fold(sentence)
        for sentence, heads in over.items()
        if len(heads) >= needed and several_unlike(dict.fromkeys(heads), None, _UNLIKE)
    )


def _repeated(sets: Iterable[frozenset[Mark]], needed: int) -> frozenset[Mark]:
    counts = Counter(value for values in sets for value in values)
    return frozenset(value for value, count in counts.items() if count >= needed)


@cache
def _phrases() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of a boilerplate sentence, a boilerplate line, and a phrase at the end of a line."""
    listed = table("credits")["phrases"]
    inner = [pattern for pattern in listed["any"] if not pattern.startswith(".")]
    return (
        re.compile(rf"[\W_]*(?:{'|'.join(listed['whole'])})[\W_]*", re.IGNORECASE),
        re.compile(rf"[\W_]*(?:{'|'.join(listed['any'])})[\W_]*", re.IGNORECASE),
        re.compile(rf"(?:^|(?<=[\W_]))(?:{'|'.join(inner)})$", re.IGNORECASE),
    )


def cut(text: str, profile: FeedProfile | None) -> str:
    """``text`` without common phrases and its feed's repeated sentences at its ends."""
    lines = [line for line in text.split("\n") if line.strip()]
    known = profile.sentences if profile else frozenset()
    if known:
        lines = _peeled(lines, known)
    ends = {*range(min(EDGE, len(lines))), *range(max(0, len(lines) - EDGE), len(lines))}
    for index in ends:
        lines[index] = _without_repeats(_without_phrase(lines[index]), known)
    return "\n".join(line for line in lines if line)


def _peeled(lines: list[str], known: frozenset[str]) -> list[str]:
    """The lines without consecutive repeated lines at either end."""

    def told(line: str) -> bool:
        return all(fold(bare) in known for part in _SENTENCE.split(line) if (bare := part.strip()))

    start, end = 0, len(lines)
    while start < end and told(lines[start]):
        start += 1
    while end > start and told(lines[end - 1]):
        end -= 1
    kept = lines[start:end]
    if kept:
        kept[0] = _rest(kept[0], known, front=True)
        kept[-1] = _rest(kept[-1], known, front=False)
    return [line for line in kept if line]


def _rest(line: str, known: frozenset[str], *, front: bool) -> str:
    """A line without consecutive repeated sentences at one of its ends."""
    parts = [part.strip() for part in _SENTENCE.split(line)]
    at = 0 if front else -1
    count = len(parts)
    while parts and (not parts[at] or fold(parts[at]) in known):
        parts.pop(at)
    if len(parts) == count:
        return line
    return ("" if "。" in line else " ").join(parts)


def _without_phrase(line: str) -> str:
    """A line without 'The post … appeared first on …' at its end."""
    start = max(0, len(line) - 600)
    tail = line[start:]
    lowered = tail.lower()
    if not any(words in lowered for words in _TELLING):
        return line
    _, whole, inner = _phrases()
    if not start and whole.fullmatch(line):
        return ""
    match = inner.search(tail)
    return line[: start + match.start()].rstrip() if match else line


# Every phrase with the outlet's name contains one of these, which are cheap to find.
_TELLING = (
    "first on", "first published", "premier sur", "primero en", "primeiro em", "zuerst auf",
    "proviene da", "eerst op", "początkowo na", "z serwisu", "сначала на", "впервые появил",
    "ilk önce", "ولا على", "ولاً على", "pertama kali",
)  # fmt: skip


def _without_repeats(line: str, known: frozenset[str]) -> str:
    """A line without boilerplate sentences at its ends."""
    sentences = _SENTENCE.split(line)
    kept = [s for i, s in enumerate(sentences) if not _at_end(i, sentences, known)]
    if len(kept) == len(sentences):
        return line
    return ("" if "。" in line else " ").join(kept).strip()


def _at_end(index: int, sentences: Sequence[str], known: frozenset[str]) -> bool:
    if EDGE <= index < len(sentences) - EDGE:
        return False
    bare = sentences[index].strip()
    if not bare or len(bare) > _LONGEST:
        return False
    if known and fold(bare) in known:
        return True
    if len(bare) > 120 or _WORDS_OF_SIGNS.sub("", bare[:12])[:2].lower() not in _beginnings():
        return False
    return bool(_phrases()[0].fullmatch(bare))


_WORDS_OF_SIGNS = re.compile(r"^[\W_]+")


@cache
def _beginnings() -> frozenset[str]:
    """The first two letters of every phrase, which exclude nearly all other sentences."""
    return frozenset(phrase[:2].lower() for phrase in table("credits")["phrases"]["whole"])
