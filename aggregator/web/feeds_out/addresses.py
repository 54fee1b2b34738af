"""What a feed out is of, and the secret addresses under which it is read."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import quote

from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.publish.feeds_out import FeedOut, Kind
from aggregator.settings import Settings
from aggregator.text.clean import gate, squeeze
from aggregator.web import passwords
from storage import Store

FORMATS = {
    "atom": ("atom", "application/atom+xml"),
    "json": ("jsonfeed", "application/feed+json"),
    "rss": ("rss", "application/rss+xml"),
}
"""The endings of addresses, with the formats of digests that they stand for and their types."""
_LONGEST = 200  # characters


def chosen(kind: str, name: str, settings: Settings) -> FeedOut:
    """The feed that a user asks for. Raises UserError if there is none of that name."""
    named = squeeze(gate(name, _LONGEST))
    if kind not in set(Kind) or not named:
        raise UserError("say a digest, a tag or the words of a search")
    feed = FeedOut(Kind(kind), named)
    if feed.kind is Kind.DIGEST and named not in {one.name for one in settings.digests}:
        raise UserError(f'feeds.toml has no digest "{named}"')
    tags = {tag.casefold() for one in settings.feeds for tag in one.tags}
    if feed.kind is Kind.TAG and named.casefold() not in tags:
        raise UserError(f'no feed has the tag "{named}"')
    return feed


def open_address(store: Store, user: str, feed: FeedOut, *, now: datetime) -> str:
    """A new secret address: its path with ``{}`` for the ending.

    It is known only now; the store keeps a hash. Raises UserError for an unknown user.
    """
    token = secrets.token_urlsafe(24)
    reading_states.add_feed_token(store, user, passwords.hashed_key(token), feed.key, now=now)
    return f"/feeds/{quote(feed.name, safe='').replace('{', '%7B')}.{{}}?key={token}"
