"""The Fever API: one address, whose parameters say what is wanted."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from aggregator.engine import reading_states
from aggregator.model import Feed
from aggregator.model.reading_state import Mark, User
from aggregator.web import passwords
from aggregator.web.answering import route
from aggregator.web.fever import answers
from aggregator.web.greader.streams import bound
from aggregator.web.logins import Logins
from aggregator.web.numbering import Numbering, numbering, whole
from aggregator.web.requests import Call
from aggregator.web.responses import json_answer
from aggregator.web.service import Service, all_feeds
from storage import View

PATHS = ("/fever", "/fever/", "/fever.php", "/api/fever.php", "/api/fever.php/")
VERSION = 3
_PARTS = ("groups", "feeds", "favicons", "items", "links", "unread_item_ids", "saved_item_ids")
_MARKS = {
    "read": Mark(read=True),
    "unread": Mark(read=False),
    "saved": Mark(starred=True),
    "unsaved": Mark(starred=False),
}


def routes(service: Service, logins: Logins) -> list[Route]:
    """The address of the API, in the spellings that apps use."""

    async def answer(call: Call) -> Response:
        return await run_in_threadpool(_answer, service, logins, call)

    return [route(path, answer, methods=("GET", "POST")) for path in PATHS]


def _answer(service: Service, logins: Logins, call: Call) -> Response:
    if logins.brake.wait(call.address, "fever") > 0:
        return json_answer({"api_version": VERSION, "auth": 0}, 429)
    user = _user(service, call.first("api_key"))
    if user is None:
        if call.first("api_key"):
            logins.brake.failed(call.address, "fever")
        return json_answer({"api_version": VERSION, "auth": 0})
    changed = _mark(service, call, user)
    with service.store.reading() as view:
        feeds = view.feeds.list()
        numbers = numbering(all_feeds(view))
        states = [state.last_poll for state in view.feeds.states().values() if state.last_poll]
        refreshed = int(max(states).timestamp()) if states else 0
        found: dict[str, object] = {
            "api_version": VERSION,
            "auth": 1,
            "last_refreshed_on_time": refreshed,
        }
        for name in _PARTS:
            if name in call.params or name == changed:
                found |= _part(name, view, call, user, feeds, numbers)
    return json_answer(found)


def _part(
    name: str, view: View, call: Call, user: User, feeds: list[Feed], numbers: Numbering
) -> dict[str, object]:
    """One part of the answer, by the name under which it is asked for."""
    match name:
        case "groups":
            return answers.groups(feeds, numbers) | answers.feeds_groups(feeds, numbers)
        case "feeds":
            known = answers.feeds(view, feeds, numbers)
            return known | answers.feeds_groups(feeds, numbers)
        case "items":
            return answers.items(view, call, user, numbers)
        case "unread_item_ids":
            return answers.unread(view, user)
        case "saved_item_ids":
            return answers.saved(view, user)
        case _:
            return {name: []}  # no icons, and no links between items


def _mark(service: Service, call: Call, user: User) -> str:
    """Change what is asked for; the name of the part that this changed, if any."""
    change = _MARKS.get(call.first("as"))
    if call.method != "POST" or change is None:
        return ""
    now = service.now()
    if call.first("mark") == "item":
        number = whole(call.first("id"))
        if number:
            reading_states.mark(service.store, user.id, [number], change, now=now)
        return "saved_item_ids" if change.read is None else "unread_item_ids"
    if call.first("mark") not in ("feed", "group") or change.read is not True:
        return ""
    until = bound(call.first("before"))
    if call.first("before") and until is None:
        return ""
    with service.store.reading() as view:
        narrow = answers.chosen(call, view.feeds.list(), numbering(all_feeds(view)))
    if narrow is not None:
        reading_states.mark_unread_as_read(service.store, user.id, narrow, until or now, now=now)
    return "unread_item_ids"


def _user(service: Service, key: str) -> User | None:
    with service.store.reading() as view:
        return view.users.with_fever_key(passwords.hashed_key(key.strip().lower()))
