"""Where feeds out are found: ``/feeds/NAME.atom``, ``.json`` and ``.rss``, with their key."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from aggregator.publish.feeds_out import FeedOut, feed_of
from aggregator.web import passwords
from aggregator.web.answering import in_words, route
from aggregator.web.feeds_out.addresses import FORMATS
from aggregator.web.feeds_out.documents import Documents
from aggregator.web.requests import Call
from aggregator.web.responses import unless_known
from aggregator.web.service import Service


def routes(service: Service) -> list[Route]:
    """The feeds out; an address with a wrong or revoked key is not found."""
    documents = Documents(service)

    async def answer(call: Call) -> Response:
        return await run_in_threadpool(_answer, service, documents, call)

    return [route("/feeds/{path:path}", answer, methods=("GET",))]


def _answer(service: Service, documents: Documents, call: Call) -> Response:
    name, _, ending = call.path.rpartition(".")
    feed = _opened(service, call.first("key"))
    if feed is None or feed.name != name or ending not in FORMATS:
        return in_words(404, "no feed has this address; it may have been revoked")
    format, media_type = FORMATS[ending]
    text = documents.document(feed, format)
    if text is None:
        return in_words(410, "this digest is no longer written")
    return unless_known(call, text.encode(), media_type=media_type)


def _opened(service: Service, key: str) -> FeedOut | None:
    """The feed that a key opens."""
    if not key:
        return None
    with service.store.reading() as view:
        token = view.api_tokens.with_hash(passwords.hashed_key(key))
    return feed_of(token.feed) if token else None
