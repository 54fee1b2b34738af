"""What every request says, and what it never says."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.fetch import Fetcher, next_poll
from aggregator.fetch.fetcher import user_agent
from aggregator.model import Document, Entry, Outcome, PollState
from aggregator.settings import FeedSettings, FetchLimits

DOCUMENT = Document((Entry(title="a"),), kind="rss20")


def answer(status="200 OK", body=None, **headers):
    async def play(wire, asked):
        await wire.answer(status, *([] if body is None else [body]), **headers)

    return play


def visited(kit, plays, polls, *, limits=None, feed=None, hosts=1):
    """Poll as often as there are states or settings in ``polls``; outcomes and sites."""

    async def run():
        sites = [kit.Site(dict(plays)) for _ in range(hosts)]
        for site in sites:
            await site.__aenter__()
        try:
            async with Fetcher(limits or kit.limits()) as fetcher:
                found = []
                for change in polls:
                    settings, state = change(sites)
                    found.append(await fetcher.poll(settings, state, now=kit.now))
            return found, sites
        finally:
            for site in sites:
                await site.__aexit__()

    return asyncio.run(run())


def plain(sites):
    return FeedSettings(sites[0].url()), PollState("f1")


def test_an_honest_user_agent_with_a_contact(kit):
    _, (site,) = visited(kit, {"*": answer()}, [plain])
    agent = site.asked[0].header("user-agent")
    assert agent.startswith("every-story-once/")
    assert "https://reader.example/contact" in agent


def test_an_agent_without_a_contact_says_so():
    assert "no contact given" in user_agent("")
    assert "\r" not in user_agent("a\r\nX-Evil: 1") and "\n" not in user_agent("a\r\nX-Evil: 1")
    assert user_agent("ناشر").isascii()


def test_no_cookie_no_referrer_no_other_trace(kit):
    _, (site,) = visited(kit, {"*": answer(set_cookie="id=1; Path=/")}, [plain, plain])
    names = {name.lower() for asked in site.asked for name, _ in asked.headers}
    assert names == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "bare", '"a""b"', '"\xfc"', '"a, b"'])
def test_validators_go_back_byte_for_byte(kit, etag):
    date = "Tue, 24 Nov 2026 09:00:00 GMT"
    feed = {}

    def first(sites):
        feed["settings"] = FeedSettings(sites[0].url())
        return feed["settings"], PollState("f1")

    def second(sites):
        outcome = found[0]
        state = next_poll(
            feed["settings"], kit.limits(), PollState("f1"), outcome, DOCUMENT, [],
            now=kit.now, jitter=0.0,
        )  # fmt: skip
        return feed["settings"], state

    found = []

    async def run():
        async with kit.Site({"*": answer(etag=etag, last_modified=date)}) as site:
            async with kit.fetcher() as fetcher:
                for change in (first, second):
                    settings, state = change([site])
                    found.append(await fetcher.poll(settings, state, now=kit.now))
            return site

    site = asyncio.run(run())
    assert site.asked[0].header("if-none-match") is None
    assert site.asked[1].header("if-none-match") == etag
    assert site.asked[1].header("if-modified-since") == date
    assert found[1].outcome is Outcome.NOT_MODIFIED  # the same body, whatever was answered
    assert found[1].body == b""


def test_a_body_that_did_not_change_is_not_content(kit):
    outcome, _ = kit.poll(answer())
    again, _ = kit.poll(answer(), state=PollState("f1", body_hash=outcome.body_hash))
    assert again.outcome is Outcome.NOT_MODIFIED
    other, _ = kit.poll(answer(body=kit.rss + b" "), state=PollState("f1", body_hash="x"))
    assert other.outcome is Outcome.CONTENT


def private(sites):
    feed = FeedSettings(
        sites[0].url(),
        headers=(("Cookie", "session=secret1"), ("X-Key", "secret2"), ("Accept", "text/xml")),
        auth=("user", "secret3"),
    )
    return feed, PollState("f1")


def test_what_a_feed_has_of_its_own_is_sent(kit):
    _, (site,) = visited(kit, {"*": answer()}, [private])
    asked = site.asked[0]
    assert asked.header("cookie") == "session=secret1"
    assert asked.header("x-key") == "secret2"
    assert asked.header("accept") == "text/xml"
    assert asked.header("authorization") == "Basic dXNlcjpzZWNyZXQz"


def test_own_headers_cannot_frame_another_message(kit):
    def smuggler(sites):
        feed = FeedSettings(
            sites[0].url(),
            headers=(("Host", "evil"), ("Content-Length", "5"), ("transfer-encoding", "chunked")),
        )
        return feed, PollState("f1")

    _, (site,) = visited(kit, {"*": answer()}, [smuggler])
    assert site.asked[0].header("host") == f"127.0.0.1:{site.port}"
    assert site.asked[0].header("content-length") is None
    assert site.asked[0].header("transfer-encoding") is None


def test_a_value_that_breaks_the_line_is_not_sent(kit):
    def broken(sites):
        return FeedSettings(sites[0].url(), headers=(("X-Key", "a\r\nX-Evil: 1"),)), PollState("f")

    (outcome,), (site,) = visited(kit, {"*": answer()}, [broken])
    assert outcome.outcome is Outcome.FAILED
    assert site.asked == []


def test_credentials_stay_on_their_host(kit):
    async def away(wire, asked):
        await wire.answer("302 Found", b"", location=elsewhere[0])

    elsewhere = [""]

    def leads_away(sites):
        elsewhere[0] = sites[1].url("/taken")
        feed, state = private(sites)
        return replace(feed, url=sites[0].url("/away")), state

    plays = {"/away": away, "/taken": answer()}
    (outcome,), (home, other) = visited(kit, plays, [leads_away], hosts=2)
    assert outcome.outcome is Outcome.CONTENT
    assert home.asked[0].header("authorization")
    assert "secret" not in repr(other.asked)
    assert other.asked[0].header("authorization") is None
    assert other.asked[0].header("cookie") is None


def test_credentials_do_not_move_to_an_adopted_address(kit):
    def moved(sites):
        feed, state = private(sites)
        return feed, replace(state, address="http://localhost:9/feed")

    (outcome,), (site,) = visited(kit, {"*": answer()}, [moved])
    assert site.asked == []
    assert outcome.outcome is Outcome.REFUSED  # nor does allow_hosts count there


def test_credentials_in_an_address_are_refused_and_never_told(kit, caplog):
    def inline(sites):
        return FeedSettings(f"http://me:secret@127.0.0.1:{sites[0].port}/feed"), PollState("f1")

    caplog.set_level(logging.DEBUG)
    (outcome,), (site,) = visited(kit, {"*": answer()}, [inline])
    assert outcome.outcome is Outcome.REFUSED
    assert site.asked == []
    assert "secret" not in repr(outcome) + caplog.text


def test_nothing_private_is_logged(kit, caplog):
    caplog.set_level(logging.INFO)
    visited(kit, {"*": answer("500 Oh", b"")}, [private])
    visited(kit, {"*": answer("302 Found", b"", location="http://a:secret@x.example/")}, [private])
    assert "secret" not in caplog.text


def test_a_feed_is_never_asked_sooner_than_its_interval(kit):
    """A day on a clock of its own, ticking as the daemon does."""

    async def run():
        feed_limits = kit.limits(min_interval=900.0)
        page = answer(cache_control="max-age=60")
        async with kit.Site({"*": page}) as site, Fetcher(feed_limits) as fetcher:
            feed, state, times = FeedSettings(site.url()), PollState("f1"), []
            for minute in range(0, 24 * 60, 5):
                now = kit.now + timedelta(minutes=minute)
                if state.next_poll is not None and now < state.next_poll:
                    continue
                times.append(now)
                outcome = await fetcher.poll(feed, state, now=now)
                document = DOCUMENT if outcome.body else None
                state = next_poll(
                    feed, feed_limits, state, outcome, document, [], now=now, jitter=0.3
                )
        return times

    times = asyncio.run(run())
    assert len(times) > 10
    assert all((b - a).total_seconds() >= 900 for a, b in pairwise(times))


def test_accept_names_feeds_and_the_encodings_that_are_read(kit):
    _, (site,) = visited(kit, {"*": answer()}, [plain])
    assert "application/atom+xml" in site.asked[0].header("accept")
    assert site.asked[0].header("accept-encoding") == "gzip, deflate"


def test_a_hub_and_self_in_the_link_header_are_found(kit):
    link = '<https://hub.example/>; rel="hub", <https://a.example/feed>; rel="self"'
    outcome, _ = kit.poll(answer(link=link))
    assert (outcome.hub, outcome.topic) == ("https://hub.example/", "https://a.example/feed")


def test_the_default_limits_are_polite():
    limits = FetchLimits()
    assert limits.min_interval >= 900
    assert limits.max_redirects == 5
    assert limits.allow_hosts == ()
