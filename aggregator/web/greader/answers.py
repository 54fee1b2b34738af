"""The endpoints of the Google Reader API: a request and its user in, an answer out.

``docs/web.md`` lists them. Where apps differ, the answer is one that all of them can read.
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import unquote

import msgspec
from starlette.responses import PlainTextResponse, Response

from aggregator.model.reading_state import User
from aggregator.parse import OpmlFeed, write_opml
from aggregator.reading import listed
from aggregator.web import passwords
from aggregator.web.greader import shapes
from aggregator.web.greader.changes import disable_tag, edit_tag, mark_all_as_read, rename_tag
from aggregator.web.greader.ids import numbers_of
from aggregator.web.greader.service import Answer, Service, all_feeds
from aggregator.web.greader.streams import (
    LABEL,
    STATE,
    Wanted,
    folder_of,
    normal,
    wanted,
)
from aggregator.web.requests import Call
from storage import View

PAGE = 20  # items, where a request does not say how many
MOST_ITEMS = 1_000  # with their texts, in one answer


def token(service: Service, _: Call, user: User) -> Response:
    """The action token, with the line end that Google sent."""
    return PlainTextResponse(passwords.action_token(service.key, user) + "\n")


def user_info(_: Service, __: Call, user: User) -> Response:
    """Who is logged in."""
    name = str(user.id)
    created = int(user.created.timestamp()) if user.created else 0
    return _json(
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
    return _unless_known(call, {"tags": found})


def subscription_list(service: Service, call: Call, _: User) -> Response:
    """The feeds."""
    with service.store.reading() as view:
        states = view.feeds.states()
        found = [shapes.subscription(feed, states.get(feed.id)) for feed in view.feeds.list()]
    return _unless_known(call, {"subscriptions": found})


def subscription_export(service: Service, _: Call, __: User) -> Response:
    """The feeds as OPML."""
    with service.store.reading() as view:
        states = view.feeds.states()
        found = [
            OpmlFeed(feed.url, shapes.name_of(feed, states.get(feed.id)), feed.tags)
            for feed in view.feeds.list()
        ]
    return Response(write_opml(found), media_type="text/x-opml")


def read_only(_: Service, __: Call, ___: User) -> Response:
    """Subscriptions are those in feeds.toml; apps cannot change them."""
    message = "Subscriptions are set in feeds.toml: use `run.py feeds add` or `feeds remove`."
    return PlainTextResponse(message, 403)


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
    return _json({"max": sum(one.count for one in unread), "unreadcounts": rows})


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
    return _json({"itemRefs": rows, **more})


def stream_contents(service: Service, call: Call, user: User) -> Response:
    """A page of the items in a stream; without a stream, of all."""
    stream = normal(unquote(call.path.removeprefix("stream/contents").strip("/")))
    stream = stream or call.first("s")
    with service.store.reading() as view:
        page = wanted(call, stream, all_feeds(view), default=PAGE)
        numbers, more = _page(view, user, page, most=MOST_ITEMS)
        items = _items(view, user, numbers)
    name = stream or f"{STATE}reading-list"
    return _json(_items_answer(service, name, items) | more)


def item_contents(service: Service, call: Call, user: User) -> Response:
    """Items by id; unknown ids are skipped."""
    numbers = numbers_of(call.all("i"))[:MOST_ITEMS]
    with service.store.reading() as view:
        items = _items(view, user, numbers)
    return _json(_items_answer(service, f"{STATE}reading-list", items))


def nothing(_: Service, __: Call, ___: User) -> Response:
    """What no app needs but some ask for."""
    return _json({})


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


def _unless_known(call: Call, answer: dict[str, object]) -> Response:
    """The answer with an ETag; 304 to an app that has it already."""
    body = msgspec.json.encode(answer)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    if tag in (one.strip() for one in call.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})


def _json(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


ENDPOINTS: dict[str, Answer] = {
    "token": token,
    "user-info": user_info,
    "tag/list": tag_list,
    "subscription/list": subscription_list,
    "subscription/export": subscription_export,
    "subscription/import": read_only,
    "subscription/edit": read_only,
    "subscription/quickadd": read_only,
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
