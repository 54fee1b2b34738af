"""How values stand in a column, and how they come out of it.

Times are integers: microseconds since 1970 in UTC. That is exact, sorts and
compares the same in every database, takes eight bytes, and no server or driver
can read a zone into it. Lists and evidence are JSON text, because Python's own
writing of a float is read back as the very same float (``JSONB`` would not keep
``NaN``, nor the order of names).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from aggregator.model import Details, Evidence

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R")
N = TypeVar("N", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EMPTY = "[]"


class Unreadable(Exception):  # noqa: N818 (named for what happened)
    """A column holds what was never written there: the store is damaged."""


def micros(at: datetime) -> int:
    """An aware time as microseconds since 1970 in UTC; ``ValueError`` for one without zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without zone cannot be stored: {at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    """As ``micros``; none stays none."""
    return None if at is None else micros(at)


def moment(stored: int) -> datetime:
    """The aware UTC time behind a stored integer."""
    return _EPOCH + timedelta(microseconds=stored)


def moment_or_none(stored: int | None) -> datetime | None:
    """As ``moment``; none stays none."""
    return None if stored is None else _EPOCH + timedelta(microseconds=stored)


def packed(values: Iterable[Any]) -> str:
    """A list as JSON text."""
    listed = list(values)
    return json.dumps(listed, ensure_ascii=False) if listed else _EMPTY


def strings(stored: str) -> tuple[str, ...]:
    """A stored JSON list of strings."""
    return () if stored == _EMPTY else tuple(_read(stored))


def pack_details(details: Details) -> str:
    """Named facts as JSON text; their order stays."""
    return packed([list(fact) for fact in details])


def details(stored: str) -> Details:
    """Named facts out of JSON text."""
    return tuple((name, value) for name, value in _read(stored))


def _evidence_list(evidence: Evidence) -> list[Any]:
    return [
        evidence.rule,
        evidence.score,
        evidence.threshold,
        evidence.partner,
        evidence.reason,
        [list(fact) for fact in evidence.details],
    ]


def _evidence_of(listed: list[Any]) -> Evidence:
    rule, score, threshold, partner, reason, facts = listed
    return Evidence(
        rule, score, threshold, partner, reason, tuple((name, value) for name, value in facts)
    )


def pack_evidence(evidence: Evidence) -> str:
    """Evidence as JSON text."""
    return json.dumps(_evidence_list(evidence), ensure_ascii=False)


def evidence(stored: str) -> Evidence:
    """Evidence out of JSON text."""
    return _evidence_of(_read(stored))


def named(kind: type[N], stored: str) -> N:
    """The member of an enum behind its stored value."""
    try:
        return kind(stored)
    except ValueError as error:
        raise Unreadable(f"no such {kind.__name__}: {stored[:80]}") from error


def pack_evidences(evidences: Sequence[Evidence]) -> str:
    """Several pieces of evidence as JSON text."""
    return packed([_evidence_list(one) for one in evidences])


def evidences(stored: str) -> tuple[Evidence, ...]:
    """Several pieces of evidence out of JSON text."""
    return () if stored == _EMPTY else tuple(_evidence_of(one) for one in _read(stored))


def pack_record(record: DataclassInstance) -> str:
    """A flat record, written whole as JSON text by field name."""
    values = {one.name: _plain(getattr(record, one.name)) for one in fields(record)}
    return json.dumps(values, ensure_ascii=False)


def record(kind: type[R], stored: str) -> R:
    """The record of ``kind`` behind its JSON text.

    Fields that came later take their default; fields that are gone are left out.
    """
    times, lists, enums, known = _shape(cast(Hashable, kind))
    values = {name: value for name, value in _read(stored).items() if name in known}
    for name in values.keys() & times:
        values[name] = moment_or_none(values[name])
    for name in values.keys() & lists:
        values[name] = tuple(values[name])
    for name in values.keys() & enums.keys():
        values[name] = named(enums[name], values[name])
    return kind(**values)


def _plain(value: Any) -> Any:
    return micros(value) if isinstance(value, datetime) else value


@cache
def _shape(
    kind: Hashable,
) -> tuple[frozenset[str], frozenset[str], dict[str, type[StrEnum]], frozenset[str]]:
    hints = get_type_hints(kind)
    times = frozenset(name for name, hint in hints.items() if datetime in (hint, *get_args(hint)))
    lists = frozenset(name for name, hint in hints.items() if get_origin(hint) is tuple)
    enums = {
        name: hint
        for name, hint in hints.items()
        if isinstance(hint, type) and issubclass(hint, StrEnum)
    }
    return times, lists, enums, frozenset(hints)


def pack_bands(bands: Sequence[int]) -> bytes:
    """MinHash bands as little-endian 64-bit integers in a row."""
    return struct.pack(f"<{len(bands)}q", *bands)


def bands(stored: bytes) -> tuple[int, ...]:
    """MinHash bands out of their packed form."""
    return struct.unpack(f"<{len(stored) // 8}q", stored)


def key(*parts: str) -> int:
    """A signed 64-bit fingerprint of texts, small enough for a dense index.

    Whoever looks up by it compares the text too: a collision is never a match.
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)


def storable(text: str) -> str:
    """``text`` as both databases take it: no NUL, no lone surrogate.

    The gate in ``aggregator.text`` removes these long before; this is the last
    door, so that one forgotten field never costs a whole poll.
    """
    if type(text) is not str:  # a member of an enum: drivers would ask what to do with it
        text = str(text)
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text


def _read(stored: str) -> Any:
    try:
        return json.loads(stored)
    except ValueError as error:
        raise Unreadable(f"a record is no JSON text: {error}") from error
