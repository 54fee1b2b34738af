"""Which path is answered by which page, and what is refused before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aggregator.web import requests
from aggregator.web.logins import Logins
from aggregator.web.pages import (
    addresses,
    changes,
    corrections,
    entrance,
    feeds,
    reading,
    search,
    sessions,
)
from aggregator.web.pages.site import STATIC, Site, Visit, static
from aggregator.web.pages.words import LANGUAGES, preferred, words
from aggregator.web.requests import Call, TooLargeError
from aggregator.web.service import Service
from storage import StoreError

log = logging.getLogger(__name__)

Page = Callable[[Visit], Response]
LANGUAGE = "/language"
LANGUAGE_COOKIE = "aggregator_language"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _choose_language(visit: Visit) -> Response:
    """Keep the language of the interface in a cookie, logged in or not."""
    answer = visit.to(visit.call.first("back", "/"))
    chosen = visit.call.first("language")
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=31_536_000, httponly=True, samesite="lax"
        )
    return answer


_OPEN: dict[str, Page] = {"/start": entrance.first_run, "/login": entrance.login}
"""Pages for anyone; they check passwords, so only few are answered at a time."""
_READING: dict[str, Page] = {
    "/": reading.river,
    "/story/{story}": reading.story,
    "/search": search.search,
    "/feeds": feeds.listed,
    "/feeds.opml": feeds.opml,
    "/feeds-out": addresses.listed,
    "/corrections": corrections.listed,
    "/correction/{correction}": corrections.shown,
}
_CHANGING: dict[str, Page] = {
    LANGUAGE: _choose_language,
    "/logout": entrance.logout,
    "/mark": changes.mark,
    "/unmark": changes.unmark,
    "/correct": corrections.correct,
    "/undo": corrections.undo,
    "/feeds/add": feeds.add,
    "/feeds/remove": feeds.remove,
    "/feeds/opml": feeds.read_opml,
    "/feeds-out/add": addresses.add,
    "/feeds-out/revoke": addresses.revoke,
}


def routes(service: Service, logins: Logins, invitation: str = "") -> list[Route]:
    """The routes of the web page; ``invitation`` is the secret of the one-time link."""
    site = Site(service, logins, invitation)

    def route(path: str, page: Page, *methods: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                call = await requests.read(request, path)
            except TooLargeError:
                return _guarded(PlainTextResponse("the body is too large\n", 413))
            except ValueError as error:
                return _guarded(PlainTextResponse(f"{error}\n", 400))
            if call.method == "POST" and not from_here(call):
                text = "this request comes from another site\n"
                return _guarded(PlainTextResponse(text, 403))
            args = dict(request.path_params)
            if path in _OPEN:
                async with logins.turns:
                    return _guarded(await run_in_threadpool(_visited, site, page, call, args))
            return _guarded(await run_in_threadpool(_visited, site, page, call, args))

        return Route(path, answer, methods=list(methods))

    return [
        Route("/static/{name}", _static, methods=["GET"]),
        *(route(path, page, "GET", "POST") for path, page in _OPEN.items()),
        *(route(path, page, "GET") for path, page in _READING.items()),
        *(route(path, page, "POST") for path, page in _CHANGING.items()),
    ]


def from_here(call: Call) -> bool:
    """Whether a change was asked for by a page of this site, as far as the browser says.

    Browsers send Sec-Fetch-Site, older ones at least Origin. Programs send neither, and no
    cookies of a browser.
    """
    site = call.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = call.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == call.headers.get("host") != ""
    except ValueError:
        return False


def _visited(site: Site, page: Page, call: Call, args: dict[str, str]) -> Response:
    """The page, or the way to the login."""
    now = site.service.now()
    chosen = call.cookies.get(LANGUAGE_COOKIE, "")
    language = chosen if chosen in LANGUAGES else preferred(call.headers.get("accept-language", ""))
    said = words(language, site.settings.timezone)
    visit = Visit(site, call, said, now, None, args)
    try:
        user = sessions.user_of(site.store, call.cookies.get(sessions.COOKIE, ""), now)
        visit = Visit(site, call, said, now, user, args)
        if user is None and call.path not in (*_OPEN, LANGUAGE):
            back = call.asked if call.method == "GET" else "/"
            return visit.to(f"/login?back={quote(back, safe='')}")
        return page(visit)
    except StoreError as error:
        log.error("a page failed: %s", error)
        return visit.message(said["store_away"], 503)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return _guarded(PlainTextResponse("nothing is served here\n", 404))
    answer = Response(static(name), media_type=STATIC[name])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return _guarded(answer)


def _guarded(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
