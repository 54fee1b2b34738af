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
    """A stored integer as an aware UTC time; ``Unreadable`` if it is none."""
    try:
        return _EPOCH + timedelta(microseconds=stored)
    except (OverflowError, TypeError) as error:
        raise Unreadable(f"not a time: {stored!r:.80}") from error


def moment_or_none(stored: int | None) -> datetime | None:
    """Like ``moment``; None stays None."""
    return None if stored is None else moment(stored)


def packed(values: Iterable[Any]) -> str:
    """A list as JSON text."""
    listed = list(values)
    return json.dumps(listed, ensure_ascii=False) if listed else _EMPTY


def strings(stored: str) -> tuple[str, ...]:
    """A stored JSON list of strings."""
    if stored == _EMPTY:
        return ()
    found = _read(stored)
    if not isinstance(found, list) or not all(type(one) is str for one in found):
        raise Unreadable(f"not a list of texts: {stored!r:.80}")
    return tuple(found)


def pack_details(details: Details) -> str:
    """Named facts as JSON text; their order is kept."""
    return packed([list(fact) for fact in details])


def details(stored: str) -> Details:
    """Named facts from JSON text."""
    return _facts(_read(stored))


def _facts(listed: list[Any]) -> Details:
    try:
        return tuple((name, value) for name, value in listed)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"not named facts: {listed!r:.80}") from error


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
    try:
        rule, score, threshold, partner, reason, facts = listed
        return Evidence(rule, score, threshold, partner, reason, _facts(facts))
    except (TypeError, ValueError) as error:
        raise Unreadable(f"not evidence: {listed!r:.80}") from error


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
        raise Unreadable(f"no such {kind.__name__}: {stored!r:.80}") from error


def pack_evidences(evidences: Sequence[Evidence]) -> str:
    """Several pieces of evidence as JSON text."""
    return packed([_evidence_list(one) for one in evidences])


def evidences(stored: str) -> tuple[Evidence, ...]:
    """Several pieces of evidence from JSON text."""
    if stored == _EMPTY:
        return ()
    found = _read(stored)
    if not isinstance(found, list):
        raise Unreadable(f"not a list of evidence: {stored!r:.80}")
    return tuple(_evidence_of(one) for one in found)


def pack_record(record: DataclassInstance) -> str:
    """A flat record as JSON text, by field name."""
    values = {one.name: _plain(getattr(record, one.name)) for one in fields(record)}
    return json.dumps(values, ensure_ascii=False)


def record(kind: type[R], stored: str) -> R:
    """A record of ``kind`` from JSON text.

    Missing (newer) fields get their default; unknown (removed) fields are ignored.
    """
    times, lists, enums, known = _shape(cast(Hashable, kind))
    found = _read(stored)
    try:
        values = {name: value for name, value in found.items() if name in known}
        for name in values.keys() & times:
            values[name] = moment_or_none(values[name])
        for name in values.keys() & lists:
            values[name] = tuple(values[name])
        for name in values.keys() & enums.keys():
            values[name] = named(enums[name], values[name])
        return kind(**values)
    except (AttributeError, TypeError) as error:
        raise Unreadable(f"not a record: {stored!r:.80}") from error


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
    try:
        return struct.unpack(f"<{len(stored) // 8}q", stored)
    except (struct.error, TypeError) as error:
        raise Unreadable(f"not bands: {stored!r:.80}") from error


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
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(f"a record is not valid JSON: {error}") from error
