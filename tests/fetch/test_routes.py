"""How a connection is made: TLS, authorities, proxies, many addresses, kept connections."""

from __future__ import annotations

import asyncio
import logging
import ssl

import httpcore
import pytest

from aggregator.fetch import Fetcher
from aggregator.fetch.clients import KEEP_SECONDS
from aggregator.fetch.dns_dialer import race
from aggregator.model import Outcome, PollState
from aggregator.settings import FeedSettings


async def here(host, port):
    """All names are this machine: the tests open the door to them by name."""
    return ["127.0.0.1"]


def answer(status="200 OK", body=None, **headers):
    async def play(wire, asked):
        await wire.answer(status, *([] if body is None else [body]), **headers)

    return play


class Tls:
    """A site that speaks TLS, and the names it was asked for."""

    def __init__(self, kit, certificate):
        self.names = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.sni_callback = lambda socket, name, other: self.names.append(name)
        self.site = kit.Site({"*": answer()}, ssl=context)


def poll_tls(kit, certificate, *, host="feeds.example", scheme="https", **settings):
    async def run():
        tls = Tls(kit, certificate)
        async with tls.site as site:
            limits = kit.limits(allow_hosts=(host,))
            async with Fetcher(limits, resolver=here) as fetcher:
                feed = FeedSettings(site.url(host=host, scheme=scheme), **settings)
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), tls

    return asyncio.run(run())


def test_the_certificate_is_checked_against_the_name_not_the_address(kit, certificate):
    outcome, tls = poll_tls(kit, certificate, ca_file=certificate[0])
    assert outcome.outcome is Outcome.CONTENT, outcome.error
    assert tls.names == ["feeds.example"]
    assert tls.site.asked[0].header("host") == f"feeds.example:{tls.site.port}"


def test_an_unknown_authority_is_refused(kit, certificate):
    outcome, tls = poll_tls(kit, certificate)
    assert outcome.outcome is Outcome.FAILED
    assert outcome.error.startswith("TLS: ")
    assert tls.site.asked == []


def test_another_name_is_refused(kit, certificate):
    outcome, tls = poll_tls(kit, certificate, host="other.example", ca_file=certificate[0])
    assert outcome.outcome is Outcome.FAILED
    assert outcome.error.startswith("TLS: ")
    assert tls.site.asked == []


def test_verify_false_is_obeyed_and_shouted_about(kit, certificate, caplog):
    outcome, _ = poll_tls(kit, certificate, verify=False)
    assert outcome.outcome is Outcome.CONTENT
    warning = next(r for r in caplog.records if r.levelno == logging.WARNING)
    assert "NOT checked" in warning.getMessage()


def test_verify_false_of_one_feed_is_not_that_of_another(kit, certificate):
    async def run():
        tls = Tls(kit, certificate)
        async with tls.site as site:
            limits = kit.limits(allow_hosts=("feeds.example",), spacing=0.0)
            async with Fetcher(limits, resolver=here) as fetcher:
                found = []
                for verify in (False, True, False, True):
                    feed = FeedSettings(
                        site.url(host="feeds.example", scheme="https"), verify=verify
                    )
                    found.append((await fetcher.poll(feed, PollState("f"), now=kit.now)).outcome)
                return found

    assert asyncio.run(run()) == [Outcome.CONTENT, Outcome.FAILED] * 2


def test_speaking_tls_to_who_does_not_fails_with_a_reason(kit):
    async def run():
        async with kit.Site({"*": answer()}) as site, kit.fetcher(deadline=0.5) as fetcher:
            feed = FeedSettings(site.url(scheme="https"))
            return await fetcher.poll(feed, PollState("f1"), now=kit.now)

    outcome = asyncio.run(run())
    assert outcome.outcome is Outcome.FAILED
    assert outcome.error


def test_credentials_are_not_sent_without_tls_after_a_redirect(kit, certificate):
    async def run():
        tls = Tls(kit, certificate)
        async with tls.site as site, kit.Site({"*": answer()}) as plain:
            site.pages["*"] = answer(
                "302 Found", b"", location=plain.url("/feed", host="feeds.example")
            )
            limits = kit.limits(allow_hosts=("feeds.example",))
            async with Fetcher(limits, resolver=here) as fetcher:
                feed = FeedSettings(
                    site.url(host="feeds.example", scheme="https"),
                    ca_file=certificate[0],
                    auth=("user", "secret"),
                )
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), plain

    outcome, plain = asyncio.run(run())
    assert outcome.outcome is Outcome.REFUSED
    assert plain.asked == []


