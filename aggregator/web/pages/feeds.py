"""The feeds page: how each feed is doing, and changing the list in feeds.toml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from aggregator.engine.feed_list import FeedList
from aggregator.engine.subscriptions import from_file
from aggregator.model import Feed, FeedState, PollState
from aggregator.model.errors import UserError
from aggregator.web.pages.site import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A feed with its health."""

    feed: Feed
    state: PollState
    name: str
    distrusted: tuple[str, ...]  # kinds of values that tell its entries apart from none
    gathered: tuple[str, int, int] | None

    @property
    def health(self) -> str:
        """``imported``, ``good``, ``new``, ``failing`` or the state that ended its polls."""
        if not from_file(self.feed):
            return "imported"
        if self.state.state is not FeedState.ACTIVE:
            return self.state.state.value
        if self.state.errors:
            return "failing"
        return "good" if self.state.last_good else "new"


def listed(visit: Visit, *, said: str = "", status: int = 200) -> Response:
    """All feeds, those that need attention first."""
    with visit.site.store.reading() as view:
        states = view.feeds.states()
        gathered = view.feeds.gathered()
        rows = [
            Row(
                feed,
                state,
                feed.title or state.title or feed.url,
                tuple(view.histories.get(feed.id).shared.telling_nothing),
                gathered.get(feed.id),
            )
            for feed in view.feeds.list()
            if (state := states.get(feed.id))
        ]
    rows.sort(key=lambda row: (row.health in ("good", "new", "imported"), row.name.casefold()))
    changeable = visit.site.settings.web.change_feeds
    return visit.page("feeds.html", status, rows=rows, said=said, changeable=changeable)


def add(visit: Visit) -> Response:
    """Subscribe to a feed by its address, or by that of a page that links to it."""
    words = visit.words
    return _change(
        visit, lambda file: words["added"].replace("{feed}", file.add(visit.call.first("address")))
    )


def remove(visit: Visit) -> Response:
    """Unsubscribe from a feed; its items are kept."""
    words = visit.words
    return _change(
        visit,
        lambda file: words["removed"].replace("{feed}", file.remove(visit.call.first("feed"))),
    )


def read_opml(visit: Visit) -> Response:
    """Subscribe to the feeds of an OPML file."""

    def change(file: FeedList) -> str:
        body = visit.call.first("file").encode("utf-8", "surrogateescape")  # as it was sent
        new, known = file.read_opml(body)
        return visit.words["imported"].replace("{new}", str(new)).replace("{known}", str(known))

    return _change(visit, change)


def opml(visit: Visit) -> Response:
    """The subscriptions as an OPML file."""
    headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    body = visit.site.service.feeds.opml()
    return Response(body, media_type="text/x-opml; charset=utf-8", headers=headers)


def _change(visit: Visit, change: Callable[[FeedList], str]) -> Response:
    """The feeds page after a change of feeds.toml, with what was done or what is wrong."""
    if not visit.site.settings.web.change_feeds:
        return visit.message(visit.words["no_feeds_file"], 403, back="/feeds")
    try:
        said = change(visit.site.service.feeds)
    except UserError as error:
        return listed(visit, said=str(error), status=400)
    return listed(visit, said=said)
