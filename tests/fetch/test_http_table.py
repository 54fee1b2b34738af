"""One test for each row of the table of what servers do to a reader over HTTP.

Each row is served over loopback in the ways it lists, and what a poll and the
state after it make of that is asserted. ``test_http_hostile`` goes into the details.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

import pytest

from aggregator.fetch import next_poll
from aggregator.fetch.guard import is_public
from aggregator.model import Document, Entry, Outcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

CONTENT, SAME = Outcome.CONTENT, Outcome.NOT_MODIFIED
FAILED, REFUSED = Outcome.FAILED, Outcome.REFUSED
DOCUMENT = Document((Entry(title="a"),), kind="rss20")
NOTHING: Callable[..., bool] = lambda outcome, site: not outcome.body  # noqa: E731 # a default


def answer(status="200 OK", body=None, **headers):
    async def play(wire, asked):
        await wire.answer(status, *([] if body is None else [body]), **headers)

    return play


def moved(location, status="302 Found", **headers):
    return answer(status, b"", location=location, **headers)


def raw(data, *, then="close", again=b"", pause=0.0):
    """Send ``data``, then ``again`` for ever, or close, reset or stay silent."""

    async def play(wire, asked):
        await wire.send(data)
        while again:
            await asyncio.sleep(pause)
            await wire.send(again)
        if then == "close":
            wire.writer.close()
        elif then == "reset":
            wire.reset()
        else:
            await wire.silence()

    return play


def bomb(wbits):
    """A hundred megabytes; the end is missing, for nobody is to read that far."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first, next_one = (
        packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    return first + 99 * next_one


RSS = b"<rss version='2.0'><channel><title>A</title></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nLocation: /good\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class Case:
    """A way in which a row is served, and what is to come of it."""

    play: object
    outcome: Outcome | tuple[Outcome, ...]
    check: Callable[..., bool] = NOTHING
    state: PollState = field(default_factory=lambda: PollState("f1"))
    pages: dict[str, object] = field(default_factory=dict)
    limits: dict[str, object] = field(default_factory=dict)


