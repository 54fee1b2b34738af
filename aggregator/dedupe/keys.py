"""An item's lookup keys: addresses, title, body sketch."""

from __future__ import annotations

import re

from aggregator.dedupe.analysed_titles import analyse
from aggregator.dedupe.bodies import bands
from aggregator.dedupe.sketches import sketch
from aggregator.dedupe.titlekeys import title_keys
from aggregator.model import Flag, Item, Keys

_BARE = re.compile(r"^[a-z]+://[^/?#]+/?$|^[^/?#:]+/?$")


def addresses(item: Item) -> tuple[str, ...]:
    """The canonical URLs of an item and of what it points to.

    Front pages are excluded, and so is a URL that the feed gives to unrelated entries.
    """
    own = None if Flag.SHARED_LINK in item.flags else item.url
    found = (url for url in (own, *item.targets) if url and not _BARE.match(url))
    return tuple(dict.fromkeys(found))


def shared_title(item: Item) -> bool:
    """Whether the item's feed uses the same title for entries with different texts."""
    return Flag.SHARED_TITLE in item.flags


def item_keys(item: Item) -> Keys:
    """The keys for finding ``item`` in the whole archive.

    An address without a path (a site's front page) identifies no article.
    Titles that are too generic and bodies that are too short are left out.
    """
    title = analyse(item.title, item.language)
    keys = title_keys(item.title, item.language)
    return Keys(
        urls=addresses(item),
        title=title.equal_form if title.telling and not shared_title(item) else "",
        bands=bands(item.text, title.language),
        sketch=sketch(item.id, item.title, item.language, keys),
    )
