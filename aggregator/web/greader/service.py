"""What every endpoint of the API gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from aggregator.model import Feed
from aggregator.model.reading_state import User
from aggregator.web.requests import Call
from storage import Store, View


@dataclass(frozen=True, slots=True)
class Service:
    """What endpoints need: the store, the key of its tokens, the time."""

    store: Store
    key: str
    now: Callable[[], datetime]


Answer = Callable[[Service, Call, User], Response]


def all_feeds(view: View) -> list[Feed]:
    """Also those that were removed: their items are still listed."""
    return view.feeds.list(include_removed=True)
