"""Entries of the sample edition as feed documents: RSS 2.0, RSS 1.0, Atom 1.0, JSON Feed.

Written without a library, because the edition also imitates what real feeds do
wrong: double escapes, CDATA, old encodings, missing fields.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from edition_sources import EntrySource, FeedSource

TEASER_WORDS = 28  # length of a teaser if the source has none


@dataclass(frozen=True, slots=True)
class Dated:
    """An entry in its current form, with real times (UTC)."""

    source: EntrySource
    title: str
    body: str
    published: datetime
    updated: datetime


def document(feed: FeedSource, entries: Sequence[Dated]) -> bytes:
    """The feed document with ``entries``, newest first, in the feed's own format."""
    writer: Callable[[FeedSource, Sequence[Dated]], str] = {
        "rss20": _rss20,
        "rss10": _rss10,
        "atom10": _atom10,
        "json11": _json11,
    }[feed.format]
    return writer(feed, entries).encode(feed.encoding, "xmlcharrefreplace")


def _rss20(feed: FeedSource, entries: Sequence[Dated]) -> str:
    lines = [
        f'<?xml version="1.0" encoding="{feed.encoding}"?>',
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/">',
        "<channel>",
        f"<title>{escape(feed.title)}</title>",
        f"<link>{escape(feed.site)}/</link>",
        f"<description>{escape(feed.description)}</description>",
        f"<language>{feed.language}</language>",
        f"<lastBuildDate>{_latest(entries, format_datetime)}</lastBuildDate>",
        *([f"<ttl>{feed.ttl}</ttl>"] if feed.ttl else []),
    ]
    for entry in entries:
        source = entry.source
        lines.append("<item>")
        lines.append(f"<title>{_title(feed, entry.title)}</title>")
        if source.link:
            lines.append(f"<link>{escape(source.link)}</link>")
        lines += _rss_texts(feed, entry, "description")
        if source.dated:
            lines.append(f"<pubDate>{format_datetime(entry.published)}</pubDate>")
        if source.guid:
            permanent = "true" if source.guid == source.link else "false"
            lines.append(f'<guid isPermaLink="{permanent}">{escape(source.guid)}</guid>')
        if source.source_title:
            lines.append(
                f"<source url={quoteattr(source.source_url + '/feed')}>"
                f"{escape(source.source_title)}</source>"
            )
        if feed.image:
            picture = f"{feed.site}/pictures/{source.key}.jpg"
            lines.append(f'<media:content url={quoteattr(picture)} medium="image"/>')
        lines += _credits(source)
        lines.append("</item>")
    lines += ["</channel>", "</rss>", ""]
    return "\n".join(lines)


def _rss10(feed: FeedSource, entries: Sequence[Dated]) -> str:
    about = [entry.source.guid or entry.source.url or entry.source.key for entry in entries]
    lines = [
        f'<?xml version="1.0" encoding="{feed.encoding}"?>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">',
        f'<channel rdf:about="{escape(feed.site)}/rdf">',
        f"<title>{escape(feed.title)}</title>",
        f"<link>{escape(feed.site)}/</link>",
        f"<description>{escape(feed.description)}</description>",
        f"<dc:language>{feed.language}</dc:language>",
        f"<dc:date>{_latest(entries, _iso)}</dc:date>",
        "<items><rdf:Seq>",
        *(f"<rdf:li rdf:resource={quoteattr(link)}/>" for link in about),
        "</rdf:Seq></items>",
        "</channel>",
    ]
    for entry, link in zip(entries, about, strict=True):
        lines.append(f"<item rdf:about={quoteattr(link)}>")
        lines.append(f"<title>{_title(feed, entry.title)}</title>")
        lines.append(f"<link>{escape(entry.source.link or '')}</link>")
        lines += _rss_texts(feed, entry, "description")
        if entry.source.dated:
            lines.append(f"<dc:date>{_iso(entry.published)}</dc:date>")
        lines += _credits(entry.source)
        lines.append("</item>")
    lines += ["</rdf:RDF>", ""]
    return "\n".join(lines)


def _atom10(feed: FeedSource, entries: Sequence[Dated]) -> str:
    lines = [
        f'<?xml version="1.0" encoding="{feed.encoding}"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}"'
        f" xml:base={quoteattr(feed.site + '/')}>",
        f"<title>{escape(feed.title)}</title>",
        f"<subtitle>{escape(feed.description)}</subtitle>",
        f"<id>{escape(feed.site)}/atom</id>",
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.site + "/")}/>',
        f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.site + "/atom")}/>',
        f"<updated>{_latest(entries, _iso)}</updated>",
        f"<author><name>{escape(feed.title)}</name></author>",
    ]
    for entry in entries:
        source = entry.source
        lines.append("<entry>")
        kind = ' type="html"' if feed.titles == "double" else ""
        lines.append(f"<title{kind}>{_title(feed, entry.title)}</title>")
        lines.append(f"<id>{escape(source.guid or '')}</id>")
        lines.append(f'<link rel="alternate" href={quoteattr(source.link or "")}/>')
        lines.append(f"<published>{_iso(entry.published)}</published>")
        lines.append(f"<updated>{_iso(entry.updated)}</updated>")
        if source.author:
            lines.append(f"<author><name>{escape(source.author)}</name></author>")
        lines += [f"<category term={quoteattr(term)}/>" for term in source.categories]
        body, teaser = _body(feed, entry), _teaser(feed, entry)
        if teaser:
            lines.append(f'<summary type="text">{escape(teaser)}</summary>')
        kind = "html" if feed.html else "text"
        lines.append(f'<content type="{kind}">{_escaped(feed, body)}</content>')
        lines.append("</entry>")
    lines += ["</feed>", ""]
    return "\n".join(lines)


