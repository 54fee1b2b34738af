"""The first run, login and logout."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.engine import web_logins
from aggregator.model.errors import UserError
from aggregator.web import passwords
from aggregator.web.pages import sessions
from aggregator.web.pages.site import Visit, local

SHORTEST = 10  # characters of a password


def first_run(visit: Visit) -> Response:
    """Set the first password, for whoever has the one-time link."""
    call, words = visit.call, visit.words
    given, invitation = call.first("key"), visit.site.invitation
    if not invitation or not passwords.same(given, invitation) or _anybody(visit):
        return visit.message(words["link_used"], 403, back="/login")
    if call.method == "GET":
        return visit.page("first.html", key=given, name="reader", wrong="")
    name, chosen = call.first("name"), call.first("password")
    wrong = _wrong(visit, chosen)
    if not wrong:
        try:
            hashed = passwords.hashed(chosen)
            user = web_logins.set_password(
                visit.site.store, name, hashed, now=visit.now, first=True
            )
        except UserError as error:
            wrong = str(error)
        else:
            answer = visit.to("/")
            sessions.begin(visit.site.store, call, user, answer, visit.now)
            return answer
    return visit.page("first.html", 400, key=given, name=name, wrong=wrong)


def login(visit: Visit) -> Response:
    """Log in with name and password."""
    call, words = visit.call, visit.words
    back = local(call.first("back", "/"))
    if call.method == "GET":
        return visit.page("login.html", name="", wrong="", back=back, nobody=not _anybody(visit))
    name, given = call.first("name"), call.first("password")
    wait = visit.site.logins.brake.wait(call.address, name)
    if wait > 0:
        answer = visit.page(
            "login.html", 429, name=name, wrong=words["too_many"], back=back, nobody=False
        )
        answer.headers["Retry-After"] = str(int(wait) + 1)
        return answer
    with visit.site.store.reading() as view:
        user = view.users.named(name)
    if not passwords.matches(user.password if user else "", given) or user is None:
        visit.site.logins.brake.failed(call.address, name)
        return visit.page(
            "login.html", 401, name=name, wrong=words["wrong_password"], back=back, nobody=False
        )
    answer = visit.to(back)
    sessions.begin(visit.site.store, call, user, answer, visit.now)
    return answer


def logout(visit: Visit) -> Response:
    """End the session."""
    sessions.end(visit.site.store, visit.call)
    answer = visit.to("/login")
    answer.delete_cookie(sessions.COOKIE)
    return answer


def _anybody(visit: Visit) -> bool:
    """Whether anybody has a password for the page."""
    with visit.site.store.reading() as view:
        return any(user.password for user in view.users.list())


def _wrong(visit: Visit, chosen: str) -> str:
    """What is wrong with a new password; empty if nothing is."""
    if len(chosen) < SHORTEST:
        return visit.words["too_short"].replace("{n}", str(SHORTEST))
    return "" if chosen == visit.call.first("again") else visit.words["not_alike"]
