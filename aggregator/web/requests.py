"""What a request says, read once and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_BODY = 2_000_000  # bytes; the longest list of ids that an app sends is 500 kB
MAX_FIELDS = 20_000


class TooLargeError(Exception):
    """The body is larger than MAX_BODY."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its path below the API, its parameters from query and body, its headers."""

    method: str
    path: str
    address: str  # of the client
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def at(self, path: str) -> Call:
        """The same call, at another path."""
        return replace(self, path=path)

    def first(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return next(iter(self.params.get(name, ())), default)

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return self.params.get(name, ())


async def read(request: Request, path: str) -> Call:
    """The request as a Call. Raises TooLargeError, and ValueError for an unreadable body."""
    body = await _body(request)
    fields = [*parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)]
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        fields += _json_fields(body)
    elif body and not body.lstrip().startswith(b"<"):  # an OPML file is no form
        text = body.decode("utf-8", "replace")
        fields += parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    return Call(
        request.method,
        path,
        request.client.host if request.client else "",
        _grouped(fields),
        dict(request.headers),
        body,
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise TooLargeError
    return bytes(body)


def _json_fields(body: bytes) -> list[tuple[str, str]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("the body is not a JSON object")
    return [
        (str(name), str(value)) for name, value in found.items() if isinstance(value, str | int)
    ]


def _grouped(fields: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in grouped.items()}