def _json11(feed: FeedSource, entries: Sequence[Dated]) -> str:
    items = []
    for entry in entries:
        source = entry.source
        item = {
            "id": source.guid,
            "url": source.link,
            "title": entry.title,
            "summary": _teaser(feed, entry),
            ("content_html" if feed.html else "content_text"): _body(feed, entry),
            "date_published": _iso(entry.published) if source.dated else None,
            "date_modified": _iso(entry.updated) if entry.updated != entry.published else None,
            "authors": [{"name": source.author}] if source.author else None,
            "tags": list(source.categories) or None,
        }
        items.append({name: value for name, value in item.items() if value})
    top = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.site + "/",
        "feed_url": feed.site + "/feed.json",
        "description": feed.description,
        "language": feed.language,
        "items": items,
    }
    return json.dumps(top, ensure_ascii=False, indent=1) + "\n"


def _rss_texts(feed: FeedSource, entry: Dated, name: str) -> list[str]:
    body, teaser = _body(feed, entry), _teaser(feed, entry)
    if feed.place == "summary":
        return [f"<{name}>{_escaped(feed, body)}</{name}>"]
    lines = [f"<{name}>{_escaped(feed, teaser)}</{name}>"] if teaser else []
    return [*lines, f"<content:encoded>{_escaped(feed, body)}</content:encoded>"]


def _credits(source: EntrySource) -> list[str]:
    lines = [f"<dc:creator>{escape(source.author)}</dc:creator>"] if source.author else []
    return lines + [f"<category>{escape(name)}</category>" for name in source.categories]


def _body(feed: FeedSource, entry: Dated) -> str:
    """The body as the outlet publishes it, with repeated headline, credit and boilerplate."""
    source = entry.source
    paragraphs = [part.strip() for part in entry.body.split("\n\n") if part.strip()]
    paragraphs = [re.sub(r"\s*\n\s*", " ", part) for part in paragraphs]
    if source.credit.endswith(" :"):  # on its own line, as in imported pages
        paragraphs.insert(0, source.credit)
    elif source.credit:
        first = paragraphs[:1] or [""]
        paragraphs = [f"{source.credit} {first[0]}".strip(), *paragraphs[1:]]
    if source.repeat_headline:
        paragraphs.insert(0, entry.title)
    if source.tail:
        paragraphs += [part.strip() for part in source.tail.strip().split("\n")]
    if not feed.html:
        return "\n\n".join(paragraphs + ([_filled(feed, entry)] if feed.boilerplate else []))
    parts = [f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs]
    if feed.image and parts:
        parts.insert(
            0, f'<figure><img src="{feed.site}/pictures/{source.key}.jpg" alt=""></figure>'
        )
    if feed.boilerplate and parts:
        parts.append(f"<p>{_filled(feed, entry)}</p>")
    return "\n".join(parts)


def _filled(feed: FeedSource, entry: Dated) -> str:
    """The outlet's boilerplate, filled in; it may contain markup."""
    text = feed.boilerplate.replace("{link}", html.escape(entry.source.url or feed.site))
    return text.replace("{title}", html.escape(entry.title, quote=False)).replace(
        "{outlet}", html.escape(feed.title, quote=False)
    )


def _teaser(feed: FeedSource, entry: Dated) -> str:
    if entry.source.summary or feed.place != "both":
        return entry.source.summary
    text = " ".join(entry.body.split())
    words = text.split()
    if len(words) <= TEASER_WORDS:
        return text
    return " ".join(words[:TEASER_WORDS]) + " […]"


def _title(feed: FeedSource, title: str) -> str:
    if feed.titles == "cdata":
        return f"<![CDATA[{title}]]>"
    if feed.titles == "charref":
        return re.sub(r"[’‘“”«»–—…]", lambda found: f"&#{ord(found[0])};", escape(title))
    if feed.titles == "double":
        return escape(
            re.sub(r"[’‘“”«»–—…]", lambda found: f"&#{ord(found[0])};", html.escape(title))
        )
    return escape(title)


def _escaped(feed: FeedSource, text: str) -> str:
    if feed.cdata:
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return escape(text)


def _latest(entries: Sequence[Dated], form: Callable[[datetime], str]) -> str:
    return form(max(entry.updated for entry in entries))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
