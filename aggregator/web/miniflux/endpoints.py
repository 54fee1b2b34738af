"""The endpoints of the Miniflux API: a request and its user in, an answer out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from aggregator.engine import reading_states
from aggregator.engine.feed_list import KnownFeedError
from aggregator.model import Feed
from aggregator.model.reading_state import Mark, User
from aggregator.reading import listed
from aggregator.web.greader.streams import UNTAGGED, folder_of
from aggregator.web.miniflux import shapes
from aggregator.web.miniflux.listing import BadRequestError, Wanted, chosen, wanted
from aggregator.web.numbering import Numbering, numbering, whole
from aggregator.web.requests import Call
from aggregator.web.responses import json_answer
from aggregator.web.service import Service, all_feeds
from storage import CanonicalFilter, View

Endpoint = Callable[["Asked"], Response]
VERSION = "2.2.0"  # of the API that is imitated


class MissingError(Exception):
    """No feed, folder or entry has this number."""


class ForbiddenError(Exception):
    """It may not be done here; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, its user, and the numbers in its path by name."""

    service: Service
    call: Call
    user: User
    path: dict[str, str]

    def number(self, name: str) -> int:
        """A number in the path."""
        return whole(self.path[name]) or 0

    def mark(self, numbers: list[int], change: Mark) -> None:
        """Mark entries."""
        now = self.service.now()
        reading_states.mark(self.service.store, self.user.id, numbers, change, now=now)

    def mark_read(self, narrow: CanonicalFilter) -> Response:
        """Mark a selection read, as far as it has arrived by now."""
        now = self.service.now()
        store = self.service.store
        reading_states.mark_unread_as_read(store, self.user.id, narrow, now, now=now)
        return done()


def done() -> Response:
    """The answer to a change."""
    return Response(status_code=204)


def me(asked: Asked) -> Response:
    """Who is logged in."""
    return json_answer(shapes.user(asked.user))


def version(_: Asked) -> Response:
    """The version of the API."""
    return json_answer({"version": VERSION, "commit": "", "build_date": "", "go_version": ""})


def integrations(_: Asked) -> Response:
    """There are no other services that entries could be sent to."""
    return json_answer({"has_integrations": False})


def feeds(asked: Asked) -> Response:
    """All feeds, or those in a folder."""
    with asked.service.store.reading() as view:
        rows = _feed_rows(view, asked.user)
        inside = {feed.id for feed in view.feeds.list()}
        if "category" in asked.path:
            folder = _folder(asked, numbering(all_feeds(view)))
            inside = {feed.id for feed in view.feeds.list() if folder_of(feed) == folder}
    return json_answer([row for name, row in rows.items() if name in inside])


def feed(asked: Asked) -> Response:
    """One feed."""
    with asked.service.store.reading() as view:
        return json_answer(_feed_rows(view, asked.user)[_feed(asked, view).id])


def counters(asked: Asked) -> Response:
    """Read and unread entries by feed."""
    with asked.service.store.reading() as view:
        numbers = numbering(all_feeds(view))
        unread = {one.feed: one.count for one in view.lists.unread(asked.user.id)}
        read = view.lists.read_counts(asked.user.id)
    found = {
        name: {str(numbers.feeds[feed]): count for feed, count in counts.items()}
        for name, counts in (("reads", read), ("unreads", unread))
    }
    return json_answer(found)


def categories(asked: Asked) -> Response:
    """The folders."""
    with asked.service.store.reading() as view:
        numbers = numbering(all_feeds(view))
        known = view.feeds.list()
        unread = {one.feed: one.count for one in view.lists.unread(asked.user.id)}
    rows = []
    for name in dict.fromkeys(folder_of(feed) for feed in known):
        row = shapes.category(name, numbers, asked.user)
        inside = [feed.id for feed in known if folder_of(feed) == name]
        if asked.call.first("counts").lower() in ("true", "1"):
            row |= {
                "feed_count": len(inside),
                "total_unread": sum(unread.get(feed, 0) for feed in inside),
            }
        rows.append(row)
    return json_answer(rows)


def entries(asked: Asked) -> Response:
    """A page of entries: all, or those of a feed or folder."""
    with asked.service.store.reading() as view:
        known = all_feeds(view)
        numbers = numbering(known)
        page = wanted(_with_path(asked), known, numbers)
        found, total = _page(view, asked.user, page)
        rows = _entry_rows(view, asked.user, found)
    return json_answer({"total": total, "entries": rows})


def entry(asked: Asked) -> Response:
    """One entry."""
    with asked.service.store.reading() as view:
        rows = _entry_rows(view, asked.user, [asked.number("entry")])
    if not rows:
        raise MissingError
    return json_answer(rows[0])


def content(asked: Asked) -> Response:
    """The text of an entry, as it is stored."""
    with asked.service.store.reading() as view:
        rows = _entry_rows(view, asked.user, [asked.number("entry")])
    if not rows:
        raise MissingError
    return json_answer({"content": rows[0]["content"]})


def update_entries(asked: Asked) -> Response:
    """Mark entries as read or unread."""
    status = asked.call.first("status")
    numbers = [number for text in asked.call.all("entry_ids") if (number := whole(text))]
    if not numbers or status not in ("read", "unread"):
        raise BadRequestError("entry_ids or status (read, unread) is missing")
    asked.mark(numbers, Mark(read=status == "read"))
    return done()


def toggle_star(asked: Asked) -> Response:
    """Star an entry, or no longer."""
    number = asked.number("entry")
    with asked.service.store.reading() as view:
        if number not in view.lists.standing([number]):
            raise MissingError
        (shown,) = listed.entries(view, asked.user.id, [number])
    asked.mark([number], Mark(starred=not shown.state.starred))
    return done()


def mark_feed(asked: Asked) -> Response:
    """Mark a feed read."""
    with asked.service.store.reading() as view:
        found = _feed(asked, view).id
    return asked.mark_read(CanonicalFilter(feeds=(found,)))


def mark_category(asked: Asked) -> Response:
    """Mark a folder read."""
    with asked.service.store.reading() as view:
        known = all_feeds(view)
        numbers = numbering(known)
        _folder(asked, numbers)
        inside = chosen("", asked.path["category"], known, numbers)
    return asked.mark_read(CanonicalFilter(feeds=inside))


def mark_user(asked: Asked) -> Response:
    """Mark everything read."""
    if asked.number("user") != asked.user.id:
        raise ForbiddenError("users can mark only what is theirs")
    return asked.mark_read(CanonicalFilter())


def refresh(_: Asked) -> Response:
    """Nothing to do: the daemon polls feeds when they are due."""
    return done()


def add_feed(asked: Asked) -> Response:
    """Subscribe to the feed at an address, or to that of the page there."""
    folder = _given_folder(asked)
    try:
        address = _changeable(asked).feeds.add(asked.call.first("feed_url"), tags=folder)
    except KnownFeedError as known:
        raise BadRequestError(f"this feed already exists: {known.feed.url}") from None
    with asked.service.store.reading() as view:
        found = asked.service.feeds.feed(address)
        number = numbering(all_feeds(view)).feeds.get(found.id if found else "", 0)
    return json_answer({"feed_id": number}, 201)


def change_feed(asked: Asked) -> Response:
    """Rename a feed, or move it to another folder."""
    service = _changeable(asked)
    with service.store.reading() as view:
        found = _feed(asked, view)
    if title := asked.call.first("title"):
        service.feeds.rename(found.id, title)
    if folder := _given_folder(asked):
        service.feeds.move(found.id, folder, found.tags[:1])
    with service.store.reading() as view:
        return json_answer(_feed_rows(view, asked.user)[found.id], 201)


def remove_feed(asked: Asked) -> Response:
    """Unsubscribe from a feed; its entries are kept."""
    service = _changeable(asked)
    with service.store.reading() as view:
        found = _feed(asked, view)
    service.feeds.remove(found.id)
    return done()


def export(asked: Asked) -> Response:
    """The feeds as OPML."""
    return Response(asked.service.feeds.opml(), media_type="text/xml")


def read_opml(asked: Asked) -> Response:
    """Subscribe to the feeds of an OPML file, the body of the request."""
    _changeable(asked).feeds.read_opml(asked.call.body)
    return json_answer({"message": "Feeds imported successfully"}, 201)


def _changeable(asked: Asked) -> Service:
    if not asked.service.file.current().web.change_feeds:
        raise ForbiddenError("[web] change_feeds is false")
    return asked.service


def _given_folder(asked: Asked) -> tuple[str, ...]:
    """The folder that ``category_id`` names, as a tag."""
    number = asked.call.first("category_id")
    if not number:
        return ()
    with asked.service.store.reading() as view:
        name = numbering(all_feeds(view)).folder(whole(number) or 0)
    if name is None:
        raise BadRequestError("this category does not exist")
    return () if name == UNTAGGED else (name,)


def _with_path(asked: Asked) -> Call:
    """The call with the feed or folder of its path as a parameter."""
    named = {"feed": "feed_id", "category": "category_id"}
    inside = {named[name]: (value,) for name, value in asked.path.items() if name in named}
    call = asked.call
    params = {**call.params, **inside}
    return Call(call.method, call.path, call.address, params, call.headers, call.body)


def _page(view: View, user: User, page: Wanted) -> tuple[list[int], int]:
    """The numbers on a page, and how many there are on all."""
    if page.nothing:
        return [], 0
    found = view.lists.numbers(
        user.id,
        page.narrow,
        limit=page.offset + page.limit,
        after=page.after,
        oldest_first=page.oldest_first,
    )
    return found[page.offset :], view.lists.count(user.id, page.narrow)


def _feed_rows(view: View, user: User) -> dict[str, shapes.Row]:
    known = all_feeds(view)
    numbers, states = numbering(known), view.feeds.states()
    return {one.id: shapes.feed(one, states.get(one.id), numbers, user) for one in known}


def _entry_rows(view: View, user: User, numbers: list[int]) -> list[shapes.Row]:
    known = _feed_rows(view, user)
    shown = listed.entries(view, user.id, numbers)
    return [shapes.entry(one, known[one.feed], user) for one in shown if one.feed in known]


def _feed(asked: Asked, view: View) -> Feed:
    known = all_feeds(view)
    name = numbering(known).feed(asked.number("feed"))
    found = next((one for one in known if one.id == name), None)
    if found is None:
        raise MissingError
    return found


def _folder(asked: Asked, numbers: Numbering) -> str:
    name = numbers.folder(asked.number("category"))
    if name is None:
        raise MissingError
    return name