# Proxies.


def tunnel(port):
    """A proxy's answer to CONNECT: bytes from one end to the other."""

    async def play(wire, asked):
        if asked.method != "CONNECT":
            await wire.answer()
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def carry(source, sink):
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()

        try:
            await asyncio.gather(carry(wire.reader, writer), carry(reader, wire.writer))
        finally:
            writer.close()

    return play


def test_a_proxy_is_asked_in_place_of_the_site(kit):
    async def run():
        async with kit.Site({"*": answer()}) as proxy:
            fetcher = Fetcher(kit.limits(allow_hosts=("wiki.example",)), resolver=here)
            async with fetcher:
                feed = FeedSettings(
                    "http://wiki.example/feed", proxy=f"http://me:secret@127.0.0.1:{proxy.port}"
                )
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), proxy

    outcome, proxy = asyncio.run(run())
    assert outcome.outcome is Outcome.CONTENT, outcome.error
    assert proxy.asked[0].path == "http://wiki.example/feed"
    assert proxy.asked[0].header("proxy-authorization") == "Basic bWU6c2VjcmV0"


def test_tls_goes_through_a_proxy_whole(kit, certificate):
    async def run():
        tls = Tls(kit, certificate)
        fetcher = Fetcher(kit.limits(allow_hosts=("feeds.example",)), resolver=here)
        async with tls.site as site, kit.Site({"*": tunnel(site.port)}) as proxy, fetcher:
            feed = FeedSettings(
                site.url(host="feeds.example", scheme="https"),
                ca_file=certificate[0],
                proxy=proxy.url(""),
                auth=("user", "secret"),
            )
            return await fetcher.poll(feed, PollState("f1"), now=kit.now), proxy, tls

    outcome, proxy, tls = asyncio.run(run())
    assert outcome.outcome is Outcome.CONTENT, outcome.error
    assert proxy.asked[0].method == "CONNECT"
    assert proxy.asked[0].header("authorization") is None
    assert tls.site.asked[0].header("authorization")
    assert tls.names == ["feeds.example"]


def test_a_proxy_that_refuses_is_told_without_its_password(kit):
    async def run():
        async with kit.Site({"*": answer("407 No", b"")}) as proxy:
            fetcher = Fetcher(kit.limits(allow_hosts=("feeds.example",)), resolver=here)
            async with fetcher:
                feed = FeedSettings(
                    "https://feeds.example/", proxy=f"http://me:secret@127.0.0.1:{proxy.port}"
                )
                return await fetcher.poll(feed, PollState("f1"), now=kit.now)

    outcome = asyncio.run(run())
    assert outcome.outcome is Outcome.FAILED
    assert "secret" not in repr(outcome)


def test_a_proxy_does_not_open_the_door_to_inner_addresses(kit):
    async def run():
        async with kit.Site({"*": answer()}) as proxy:
            fetcher = Fetcher(kit.limits(allow_hosts=(), proxy=proxy.url("")), resolver=here)
            async with fetcher:
                feed = FeedSettings("http://wiki.example/feed")
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), proxy

    outcome, proxy = asyncio.run(run())
    assert outcome.outcome is Outcome.REFUSED
    assert proxy.connections == 0


# Addresses and connections.


def test_a_dead_address_costs_little_where_a_name_has_another(kit, connector):
    async def two(host, port):
        return ["::1", "127.0.0.1"]  # nobody listens on the first

    async def run():
        async with kit.Site({"*": answer()}) as site:
            limits = kit.limits(allow_hosts=("feeds.example",))
            async with Fetcher(limits, resolver=two) as fetcher:
                feed = FeedSettings(site.url(host="feeds.example"))
                return await fetcher.poll(feed, PollState("f1"), now=kit.now)

    outcome = asyncio.run(run())
    assert outcome.outcome is Outcome.CONTENT
    assert outcome.elapsed < 2
    assert [host for host, _ in connector] == ["::1", "127.0.0.1"]


class Made:
    def __init__(self):
        self.closed = False

    async def aclose(self):
        self.closed = True


def test_a_race_is_won_by_the_first_that_stands_and_the_rest_is_let_go():
    made = []

    async def attempt(seconds, fails=False):
        await asyncio.sleep(seconds)
        if fails:
            raise OSError("dead")
        made.append(Made())
        return made[-1]

    async def run():
        won = await race([attempt(9), attempt(0.02), attempt(0.02)], stagger=0.01)
        assert won is made[0]
        assert all(one.closed == (one is not won) for one in made)
        with pytest.raises(OSError, match="dead"):
            await race([attempt(0, True), attempt(0, True)], stagger=0.01)

    asyncio.run(run())


