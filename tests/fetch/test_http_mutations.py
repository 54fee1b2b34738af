"""Well-formed answers, damaged at random: whatever comes, a poll ends with an outcome."""

from __future__ import annotations

import asyncio
import gzip
import random

import pytest

from aggregator.model import Outcome, PollState
from aggregator.settings import FeedSettings

BODY = b"<rss version='2.0'><channel><title>A</title></channel></rss>"
PACKED = gzip.compress(BODY)
ANSWERS = {
    "length": b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:30], BODY[30:]))
    + b"0\r\nX-Trailer: a\r\n\r\n",
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED)
    + PACKED,
    "redirect": b"HTTP/1.1 301 Moved\r\nLocation: /feed?x=1\r\nContent-Length: 0\r\n\r\n",
    "old": b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + BODY,
    "not modified": b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
    "later": b"HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 2\r\n\r\nno",
}
ROUNDS = 40


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, left out, doubled or put in."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        kind = chance.randrange(5)
        if kind == 0 and at < len(found):
            found[at] = chance.randrange(256)
        elif kind == 1:
            del found[at : at + chance.randint(1, 20)]
        elif kind == 2:
            found[at:at] = found[max(0, at - chance.randint(1, 40)) : at]
        elif kind == 3:
            found[at:at] = chance.randbytes(chance.randint(1, 9))
        else:
            found[at:at] = chance.choice(
                [b"\r\n", b"\r\n\r\n", b"\0", b": ", b"0\r\n", b"-", b"9" * 30]
            )
    return bytes(found)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_damaged_answer_ends_in_an_outcome(kit, name, caplog):
    chance = random.Random(name)
    answers = iter([damaged(ANSWERS[name], chance) for _ in range(ROUNDS * 6)])

    async def play(wire, asked):
        await wire.send(next(answers))
        wire.writer.close()

    async def run():
        async with kit.Site({"*": play}) as site, kit.fetcher(deadline=2.0) as fetcher:
            feed, state = FeedSettings(site.url()), PollState("f1", etag='"a"')
            async with asyncio.timeout(30):
                return [await fetcher.poll(feed, state, now=kit.now) for _ in range(ROUNDS)]

    for outcome in asyncio.run(run()):
        assert outcome.outcome in Outcome
        assert len(outcome.body) < 1_000_000
        assert outcome.error is None or len(outcome.error) < 500
    assert "unexpected error" not in caplog.text
