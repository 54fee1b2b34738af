"""A title's index data, packed for the store, so that startup need not read any texts.

A sketch is a row of 32-bit numbers: the version of the rules, a checksum of the title
and language, the number of words counted with other small values, their bits (four
numbers), the item's own number, and the title's lookup numbers. A sketch made by other
rules or for another title is rebuilt from the title: slower, but never wrong.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aggregator.dedupe.titlekeys import Bits, TitleKeys, mixed, title_keys_alone
from aggregator.model import KnownTitle

Words = NDArray[np.uint32]

_HEAD = 7  # numbers before the item's own
_LEAST = 4 * (_HEAD + 1)  # bytes
_HEAD_SHIFT, _PAIRS_SHIFT = 8, 16  # in the number that begins with the size
_READ = (".py", ".toml")


@cache
def rules() -> int:
    """A 32-bit hash of everything a title's numbers depend on: code, word lists, Unicode."""
    found = hashlib.blake2b(digest_size=4)
    for part in (unicodedata.unidata_version, version("PyStemmer"), *sys.version_info[:2]):
        found.update(str(part).encode())
    for room in ("aggregator.text", "aggregator.dedupe"):
        for name, content in sorted(_contents(files(room), "")):
            found.update(name.encode() + content)
    return int.from_bytes(found.digest(), "little")


def _contents(folder: Traversable, path: str) -> Iterable[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir() and not one.name.startswith("__"):
            yield from _contents(one, f"{path}/{one.name}")
        elif one.name.endswith(_READ):
            yield f"{path}/{one.name}", one.read_bytes()


def sketch(item: str, title: str, language: str | None, keys: TitleKeys | None = None) -> bytes:
    """The sketch of the title of item ``item``; pass ``keys`` if they are already known."""
    keys = keys or title_keys_alone(title, language)
    shape = keys.size | keys.head << _HEAD_SHIFT | keys.pairs << _PAIRS_SHIFT
    head = np.array([rules(), _checksum(title, language), shape], dtype="<u4")
    bits = np.array(keys.bits, dtype="<u8")
    numbers = np.array([mixed(item), *keys.numbers], dtype="<u4")
    return head.tobytes() + bits.tobytes() + numbers.tobytes()


def title_keys_of(title: str, language: str | None, packed: bytes) -> TitleKeys:
    """The numbers of a title: from a sketch of it, or made if ``packed`` is not one."""
    if len(packed) >= _LEAST and len(packed) % 4 == 0:
        made_by, check, shape = struct.unpack_from("<3I", packed)
        if made_by == rules() and check == _checksum(title, language):
            numbers = struct.unpack_from(f"<{len(packed) // 4 - _HEAD - 1}I", packed, _LEAST)
            bits = struct.unpack_from("<2Q", packed, 12)
            head = shape >> _HEAD_SHIFT & 255
            return TitleKeys(numbers, shape & 255, head, bool(shape >> _PAIRS_SHIFT), bits)
    return title_keys_alone(title, language)


def _checksum(title: str, language: str | None) -> int:
    return crc32(f"{language}\n{title}".encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Block:
    """The sketches of many titles, unpacked into parallel arrays."""

    sizes: NDArray[np.uint8]
    bits: Bits  # two for each title
    numbers: Words
    counts: NDArray[np.intp]  # numbers of each title


def unpack(titles: Sequence[KnownTitle]) -> Block:
    """Unpack the sketches of ``titles``; rebuild those that are out of date."""
    kept = [
        one.sketch
        if one.sketch and len(one.sketch) >= _LEAST and len(one.sketch) % 4 == 0
        else sketch(one.item, one.title, one.language)
        for one in titles
    ]
    words, starts = _side_by_side(kept)
    checks = [_checksum(one.title, one.language) for one in titles]
    good = (words[starts] == rules()) & (words[starts + 1] == np.array(checks, dtype=np.uint32))
    if not good.all():
        for place in np.flatnonzero(~good).tolist():
            one = titles[place]
            kept[place] = sketch(one.item, one.title, one.language)
        words, starts = _side_by_side(kept)
    inside = np.ones(len(words), dtype=np.bool_)
    inside[(starts[:, None] + np.arange(_HEAD)).ravel()] = False
    bits = np.ascontiguousarray(words[starts[:, None] + np.arange(3, _HEAD)])
    counts = np.diff(np.append(starts, len(words))) - _HEAD
    return Block(
        words[starts + 2].astype(np.uint8), bits.view("<u8").ravel(), words[inside], counts
    )


def _side_by_side(sketches: Sequence[bytes]) -> tuple[Words, NDArray[np.intp]]:
    """All numbers in one array, and where each sketch starts."""
    words = np.frombuffer(b"".join(sketches), dtype="<u4")
    lengths = np.fromiter(map(len, sketches), dtype=np.intp, count=len(sketches)) // 4
    return words, np.cumsum(lengths) - lengths
