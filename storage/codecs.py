"""Conversion of values to and from database columns.

Times are integers: microseconds since 1970 in UTC. They are exact, sort and compare
the same in every database, take eight bytes, and no server or driver can apply a
time zone to them. Lists and evidence are JSON text, because Python's JSON
round-trips floats exactly (``JSONB`` would lose ``NaN`` and the order of names).
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
    """A column has an invalid value: the store is damaged."""


def micros(at: datetime) -> int:
    """An aware time as microseconds since 1970 in UTC; ``ValueError`` if it has no zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without zone cannot be stored: {at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    """Like ``micros``; None stays None."""
    return None if at is None else micros(at)


def moment(stored: int) -> datetime:
    """A stored integer as an aware UTC time."""
    return _EPOCH + timedelta(microseconds=stored)


def moment_or_none(stored: int | None) -> datetime | None:
    """Like ``moment``; None stays None."""
    return None if stored is None else _EPOCH + timedelta(microseconds=stored)


def packed(values: Iterable[Any]) -> str:
    """A list as JSON text."""
    listed = list(values)
    return json.dumps(listed, ensure_ascii=False) if listed else _EMPTY


def strings(stored: str) -> tuple[str, ...]:
    """A stored JSON list of strings."""
    return () if stored == _EMPTY else tuple(_read(stored))


def pack_details(details: Details) -> str:
    """Named facts as JSON text; their order is kept."""
    return packed([list(fact) for fact in details])


def details(stored: str) -> Details:
    """Named facts from JSON text."""
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
    """Evidence from JSON text."""
    return _evidence_of(_read(stored))


def named(kind: type[N], stored: str) -> N:
    """The enum member with a stored value."""
    try:
        return kind(stored)
    except ValueError as error:
        raise Unreadable(f"no such {kind.__name__}: {stored[:80]}") from error


def pack_evidences(evidences: Sequence[Evidence]) -> str:
    """Several pieces of evidence as JSON text."""
    return packed([_evidence_list(one) for one in evidences])


def evidences(stored: str) -> tuple[Evidence, ...]:
    """Several pieces of evidence from JSON text."""
    return () if stored == _EMPTY else tuple(_evidence_of(one) for one in _read(stored))


def pack_record(record: DataclassInstance) -> str:
    """A flat record as JSON text, by field name."""
    values = {one.name: _plain(getattr(record, one.name)) for one in fields(record)}
    return json.dumps(values, ensure_ascii=False)


def record(kind: type[R], stored: str) -> R:
    """A record of ``kind`` from JSON text.

    Missing (newer) fields get their default; unknown (removed) fields are ignored.
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
    """MinHash bands as consecutive little-endian 64-bit integers."""
    return struct.pack(f"<{len(bands)}q", *bands)


def bands(stored: bytes) -> tuple[int, ...]:
    """MinHash bands from their packed form."""
    return struct.unpack(f"<{len(stored) // 8}q", stored)


def key(*parts: str) -> int:
    """A signed 64-bit fingerprint of texts, small enough for a dense index.

    Lookups must also compare the text, so that a collision is never a match.
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)


def storable(text: str) -> str:
    """``text`` in a form that both databases accept: no NUL, no lone surrogates.

    ``aggregator.text`` removes these much earlier; this is a safety net, so that one
    forgotten field never fails a whole poll.
    """
    if type(text) is not str:  # an enum member, which drivers may not accept
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
        raise Unreadable(f"a record is not valid JSON: {error}") from error
