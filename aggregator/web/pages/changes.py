"""What a reader marks: read, starred, hidden, followed; and how that is undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import Response

from aggregator.engine import reading_states
from aggregator.model.reading_state import Mark
from aggregator.web.pages.site import Visit, local
from storage import CanonicalFilter

_MARKS = {
    "read": Mark(read=True),
    "unread": Mark(read=False),
    "star": Mark(starred=True),
    "unstar": Mark(starred=False),
    "hide": Mark(hidden=True),
    "page": Mark(read=True),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**16  # microseconds: later ones are no moments
_NUMBERS = 5_000  # in one change


def mark(visit: Visit) -> Response:
    """Do what the button says: ``WHAT:NUMBERS``, ``follow:STORY``, or ``all`` with ``until``."""
    what, _, of = visit.call.first("mark").partition(":")
    store, user, now = visit.site.store, visit.reader.id, visit.now
    undoable = True
    if what in ("follow", "unfollow"):
        reading_states.follow(store, user, of, followed=what == "follow", now=now)
        undoable = False
    elif what == "all":
        until = changed_at(visit.call.first("until"))
        if until is None:
            return visit.message(visit.words["not_understood"], 400)
        reading_states.mark_unread_as_read(store, user, CanonicalFilter(), min(until, now), now=now)
    elif what in _MARKS:
        numbers = [
            int(one) for one in of.split(",") if one.isascii() and one.isdigit() and len(one) < 17
        ]
        reading_states.mark(store, user, numbers[:_NUMBERS], _MARKS[what], now=now)
        undoable = what == "page"
    else:
        return visit.message(visit.words["not_understood"], 400)
    if visit.call.headers.get("x-requested-with") == "fetch":
        return Response(status_code=204)
    back = local(visit.call.first("back", "/"))
    return visit.to(_with(back, marked=str(_micros(now)) if undoable else ""))


def unmark(visit: Visit) -> Response:
    """Undo marking a page or everything as read."""
    at = changed_at(visit.call.first("at"))
    if at is None:
        return visit.message(visit.words["not_understood"], 400)
    reading_states.unmark_read(visit.site.store, visit.reader.id, at, now=visit.now)
    return visit.to(_with(local(visit.call.first("back", "/")), marked=""))


def changed_at(text: str) -> datetime | None:
    """A moment given in microseconds; None for anything else."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16 or int(text) >= _LAST:
        return None
    return _EPOCH + timedelta(microseconds=int(text))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _with(path: str, *, marked: str) -> str:
    """A path with ``marked`` in its query, or without it."""
    parts = urlsplit(path)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "marked"]
    query += [("marked", marked)] if marked else []
    return parts._replace(query=urlencode(query)).geturl()
