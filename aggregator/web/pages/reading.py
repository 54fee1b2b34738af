"""The pages for reading: the river and a story."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from aggregator.engine import reading_states
from aggregator.model import Feed
from aggregator.model.reading_state import Mark
from aggregator.reading import reasons
from aggregator.reading import river as rivers
from aggregator.web.pages.changes import changed_at
from aggregator.web.pages.site import Visit, line
from storage import ListPosition, StoryListFilter, View

LISTS = ("all", "unread", "today", "starred", "followed")
ARTICLES = 60  # on a page of a story
_BIG = 2**62


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stories the address of a river asks for."""

    show: str = "all"
    feed: str = ""
    tag: str = ""
    language: str = ""

    def path(self, **changed: str) -> str:
        """The address of this river with some parts changed."""
        parts = {
            "show": "" if self.show == "all" else self.show,
            "feed": self.feed,
            "tag": self.tag,
            "language": self.language,
        } | changed
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/?{query}" if query else "/"


def river(visit: Visit) -> Response:
    """Stories, the latest first."""
    call, user = visit.call, visit.reader
    show = call.first("show", "all")
    choice = Choice(
        show if show in LISTS else "all",
        call.first("feed"),
        call.first("tag"),
        line(call.first("language"), 10),
    )
    with visit.site.store.reading() as view:
        feeds = view.feeds.list(include_removed=True)
        found = rivers.page(
            view,
            user.id,
            _narrow(visit, choice, feeds),
            visit.site.settings,
            now=visit.now,
            before=_position(call.first("after")),
        )
        undo = _undoable(view, user.id, call.first("marked"))
    following = found.following
    after = f"{following.time}.{following.seq}" if following else ""
    chosen = next((one for one in feeds if one.id == choice.feed), None)
    return visit.page(
        "river.html",
        choice=choice,
        lists=LISTS,
        stories=found.stories,
        unread=",".join(str(number) for one in found.stories for number in one.unread),
        older=choice.path(after=after) if after else "",
        tags=_tags(feeds),
        feed=chosen,
        until=int(visit.now.timestamp() * 1_000_000),
        undo=undo,
        here=choice.path(after=call.first("after")),
    )


def story(visit: Visit) -> Response:
    """One story: its articles side by side, why each is here, and what can be corrected."""
    name = visit.args["story"]
    first = _number(visit.call.first("from"))
    with visit.site.store.reading() as view:
        shown = rivers.marked(view, visit.reader.id, name, visit.site.settings, now=visit.now)
        if shown is None:
            return visit.message(visit.words["no_story"], 404)
        if shown.story.id != name:
            return visit.to(f"/story/{shown.story.id}")
        coverage = sorted(shown.view.coverage, key=lambda part: part.item.time)
        part = coverage[first : first + ARTICLES]
        articles = reasons.articles(view, part)
        changes = view.stories.changes_of(name)
    if _opened(visit) and shown.unread:
        change = Mark(read=True)
        store = visit.site.store
        reading_states.mark(store, visit.reader.id, shown.unread, change, now=visit.now)
    more = first + ARTICLES
    return visit.page(
        "story.html",
        one=shown,
        articles=articles,
        timeline=reasons.by_time(part),
        changes=changes,
        more=f"/story/{name}?from={more}" if more < len(coverage) else "",
        here=f"/story/{name}",
    )


def _opened(visit: Visit) -> bool:
    """Whether a person opened the page: not another site, and not a browser ahead of them."""
    headers = visit.call.headers
    elsewhere = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    return not elsewhere and "sec-purpose" not in headers and "purpose" not in headers


def _narrow(visit: Visit, choice: Choice, feeds: list[Feed]) -> StoryListFilter:
    chosen: tuple[str, ...] | None = None
    if choice.feed:
        chosen = (choice.feed,)
    elif choice.tag:
        chosen = tuple(feed.id for feed in feeds if choice.tag in feed.tags)
    return StoryListFilter(
        since=visit.words.midnight(visit.now) if choice.show == "today" else None,
        unread=choice.show == "unread",
        starred=choice.show == "starred",
        followed=choice.show == "followed",
        feeds=chosen,
        language=choice.language or None,
    )


def _position(text: str) -> ListPosition | None:
    """Where a page starts; None for anything but two numbers."""
    time, _, seq = text.partition(".")
    if not (time.isascii() and time.lstrip("-").isdigit() and seq.isascii() and seq.isdigit()):
        return None
    if len(text) > 40:
        return None
    found = ListPosition(int(time), int(seq))
    return found if abs(found.time) < _BIG and found.seq < _BIG else None


def _undoable(view: View, user: int, text: str) -> tuple[str, int] | None:
    """The moment of the change that the page may undo, and how much it marked."""
    moment = changed_at(text)
    count = len(view.states.read_at(user, moment)) if moment else 0
    return (text, count) if count else None


def _tags(feeds: list[Feed]) -> list[str]:
    return sorted({tag for feed in feeds for tag in feed.tags}, key=str.casefold)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