SLOW = {"deadline": 0.3}
quick = lambda outcome, site: outcome.elapsed < 2  # noqa: E731
partial = lambda outcome, site: outcome.partial and outcome.body  # noqa: E731
once = lambda outcome, site: len(site.asked) == 1  # noqa: E731
TABLE: dict[str, dict[str, Case]] = {
    "1 MB gzip or deflate -> 1 GB": {
        "gzip": Case(answer(body=bomb(31), content_encoding="gzip"), REFUSED),
        "deflate": Case(answer(body=bomb(15), content_encoding="deflate"), REFUSED),
        "gzip in gzip": Case(
            answer(body=gzip.compress(bomb(31)), content_encoding="gzip, gzip"), REFUSED
        ),
    },
    "endless chunks": {
        "chunks": Case(
            raw(CHUNKED, again=b"8000\r\n" + bytes(32_768) + b"\r\n"),
            REFUSED,
            lambda outcome, site: outcome.wire_bytes < 1_200_000,
        ),
    },
    "Content-Length 50 MB / 10 TB": {
        str(size): Case(
            raw(OK + b"Content-Length: %d\r\n\r\n" % size, then="silence"), REFUSED, quick
        )
        for size in (50_000_000, 10_000_000_000_000)
    },
    "1 byte/s body or headers, endless headers, item every 2 s": {
        "body": Case(
            raw(OK + b"Content-Length: 999\r\n\r\n", again=b"<", pause=0.05), FAILED, limits=SLOW
        ),
        "headers": Case(raw(OK, again=b"X", pause=0.05), FAILED, limits=SLOW),
        "endless headers": Case(raw(OK, again=b"X-A: b\r\n" * 9), FAILED, limits=SLOW),
        "items": Case(
            raw(CHUNKED, again=b"d\r\n<item></item>\r\n", pause=0.1), FAILED, limits=SLOW
        ),
    },
    "never answers, stalls": {
        "never": Case(raw(b"", then="silence"), FAILED, limits=SLOW),
        "stalls": Case(
            raw(OK + b"Content-Length: 99\r\n\r\n<rss>", then="silence"), FAILED, limits=SLOW
        ),
    },
    "reset, early close, short chunked, CL too big, bad status line, CL negative or double": {
        "reset": Case(raw(b"", then="reset"), FAILED),
        "reset in the body": Case(raw(OK + b"Content-Length: 99\r\n\r\n", then="reset"), FAILED),
        "early close": Case(raw(OK + b"Content-Le"), FAILED),
        "short chunked": Case(raw(CHUNKED + b"64\r\n" + RSS[:40]), CONTENT, partial),
        "CL too big": Case(raw(OK + b"Content-Length: 999\r\n\r\n" + RSS), CONTENT, partial),
        "bad status line": Case(raw(b"HTTQ/1.1 abc\r\n\r\n"), FAILED),
        "CL negative": Case(raw(OK + b"Content-Length: -5\r\n\r\nabc"), FAILED),
        "CL double": Case(raw(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nab"), FAILED),
    },
    "CL too small; truncated gzip": {
        "CL too small": Case(
            answer(body=RSS, content_length=20), CONTENT, lambda o, site: o.body == RSS[:20]
        ),
        "truncated gzip": Case(
            answer(body=gzip.compress(RSS * 9)[:-30], content_encoding="gzip"), CONTENT, partial
        ),
    },
    "header > 100 KB, 20,000 headers": {
        "long": Case(raw(OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n"), FAILED),
        "many": Case(raw(OK + b"X: a\r\n" * 20_000 + b"\r\n"), FAILED),
    },
    "redirect with an endless body": {
        "endless": Case(
            raw(FOUND, again=b"8000\r\n" + bytes(32_768) + b"\r\n"),
            CONTENT,
            quick,
            pages={"/good": answer(body=RSS)},
        ),
    },
    "20 redirects; loop; cookie loop": {
        "20": Case(
            moved("/20"),
            REFUSED,
            lambda outcome, site: len(site.asked) == 6,
            pages={f"/{n}": moved(f"/{n - 1}") for n in range(1, 21)},
        ),
        "loop": Case(moved("/feed"), REFUSED, lambda outcome, site: len(site.asked) == 6),
        "cookie loop": Case(
            moved("/feed", set_cookie="a=b"),
            REFUSED,
            lambda outcome, site: not any(asked.header("cookie") for asked in site.asked),
        ),
    },
    "redirect to file:, ftp:, javascript:": {
        location: Case(moved(location), REFUSED, once)
        for location in ("file:///etc/hostname", "ftp://feeds.example/x", "javascript:alert(1)")
    },
    "redirect to localhost, 127.1, 2130706433, 0x7f000001, 0.0.0.0, [::1], mapped, userinfo@": {
        host: Case(moved(f"http://{host}:9/"), REFUSED, once)
        for host in (
            "127.1",
            "2130706433",
            "0x7f000001",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "feeds.example@127.0.0.1",
            "169.254.169.254",
            "10.0.0.1",
        )
    },
    "user:secret@ in a redirect": {
        "secret": Case(
            moved("http://user:secret@127.0.0.1:9/"),
            REFUSED,
            lambda outcome, site: "secret" not in repr(outcome),
        ),
    },
    "304 to an unconditional GET": {
        "304": Case(answer("304 Not Modified", b"", content_length=""), FAILED),
    },
    "weak, unquoted, odd ETag": {
        etag: Case(
            answer("304 Not Modified", b"", content_length=""),
            SAME,
            lambda outcome, site, etag=etag: site.asked[0].header("if-none-match") == etag,
            state=PollState("f1", etag=etag),
        )
        for etag in (
            'W/"a"',
            "unquoted",
            '"a"b"',
            "W/unquoted",
            '"\xe9\xff"',
            "'single'",
            "*",
            '""',
        )
    },
    "Retry-After": {
        value: Case(
            answer("429 Too Many Requests", b"", retry_after=value),
            REFUSED,
            lambda outcome, site, seconds=seconds: outcome.retry_after == seconds,
        )
        for value, seconds in {
            "120": 120.0,
            "1": 60.0,
            "999999999": 86_400.0,
            "Tue, 24 Nov 2026 13:00:00 GMT": 3_600.0,
            "Tue, 24 Nov 2099 13:00:00 GMT": 86_400.0,
            "Mon, 23 Nov 2026 13:00:00 GMT": None,
            "-5": None,
            "soon": None,
            "1e9": None,
        }.items()
    },
}
CASES = [
    pytest.param(case, id=f"{row}: {name}")
    for row, ways in TABLE.items()
    for name, case in ways.items()
]


@pytest.mark.parametrize("case", CASES)
def test_row(kit, case):
    outcome, site = kit.poll(case.play, state=case.state, pages=case.pages, **case.limits)
    assert outcome.outcome is case.outcome
    assert outcome.error or outcome.outcome in (CONTENT, SAME)
    assert case.check(outcome, site)


def test_row_ipaddress_calls_inner_addresses_global():
    for address in ("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "224.0.0.1", "192.0.0.8"):
        assert not is_public(address)
    assert ip_address("224.0.0.1").is_global  # why there is a list of our own


def test_row_proxies_of_the_environment(kit, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    outcome, _ = kit.poll(answer(body=RSS))
    assert outcome.outcome is CONTENT


def after(state, outcome, document, now):
    feed = FeedSettings("http://a.example/feed")
    return next_poll(feed, FetchLimits(), state, outcome, document, [], now=now, jitter=0.0)


def test_row_304_to_an_unconditional_get_drops_the_validators(kit):
    outcome, _ = kit.poll(answer("304 Not Modified", b"", content_length=""))
    known = PollState("f1", etag='"a"', last_modified="x", lies=True)
    state = after(known, outcome, None, kit.now)
    assert (state.etag, state.last_modified) == (None, None)
    assert state.errors == 1


@pytest.mark.parametrize("good", [False, True], ids=["a page", "a feed"])
def test_row_301_to_a_parking_page(kit, good):
    """Adopted after two good answers on two days; a page is never a good answer."""
    document = DOCUMENT if good else Document((), kind="page")
    pages = {"/new": answer(body=RSS)}
    outcome, site = kit.poll(moved("/new", "301 Moved"), pages=pages)
    assert outcome.permanent_url == site.url("/new")
    state = after(PollState("f1"), outcome, document, kit.now)
    assert state.address is None
    state = after(state, outcome, document, kit.now + timedelta(days=1))
    assert state.address == (site.url("/new") if good else None)
