"""Where the Miniflux API is found, and which endpoint answers."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from aggregator.model.errors import UserError
from aggregator.web.access import access
from aggregator.web.answering import route
from aggregator.web.logins import Logins, WaitError
from aggregator.web.miniflux import endpoints
from aggregator.web.miniflux.endpoints import Asked, Endpoint, ForbiddenError, MissingError
from aggregator.web.miniflux.listing import BadRequestError
from aggregator.web.requests import Call
from aggregator.web.responses import json_answer
from aggregator.web.service import Service

METHODS = ("GET", "POST", "PUT", "DELETE")
ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "me"): endpoints.me,
    ("GET", "version"): endpoints.version,
    ("GET", "integrations/status"): endpoints.integrations,
    ("GET", "feeds"): endpoints.feeds,
    ("POST", "feeds"): endpoints.add_feed,
    ("GET", "feeds/counters"): endpoints.counters,
    ("PUT", "feeds/refresh"): endpoints.refresh,
    ("GET", "feeds/:feed"): endpoints.feed,
    ("PUT", "feeds/:feed"): endpoints.change_feed,
    ("DELETE", "feeds/:feed"): endpoints.remove_feed,
    ("PUT", "feeds/:feed/refresh"): endpoints.refresh,
    ("PUT", "feeds/:feed/mark-all-as-read"): endpoints.mark_feed,
    ("GET", "feeds/:feed/entries"): endpoints.entries,
    ("GET", "feeds/:feed/entries/:entry"): endpoints.entry,
    ("GET", "categories"): endpoints.categories,
    ("GET", "categories/:category/feeds"): endpoints.feeds,
    ("GET", "categories/:category/entries"): endpoints.entries,
    ("GET", "categories/:category/entries/:entry"): endpoints.entry,
    ("PUT", "categories/:category/refresh"): endpoints.refresh,
    ("PUT", "categories/:category/mark-all-as-read"): endpoints.mark_category,
    ("GET", "entries"): endpoints.entries,
    ("PUT", "entries"): endpoints.update_entries,
    ("GET", "entries/:entry"): endpoints.entry,
    ("GET", "entries/:entry/fetch-content"): endpoints.content,
    ("PUT", "entries/:entry/bookmark"): endpoints.toggle_star,
    ("PUT", "users/:user/mark-all-as-read"): endpoints.mark_user,
    ("GET", "export"): endpoints.export,
    ("POST", "import"): endpoints.read_opml,
}
"""By method and path; a part that begins with ``:`` is a number."""


def routes(service: Service, logins: Logins) -> list[Route]:
    """Everything below /v1/."""

    async def answer(call: Call) -> Response:
        try:
            found = await access(service, logins, call)
        except WaitError as error:
            response = refused(429, "too many wrong passwords")
            response.headers["Retry-After"] = str(error.seconds)
            return response
        if found is None:
            return refused(401, "access unauthorized")
        if call.method != "GET" and not found.writes:
            return refused(403, "this token may only read")
        endpoint, path = endpoint_of(call.method, call.path)
        if endpoint is None:
            return refused(404, "nothing is served here")
        return await run_in_threadpool(_answer, endpoint, Asked(service, call, found.user, path))

    return [route("/v1/{path:path}", answer, methods=METHODS, refuse=refused)]


def refused(status: int, reason: str) -> Response:
    """A failure as this API says it."""
    return json_answer({"error_message": reason}, status)


def endpoint_of(method: str, path: str) -> tuple[Endpoint | None, dict[str, str]]:
    """What answers, and the numbers in the path by name."""
    parts = path.strip("/").split("/")
    for (wanted, pattern), endpoint in ENDPOINTS.items():
        named = _matched(pattern.split("/"), parts) if wanted == method else None
        if named is not None:
            return endpoint, named
    return None, {}


def _matched(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    named = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted.startswith(":") and part.isascii() and part.isdigit():
            named[wanted[1:]] = part
        elif wanted != part:
            return None
    return named


def _answer(endpoint: Endpoint, asked: Asked) -> Response:
    try:
        return endpoint(asked)
    except MissingError:
        return refused(404, "resource not found")
    except ForbiddenError as error:
        return refused(403, str(error))
    except (BadRequestError, UserError) as error:
        return refused(400, str(error))
