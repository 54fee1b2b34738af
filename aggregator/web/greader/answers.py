"""The endpoints of the Google Reader API: a request and its user in, an answer out.

``docs/web.md`` lists them. Where apps differ, the answer is one that all of them can read.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import msgspec
from starlette.responses import PlainTextResponse, Response

from aggregator.model.reading_state import User
from aggregator.reading import listed
from aggregator.web import passwords
from aggregator.web.greader import shapes, subscriptions
from aggregator.web.greader.changes import disable_tag, edit_tag, mark_all_as_read, rename_tag
from aggregator.web.greader.ids import numbers_of
from aggregator.web.greader.streams import (
    LABEL,
    STATE,
    Wanted,
    folder_of,
    normal,
    wanted,
)
from aggregator.web.requests import Call
from aggregator.web.responses import json_answer, unless_known
from aggregator.web.service import Service, all_feeds
from storage import View

Answer = Callable[[Service, Call, User], Response]

PAGE = 20  # items, where a request does not say how many
MOST_ITEMS = 1_000  # with their texts, in one answer


def token(service: Service, _: Call, user: User) -> Response:
    """The action token, with the line end that Google sent."""
    return PlainTextResponse(passwords.action_token(service.key, user) + "\n")


def user_info(_: Service, __: Call, user: User) -> Response:
    """Who is logged in."""
    name = str(user.id)
    created = int(user.created.timestamp()) if user.created else 0
    return json_answer(
        {
            "userId": name,
            "userName": user.name,
            "userProfileId": name,
            "userEmail": "",
            "isBloggerUser": False,
            "signupTimeSec": created,
            "isMultiLoginEnabled": False,
            "isPremium": False,
        }
    )


def tag_list(service: Service, call: Call, user: User) -> Response:
    """Folders and labels."""
    with service.store.reading() as view:
        found = shapes.tags(view.feeds.list(), view.states.labels(user.id))
    return unless_known(call, msgspec.json.encode({"tags": found}))


def unread_count(service: Service, _: Call, user: User) -> Response:
    """Unread items by feed, by folder and in all."""
    with service.store.reading() as view:
        feeds = {feed.id: feed for feed in view.feeds.list()}
        unread = view.lists.unread(user.id)
    counts: dict[str, tuple[int, int]] = {}
    for one in unread:
        streams = [f"feed/{one.feed}", f"{STATE}reading-list"]
        if one.feed in feeds:
            streams.append(f"{LABEL}{folder_of(feeds[one.feed])}")
        for stream in streams:
            count, newest = counts.get(stream, (0, 0))
            counts[stream] = count + one.count, max(newest, shapes.micros(one.newest))
    rows = [
        {"id": stream, "count": count, "newestItemTimestampUsec": str(newest)}
        for stream, (count, newest) in counts.items()
    ]
    return json_answer({"max": sum(one.count for one in unread), "unreadcounts": rows})


def item_ids(service: Service, call: Call, user: User) -> Response:
    """A page of the ids in a stream."""
    with service.store.reading() as view:
        page = wanted(call, call.first("s"), all_feeds(view), default=PAGE)
        numbers, more = _page(view, user, page)
        found = view.lists.get(numbers)
    rows = [
        {
            "id": str(number),
            "directStreamIds": [],
            "timestampUsec": str(shapes.micros(found[number].founded)),
        }
        for number in numbers
    ]
    return json_answer({"itemRefs": rows, **more})


def stream_contents(service: Service, call: Call, user: User) -> Response:
    """A page of the items in a stream; without a stream, of all."""
    stream = normal(unquote(call.path.removeprefix("stream/contents").strip("/")))
    stream = stream or call.first("s")
    with service.store.reading() as view:
        page = wanted(call, stream, all_feeds(view), default=PAGE)
        numbers, more = _page(view, user, page, most=MOST_ITEMS)
        items = _items(view, user, numbers)
    name = stream or f"{STATE}reading-list"
    return json_answer(_items_answer(service, name, items) | more)


def item_contents(service: Service, call: Call, user: User) -> Response:
    """Items by id; unknown ids are skipped."""
    numbers = numbers_of(call.all("i"))[:MOST_ITEMS]
    with service.store.reading() as view:
        items = _items(view, user, numbers)
    return json_answer(_items_answer(service, f"{STATE}reading-list", items))


def nothing(_: Service, __: Call, ___: User) -> Response:
    """What no app needs but some ask for."""
    return json_answer({})


def _page(
    view: View, user: User, page: Wanted, *, most: int | None = None
) -> tuple[list[int], dict[str, str]]:
    """The numbers of a page, and where the next one begins, if there is one.

    The next page is named by the last number, not by a count: what arrives meanwhile moves nothing.
    """
    if page.nothing:
        return [], {}
    limit = min(page.limit, most or page.limit)
    found = view.lists.numbers(
        user.id, page.narrow, limit=limit + 1, after=page.after, oldest_first=page.oldest_first
    )
    numbers = found[:limit]
    return numbers, {"continuation": str(numbers[-1])} if len(found) > limit else {}


def _items(view: View, user: User, numbers: list[int]) -> list[dict[str, object]]:
    feeds = {feed.id: feed for feed in all_feeds(view)}
    states = view.feeds.states()
    return [shapes.item(one, feeds, states) for one in listed.entries(view, user.id, numbers)]


def _items_answer(
    service: Service, stream: str, items: list[dict[str, object]]
) -> dict[str, object]:
    updated = int(service.now().timestamp())
    return {"direction": "ltr", "id": stream, "title": "", "updated": updated, "items": items}


ENDPOINTS: dict[str, Answer] = {
    "token": token,
    "user-info": user_info,
    "tag/list": tag_list,
    "subscription/list": subscriptions.subscription_list,
    "subscription/export": subscriptions.subscription_export,
    "subscription/import": subscriptions.read_opml,
    "subscription/edit": subscriptions.edit,
    "subscription/quickadd": subscriptions.quick_add,
    "unread-count": unread_count,
    "stream/items/ids": item_ids,
    "stream/items/contents": item_contents,
    "stream/contents": stream_contents,
    "edit-tag": edit_tag,
    "mark-all-as-read": mark_all_as_read,
    "rename-tag": rename_tag,
    "disable-tag": disable_tag,
}
"""By path below reader/api/0/."""
