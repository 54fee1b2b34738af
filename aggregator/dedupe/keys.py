"""By what an item can be found again: addresses, title, body sketch."""

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

    Not those of front pages, nor one that its feed gives to unlike entries.
    """
    own = None if Flag.SHARED_LINK in item.flags else item.url
    found = (url for url in (own, *item.targets) if url and not _BARE.match(url))
    return tuple(dict.fromkeys(found))


def shared_title(item: Item) -> bool:
    """Whether its feed gives the title of an item to entries with texts of their own."""
    return Flag.SHARED_TITLE in item.flags


def item_keys(item: Item) -> Keys:
    """What ``item`` can be looked up by over the whole archive.

    An address without a path (a site's front page) identifies no article; a
    title that says too little is left out, and so is a body too short.
    """
    title = analyse(item.title, item.language)
    keys = title_keys(item.title, item.language)
    return Keys(
        urls=addresses(item),
        title=title.equal_form if title.telling and not shared_title(item) else "",
        bands=bands(item.text, title.language),
        sketch=sketch(item.id, item.title, item.language, keys),
    )
