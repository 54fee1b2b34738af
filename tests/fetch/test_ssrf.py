"""Nobody can send this program to an inner address: every form, by every way in.

A canary listens on loopback. The door is opened (``allow_hosts``) to one port of
127.0.0.1 alone, where the hostile site is; all else is to be refused before anything
connects. ``connector`` sees what is connected to.
"""

from __future__ import annotations

import asyncio

import pytest

from aggregator.fetch import Fetcher, NotFound, discover, websub
from aggregator.model import Outcome, PollState
from aggregator.settings import FeedSettings

LOOPBACK = {  # ways to write this machine
    "plain": "127.0.0.1",
    "another of the block": "127.8.9.10",
    "localhost": "localhost",
    "localhost with a dot": "localhost.",
    "upper case": "LOCALHOST",
    "below localhost": "feeds.localhost",
    "short": "127.1",
    "three parts": "127.0.1",
    "decimal": "2130706433",
    "hex": "0x7f000001",
    "hex parts": "0x7f.0x0.0x0.0x1",
    "octal": "0177.0.0.1",
    "octal whole": "017700000001",
    "leading zeros": "127.000.000.001",
    "trailing dot": "127.0.0.1.",
    "zero": "0.0.0.0",
    "zero short": "0",
    "overflow": "4294967297",
    "full width": "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "circled": "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "ideographic dots": "127\u30020\u30020\u30021",
    "percent": "%31%32%37.0.0.1",
    "ipv6": "[::1]",
    "ipv6 unspecified": "[::]",
    "ipv6 long": "[0:0:0:0:0:0:0:1]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped hex": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "translated": "[::ffff:0:127.0.0.1]",
    "NAT64": "[64:ff9b::127.0.0.1]",
    "local NAT64": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:7f00:1::]",
    "ipv6 with a zone": "[::1%25lo]",
    "userinfo": "user:secret@127.0.0.1",
    "userinfo alone": "feeds.example@127.0.0.1",
}
INNER = {
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "metadata": "169.254.169.254",
    "metadata decimal": "2852039166",
    "metadata mapped": "[::ffff:169.254.169.254]",
    "metadata NAT64": "[64:ff9b::a9fe:a9fe]",
    "provider": "100.64.0.1",
    "multicast": "224.0.0.1",
    "multicast 6": "[ff02::1]",
    "broadcast": "255.255.255.255",
    "protocols": "192.0.0.8",
    "unique local": "[fd00::1]",
    "link local": "[fe80::1]",
    "site local": "[fec0::1]",
    "documentation": "[2001:db8::1]",
}
FORMS = {**LOOPBACK, **INNER}


async def names(host: str, port: int) -> list[str]:
    """A resolver as on most machines: it also knows what localhost is."""
    if host.rstrip(".").endswith("localhost"):
        return ["127.0.0.1", "::1"]
    raise OSError(f"{host}: not in this test")


def hostile(kit, answer, ask):
    """What ``ask`` makes of a site whose answers point to a canary's port."""

    async def run():
        canary = kit.Site({"*": lambda wire, asked: wire.answer()})
        site = kit.Site({"*": lambda wire, asked: answer(wire, asked, canary.port)})
        async with canary, site:
            limits = kit.limits(allow_hosts=(f"127.0.0.1:{site.port}",))
            async with Fetcher(limits, resolver=names) as fetcher:
                return await ask(fetcher, site, canary), site, canary

    return asyncio.run(run())


def unheard(connector, site, canary):
    """Nothing but the hostile site itself was connected to."""
    assert canary.connections == 0
    assert set(connector) <= {("127.0.0.1", site.port)}


