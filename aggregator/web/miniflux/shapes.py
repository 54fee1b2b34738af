"""What the Miniflux API answers, as plain data."""

from __future__ import annotations

from datetime import datetime

from aggregator.model import Feed, PollState
from aggregator.model.reading_state import User
from aggregator.reading.listed import Listed
from aggregator.reading.wording import time
from aggregator.web.greader import shapes
from aggregator.web.greader.streams import folder_of
from aggregator.web.numbering import Numbering

Row = dict[str, object]
_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def user(found: User) -> Row:
    """Who is logged in."""
    return {
        "id": found.id,
        "username": found.name,
        "is_admin": False,
        "theme": "light_serif",
        "language": "en_US",
        "timezone": "UTC",
        "entry_sorting_direction": "desc",
        "entry_sorting_order": "id",
        "entries_per_page": 100,
        "last_login_at": None,
    }


def category(name: str, numbers: Numbering, who: User) -> Row:
    """A folder."""
    return {
        "id": numbers.folders[name],
        "title": name,
        "user_id": who.id,
        "hide_globally": False,
    }


def feed(found: Feed, state: PollState | None, numbers: Numbering, who: User) -> Row:
    """A feed."""
    polled = state.last_poll if state else None
    return {
        "id": numbers.feeds[found.id],
        "user_id": who.id,
        "title": shapes.name_of(found, state),
        "feed_url": found.url,
        "site_url": shapes.site_of(found, state),
        "checked_at": time(polled or _NEVER),
        "parsing_error_count": state.errors if state else 0,
        "parsing_error_message": (state.last_error or "") if state else "",
        "disabled": False,
        "hide_globally": False,
        "category": category(folder_of(found), numbers, who),
        "icon": None,
    }


def entry(shown: Listed, feed: Row, who: User) -> Row:
    """A canonical item; its copies stand at the end of its content."""
    found = shown.item
    return {
        "id": shown.number,
        "user_id": who.id,
        "feed_id": feed["id"],
        "status": "read" if shown.state.read else "unread",
        "hash": shown.canonical,
        "title": shapes.plain(found.title),
        "url": shapes.link_of(found),
        "comments_url": "",
        "published_at": time(found.time),
        "created_at": time(shown.arrived),
        "changed_at": time(shown.changed),
        "content": shapes.content(shown),
        "author": shapes.plain(found.credit or ""),
        "share_code": "",
        "starred": shown.state.starred,
        "reading_time": 0,
        "enclosures": [],
        "tags": list(shown.state.labels),
        "feed": feed,
    }
