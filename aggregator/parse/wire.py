"""Encodes documents for the way back from a parser worker.

Uses MessagePack decoded into the types of ``model``, not pickle: a worker compromised by a
hostile document must not be able to run code in the daemon, or send it anything but a
document.
"""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

import msgspec

from aggregator.model import Document
from aggregator.parse.opml import OpmlList

REQUEST = struct.Struct("<II")
"""Lengths of the JSON header and of the body that follow."""
REPLY = struct.Struct("<cBI")
"""Kind (``D`` document, ``E`` refused, ``X`` crashed, ``R`` ready), 1 to retire, length."""

BROKEN = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, struct.error)
"""The errors of ``unpack_document`` for invalid bytes."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Document)
_LISTS: Final = msgspec.msgpack.Decoder(OpmlList)


def pack_document(document: Document) -> bytes:
    """``document`` as bytes; characters that are not valid Unicode become question marks."""
    try:
        return _ENCODER.encode(document)
    except UnicodeEncodeError:
        said = json.dumps(msgspec.to_builtins(document), ensure_ascii=False)
        clean = msgspec.json.decode(said.encode("utf-8", "replace"), type=Document)
        return _ENCODER.encode(clean)


def _packed(value: Any) -> Any:
    return value.timestamp() if isinstance(value, datetime) else value


def unpack_document(data: bytes) -> Document:
    """The document packed by ``pack_document``. Raises one of BROKEN for invalid bytes."""
    document = _DECODER.decode(data)
    for entry in document.entries:
        for time in (entry.published, entry.updated):
            if time is not None and time.tzinfo is not UTC:  # required for comparing times
                raise ValueError("a time that is not in UTC")
    if document.ttl is not None and not isfinite(document.ttl):
        raise ValueError("a ttl that is not a number")
    if not all(0 <= hour < 24 for hour in document.skip_hours):
        raise ValueError("an hour that is not between 0 and 23")
    return document


def pack_list(feeds: OpmlList) -> bytes:
    """A list of feeds as bytes."""
    return _ENCODER.encode(feeds)


def unpack_list(data: bytes) -> OpmlList:
    """The list packed by ``pack_list``. Raises one of BROKEN for invalid bytes."""
    return _LISTS.decode(data)


def pack_request(job: str, body: bytes, arguments: dict[str, Any]) -> bytes:
    """A request to a worker: the job's name, its arguments and the bytes to parse."""
    sent = {k: _packed(v) for k, v in arguments.items()}
    header = json.dumps([job, sent]).encode()
    return REQUEST.pack(len(header), len(body)) + header + body
