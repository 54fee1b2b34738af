"""The endpoints that change something: marks and labels."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from aggregator.engine import reading_states
from aggregator.model.reading_state import Mark, User
from aggregator.web.greader.ids import numbers_of
from aggregator.web.greader.streams import STATE, bound, folder_of, labels_of, narrowed, normal
from aggregator.web.greader.subscriptions import rename_folder
from aggregator.web.requests import Call
from aggregator.web.service import Service, all_feeds
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
    """Give a label, or the tag of feeds that a folder is, another name."""
    old, new = _label(call.first("s") or call.first("t")), _label(call.first("dest"))
    if not old or not new:
        return PlainTextResponse("a label is missing", 400)
    if _is_folder(service, old):
        return rename_folder(service, call, user)
    _relabel(service, user, old, (new,))
    return PlainTextResponse("OK")


def disable_tag(service: Service, call: Call, user: User) -> Response:
    """Remove labels from all items, and tags that are folders from all feeds."""
    for stream in call.all("s") or call.all("t"):
        old = _label(stream)
        if not old:
            return PlainTextResponse("a label is missing", 400)
        if _is_folder(service, old):
            answer = rename_folder(service, Call("POST", "", "", {"s": (stream,)}), user)
            if answer.status_code != 200:
                return answer
        _relabel(service, user, old, ())
    return PlainTextResponse("OK")


def _is_folder(service: Service, label: str) -> bool:
    with service.store.reading() as view:
        return any(folder_of(feed) == label for feed in view.feeds.list())


def _relabel(service: Service, user: User, old: str, new: tuple[str, ...]) -> None:
    change = Mark(add=new, remove=(old,))
    narrow = CanonicalFilter(labels=(old,))
    reading_states.mark_all(service.store, user.id, narrow, change, now=service.now())


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


CHANGES = frozenset(
    {
        "edit-tag",
        "mark-all-as-read",
        "rename-tag",
        "disable-tag",
        "subscription/edit",
        "subscription/import",
        "subscription/quickadd",
    }
)
"""What changes something: by POST only."""
