"""Finds the feeds of a page, and recognises one feed under different addresses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree, html

from aggregator.fetch.client import join, split
from aggregator.fetch.fetcher import Fetcher
from aggregator.fetch.guard import Guard, Refused
from aggregator.model import Outcome, PollOutcome

PAGE_BYTES = 512_000  # bytes read of a page: its head is at the beginning
MOST = 50  # maximum number of feeds per page
PATHS = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rss",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
_ROOTS = (
    (re.compile(rb"<rss[\s>]", re.IGNORECASE), "rss"),
    (
        re.compile(rb"<(?:\w+:)?feed[\s>][^>]*http://(?:www\.w3\.org/2005/Atom|purl\.org/atom/)"),
        "atom",
    ),
    (re.compile(rb"<(?:\w+:)?rdf[\s>]", re.IGNORECASE), "rss"),
    (re.compile(rb'^\s*\{(?s:.){0,2000}?"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org'), "json"),
)
_LIKELY = re.compile(
    r"(?:[./](?:rss|atom|rdf)(?:2|\.xml)?|/feeds?|feed\.(?:xml|json))/?(?:\?.*)?$", re.I
)
_LAST = re.compile(r"comment", re.IGNORECASE)


class NotFound(Exception):  # noqa: N818 # an answer, not a fault
    """The page could not be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed found on a page."""

    url: str
    title: str = ""
    type: str = ""  # rss, atom, json, xml


async def discover(fetcher: Fetcher, url: str) -> list[Found]:
    """The feeds at ``url``: itself, those linked from its page, or those at common paths.

    The most likely comes first, comment feeds last. Raises NotFound if the page itself
    cannot be fetched.
    """
    address = _web_address(url)
    outcome = await fetcher.get(address)
    if outcome.outcome is not Outcome.CONTENT and "://" not in url and outcome.status is None:
        outcome = await fetcher.get(address.replace("https:", "http:", 1))
    if outcome.outcome is not Outcome.CONTENT:
        raise NotFound(outcome.error or "no answer")
    kind = sniff(outcome.body)
    if kind:
        return [Found(outcome.url, type=kind)]
    found = await asyncio.to_thread(page_feeds, outcome)
    if found:
        return found
    # Redirects are untrusted: allow_hosts applies only if they stayed on the same host.
    trusted = urlsplit(outcome.url).hostname == urlsplit(address).hostname
    return await _at_common_places(fetcher, outcome.url, trusted=trusted)


def checked_address(url: str, allow_hosts: Iterable[str] = ()) -> str:
    """The web address that ``url`` means, checked as far as that goes without a connection.

    Raises Refused, as a poll of it would, for other schemes, credentials and internal addresses.
    """
    target = split(_web_address(url))
    Guard(allow_hosts).admit(target, inside=True)
    return target.url


def sniff(body: bytes) -> str:
    """``rss``, ``atom`` or ``json`` if ``body`` looks like a feed, otherwise an empty string."""
    start = body[:4_000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode()
    if re.search(rb"<(?:!doctype\s+)?html[\s>]", start, re.IGNORECASE):
        return ""
    return next((kind for root, kind in _ROOTS if root.search(start)), "")


def page_feeds(page: PollOutcome) -> list[Found]:
    """The feeds in a page's link elements, or its links that look like feeds."""
    tree = _tree(page)
    if tree is None:
        return []
    base = page.url
    for element in tree.iter("base"):
        base = _joined(base, str(element.get("href") or "")) or base
        break
    found = list(_links(tree, base)) or list(_anchors(tree, base))
    unique = {feed.url: feed for feed in reversed(found)}
    ordered = list(dict.fromkeys(unique[f.url] for f in found))
    ordered.sort(key=lambda feed: bool(_LAST.search(feed.url + feed.title)))
    return ordered[:MOST]


def same_feed(a: str, b: str) -> bool:
    """Whether two addresses most likely belong to the same feed.

    Ignores scheme, ``www.``, letter case of the host, default port, trailing slash,
    fragment and the order of parameters.
    """
    return spelling(a) == spelling(b)


def spelling(url: str) -> str:
    """A normalised form of a feed's address, for comparison only."""
    try:
        parts = urlsplit(_web_address(url))
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https"):
        return url
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    shown = "" if port in (None, 80, 443) else f":{port}"
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{host}{shown}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def _web_address(url: str) -> str:
    """The web address for ``feed://host``, ``feed:https://host`` and bare hosts."""
    url = url.strip()
    if url.lower().startswith("feed:"):
        url = url[5:]
        if url.startswith("//"):
            url = "https:" + url
    return url if "://" in url or url.startswith("file:") else f"https://{url}"


def _tree(page: PollOutcome) -> html.HtmlElement | None:
    charset = re.search(r"charset=\"?([\w.:-]+)", page.content_type or "", re.IGNORECASE)
    body = page.body[:PAGE_BYTES]
    for encoding in (charset[1] if charset else None, None):
        try:
            parser = html.HTMLParser(encoding=encoding, no_network=True, huge_tree=False)
            return html.document_fromstring(body, parser=parser)
        except LookupError:
            continue  # an unknown encoding
        except (etree.LxmlError, ValueError):
            return None
    return None


def _links(tree: html.HtmlElement, base: str) -> Iterator[Found]:
    for element in tree.iter("link"):
        relations = str(element.get("rel") or "").lower().split()
        kind = _TYPES.get(str(element.get("type") or "").partition(";")[0].strip().lower(), "")
        href = str(element.get("href") or "").strip()
        named = "feed" in relations or ("alternate" in relations and kind)
        if not named or not href or "/wp-json/" in href or "stylesheet" in relations:
            continue
        if url := _joined(base, href):
            yield Found(url, " ".join(str(element.get("title") or "").split())[:200], kind)


def _anchors(tree: html.HtmlElement, base: str) -> Iterator[Found]:
    for element in tree.iter("a"):
        href = str(element.get("href") or "").strip()
        if href and len(href) < 2_000 and _LIKELY.search(href) and (url := _joined(base, href)):
            yield Found(url, " ".join(element.text_content().split())[:200])


def _joined(base: str, href: str) -> str | None:
    try:
        url = join(base, href[5:] if href.lower().startswith("feed:") else href)
        parts = urlsplit(url)
    except (Refused, ValueError):
        return None
    good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return url if good else None


async def _at_common_places(fetcher: Fetcher, page: str, *, trusted: bool) -> list[Found]:
    """The first feed at the usual paths of the site."""
    for path in PATHS:
        place = _joined(page, f"/{path}")
        if place is None:
            continue
        outcome = await fetcher.get(place, trusted=trusted)
        kind = sniff(outcome.body) if outcome.outcome is Outcome.CONTENT else ""
        if kind:
            return [Found(outcome.url, type=kind)]
    return []
