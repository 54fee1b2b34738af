"""The page of feeds out: the secret addresses of a user, to make and to revoke."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.publish.feeds_out import FeedOut, feed_of
from aggregator.web.feeds_out.addresses import FORMATS, chosen, open_address
from aggregator.web.pages.site import Visit


def listed(visit: Visit, *, made: str = "", said: str = "", status: int = 200) -> Response:
    """The feeds out of the user; ``made`` is a new address, shown this once."""
    with visit.site.store.reading() as view:
        rows = [
            (token, feed)
            for token in view.api_tokens.list()
            if token.user == visit.reader.id and (feed := feed_of(token.feed))
        ]
    settings = visit.site.settings
    return visit.page(
        "addresses.html",
        status,
        rows=rows,
        made=[made.format(ending) for ending in FORMATS] if made else [],
        said=said,
        origin=_origin(visit),
        digests=[one.name for one in settings.digests],
        tags=sorted({tag for one in settings.feeds for tag in one.tags}, key=str.casefold),
    )


def add(visit: Visit) -> Response:
    """Make a secret address."""
    kind, _, name = visit.call.first("feed").partition(":")
    try:
        feed: FeedOut = chosen(kind, name or visit.call.first("words"), visit.site.settings)
    except UserError as error:
        return listed(visit, said=str(error), status=400)
    store, user = visit.site.store, visit.reader.name
    return listed(visit, made=open_address(store, user, feed, now=visit.now))


def revoke(visit: Visit) -> Response:
    """Make an address invalid; only the user's own."""
    asked = visit.call.first("id")
    with visit.site.store.reading() as view:
        own = {
            str(one.id): one.id
            for one in view.api_tokens.list()
            if one.user == visit.reader.id and one.feed
        }
    if asked in own:
        reading_states.end_token(visit.site.store, own[asked])
    return visit.to("/feeds-out")


def _origin(visit: Visit) -> str:
    """The address of this site as the browser has it; a proxy may speak TLS in our place.

    Browsers send Sec-Fetch-Site by TLS, and without it only to the machine that they run on.
    """
    headers = visit.call.headers
    host = headers.get("host", "")
    name = host.rpartition(":")[0] or host
    local = name in ("localhost", "[::1]") or name.startswith("127.")
    return f"{'https' if 'sec-fetch-site' in headers and not local else 'http'}://{host}"
