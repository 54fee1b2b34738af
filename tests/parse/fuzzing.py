"""Damages documents at random and says what a reader of them may never do.

``make fuzz`` runs it for an hour, over the documents of folders given on the command line as well;
``test_fuzz.py`` for a few seconds. A failing document is saved, with the seed that made it.
"""
# ruff: noqa: E501 - documents read best on one line

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from aggregator.model import Document, Entry, Feed
from aggregator.parse import ParseError, parse, read_opml
from aggregator.parse.decode import decode
from aggregator.parse.feeds import entry_source, markup, slow
from aggregator.parse.feeds.build import build
from aggregator.parse.wire import pack_document, unpack_document
from aggregator.text.clean import gate, visible
from aggregator.text.item_factory import make_item

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://feeds.example/news.xml"
MOST_SECONDS = 5.0
"""CPU for one document of at most SIZE bytes; a poll allows 20."""
SIZE = 60_000
_FEED = Feed("f1", URL)

OWN = (
    """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Valley News</title><link>https://news.example/</link><language>de</language>
<item><title>Brücke gesperrt &amp; Züge fallen aus</title><link>/a?x=1&amp;y=2</link><guid>1</guid>
<pubDate>Sun, 22 Nov 2026 10:20:30 GMT</pubDate><author>a@b.example (Ann Lee)</author>
<description>&lt;p&gt;Die &lt;b&gt;Brücke&lt;/b&gt; bleibt zu.&lt;/p&gt;</description></item>
<item><title><![CDATA[مجلس المدينة يقرر <em>توسيع</em> الجسر]]></title><guid isPermaLink="true">
https://news.example/2</guid><dc:creator>سامي</dc:creator><dc:date>2026-11-22T10:00:00+03:00</dc:date>
<content:encoded><![CDATA[<div><p>One<p>two<script>x</script><img src=x></div>]]></content:encoded>
<enclosure url="https://news.example/e.mp3" type="audio/mpeg" length="1"/></item>
<item><title>AdemÃ¡s, la ciudad</title><category>Política</category></item></channel></rss>""",
    """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://news.example/x/">
<title type="html">Valley &amp;amp; Hill</title><link href="https://news.example/"/><id>tag:1</id>
<entry><title type="text">Storm &lt;5&gt; hits</title><link rel="alternate" href="a.html"/><id>1</id>
<updated>2026-11-22T10:00:00Z</updated><author><name>Bo</name><email>b@c.example</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text <i>here</i></p></div></content>
</entry><entry><title type="html">Two &amp;lt;b&amp;gt;</title><id>2</id><summary>Ne\u0301w \U0001f468\u200d\U0001f469
</summary><source><title>Other</title></source></entry></feed>""",
    """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://news.example/"><title>Новости</title><link>https://news.example/</link>
</channel><item rdf:about="https://news.example/1"><title>Мост закрыт</title>
<link>https://news.example/1</link><description>Текст.</description></item></rdf:RDF>""",
    """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [{"id": "1",
"url": "https://news.example/1", "title": "Storm", "content_html": "<p>It rains</p>",
"date_published": "2026-11-22T10:00:00Z", "authors": [{"name": "Ann"}], "tags": ["a"]},
{"id": 2, "content_text": "Two", "attachments": [{"url": "https://news.example/a.mp3"}]}]}""",
    """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY nbsp "&#160;">]><rss version="0.91"><channel>
<title>Old&nbsp;News</title><item><title>The council votes</title><link>https://old.example/1</link>
<description>It&nbsp;did.</description></item></channel></rss>""",
)
LISTS = (
    """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News &amp; more"><outline text="A" xmlUrl="https://a.example/feed" category="/x/y,z"/>
<outline title="B" text="b" type="rss" url="https://b.example/rss" htmlUrl="https://b.example/"/>
</outline><outline text="ج" xmlUrl="feed://c.example/feed"/></body></opml>""",
)
_PIECES = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!DOCTYPE x [", b"&#xD800;", b"&#0;",
    b"&nbsp;", b"&amp;amp;", b"\x00", b"\x1b[31m", b"\xff", b"\xe9", b"\xc3\x83\xc2\xa9", b"\xef\xbf\xbf",
    b"\xed\xa0\x80", b"\xf3\xa0\x81\x81", "\u202e".encode(), "e\u0301".encode() * 200, b'"', b"'", b"=",
    b"<item>", b"</item>", b"<entry/>", b"<title>", b"</title>", b"javascript:alert(1)", b"http://[", b"<x:y/>",
    b"\\ud800", b"1e999", b"[" * 50, b"99999999999999999999", b"9999-12-31T23:59:59+99:99", b"\r", b"\xc2\x85",
)  # fmt: skip
_CODECS = ("utf-8", "utf-16", "utf-16-be", "cp1252", "cp1251", "cp1256", "utf-8-sig", "gb18030", "utf-7",
           "shift_jis", "iso2022_jp", "cp037")  # fmt: skip


def mutated(body: bytes, chance: random.Random) -> bytes:
    """``body`` with one to six pieces of damage."""
    for _ in range(chance.randint(1, 6)):
        body = chance.choice(DAMAGES)(body, chance)
    return body[:SIZE]


