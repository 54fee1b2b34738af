"""A feed farm on loopback for benchmarks: ``python bench/farm.py --feeds 5000``.

It serves ``/feed/K.xml`` for K below ``--feeds``: RSS and Atom in turn, every tenth
in Arabic, ``--items`` entries of about a kilobyte each, with ETag and Last-Modified,
and answers 304 to a conditional request. Texts are random syllables and words
written for this file. A document is assembled from prepared pieces on request, so
that the farm needs little memory and is faster than any client.

``/urls.txt`` lists the addresses and ``/stats`` counts the answers by status.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence

SYLLABLES = "ba be bo ca ce da de di do fa fe ga go ha he ka ki la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te ti to va ve wa we"  # noqa: E501
ARABIC_WORDS = (
    "وزير رئيس مدينة اجتماع اتفاق اقتصاد تعليم صحة مياه كهرباء طريق جامعة فريق مباراة سوق أسعار "
    "نفط شركة قانون مجلس حكومة مهرجان كتاب بحر جبل مطر شتاء قطار مطار ميناء مستشفى مدرسة تقرير"
)
POOL = 400  # prepared entries of each kind
MODIFIED = b"Mon, 23 Nov 2026 06:00:00 GMT"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=5_000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--hosts", type=int, default=1, help="serve on 127.0.0.1 to 127.0.0.N")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(argv)
    try:
        asyncio.run(serve(Farm(options.feeds, options.items, options.seed), options))
    except KeyboardInterrupt:
        return 0
    return 0


async def serve(farm: Farm, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    hosts = [f"127.0.0.{n + 1}" for n in range(options.hosts)]
    server = await loop.create_server(
        lambda: Connection(farm), hosts[:1], options.port, backlog=512
    )
    port = server.sockets[0].getsockname()[1]
    for host in hosts[1:]:
        await loop.create_server(lambda: Connection(farm), host, port, backlog=512)
    farm.bases = [f"http://{host}:{port}" for host in hosts]
    print(f"ready {farm.bases[0]}", flush=True)  # whoever started the farm waits for this line
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Farm:
    """All feeds, generated on demand; the same seed always gives the same feeds."""

    def __init__(self, feeds: int, items: int, seed: int) -> None:
        self.feeds = feeds
        self.items = items
        self.bases: list[str] = []
        self.answers: Counter[int] = Counter()
        chance = random.Random(seed)
        latin = [
            "".join(chance.choices(SYLLABLES.split(), k=chance.randint(1, 4))) for _ in range(3_000)
        ]
        self._rss = [_item(RSS_ITEM, latin, chance) for _ in range(POOL)]
        self._atom = [_item(ATOM_ENTRY, latin, chance) for _ in range(POOL)]
        self._arabic = [_item(RSS_ITEM, ARABIC_WORDS.split(), chance) for _ in range(POOL)]

    def document(self, number: int) -> tuple[bytes, bytes]:
        """The content type and the document of one feed."""
        atom = number % 2 == 1
        pool = self._arabic if number % 10 == 0 else self._atom if atom else self._rss
        start = number * 37 % POOL
        name = str(number).encode()
        entries = [
            pool[(start + n * 11) % POOL].replace(b"{id}", b"%d-%d" % (number, n))
            for n in range(self.items)
        ]
        head, tail = (ATOM_HEAD, b"</feed>") if atom else (RSS_HEAD, b"</channel></rss>")
        kind = b"application/atom+xml" if atom else b"application/rss+xml"
        return kind, head.replace(b"{n}", name) + b"".join(entries) + tail

    def answer(self, path: str, etag: bytes | None) -> tuple[int, bytes, bytes, bytes]:
        """Status, extra headers, content type and body."""
        if path.startswith("/feed/"):
            number = path[6:].partition(".")[0]
            if number.isdigit() and int(number) < self.feeds:
                mine = b'"' + number.encode() + b'"'
                extra = b"ETag: " + mine + b"\r\nLast-Modified: " + MODIFIED + b"\r\n"
                if etag == mine:
                    return 304, extra, b"", b""
                return 200, extra, *self.document(int(number))
        if path == "/urls.txt":
            lines = [f"{self.bases[n % len(self.bases)]}/feed/{n}.xml\n" for n in range(self.feeds)]
            return 200, b"", b"text/plain", "".join(lines).encode()
        if path == "/stats":
            return 200, b"", b"application/json", json.dumps(self.answers).encode()
        return 404, b"", b"text/plain", b"not here\n"


class Connection(asyncio.Protocol):
    """Just enough HTTP/1.1 for a well-behaved client: GET, keep-alive, no request bodies."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            request, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            self._respond(request)

    def _respond(self, request: bytes) -> None:
        path = request.split(b" ", 2)[1].decode("latin-1")
        lower = request.lower()
        at = lower.find(b"\r\nif-none-match:")
        etag = request[at + 16 :].split(b"\r\n", 1)[0].strip() if at >= 0 else None
        status, extra, kind, body = self._farm.answer(path, etag)
        self._farm.answers[status] += 1
        head = b"HTTP/1.1 %d %s\r\n%s" % (status, REASONS[status], extra)
        if status != 304:
            head += b"Content-Type: %s; charset=utf-8\r\nContent-Length: %d\r\n" % (kind, len(body))
        self._transport.write(head + b"\r\n" + body)
        if b"\r\nconnection: close" in lower:
            self._transport.close()


def _item(template: str, words: Sequence[str], chance: random.Random) -> bytes:
    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(least, most)))

    hour, minute = chance.randint(0, 23), chance.randint(0, 59)
    return template.format(
        title=some(6, 12).capitalize(),
        text="".join(f"&lt;p&gt;{some(25, 45)}.&lt;/p&gt;" for _ in range(3)),
        author=some(2, 2).title(),
        tag=some(1, 1),
        hour=f"{hour:02}",
        minute=f"{minute:02}",
        id="{id}",
    ).encode()


REASONS = {200: b"OK", 304: b"Not Modified", 404: b"Not Found"}
RSS_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Feed {n}</title>'
    b"<link>http://farm.example/{n}/</link><description>Made up</description>"
)
ATOM_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    b"<title>Feed {n}</title><id>http://farm.example/{n}/</id>"
    b'<link href="http://farm.example/{n}/"/><updated>2026-11-23T06:00:00Z</updated>'
)
RSS_ITEM = (
    "<item><title>{title}</title><link>http://farm.example/{id}/</link>"
    '<guid isPermaLink="false">farm-{id}</guid>'
    "<pubDate>Sun, 22 Nov 2026 {hour}:{minute}:00 GMT</pubDate><dc:creator>{author}</dc:creator>"
    "<category>{tag}</category><description>{text}</description></item>\n"
)
ATOM_ENTRY = (
    "<entry><title>{title}</title><link href='http://farm.example/{id}/'/><id>urn:farm:{id}</id>"
    "<updated>2026-11-22T{hour}:{minute}:00Z</updated><author><name>{author}</name></author>"
    "<category term='{tag}'/><content type='html'>{text}</content></entry>\n"
)


if __name__ == "__main__":
    sys.exit(main())
