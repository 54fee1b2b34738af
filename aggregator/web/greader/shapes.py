"""What the Google Reader API answers, as plain data: feeds, tags and items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

from aggregator.model import Feed, Item, PollState
from aggregator.reading.listed import Copy, Listed
from aggregator.text.clean import gate
from aggregator.text.languages import direction
from aggregator.text.urls import safe_link
from aggregator.web.greader.ids import long_id
from aggregator.web.greader.streams import LABEL, STATE, folder_of

_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_TITLE = 1_000  # characters
_TEXT = 200_000  # characters


def name_of(feed: Feed, state: PollState | None) -> str:
    """What to call a feed."""
    return plain(feed.title or (state.title if state else None) or feed.url)


def plain(text: str) -> str:
    """A text for a field that some apps show as text and others as HTML: it is neither's markup."""
    return gate(text, _TITLE).translate(_ANGLES)


def subscription(feed: Feed, state: PollState | None) -> dict[str, object]:
    """A feed in subscription/list; no field is null, which some apps cannot read."""
    folder = folder_of(feed)
    return {
        "id": f"feed/{feed.id}",
        "title": name_of(feed, state),
        "categories": [{"id": f"{LABEL}{folder}", "label": folder}],
        "url": feed.url,
        "htmlUrl": site_of(feed, state),
        "iconUrl": "",
        "sortid": feed.id[1:9].upper(),
        "firstitemmsec": "0",
    }


def site_of(feed: Feed, state: PollState | None) -> str:
    """The web site of a feed; its own address where that is unknown, never null."""
    return safe_link(state.site if state else None) or safe_link(feed.url) or ""


def tags(feeds: Iterable[Feed], labels: Iterable[str]) -> list[dict[str, str]]:
    """The answer of tag/list: states, folders, labels."""
    folders = dict.fromkeys(folder_of(feed) for feed in feeds)
    found = [
        {"id": f"{STATE}starred"},
        *({"id": f"{LABEL}{folder}", "type": "folder"} for folder in folders),
        *({"id": f"{LABEL}{label}", "type": "tag"} for label in labels if label not in folders),
    ]
    return [tag | {"sortid": f"{position:08X}"} for position, tag in enumerate(found)]


def item(
    shown: Listed, feeds: Mapping[str, Feed], states: Mapping[str, PollState]
) -> dict[str, object]:
    """One canonical item; its copies stand at the end of its content."""
    found = shown.item
    feed, state = feeds.get(shown.feed), states.get(shown.feed)
    link = link_of(found)
    body = {"content": content(shown), "direction": direction(found.language)}
    return {
        "id": long_id(shown.number),
        "crawlTimeMsec": str(micros(shown.arrived) // 1_000),
        "timestampUsec": str(micros(shown.arrived)),
        "published": micros(found.time) // 1_000_000,
        "updated": micros(found.updated or found.time) // 1_000_000,
        "title": plain(found.title),
        "author": plain(found.credit or ""),
        "canonical": [{"href": link}],
        "alternate": [{"href": link, "type": "text/html"}],
        "origin": {
            "streamId": f"feed/{shown.feed}",
            "title": name_of(feed, state) if feed else "",
            "htmlUrl": site_of(feed, state) if feed else "",
        },
        "summary": body,
        "categories": _categories(shown, feed),
        "copies": [_copy(copy) for copy in shown.copies],
    }


def content(shown: Listed) -> str:
    """The text as HTML. Nothing of a feed's own markup is left in it: stored texts are plain."""
    text = gate(shown.item.text or shown.item.lead, _TEXT)
    paragraphs = [f"<p>{_html(part)}</p>" for part in text.split("\n") if part.strip()]
    if shown.copies:
        rows = "".join(f"<li>{_copy_html(copy)}</li>" for copy in shown.copies)
        paragraphs.append(f"<hr><p>Also published as:</p><ul>{rows}</ul>")
    return "".join(paragraphs)


def link_of(found: Item) -> str:
    """Where an item is on the web; empty if nowhere."""
    return safe_link(found.link or found.url) or ""


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def _categories(shown: Listed, feed: Feed | None) -> Sequence[str]:
    """Its state first: one app looks at the first category only."""
    state = shown.state
    found = [f"{STATE}read"] if state.read else []
    found.append(f"{STATE}reading-list")
    if state.starred:
        found.append(f"{STATE}starred")
    if feed is not None:
        found.append(f"{LABEL}{folder_of(feed)}")
    found += [f"{LABEL}{label}" for label in state.labels]
    return list(dict.fromkeys(found))


def _copy_html(copy: Copy) -> str:
    found = copy.item
    title = f"{found.source}: {found.title}" if found.source else found.title
    link = safe_link(found.link or found.url)
    name = f'<a href="{escape(link)}">{_html(title)}</a>' if link else _html(title)
    return f"{name} ({_html(copy.reason)})"


def _copy(copy: Copy) -> dict[str, str]:
    found: Item = copy.item
    return {
        "id": found.id,
        "title": plain(found.title),
        "source": plain(found.source),
        "url": link_of(found),
        "reason": copy.reason,
    }


def _html(text: str) -> str:
    return escape(gate(text, _TEXT))
