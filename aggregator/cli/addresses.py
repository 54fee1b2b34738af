"""Resolves what users give as a feed address: a page, a host without scheme, a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aggregator.cli.context import CommandError, Context
from aggregator.config import feed_url
from aggregator.fetch import Fetcher, Found, NotFound, discover

_FILES = {".xml", ".rss", ".atom", ".rdf", ".json"}  # suffixes of feed files


def feeds_at(ours: Context, url: str) -> list[Found]:
    """The feeds at ``url``, the most likely first; at least one. Raises CommandError."""

    async def work() -> list[Found]:
        async with Fetcher(ours.settings.fetch) as fetcher:
            return await discover(fetcher, url)

    try:
        found = asyncio.run(work())
    except NotFound as error:
        raise CommandError(
            f"could not fetch {url}: {error}. Check the address, or add it "
            "unchecked with `feeds add --as-given`"
        ) from None
    if not found:
        raise CommandError(
            f"{url} is not a feed and links to none. Look for one on its site, or add "
            "the address unchecked with `feeds add --as-given`"
        )
    return found


def is_web(ours: Context, url: str) -> bool:
    """Whether an address is a web address (the scheme may be missing) rather than a file path."""
    if url.lower().startswith(("http:", "https:", "feed:")):
        return True
    if "://" in url or url.lower().startswith("file:"):
        return False
    if url.startswith(("/", ".", "~")) or file_of(ours, url).exists():
        return False
    host, slash, _ = url.partition("/")
    named_like_a_file = not slash and Path(host).suffix.lower() in _FILES
    name = host.rpartition("@")[2].partition(":")[0]
    return ("." in name or name == "localhost" or host.startswith("[")) and not named_like_a_file


def file_of(ours: Context, url: str) -> Path:
    """The local file for an address as given in feeds.toml. Raises CommandError."""
    try:
        return Path(feed_url(url, ours.settings.path.parent))
    except ValueError as error:
        raise CommandError(f"cannot subscribe to {url}: {error}") from None