def test_a_connection_is_kept_for_the_next_request_to_its_site(kit):
    async def run():
        async with kit.Site({"*": answer()}) as site, kit.fetcher() as fetcher:
            for n in range(5):
                await fetcher.poll(FeedSettings(site.url(f"/{n}")), PollState("f"), now=kit.now)
            return site

    assert asyncio.run(run()).connections == 1


def test_a_connection_closed_meanwhile_is_made_anew(kit):
    async def once(wire, asked):
        await wire.answer()
        wire.writer.close()

    async def run():
        async with kit.Site({"*": once}) as site, kit.fetcher() as fetcher:
            found = [
                await fetcher.poll(FeedSettings(site.url(f"/{n}")), PollState("f"), now=kit.now)
                for n in range(3)
            ]
            return found, site

    found, site = asyncio.run(run())
    assert all(one.outcome is Outcome.CONTENT for one in found)
    assert site.connections == 3


def test_a_connection_that_breaks_when_used_again_is_asked_once_more(kit):
    async def run():
        broken = []

        async def second_time(wire, asked):
            if asked.path == "/b" and not broken:
                broken.append(asked)
                wire.reset()
            else:
                await wire.answer()

        async with kit.Site({"*": second_time}) as site, kit.fetcher() as fetcher:
            found = [
                await fetcher.poll(FeedSettings(site.url(path)), PollState("f"), now=kit.now)
                for path in ("/a", "/b")
            ]
            return found, site

    found, site = asyncio.run(run())
    assert [one.outcome for one in found] == [Outcome.CONTENT] * 2
    assert [asked.path for asked in site.asked] == ["/a", "/b", "/b"]


def test_a_new_connection_that_breaks_is_not_tried_again(kit):
    async def run():
        async def reset(wire, asked):
            wire.reset()

        async with kit.Site({"*": reset}) as site, kit.fetcher() as fetcher:
            await fetcher.poll(FeedSettings(site.url()), PollState("f"), now=kit.now)
            return site

    assert asyncio.run(run()).connections == 1


def test_idle_connections_are_let_go(kit, monkeypatch):
    monkeypatch.setattr("aggregator.fetch.clients.KEEP_SECONDS", 0.1)
    assert KEEP_SECONDS > 1

    async def run():
        ended = asyncio.Event()

        async def play(wire, asked):
            await wire.answer()
            await wire.silence()
            ended.set()

        async with kit.Site({"*": play}) as site, kit.fetcher() as fetcher:
            await fetcher.poll(FeedSettings(site.url()), PollState("f"), now=kit.now)
            assert not ended.is_set()
            async with asyncio.timeout(5):
                await ended.wait()

    asyncio.run(run())


@pytest.mark.parametrize("wait", [0, 0.05])
def test_an_answer_that_comes_before_its_request_is_not_taken_for_the_next(kit, wait):
    """What a site sends unasked on a kept connection must not answer another feed."""

    async def run():
        async def twice(wire, asked):
            await wire.answer(body=b"<rss>first</rss>")
            await wire.answer(body=b"<rss>smuggled</rss>")

        pages = {"/a": twice, "*": answer(body=b"<rss>b</rss>")}
        async with kit.Site(pages) as site, kit.fetcher() as fetcher:
            await fetcher.poll(FeedSettings(site.url("/a")), PollState("f"), now=kit.now)
            await asyncio.sleep(wait)  # by then the second answer has come, or has not
            return await fetcher.poll(FeedSettings(site.url("/b")), PollState("g"), now=kit.now)

    assert asyncio.run(run()).body == b"<rss>b</rss>"


def test_large_bodies_come_whole_and_bounded(kit):
    body = bytes(range(256)) * 3_000

    async def run():
        async with kit.Site({"*": answer(body=body)}) as site, kit.fetcher() as fetcher:
            return await fetcher.poll(FeedSettings(site.url()), PollState("f"), now=kit.now)

    assert asyncio.run(run()).body == body


def test_the_library_below_is_the_one_that_is_named():
    """The stream stands in for httpcore's own: its contract must still be the same."""
    assert {"read", "write", "aclose", "start_tls", "get_extra_info"} <= set(
        dir(httpcore.AsyncNetworkStream)
    )
