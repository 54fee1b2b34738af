"""The search page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from aggregator.model import Item
from aggregator.reading import hits
from aggregator.web.pages.site import Visit, line

FOUND = 100  # items
_QUERY = 200  # characters


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found, with the searched words marked."""

    item: Item
    story: str | None
    title: list[tuple[str, bool]]
    text: list[tuple[str, bool]]


def search(visit: Visit) -> Response:
    """Items with all the words, the newest or the most relevant first."""
    words = line(visit.call.first("q"), _QUERY)
    best = visit.call.first("order") == "best"
    join = visit.call.first("join")
    found: list[Hit] = []
    with visit.site.store.reading() as view:
        fold = view.session.fold
        for placed in view.search.items(words, FOUND, best=best):
            item = placed.item
            canonical = view.canonicals.get(placed.canonical)
            story = canonical.story if canonical else None
            text = hits.around(line(item.text or item.lead, 20_000), words, fold)
            found.append(
                Hit(
                    item,
                    view.stories.resolve(story) if story else None,
                    hits.marked(line(item.title), words, fold),
                    hits.marked(text, words, fold),
                )
            )
        if not best:  # the store gives them as they arrived; an import has old news
            found.sort(key=lambda one: one.item.time, reverse=True)
        joined = view.stories.resolve(join) if join else None
    return visit.page(
        "search.html", q=words, best=best, found=found, join=joined, most=len(found) == FOUND
    )
