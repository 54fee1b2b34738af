"""The endpoints about feeds and folders: listed from the store, changed in feeds.toml."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.responses import PlainTextResponse, Response

from aggregator.engine.feed_list import KnownFeedError
from aggregator.model.errors import UserError
from aggregator.model.reading_state import User
from aggregator.parse import OpmlFeed, write_opml
from aggregator.web.greader import shapes
from aggregator.web.greader.streams import UNTAGGED, labels_of, normal
from aggregator.web.requests import Call
from aggregator.web.responses import json_answer, unless_known
from aggregator.web.service import Service

Answer = Callable[[Service, Call, User], Response]
_FEED = "feed/"


def subscription_list(service: Service, call: Call, _: User) -> Response:
    """The feeds."""
    with service.store.reading() as view:
        states = view.feeds.states()
        found = [shapes.subscription(feed, states.get(feed.id)) for feed in view.feeds.list()]
    return unless_known(call, msgspec.json.encode({"subscriptions": found}))


def subscription_export(service: Service, _: Call, __: User) -> Response:
    """The feeds as OPML."""
    with service.store.reading() as view:
        states = view.feeds.states()
        found = [
            OpmlFeed(feed.url, shapes.name_of(feed, states.get(feed.id)), feed.tags)
            for feed in view.feeds.list()
        ]
    return Response(write_opml(found), media_type="text/x-opml")


def _changing(change: Answer) -> Answer:
    """``change``, refused where apps may not change feeds.toml; what is wrong is an answer."""

    def answer(service: Service, call: Call, user: User) -> Response:
        if not service.file.current().web.change_feeds:
            message = "Apps may not change the subscriptions: [web] change_feeds is false."
            return PlainTextResponse(message, 403)
        try:
            return change(service, call, user)
        except UserError as error:
            return PlainTextResponse(str(error), 400)

    return answer


@_changing
def quick_add(service: Service, call: Call, _: User) -> Response:
    """Subscribe to the feed at an address, or to that of the page there."""
    query = call.first("quickadd").removeprefix(_FEED)
    if not query:
        return PlainTextResponse("quickadd is missing", 400)
    try:
        address = service.feeds.add(query)
    except KnownFeedError as known:
        error = f"Already subscribed! {known.feed.url}"
        return json_answer({"query": query, "numResults": 0, "error": error})
    except UserError as wrong:
        return json_answer({"query": query, "numResults": 0, "error": str(wrong)})
    feed = service.feeds.feed(address)
    name = shapes.name_of(feed, None) if feed else address
    stream = f"{_FEED}{feed.id if feed else address}"
    return json_answer({"query": query, "numResults": 1, "streamId": stream, "streamName": name})


@_changing
def edit(service: Service, call: Call, _: User) -> Response:
    """Subscribe (``ac=subscribe``), unsubscribe, or rename and move feeds (``edit``)."""
    action = call.first("ac")
    feeds = [stream.removeprefix(_FEED) for stream in call.all("s") if stream.startswith(_FEED)]
    titles = call.all("t")
    add, remove = (_folders(call.all(name)) for name in ("a", "r"))
    if not feeds or action not in ("subscribe", "unsubscribe", "edit"):
        return PlainTextResponse("ac or s is missing", 400)
    for position, feed in enumerate(feeds):
        title = titles[position] if position < len(titles) else ""
        if action == "subscribe":
            _subscribe(service, feed, title, add)
        elif action == "unsubscribe":
            service.feeds.remove(feed)
        else:
            if title:
                service.feeds.rename(feed, title)
            if add or remove:
                service.feeds.move(feed, add, remove)
    return PlainTextResponse("OK")


@_changing
def read_opml(service: Service, call: Call, _: User) -> Response:
    """Subscribe to the feeds of an OPML file, the body of the request."""
    service.feeds.read_opml(call.body)
    return PlainTextResponse("OK")


@_changing
def rename_folder(service: Service, call: Call, _: User) -> Response:
    """Give the tag that is a folder another name; without a name, remove it."""
    old = next(iter(_folders(call.all("s") or call.all("t"))), "")
    new = _folders(call.all("dest"))
    service.feeds.rename_tag(old, new[0] if new else None)
    return PlainTextResponse("OK")


def _subscribe(service: Service, address: str, title: str, folders: tuple[str, ...]) -> None:
    """Subscribe; a feed that is known is moved to the folders."""
    try:
        service.feeds.add(address, title=title, tags=folders)
    except KnownFeedError as known:
        if folders:
            service.feeds.move(known.feed.id, folders, ())


def _folders(tags: tuple[str, ...]) -> tuple[str, ...]:
    names = labels_of(normal(tag) for tag in tags)
    return tuple(name for name in names if name != UNTAGGED)
