"""An item as the story engine sees it: a sorted array of terms with where each stood.

A term is a stemmed word, a pair of neighbouring title words, or, in scripts without
spaces, a pair of characters. It is packed into one unsigned 64 bit integer: the CRC-32
of its text in the upper part, and in the lower 16 bits how often it stood in the title
(2 bits), the lead (2), the body (4, capped) and what it is (name, number, pair). The
packed form is all that is kept of a text, so what is restored is what was decided with.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.model import Item
from aggregator.text.letters import fold
from aggregator.text.tokens import ngrams, stem, stopwords

Terms = NDArray[np.uint64]

LEAD_SHIFT: Final = 2
BODY_SHIFT: Final = 4
TITLE_MASK: Final = 3
LEAD_MASK: Final = 3 << LEAD_SHIFT
BODY_MASK: Final = 15 << BODY_SHIFT
NAME: Final = 1 << 8
NUMBER: Final = 1 << 9
PAIR: Final = 1 << 10
PLACES: Final = 1 << 11  # values of the lower bits
PLACE_MASK: Final = PLACES - 1
HASH_SHIFT: Final = 16

MAX_TITLE_WORDS = 40
MAX_LEAD_WORDS = 60
MAX_BODY_WORDS = 420
MAX_TERMS = 300  # 6 bytes each, so that the features of an item stay under 2 kB

_UNSPACED = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u0e00-\u0edf\u1780-\u17ff\u1000-\u109f\uac00-\ud7a3\U00020000-\U0003ffff"
)
_WORD = re.compile(
    rf"[{_UNSPACED}]+|\d+(?:[.,:]\d+)*|(?:(?![{_UNSPACED}])[^\W\d_]|[\u0300-\u036f\u064b-\u0652])+"
)
_RUN = re.compile(f"[{_UNSPACED}]")
LAST_SPACED: Final = "\u0dff"  # no script below it goes without spaces
_APOSTROPHE = re.compile(r"['’ʼ]s\b")
_SENTENCE_ENDS = frozenset('.!?:;"“”«»()[]|–—-\n')

RECURRING: Final = "recurring"  # the flag of an item whose headline is a format
VERSION = 1
_HEADER = struct.Struct("<BBIIIIIHH")
_NO_TIME = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a canonical item for stories; round-trips through bytes."""

    language: str | None
    published: int | None  # seconds since 1970, UTC
    source: int  # CRC-32 of the outlet (its feed where it has no name)
    skeleton: int  # CRC-32 of the title without numbers and dates
    founded: int  # seconds since 1970: when the story it joined was founded
    title_words: int  # content words in the title
    text_words: int  # content words in lead and body
    terms: Terms

    def pack(self) -> bytes:
        """The features as bytes (at most about 2 kB)."""
        header = _HEADER.pack(
            VERSION,
            len(self.language or ""),
            _NO_TIME if self.published is None else self.published,
            self.source,
            self.skeleton,
            self.founded,
            len(self.terms),
            self.title_words,
            self.text_words,
        )
        hashes = (self.terms >> np.uint64(HASH_SHIFT)).astype("<u4")
        places = (self.terms & np.uint64(0xFFFF)).astype("<u2")
        return header + (self.language or "").encode() + hashes.tobytes() + places.tobytes()


def unpack(blob: bytes) -> Features:
    """The features that ``Features.pack`` made bytes of; ValueError for other bytes."""
    if len(blob) < _HEADER.size or blob[0] != VERSION:
        raise ValueError("not the features of this engine")
    _, letters, published, source, skeleton, founded, count, title, text = _HEADER.unpack_from(blob)
    at = _HEADER.size
    language = blob[at : at + letters].decode() or None
    at += letters
    hashes = np.frombuffer(blob, "<u4", count, at).astype(np.uint64)
    places = np.frombuffer(blob, "<u2", count, at + 4 * count).astype(np.uint64)
    return Features(
        language,
        None if published == _NO_TIME else published,
        source,
        skeleton,
        founded,
        title,
        text,
        (hashes << np.uint64(HASH_SHIFT)) | places,
    )


@cache
def _silent(language: str | None) -> frozenset[str]:
    return stopwords(language)


