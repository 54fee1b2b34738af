"""Where the REST API is found, and what is refused before it answers."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from aggregator.reading.json_text import line
from aggregator.web.access import access
from aggregator.web.answering import Endpoint, route
from aggregator.web.logins import Logins, WaitError
from aggregator.web.requests import Call
from aggregator.web.responses import unless_known
from aggregator.web.rest import openapi
from aggregator.web.rest.asked import Asked, ProblemError
from aggregator.web.rest.operations import OPERATIONS, Operation
from aggregator.web.service import Service

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def routes(service: Service, logins: Logins) -> list[Route]:
    """Everything below /api/v1/."""
    found = [
        route(
            f"{openapi.BASE}/{operation.path}",
            _answering(service, logins, operation),
            methods=(operation.method,),
            refuse=problem,
        )
        for operation in OPERATIONS
    ]

    async def described(call: Call) -> Response:
        return unless_known(call, line(openapi.document()).encode())

    async def unknown(_: Call) -> Response:
        return problem(404, "nothing is served here with this method")

    return [
        *found,
        route(f"{openapi.BASE}/openapi.json", described, methods=("GET",), refuse=problem),
        route(f"{openapi.BASE}/{{path:path}}", unknown, methods=METHODS, refuse=problem),
    ]


def problem(status: int, detail: str) -> Response:
    """A failure as application/problem+json (RFC 9457)."""
    body = line({"title": HTTPStatus(status).phrase, "status": status, "detail": detail})
    return Response(body, status, media_type="application/problem+json")


def _answering(service: Service, logins: Logins, operation: Operation) -> Endpoint:
    async def answer(call: Call) -> Response:
        try:
            found = await access(service, logins, call)
        except WaitError as error:
            response = problem(429, str(error))
            response.headers["Retry-After"] = str(error.seconds)
            return response
        if found is None:
            response = problem(401, "a token is missing or wrong")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if operation.writes and not found.writes:
            return problem(403, "this token may only read")
        unknown = [name for name in call.params if name not in operation.params]
        if unknown:
            return problem(400, f"unknown parameter {unknown[0]!r}")
        asked = Asked(service, call, found.user, call.path_params)
        return await run_in_threadpool(_answer, operation, asked)

    return answer


def _answer(operation: Operation, asked: Asked) -> Response:
    try:
        return operation.endpoint(asked)
    except ProblemError as error:
        return problem(error.status, str(error))