def _flip(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


def _left_out(body: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(body))
    return body[:start] + body[start + chance.randint(1, 200) :]


def _inserted(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + chance.choice(_PIECES) * chance.choice((1, 1, 1, 3, 40)) + body[at:]


def _doubled(body: bytes, chance: random.Random) -> bytes:
    """A stretch between two tags again, somewhere else."""
    tags = [n for n, byte in enumerate(body) if byte == 60] or [0]
    start, end = sorted(chance.choice(tags) for _ in range(2))
    at = chance.choice(tags)
    return body[:at] + body[start : min(end, start + 4_000)] + body[at:]


def _swapped(body: bytes, chance: random.Random) -> bytes:
    tags = [n for n, byte in enumerate(body) if byte == 60] or [0]
    one, two, three = sorted(chance.choice(tags) for _ in range(3))
    return body[:one] + body[two:three] + body[one:two] + body[three:]


def _recoded(body: bytes, chance: random.Random) -> bytes:
    """In another encoding, whatever it declares; sometimes only a part of it."""
    start = chance.choice((0, chance.randint(0, len(body))))
    part = body[start:].decode(chance.choice(("utf-8", "latin-1")), "replace")
    return body[:start] + part.encode(chance.choice(_CODECS), "replace")


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _cut, _left_out, _inserted, _inserted, _doubled, _swapped, _recoded,
)  # fmt: skip


def check(body: bytes) -> None:
    """Raise AssertionError, or what a reader raised, if ``body`` is handled wrongly."""
    began = time.process_time()
    found = _read(body)
    spent = time.process_time() - began
    assert spent < MOST_SECONDS, f"reading took {spent:.1f} s of CPU"
    if entry_source.COMPILED:
        with _python_reader():
            assert _read(body) == found, "the two readers differ"
    for document in (found, _slowly(body)):
        if isinstance(document, Document):
            assert unpack_document(pack_document(document)) == document
            for entry in document.entries:
                _sound(entry, document)


def check_list(body: bytes) -> None:
    """The same for a list of feeds."""
    try:
        found = read_opml(body)
    except ParseError:
        return
    for feed in found.feeds:
        _clean(feed.title, *feed.tags, link=feed.url)


def _read(body: bytes) -> Document | str:
    try:
        return parse(body, url=URL, now=NOW)
    except ParseError as problem:
        return str(problem)


def _slowly(body: bytes) -> Document | None:
    """What feedparser makes of it, also where the fast reader is used."""
    try:
        return build(slow.read(decode(body).text, URL), url=URL, now=NOW, max_entries=100)
    except ParseError:
        return None


def _sound(entry: Entry, document: Document) -> None:
    _clean(
        entry.title, *entry.authors, *entry.categories, entry.source_title or "", link=entry.link
    )
    for time_ in (entry.published, entry.updated):
        assert time_ is None or datetime(1990, 1, 1, tzinfo=UTC) <= time_ <= NOW + timedelta(days=1)
    item = make_item(_FEED, entry, document, seen=NOW)
    if item is not None:
        _clean(item.title, item.text, item.lead, item.source, link=item.link)


def _clean(*texts: str, link: str | None) -> None:
    for text in texts:
        assert text == gate(text), f"not through the gate: {text!a}"
        text.encode("utf-8")
    if link is not None:
        assert urlsplit(link).scheme in ("http", "https"), link
        assert link == visible(link) and not set(link) & set(" \n\t<>\"'"), f"unsafe link: {link!a}"


@contextmanager
def _python_reader() -> Iterator[None]:
    with (
        patch.object(entry_source, "COMPILED", False),
        patch.object(markup, "_at_once", lambda text, base: None),
    ):
        yield


def documents(folders: Sequence[Path]) -> list[bytes]:
    """The documents of ``folders`` that are small enough, after our own."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    given = [path.read_bytes()[:SIZE] for path in files if path.suffix in {".xml", ".rss", ".json"}]
    return [*(one.encode() for one in OWN), *given]


def fuzz(
    sources: Sequence[bytes], lists: Sequence[bytes], *, seed: int, until: float
) -> Iterator[tuple[int, bytes, Exception]]:
    """Check mutations from ``seed`` on until the CPU clock shows ``until``; yields the failures."""
    while time.process_time() < until:
        chance = random.Random(seed)
        of_list = seed % 20 == 0
        body = mutated(chance.choice(lists if of_list else sources), chance)
        try:
            (check_list if of_list else check)(body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            yield seed, body, error
        seed += 1


def main() -> int:
    """Run for some minutes; save and print what fails. 1 if something did."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folders", nargs="*", type=Path, help="folders of feed documents")
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--out", type=Path, default=Path("build/fuzz"))
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    lists = [one.encode() for one in LISTS]
    until = time.process_time() + given.minutes * 60
    seen: set[str] = set()
    print(f"fuzzing for {given.minutes:g} minutes of CPU, from seed {given.seed}")
    for seed, body, error in fuzz(documents(given.folders), lists, seed=given.seed, until=until):
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} {Path(place.filename).name}:{place.lineno}"
        if kind in seen:
            continue
        seen.add(kind)
        path = given.out / f"{seed}.bin"
        path.write_bytes(body)
        print(f"{path}: {kind}: {str(error)[:300]}")
    print(f"{len(seen)} kinds of failures")
    return bool(seen)


if __name__ == "__main__":
    sys.exit(main())
