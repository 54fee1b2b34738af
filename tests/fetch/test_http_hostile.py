"""Every row of the list of what hostile and broken servers do, served over loopback."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib

import pytest

from aggregator.model import Outcome, PollState
from aggregator.settings import FeedSettings


def page(status="200 OK", body=None, **headers):
    async def play(wire, asked):
        await wire.answer(status, *([] if body is None else [body]), **headers)

    return play


def raw(data, *, then="close"):
    async def play(wire, asked):
        await wire.send(data)
        if then == "close":
            wire.writer.close()
        elif then == "reset":
            wire.reset()
        else:
            await wire.silence()

    return play


def bomb(megabytes, wbits):
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    million = bytes(1_000_000)
    return b"".join([*(packer.compress(million) for _ in range(megabytes)), packer.flush()])


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_bomb_costs_no_more_than_the_limit(kit, encoding, wbits):
    body = bomb(200, wbits)
    assert len(body) < 300_000
    tracemalloc.start()
    outcome, _ = kit.poll(page(body=body, content_encoding=encoding))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.outcome is Outcome.REFUSED
    assert "longer than" in outcome.error
    assert outcome.body == b""
    assert peak < 8_000_000


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate"])
def test_a_bomb_in_a_bomb_is_bounded_whatever_is_named(kit, encoding):
    outcome, _ = kit.poll(page(body=gzip.compress(bomb(50, 31)), content_encoding=encoding))
    assert outcome.outcome is Outcome.REFUSED
    assert "longer than" in outcome.error


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("", gzip.compress),
        ("identity", gzip.compress),
        ("gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
        ("gzip, gzip", gzip.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("deflate", gzip.compress),
        ("deflate", bytes),
        ("gzip", bytes),
    ],
)
def test_the_bytes_tell_how_a_body_is_packed(kit, encoding, pack):
    """Servers name the wrong encoding, none, or one that was applied twice."""
    outcome, _ = kit.poll(page(body=pack(kit.rss), content_encoding=encoding))
    assert outcome.body == kit.rss
    assert not outcome.partial


def test_a_packed_body_cut_short_is_partial_in_every_layer(kit):
    body = gzip.compress(gzip.compress(kit.rss * 50)[:-20])
    outcome, _ = kit.poll(page(body=body, content_encoding="gzip"))
    assert outcome.partial
    assert outcome.body.startswith(kit.rss[:20])


def test_too_many_layers_are_refused(kit):
    outcome, _ = kit.poll(page(body=b"x", content_encoding="gzip, gzip, gzip, gzip"))
    assert outcome.outcome is Outcome.REFUSED


@pytest.mark.parametrize("encoding", ["gzip, br", "br", "zstd", "compress", "x" * 200])
def test_encodings_that_were_not_asked_for_are_refused(kit, encoding):
    outcome, _ = kit.poll(page(body=b"x", content_encoding=encoding))
    assert outcome.outcome is Outcome.REFUSED
    assert "not requested" in outcome.error


def test_thousands_of_small_members_are_refused(kit):
    body = gzip.compress(b"") * 5_000
    outcome, _ = kit.poll(page(body=body, content_encoding="gzip"))
    assert outcome.outcome is Outcome.REFUSED


def test_two_members_are_one_body(kit):
    body = gzip.compress(kit.rss[:20]) + gzip.compress(kit.rss[20:]) + b"rubbish"
    outcome, _ = kit.poll(page(body=body, content_encoding="gzip"))
    assert outcome.body == kit.rss
    assert not outcome.partial


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_body_comes_out_whole(kit, encoding):
    outcome, _ = kit.poll(page(body=gzip.compress(kit.rss), content_encoding=encoding))
    assert outcome.body == kit.rss
    assert 0 < outcome.wire_bytes < len(kit.rss) + 30


def test_a_body_whose_packing_is_damaged_fails(kit):
    body = gzip.compress(kit.rss)[:12] + bytes(range(40)) * 9
    outcome, _ = kit.poll(page(body=body, content_encoding="gzip"))
    assert outcome.outcome is Outcome.FAILED
    assert "not valid gzip" in outcome.error


def test_endless_chunks_end_at_the_limit(kit):
    async def play(wire, asked):
        await wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await wire.send(b"10000\r\n" + bytes(65_536) + b"\r\n")

    outcome, _ = kit.poll(play)
    assert outcome.outcome is Outcome.REFUSED
    assert outcome.wire_bytes < 1_200_000


def test_chunks_that_are_all_extension_end(kit):
    async def play(wire, asked):
        await wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await wire.send((b"1;" + b"x" * 2_000 + b"\r\na\r\n") * 20)

    outcome, _ = kit.poll(play)
    assert outcome.outcome in (Outcome.REFUSED, Outcome.FAILED)
    assert outcome.elapsed < 4


@pytest.mark.slow
def test_endless_provisional_answers_end(kit):
    async def play(wire, asked):
        while True:
            await wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 200)

    outcome, _ = kit.poll(play, deadline=60.0)  # the limit on bytes ends it, also on a busy machine
    assert outcome.outcome is Outcome.REFUSED
    assert "does not end" in outcome.error


@pytest.mark.parametrize("length", [50_000_000, 10_000_000_000_000])
def test_an_announced_size_above_the_limit_is_refused_at_once(kit, length):
    outcome, _ = kit.poll(
        raw(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode(), then="silence")
    )
    assert outcome.outcome is Outcome.REFUSED
    assert outcome.elapsed < 2
    assert outcome.wire_bytes == 0


def drip(first, more):
    async def play(wire, asked):
        await wire.send(first)
        while True:
            await asyncio.sleep(0.02)
            await wire.send(more)

    return play


@pytest.mark.parametrize(
    "play",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"<"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        drip(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<rss><channel>",
            b"d\r\n<item></item>\r\n",
        ),
        raw(b"", then="silence"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss>", then="silence"),
    ],
    ids=["body", "header", "headers", "items", "never", "stall"],
)
def test_slow_answers_end_at_the_deadline(kit, play):
    started = time.monotonic()
    outcome, _ = kit.poll(play, deadline=0.4)
    assert outcome.outcome is Outcome.FAILED
    assert time.monotonic() - started < 3
    assert outcome.body == b""


def test_the_deadline_covers_all_hops(kit):
    async def hop(wire, asked):
        await asyncio.sleep(0.25)
        await wire.answer("302 Found", b"", location="/feed?" + str(len(asked.path)))

    outcome, site = kit.poll(hop, pages={"*": hop}, deadline=0.6)
    assert outcome.outcome is Outcome.FAILED
    assert "timed out after" in outcome.error
    assert len(site.asked) <= 3


@pytest.mark.parametrize(
    "play",
    [
        raw(b"", then="reset"),
        raw(b"", then="close"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Le", then="close"),
        raw(b"HTTQ/1.1 abc\r\n\r\n"),
        raw(b"\x00\x01\x02\xff" * 50),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nabc"),
        raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 20_000 + b"\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
        raw(b"HTTP/1.1 099 Odd\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nSet-Cookie\x00: a\r\n\r\n"),
    ],
)
def test_broken_answers_are_failures_with_a_reason(kit, play):
    outcome, _ = kit.poll(play)
    assert outcome.outcome is Outcome.FAILED
    assert outcome.error


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 500\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n64\r\n"],
    ids=["length", "chunk"],
)
def test_a_body_that_ends_early_is_partial(kit, head):
    outcome, _ = kit.poll(raw(b"HTTP/1.1 200 OK\r\n" + head + kit.rss[:60]))
    assert outcome.outcome is Outcome.CONTENT
    assert outcome.partial
    assert outcome.body == kit.rss[:60]


def test_a_length_that_is_too_small_cuts_the_body_and_nothing_else(kit):
    outcome, _ = kit.poll(page(content_length=20))
    assert outcome.body == kit.rss[:20]


def test_truncated_gzip_is_partial(kit):
    body = gzip.compress(kit.rss * 50)
    outcome, _ = kit.poll(page(body=body[: len(body) // 2], content_encoding="gzip"))
    assert outcome.outcome is Outcome.CONTENT
    assert outcome.partial


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_a_failure(kit, body):
    outcome, _ = kit.poll(page(body=body))
    assert outcome.outcome is Outcome.FAILED


def test_the_body_of_a_redirect_is_not_read(kit):
    sent = 0

    async def endless(wire, asked):
        nonlocal sent
        await wire.send(
            b"HTTP/1.1 302 Found\r\nLocation: /good\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            await wire.send(b"10000\r\n" + bytes(65_536) + b"\r\n")
            sent += 65_536

    outcome, _ = kit.poll(endless, pages={"/good": page()})
    assert outcome.outcome is Outcome.CONTENT
    assert sent < 20_000_000


@pytest.mark.parametrize("hops", [5, 6])
def test_five_redirects_are_followed_and_no_more(kit, hops):
    pages = {f"/{n}": page("302 Found", b"", location=f"/{n - 1}") for n in range(1, 10)}
    pages["/0"] = page()
    outcome, site = kit.poll(page("302 Found", b"", location=f"/{hops - 1}"), pages=pages)
    assert outcome.outcome is (Outcome.CONTENT if hops == 5 else Outcome.REFUSED)
    assert len(site.asked) == 6


def test_a_loop_ends_also_one_that_a_cookie_would_end(kit):
    outcome, site = kit.poll(page("302 Found", b"", location="/feed", set_cookie="a=b; Path=/"))
    assert outcome.outcome is Outcome.REFUSED
    assert all(asked.header("cookie") is None for asked in site.asked)


def test_no_cookie_comes_back_at_the_next_poll(kit):
    async def run():
        async with kit.Site({"/feed": page(set_cookie="id=1; Path=/")}) as site:
            async with kit.fetcher() as fetcher:
                for _ in range(2):
                    await fetcher.poll(FeedSettings(site.url()), PollState("f1"), now=kit.now)
            return site

    assert [asked.header("cookie") for asked in asyncio.run(run()).asked] == [None, None]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/hostname",
        "ftp://127.0.0.1/x",
        "javascript:alert(1)",
        "data:text/xml,<rss/>",
        "gopher://127.0.0.1:70/",
        "http://",
        "http://[bad",
        "//",
        "http://a b/",
        "\x01",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0x50/",
    ],
)
def test_redirects_to_what_is_no_web_address_are_refused(kit, location):
    outcome, _ = kit.poll(page("302 Found", b"", location=location))
    assert outcome.outcome in (Outcome.REFUSED, Outcome.FAILED)
    assert outcome.error


def test_credentials_in_a_redirect_are_refused_and_not_told(kit):
    outcome, site = kit.poll(
        page("301 Moved", b"", location="http://user:hunter2@127.0.0.1:1/feed")
    )
    assert outcome.outcome is Outcome.REFUSED
    assert "hunter2" not in repr(outcome)
    assert len(site.asked) == 1


def test_a_redirect_without_a_location_is_a_failure(kit):
    outcome, _ = kit.poll(page("302 Found", b""))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.status == 302


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial", "226 IM Used", "201 Created"])
def test_other_good_statuses_bring_no_feed(kit, status):
    outcome, _ = kit.poll(page(status, b"", content_length=""))
    assert outcome.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("400 Bad", Outcome.FAILED),
        ("401 No", Outcome.REFUSED),
        ("403 No", Outcome.REFUSED),
        ("404 No", Outcome.FAILED),
        ("410 Gone", Outcome.GONE),
        ("429 Slow", Outcome.REFUSED),
        ("500 Oh", Outcome.FAILED),
        ("503 Slow", Outcome.FAILED),
    ],
)
def test_what_the_statuses_mean(kit, status, outcome):
    found, _ = kit.poll(page(status, b"whatever"))
    assert found.outcome is outcome
    assert found.body == b""
    assert found.status == int(status[:3])


def test_gone_behind_a_temporary_redirect_is_only_a_failure(kit):
    found, _ = kit.poll(
        page("302 Found", b"", location="/gone"), pages={"/gone": page("410 Gone", b"")}
    )
    assert found.outcome is Outcome.FAILED


def test_nobody_at_home_is_a_failure(kit):
    async def run():
        async with kit.Site() as site:
            url = site.url()
        async with kit.fetcher() as fetcher:
            return await fetcher.poll(FeedSettings(url), PollState("f1"), now=kit.now)

    outcome = asyncio.run(run())
    assert outcome.outcome is Outcome.FAILED
    assert "connection refused" in outcome.error
    assert not outcome.offline


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/أخبار?ق=1", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?%D9%82=1"),
        ("/caf\xe9", "/caf%C3%A9"),
        ("  /a b  ", "/a%20b"),
        ("?page=2", "/feed?page=2"),
        ("/x#part", "/x"),
        ("./y/../z", "/z"),
    ],
)
def test_a_location_is_read_as_its_server_meant_it(kit, location, path):
    async def play(wire, asked):
        raw = location.encode("utf-8" if "\u0623" in location else "latin-1")
        await wire.send(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + raw + b"\r\n\r\n"
        )

    outcome, site = kit.poll(play, pages={"*": page()})
    assert outcome.outcome is Outcome.CONTENT, outcome.error
    assert site.asked[1].path == path


def test_an_endless_location_is_refused(kit):
    outcome, site = kit.poll(page("301 Moved", b"", location="/" + "a" * 50_000))
    assert outcome.outcome is Outcome.REFUSED
    assert len(site.asked) == 1


@pytest.mark.parametrize("encoding", ["none", "UTF-8", "identity"])
def test_what_only_looks_like_an_encoding_is_none(kit, encoding):
    outcome, _ = kit.poll(page(content_encoding=encoding))
    assert outcome.body == kit.rss
