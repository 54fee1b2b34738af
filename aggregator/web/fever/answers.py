"""What the Fever API answers, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aggregator.model import Feed
from aggregator.model.reading_state import User
from aggregator.reading import listed
from aggregator.reading.listed import Listed
from aggregator.web.greader import shapes
from aggregator.web.greader.streams import folder_of
from aggregator.web.numbering import Numbering, whole
from aggregator.web.requests import Call
from storage import CanonicalFilter, View

PAGE = 50  # items in one answer
_ALL = 2**53

Row = dict[str, object]


def groups(feeds: Sequence[Feed], numbers: Numbering) -> Row:
    """The folders."""
    folders = dict.fromkeys(folder_of(feed) for feed in feeds)
    return {"groups": [{"id": numbers.folders[name], "title": name} for name in folders]}


def feeds_groups(feeds: Sequence[Feed], numbers: Numbering) -> Row:
    """Which feeds are in which folder."""
    folders: dict[str, list[int]] = {}
    for feed in feeds:
        folders.setdefault(folder_of(feed), []).append(numbers.feeds[feed.id])
    rows = [
        {"group_id": numbers.folders[name], "feed_ids": joined(found)}
        for name, found in folders.items()
    ]
    return {"feeds_groups": rows}


def feeds(view: View, known: Sequence[Feed], numbers: Numbering) -> Row:
    """The feeds."""
    states = view.feeds.states()
    rows = []
    for feed in known:
        state = states.get(feed.id)
        polled = state.last_good if state else None
        rows.append(
            {
                "id": numbers.feeds[feed.id],
                "favicon_id": 0,
                "title": shapes.name_of(feed, state),
                "url": feed.url,
                "site_url": shapes.site_of(feed, state),
                "is_spark": 0,
                "last_updated_on_time": int(polled.timestamp()) if polled else 0,
            }
        )
    return {"feeds": rows}


def items(view: View, call: Call, user: User, numbers: Numbering) -> Row:
    """Fifty items: those after ``since_id``, those before ``max_id``, or those asked for."""
    asked = call.first("with_ids")
    if asked:
        found = [number for text in asked.split(",") if (number := whole(text.strip()))][:PAGE]
    else:
        since, most = whole(call.first("since_id")), whole(call.first("max_id"))
        backwards = "max_id" in call.params and "since_id" not in call.params
        found = view.lists.numbers(
            user.id,
            CanonicalFilter(),
            limit=PAGE,
            after=(most or None) if backwards else since,
            oldest_first=not backwards,
        )
    total = view.lists.count(user.id, CanonicalFilter())
    rows = [_item(one, numbers) for one in listed.entries(view, user.id, found)]
    return {"total_items": total, "items": rows}


def unread(view: View, user: User) -> Row:
    """The ids of all that is unread."""
    return {"unread_item_ids": _ids(view, user, CanonicalFilter(read=False))}


def saved(view: View, user: User) -> Row:
    """The ids of all that is starred."""
    return {"saved_item_ids": _ids(view, user, CanonicalFilter(starred=True))}


def chosen(call: Call, feeds: Sequence[Feed], numbers: Numbering) -> CanonicalFilter | None:
    """What ``mark=feed`` or ``mark=group`` selects; group 0 is everything."""
    number = whole(call.first("id"))
    if call.first("mark") == "feed":
        feed = numbers.feed(number or 0)
        return CanonicalFilter(feeds=(feed,)) if feed else None
    if number == 0:
        return CanonicalFilter()
    folder = numbers.folder(number or 0)
    inside = tuple(feed.id for feed in feeds if folder_of(feed) == folder)
    return replace(CanonicalFilter(), feeds=inside) if inside else None


def joined(numbers: Iterable[int]) -> str:
    """Numbers as Fever lists them."""
    return ",".join(map(str, numbers))


def _ids(view: View, user: User, narrow: CanonicalFilter) -> str:
    return joined(view.lists.numbers(user.id, narrow, limit=_ALL))


def _item(shown: Listed, numbers: Numbering) -> Row:
    found = shown.item
    return {
        "id": shown.number,
        "feed_id": numbers.feeds.get(shown.feed, 0),
        "title": shapes.plain(found.title),
        "author": shapes.plain(found.credit or ""),
        "html": shapes.content(shown),
        "url": shapes.link_of(found),
        "is_saved": int(shown.state.starred),
        "is_read": int(shown.state.read),
        "created_on_time": int(found.time.timestamp()),
    }
