"""What the REST API can do: the one list from which requests are answered and described."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.web.rest import changing, reading
from aggregator.web.rest.asked import Endpoint

PAGE = {
    "limit": "Rows in the answer, at most 200; 50 if not given.",
    "cursor": "`next` of the answer before.",
}
PERIOD = {
    "since": "From this time on: ISO 8601, or a span back from now such as 24h.",
    "until": "Before this time.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, and the parameters it knows."""

    method: str
    path: str  # below /api/v1/; {name} is an id
    endpoint: Endpoint
    params: dict[str, str]

    @property
    def writes(self) -> bool:
        """Whether it changes something, which a token may not be allowed to."""
        return self.method != "GET"


OPERATIONS = (
    Operation(
        "GET",
        "stories",
        reading.stories,
        PERIOD
        | {
            "language": "With an item in this language (code).",
            "feed": "With an item of the feed with this id.",
            "tag": "With an item that has this tag.",
        }
        | PAGE,
    ),
    Operation("GET", "stories/{story}", reading.story, {}),
    Operation(
        "GET",
        "items",
        reading.items,
        PERIOD
        | {
            "language": "In this language (code).",
            "feed": "Of the feed with this id.",
            "tag": "With this tag.",
            "rule": "Decided by this rule.",
        }
        | PAGE,
    ),
    Operation("GET", "items/{item}", reading.item, {}),
    Operation("GET", "items/{item}/why", reading.why, {}),
    Operation("GET", "feeds", reading.feeds, {}),
    Operation(
        "GET",
        "digests",
        reading.digests,
        {"name": "Only those with this name.", "limit": PAGE["limit"]},
    ),
    Operation(
        "GET",
        "search",
        reading.search,
        {
            "q": "Words; all must occur.",
            "kind": "`stories` (if not given) or `items`.",
            "limit": PAGE["limit"],
        },
    ),
    Operation(
        "GET",
        "compare",
        reading.compare,
        {"a": "A headline.", "b": "Another.", "language": "Language code of both."},
    ),
    Operation(
        "GET", "corrections", reading.corrections, {"level": "Only of this level: item or story."}
    ),
    Operation(
        "POST",
        "corrections",
        changing.correct,
        {
            "level": "`item` or `story`.",
            "kind": "`same` or `split`.",
            "a": "An item or story.",
            "b": "Another; for an item to split it may be left out: from all others.",
            "item": "Items to split from a story; repeatable.",
            "note": "Why, for later.",
        },
    ),
    Operation("DELETE", "corrections/{correction}", changing.undo, {}),
    Operation("GET", "states", reading.states, {"canonical": "A canonical item; repeatable."}),
    Operation(
        "POST",
        "states",
        changing.set_state,
        {
            "canonical": "A canonical item; repeatable.",
            "read": "`true` or `false`; likewise the next two.",
            "starred": "",
            "hidden": "",
            "add_label": "A label to give; repeatable.",
            "remove_label": "A label to take away; repeatable.",
        },
    ),
    Operation("GET", "followed", reading.followed, {}),
    Operation("PUT", "followed/{story}", changing.follow, {}),
    Operation("DELETE", "followed/{story}", changing.unfollow, {}),
)
