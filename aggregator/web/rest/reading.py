"""The endpoints that read."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.engine.compare_titles import Side, verdict
from aggregator.model import Level
from aggregator.model.reading_state import UNSEEN
from aggregator.reading import explain, json_rows
from aggregator.reading import stories as story_views
from aggregator.web.rest.asked import Asked, ProblemError, many, one, page_of
from storage import ItemFilter, StoryFilter


def stories(asked: Asked) -> Response:
    """Stories, latest news first."""
    call, limit = asked.call, asked.limit()
    narrow = StoryFilter(
        since=asked.time("since"),
        until=asked.time("until"),
        language=call.first("language") or None,
        feed=call.first("feed") or None,
        tag=call.first("tag") or None,
    )
    with asked.service.store.reading() as view:
        found = view.stories.list(narrow, limit=limit + 1, after=asked.cursor())
        shown, following = page_of(found, limit, lambda record: (record.last, record.id))
        names = (record.id for record in shown)
        views = story_views.views(view, names, asked.settings, now=asked.service.now())
        rows = [json_rows.story(row, whole=True) for row in views]
    return many(asked, rows, following)


def story(asked: Asked) -> Response:
    """One story; old ids lead to where it went."""
    name, now = asked.path["story"], asked.service.now()
    with asked.service.store.reading() as view:
        found = story_views.view(view, name, asked.settings, now=now)
        if found is None:
            raise ProblemError(404, f"no story {name}")
        return one(asked, json_rows.story(found, whole=True))


def items(asked: Asked) -> Response:
    """Items, newest first."""
    call, limit = asked.call, asked.limit()
    narrow = ItemFilter(
        since=asked.time("since"),
        until=asked.time("until"),
        feed=call.first("feed") or None,
        language=call.first("language") or None,
        tag=call.first("tag") or None,
        rule=call.first("rule") or None,
    )
    with asked.service.store.reading() as view:
        found = view.items.list(narrow, limit=limit + 1, after=asked.cursor())
        shown, following = page_of(found, limit, lambda one: (one.item.time, one.item.id))
        rows = [json_rows.item(view, placed) for placed in shown]
    return many(asked, rows, following)


def item(asked: Asked) -> Response:
    """One item in full."""
    name = asked.path["item"]
    with asked.service.store.reading() as view:
        found = view.items.get(name)
        if found is None:
            raise ProblemError(404, f"no item {name}")
        return one(asked, json_rows.item(view, found, whole=True))


def why(asked: Asked) -> Response:
    """Why an item was grouped as it was: every decision with its evidence."""
    name = asked.path["item"]
    with asked.service.store.reading() as view:
        found = view.items.get(name)
        if found is None:
            raise ProblemError(404, f"no item {name}")
        return one(asked, explain.why_row(view, found))


def feeds(asked: Asked) -> Response:
    """The feeds with their state."""
    with asked.service.store.reading() as view:
        states, gathered = view.feeds.states(), view.feeds.gathered()
        rows = [
            json_rows.status(
                feed,
                states[feed.id],
                view.histories.get(feed.id).shared.telling_nothing,
                gathered.get(feed.id),
            )
            for feed in view.feeds.list()
            if feed.id in states
        ]
    return many(asked, rows)


def digests(asked: Asked) -> Response:
    """The digests that were written, latest first."""
    with asked.service.store.reading() as view:
        found = view.digests.list(asked.call.first("name") or None, limit=asked.limit())
    rows = [
        {
            "name": record.name,
            "at": record.at,
            "since": record.since,
            "until": record.until,
            "stories": record.stories,
            "written": record.written,
        }
        for record in found
    ]
    return many(asked, rows)


def search(asked: Asked) -> Response:
    """Stories, or items, in which all words occur, newest first."""
    words, limit = asked.text("q"), asked.limit()
    kind = asked.call.first("kind", "stories")
    if kind not in ("stories", "items"):
        raise ProblemError(400, "kind must be stories or items")
    with asked.service.store.reading() as view:
        if kind == "items":
            found = view.search.items(words, limit=limit)
            return many(asked, [json_rows.item(view, placed) for placed in found])
        names = view.search.stories(words, limit=limit)
        views = story_views.views(view, names, asked.settings, now=asked.service.now())
        return many(asked, [json_rows.story(row, whole=True) for row in views])


def compare(asked: Asked) -> Response:
    """Whether two headlines are the same, and why."""
    language = asked.call.first("language") or None
    a, b = (Side(asked.text(name), language=language) for name in ("a", "b"))
    return one(asked, explain.verdict_row(verdict(a, b)))


def corrections(asked: Asked) -> Response:
    """The corrections of items and of stories, oldest first."""
    level = asked.call.first("level")
    if level not in ("", "item", "story"):
        raise ProblemError(400, "level must be item or story")
    with asked.service.store.reading() as view:
        found = view.corrections.list(level=Level(level) if level else None)
    rows = [{"level": one.correction.level, **json_rows.correction(one)} for one in found]
    return many(asked, rows)


def states(asked: Asked) -> Response:
    """What the user has done with canonical items."""
    with asked.service.store.reading() as view:
        numbers = view.lists.named(asked.call.all("canonical")[:1_000])
        standing = view.lists.standing(numbers.values())
        found = view.states.of(asked.user.id, standing.values())
    rows = []
    for name, number in numbers.items():
        state = found.get(standing[number], UNSEEN)
        rows.append(
            {
                "canonical": name,
                "read": state.read,
                "starred": state.starred,
                "hidden": state.hidden,
                "labels": state.labels,
            }
        )
    return many(asked, rows)


def followed(asked: Asked) -> Response:
    """The stories that the user follows, the latest last."""
    with asked.service.store.reading() as view:
        rows = [{"story": name} for name in view.states.followed(asked.user.id)]
    return many(asked, rows)
