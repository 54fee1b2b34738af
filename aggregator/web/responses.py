"""Answers as JSON, and those that an app need not fetch again."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from starlette.responses import Response

from aggregator.web.requests import Call

JSON = "application/json"


def json_answer(answer: object, status: int = 200) -> Response:
    """``answer`` as JSON."""
    return Response(msgspec.json.encode(answer), status, media_type=JSON)


def unless_known(call: Call, body: bytes, *, media_type: str = JSON) -> Response:
    """``body`` with an ETag; 304 to an app that has it already."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = call.headers.get("if-none-match", "").split(",")
    if tag in (one.strip().removeprefix("W/") for one in known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
