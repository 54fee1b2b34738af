"""What a request says, read once and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from email.parser import BytesParser
from email.policy import HTTP
from itertools import islice
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_BODY = 2_000_000  # bytes; the longest list of ids that an app sends is 500 kB
MAX_FIELDS = 20_000
_PARTS = 20  # of a form with a file


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
    asked: str = ""  # the whole path with its query, as the client sent it
    path_params: Mapping[str, str] = field(default_factory=dict)

    def at(self, path: str) -> Call:
        """The same call, at another path."""
        return replace(self, path=path)

    def first(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return next(iter(self.params.get(name, ())), default)

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return self.params.get(name, ())

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of two with one name, the first."""
        found: dict[str, str] = {}
        for one in self.headers.get("cookie", "").split(";"):
            name, _, value = one.strip().partition("=")
            found.setdefault(name, value)
        return found


async def read(request: Request, path: str) -> Call:
    """The request as a Call. Raises TooLargeError, and ValueError for an unreadable body."""
    body = await _body(request)
    fields = [*parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)]
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        fields += _json_fields(body)
    elif kind.startswith("multipart/form-data"):
        fields += _parts(kind, body)
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
        request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        dict(request.path_params),
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
        (str(name), text)
        for name, value in found.items()
        for one in (value if isinstance(value, list) else (value,))
        if (text := _scalar(one)) is not None
    ]


def _parts(kind: str, body: bytes) -> list[tuple[str, str]]:
    """The fields of a form with a file; bytes that are not UTF-8 are kept as surrogates."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = []
    for part in islice(message.iter_parts(), _PARTS):
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found.append((name, payload.decode("utf-8", "surrogateescape")))
    return found


def _scalar(value: object) -> str | None:
    """A value as a form would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def _grouped(fields: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in grouped.items()}
