"""The endpoints that change something: marks and labels."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from aggregator.engine import reading_states
from aggregator.model.reading_state import Mark, User
from aggregator.web.greader.ids import numbers_of
from aggregator.web.greader.service import Service, all_feeds
from aggregator.web.greader.streams import STATE, bound, folder_of, labels_of, narrowed, normal
from aggregator.web.requests import Call
from storage import CanonicalFilter

_READ, _STARRED = f"{STATE}read", f"{STATE}starred"
_KEPT = (f"{STATE}kept-unread", f"{STATE}tracking-kept-unread")


def edit_tag(service: Service, call: Call, user: User) -> Response:
    """Mark items read, unread, starred or not, and give or take labels."""
    numbers = numbers_of(call.all("i"))
    change = _mark(call.all("a"), call.all("r"))
    reading_states.mark(service.store, user.id, numbers, change, now=service.now())
    return PlainTextResponse("OK")


def mark_all_as_read(service: Service, call: Call, user: User) -> Response:
    """Mark a stream read, up to what had arrived at ``ts``: nothing that was not yet shown."""
    until = bound(call.first("ts"))
    if call.first("ts") and until is None:
        return PlainTextResponse("ts is not a time", 400)
    with service.store.reading() as view:
        narrow = narrowed(call.first("s"), all_feeds(view))
    if narrow is None or not call.first("s"):
        return PlainTextResponse("s names no stream", 400)
    reading_states.mark_unread_as_read(
        service.store, user.id, narrow, until or service.now(), now=service.now()
    )
    return PlainTextResponse("OK")


def rename_tag(service: Service, call: Call, user: User) -> Response:
    """Give a label another name; folders are the tags in feeds.toml."""
    old, new = _label(call.first("s") or call.first("t")), _label(call.first("dest"))
    return _relabel(service, user, old, (new,) if new else None)


def disable_tag(service: Service, call: Call, user: User) -> Response:
    """Remove labels from all items; folders are the tags in feeds.toml."""
    for stream in call.all("s") or call.all("t"):
        answer = _relabel(service, user, _label(stream), ())
        if answer.status_code != 200:
            return answer
    return PlainTextResponse("OK")


def _relabel(service: Service, user: User, old: str, new: tuple[str, ...] | None) -> Response:
    with service.store.reading() as view:
        folders = {folder_of(feed) for feed in view.feeds.list()}
    if not old or new is None:
        return PlainTextResponse("a label is missing", 400)
    if old in folders:
        return PlainTextResponse("Folders are the tags in feeds.toml.", 403)
    change = Mark(add=new, remove=(old,))
    narrow = CanonicalFilter(labels=(old,))
    reading_states.mark_all(service.store, user.id, narrow, change, now=service.now())
    return PlainTextResponse("OK")


def _label(stream: str) -> str:
    return next(iter(labels_of([normal(stream)])), "")


def _mark(add: tuple[str, ...], remove: tuple[str, ...]) -> Mark:
    """The change that ``a`` and ``r`` of edit-tag ask for; of two opposite ones, ``a`` holds."""
    given, taken = [normal(tag) for tag in add], [normal(tag) for tag in remove]
    read: bool | None = None
    if _READ in taken or any(tag in given for tag in _KEPT):
        read = False
    if _READ in given:
        read = True
    starred = True if _STARRED in given else False if _STARRED in taken else None
    return Mark(read, starred, None, labels_of(given), labels_of(taken))


CHANGES = frozenset({"edit-tag", "mark-all-as-read", "rename-tag", "disable-tag"})
"""What changes something: by POST only."""