def addresses(host: str, port: int) -> list[str]:
    return [f"http://{host}:{port}/feed", f"https://{host}:{port}/feed"]


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS)
def test_a_feed_at_an_inner_address_is_refused(kit, connector, host):
    async def ask(fetcher, site, canary):
        return [
            await fetcher.poll(FeedSettings(url), PollState("f1"), now=kit.now)
            for url in addresses(host, canary.port)
        ]

    found, site, canary = hostile(kit, None, ask)
    assert all(one.outcome in (Outcome.REFUSED, Outcome.FAILED) for one in found)
    assert all(one.error for one in found)
    assert "secret" not in repr(found)
    unheard(connector, site, canary)


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS)
def test_a_redirect_to_an_inner_address_is_refused(kit, connector, host):
    async def answer(wire, asked, port):
        await wire.answer("302 Found", b"", location=f"http://{_latin(host)}:{port}/feed")

    async def ask(fetcher, site, canary):
        return await fetcher.poll(FeedSettings(site.url()), PollState("f1"), now=kit.now)

    outcome, site, canary = hostile(kit, answer, ask)
    assert outcome.outcome in (Outcome.REFUSED, Outcome.FAILED)
    assert len(site.asked) == 1
    unheard(connector, site, canary)


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS)
def test_discovery_is_not_led_inside_by_a_page(kit, connector, host):
    async def answer(wire, asked, port):
        if asked.path == "/":
            base = f"http://{host}:{port}/"
            page = f"<html><head><base href='{base}'></head><body>no feeds</body></html>"
            await wire.answer(body=page.encode(), content_type="text/html; charset=utf-8")
        else:
            await wire.answer("302 Found", b"", location=f"http://{_latin(host)}:{port}/feed")

    async def ask(fetcher, site, canary):
        return await discover(fetcher, site.url("/"))

    found, site, canary = hostile(kit, answer, ask)
    assert found == []
    unheard(connector, site, canary)


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS)
def test_discovery_of_an_inner_address_is_refused(kit, connector, host):
    async def ask(fetcher, site, canary):
        with pytest.raises(NotFound):
            await discover(fetcher, f"http://{host}:{canary.port}/")

    _, site, canary = hostile(kit, None, ask)
    unheard(connector, site, canary)


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS)
def test_a_hub_at_an_inner_address_is_not_asked(kit, connector, host):
    async def ask(fetcher, site, canary):
        state = PollState("f1", hub=f"http://{host}:{canary.port}/", topic="https://a.example/")
        limits = kit.limits(websub_callback="https://me.example/hub")
        return await websub.subscribe(fetcher, limits, state, secret="s" * 20, now=kit.now)

    (_, outcome), site, canary = hostile(kit, None, ask)
    assert outcome.outcome in (Outcome.REFUSED, Outcome.FAILED)
    unheard(connector, site, canary)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "fe80::1"])
def test_a_name_with_an_inner_address_is_refused_even_beside_a_public_one(kit, connector, address):
    async def two(host, port):
        return ["1.1.1.1", address]

    async def run():
        async with Fetcher(kit.limits(allow_hosts=()), resolver=two) as fetcher:
            feed = FeedSettings("http://feeds.example/feed")
            return await fetcher.poll(feed, PollState("f1"), now=kit.now)

    outcome = asyncio.run(run())
    assert outcome.outcome is Outcome.REFUSED
    assert "feeds.example resolves to" in outcome.error
    assert connector == []


def test_a_resolver_that_changes_its_mind_changes_nothing(kit, connector):
    """DNS rebinding: public when judged, inner when connected to."""
    asked = []

    async def rebinding(host, port):
        asked.append(host)
        return ["1.1.1.1"] if len(asked) == 1 else ["127.0.0.1"]

    async def run():
        async with kit.Site({"*": lambda wire, asked: wire.answer()}) as canary:
            async with Fetcher(kit.limits(allow_hosts=()), resolver=rebinding) as fetcher:
                feed = FeedSettings(f"http://feeds.example:{canary.port}/")
                first = await fetcher.poll(feed, PollState("f1"), now=kit.now)
                at_once = list(connector)
                second = await fetcher.poll(feed, PollState("f1"), now=kit.now)
            return first, at_once, second, canary

    first, at_once, second, canary = asyncio.run(run())
    assert first.outcome is Outcome.FAILED  # the test lets nothing out
    assert at_once == [("1.1.1.1", canary.port)]  # the address judged, and no second question
    assert second.outcome is Outcome.REFUSED
    assert len(connector) == 1
    assert canary.connections == 0


def test_an_inner_site_that_is_allowed_cannot_be_reached_from_outside(kit, connector):
    """``allow_hosts`` is the user's word for the user's own feeds, not for a stranger's link.

    The stranger is played by a name whose address is public; the test cannot let it
    answer, so a proxy of the user's does.
    """

    async def run():
        inside = kit.Site({"*": lambda wire, asked: wire.answer()})

        async def stranger(wire, asked):
            await wire.answer("302 Found", b"", location=inside.url())

        async def public(host, port):
            return ["1.1.1.1"]

        async with inside, kit.Site({"*": stranger}) as proxy:
            limits = kit.limits(allow_hosts=("127.0.0.1",), proxy=proxy.url(""))
            async with Fetcher(limits, resolver=public) as fetcher:
                feed = FeedSettings("http://stranger.example/feed")
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), proxy, inside

    outcome, proxy, inside = asyncio.run(run())
    assert outcome.outcome is Outcome.REFUSED
    assert len(proxy.asked) == 1
    assert inside.connections == 0


def test_proxies_of_the_environment_are_ignored(kit, connector, monkeypatch):
    async def run():
        async with (
            kit.Site({"*": lambda wire, asked: wire.answer()}) as proxy,
            kit.Site({"/feed": lambda wire, asked: wire.answer()}) as site,
        ):
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
                monkeypatch.setenv(name, proxy.url(""))
            async with kit.fetcher() as fetcher:
                feed = FeedSettings(site.url())
                return await fetcher.poll(feed, PollState("f1"), now=kit.now), proxy

    outcome, proxy = asyncio.run(run())
    assert outcome.outcome is Outcome.CONTENT
    assert proxy.connections == 0


def _latin(host: str) -> str:
    """Letters beyond Latin go over the wire as UTF-8 bytes."""
    return host.encode().decode("latin-1")
