"""Documents on their way back from a parser worker.

JSON, not pickle: a worker that a hostile document has taken over must not be
able to run anything in the daemon.
"""

from __future__ import annotations

import json
import struct
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from aggregator.model import Document, Entry
from aggregator.parse.entries import new_entry

REQUEST = struct.Struct("<II")
"""Length of the JSON header and of the body that follow."""
REPLY = struct.Struct("<cBI")
"""Kind (``D`` document, ``E`` refused, ``X`` crashed, ``R`` ready), 1 to retire, length."""

BROKEN = (
    ValueError, TypeError, KeyError, IndexError, OverflowError, OSError, RecursionError,
)  # fmt: skip
"""What ``unpack_document`` raises for bytes that no worker of sound mind would send."""

_ENTRY = [field.name for field in fields(Entry)]
_VALUES = attrgetter(*_ENTRY)
_DEFAULTS = [field.default for field in fields(Entry)]
_DOCUMENT = [field.name for field in fields(Document) if field.name != "entries"]
_TIMES = [_ENTRY.index("published"), _ENTRY.index("updated")]
_LISTS = [i for i, default in enumerate(_DEFAULTS) if default == ()]
_LISTED = ("problems", "skip_hours", "skip_days")


def pack_document(document: Document) -> bytes:
    """``document`` as bytes."""
    entries = []
    for entry in document.entries:
        row = list(_VALUES(entry))
        for i in _TIMES:
            if row[i] is not None:
                row[i] = row[i].timestamp()
        entries.append(row)
    head = [getattr(document, name) for name in _DOCUMENT]
    return json.dumps([head, entries], ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _packed(value: Any) -> Any:
    return value.timestamp() if isinstance(value, datetime) else value


def unpack_document(data: bytes) -> Document:
    """The document that ``pack_document`` packed; raises one of BROKEN where it is none."""
    head, rows = json.loads(data)
    entries = []
    for row in rows:
        for i in _TIMES:
            if row[i] is not None:
                row[i] = datetime.fromtimestamp(row[i], UTC)
        for i in _LISTS:
            row[i] = tuple(row[i])
        entries.append(new_entry(*row))
    named = dict(zip(_DOCUMENT, head, strict=True))
    for name in _LISTED:
        named[name] = tuple(named[name])
    return Document(entries=tuple(entries), **named)


def pack_request(job: str, body: bytes, arguments: dict[str, Any]) -> bytes:
    """What a worker is sent: the job's name, its arguments and the bytes to parse."""
    sent = {k: _packed(v) for k, v in arguments.items()}
    header = json.dumps([job, sent]).encode()
    return REQUEST.pack(len(header), len(body)) + header + body
