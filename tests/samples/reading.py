"""Reads rendered feeds back with plain parsers, none of them ours."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

ATOM = "{http://www.w3.org/2005/Atom}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RSS1 = "{http://purl.org/rss/1.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"


@dataclass(frozen=True)
class Said:
    """What a document says of one entry."""

    name: str  # guid, else link, else title
    link: str
    title: str
    dates: tuple[datetime, ...]


def read(content: bytes) -> tuple[str, list[Said]]:
    """Format of a document, and its entries."""
    if content.lstrip().startswith(b"{"):
        return "json11", [_json(item) for item in json.loads(content)["items"]]
    root = ET.fromstring(content)
    if root.tag == f"{ATOM}feed":
        return "atom10", [_atom(entry) for entry in root.iter(f"{ATOM}entry")]
    if root.tag == f"{RDF}RDF":
        return "rss10", [_rdf(item) for item in root.iter(f"{RSS1}item")]
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    return "rss20", [_rss(item) for item in root.iter("item")]


def _json(item: dict[str, str]) -> Said:
    dates = [item[name] for name in ("date_published", "date_modified") if name in item]
    link = item.get("url", "")
    return Said(item.get("id") or link or item["title"], link, item["title"], _iso(dates))


def _atom(entry: ET.Element) -> Said:
    dates = [_text(entry, f"{ATOM}published"), _text(entry, f"{ATOM}updated")]
    link = entry.find(f"{ATOM}link")
    assert link is not None
    return Said(
        _text(entry, f"{ATOM}id"), link.get("href", ""), _text(entry, f"{ATOM}title"), _iso(dates)
    )


def _rdf(item: ET.Element) -> Said:
    link = _text(item, f"{RSS1}link")
    dates = [_text(item, f"{DC}date")]
    return Said(item.get(f"{RDF}about", ""), link, _text(item, f"{RSS1}title"), _iso(dates))


def _rss(item: ET.Element) -> Said:
    link, title, date = _text(item, "link"), _text(item, "title"), _text(item, "pubDate")
    dates = (parsedate_to_datetime(date),) if date else ()
    return Said(_text(item, "guid") or link or title, link, title, dates)


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _iso(dates: list[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(date) for date in dates if date)
