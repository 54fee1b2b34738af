"""How every API answers: the request read once, errors as answers, headers that protect."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aggregator.web import requests
from aggregator.web.requests import Call, TooLargeError
from storage import StoreError

Endpoint = Callable[[Call], Awaitable[Response]]
Refuse = Callable[[int, str], Response]
"""How an API says that a request failed: an HTTP status and the reason, in words."""

log = logging.getLogger(__name__)

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def in_words(status: int, reason: str) -> Response:
    """A failure as plain text."""
    return PlainTextResponse(f"{reason}\n", status)


def route(
    path: str, endpoint: Endpoint, *, methods: Iterable[str], refuse: Refuse = in_words
) -> Route:
    """A route whose path parameter ``path``, if it has one, is the path of the call."""

    async def answer(request: Request) -> Response:
        response = await _answered(request, endpoint, refuse)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return Route(path, answer, methods=list(methods))


async def _answered(request: Request, endpoint: Endpoint, refuse: Refuse) -> Response:
    try:
        call = await requests.read(request, request.path_params.get("path", ""))
    except TooLargeError:
        return refuse(413, "the body is too large")
    except ValueError as error:
        return refuse(400, str(error))
    try:
        return await endpoint(call)
    except StoreError as error:
        log.error("a request failed: %s", error)
        response = refuse(503, "the store is not available")
        if error.passing:
            response.headers["Retry-After"] = "30"
        return response