def checksum(text: str) -> int:
    """A stable 32 bit number for a text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


BUTTONS: Final = (
    "facebook", "twitter", "whatsapp", "linkedin", "tumblr", "pinterest", "telegram", "reddit",
    "instagram", "email", "messenger", "flipboard", "pocket", "skype", "viber", "print",
)  # fmt: skip
ROW: Final = 4  # names of share buttons that make a row of them


@lru_cache(maxsize=200_000)
def _word_term(word: str, language: str | None) -> tuple[int, int] | None:
    """Hash and kind of one word; None where it says nothing."""
    plain = fold(word, language)
    if not plain or plain in _silent(language):
        return None
    if plain[0].isdigit():
        value = "".join(str(unicodedata.digit(c, c)) for c in plain if c != ",")
        return checksum(value), NUMBER
    if len(plain) == 1 and not _RUN.match(plain):
        return None
    return checksum(stem(plain, language)), 0


def _shouted(text: str) -> bool:
    """Whether most words begin with a capital, so that capitals prove no name."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _tokens(text: str, language: str | None, limit: int) -> list[tuple[int, int]]:
    """Hash and kind of the first ``limit`` words that say something, in order."""
    text = _APOSTROPHE.sub("", text[: limit * 14])
    capitals_tell = not _shouted(text)
    found: list[tuple[int, int]] = []
    start = True
    last = 0
    for match in _WORD.finditer(text):
        word = match[0]
        first, end = match.span()
        # Mostly one space stands between two words, which ends no sentence.
        begins = start or (first - last > 1 and not _SENTENCE_ENDS.isdisjoint(text[last:first]))
        start, last = False, end
        if word[0] > LAST_SPACED and _RUN.match(word):
            found.extend((checksum(pair), 0) for pair in ngrams(fold(word, language), 2))
        else:
            term = _word_term(word, language)
            if term is None:
                continue
            name = NAME if capitals_tell and not begins and word[0].isupper() else 0
            found.append((term[0], term[1] | name))
        if len(found) >= limit:
            break
    return found[:limit]


@cache
def _buttons(language: str | None) -> frozenset[int]:
    terms = (_word_term(name, language) for name in BUTTONS)
    return frozenset(term[0] for term in terms if term is not None)


def _without_buttons(tokens: list[tuple[int, int]], language: str | None) -> list[tuple[int, int]]:
    """A text without the names in a row of share buttons; one or two of them are news."""
    found = {term for term, _ in tokens} & _buttons(language)
    return [t for t in tokens if t[0] not in found] if len(found) >= ROW else tokens


def words_of(text: str, language: str | None) -> list[int]:
    """The terms of a text without their places, in order."""
    return [term for term, _ in _tokens(text, language, MAX_BODY_WORDS)]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else max(0, min(int(moment.timestamp()), _NO_TIME - 1))


def features_of(item: Item) -> Features:
    """The features of ``item``; a pure function of its texts, flags, language, time and outlet.

    A recurring format (weather, markets, briefings) gets no terms: it is like no other.
    """
    language = item.language
    silent = RECURRING in item.flags
    title = [] if silent else _tokens(item.title, language, MAX_TITLE_WORDS)
    lead = [] if silent or not item.lead else _tokens(item.lead, language, MAX_LEAD_WORDS)
    if silent or not item.text:
        body = []
    elif item.text == item.lead:
        body = lead
    else:
        body = _tokens(item.text, language, MAX_BODY_WORDS)
    counts: dict[int, list[int]] = {}
    texts = (title, _without_buttons(lead, language), _without_buttons(body, language))
    for place, tokens in enumerate(texts):
        for term, kind in tokens:
            entry = counts.setdefault(term, [0, 0, 0, 0])
            entry[place] += 1
            entry[3] |= kind
    for (first, _), (second, _) in pairwise(title):
        pair = (first * 0x9E3779B1 + second) & 0xFFFFFFFF
        counts.setdefault(pair, [0, 0, 0, 0])
        counts[pair][0] = 1
        counts[pair][3] |= PAIR
    packed = [
        (term << HASH_SHIFT)
        | min(entry[0], 3)
        | (min(entry[1], 3) << LEAD_SHIFT)
        | (min(entry[2], 15) << BODY_SHIFT)
        | entry[3]
        for term, entry in _bounded(counts)
    ]
    terms = np.array(sorted(packed), dtype=np.uint64)
    bare = re.sub(r"[\d\W_]+", " ", fold(item.title, language)).strip()
    return Features(
        language,
        _seconds(item.published),
        checksum(item.source or item.feed),
        checksum(bare),
        _seconds(item.seen) or 0,
        min(len(title), 0xFFFF),
        min(max(len(lead), len(body)), 0xFFFF),
        terms,
    )


def _bounded(counts: dict[int, list[int]]) -> list[tuple[int, list[int]]]:
    """At most ``MAX_TERMS`` terms: title and lead first, then the most frequent, then the first."""
    entries = list(counts.items())
    if len(entries) <= MAX_TERMS:
        return entries
    entries.sort(key=lambda e: (-(e[1][0] > 0), -(e[1][1] > 0), -e[1][2]))
    return entries[:MAX_TERMS]


def surfaces(text: str, language: str | None) -> dict[int, str]:
    """Each word of ``text`` that says something, as written, by the hash of its term."""
    found: dict[int, str] = {}
    for match in _WORD.finditer(_APOSTROPHE.sub("", text)):
        if not _RUN.match(match[0]):
            term = _word_term(match[0], language)
            if term is not None:
                found.setdefault(term[0], match[0])
        else:
            for pair in ngrams(match[0], 2):
                found.setdefault(checksum(fold(pair, language)), pair)
    return found
