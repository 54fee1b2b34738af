"""Hubs: subscribing, verification of intent, signed deliveries, leases; and the small server."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from aggregator.fetch import WebsubRequest, WebsubResponse, serve, websub
from aggregator.model import FeedState, Outcome, PollState
from aggregator.settings import FetchLimits

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMITS = FetchLimits(websub_callback="https://me.example/hub/")
TOPIC = "https://a.example/feed"
SECRET = "s" * 64
READY = PollState("f1", hub="https://hub.example/", topic=TOPIC)
ASKED = websub.asked(READY, secret=SECRET, now=NOW)
LEASED = replace(ASKED, lease_until=NOW + timedelta(days=5))
PATH = urlsplit(websub.callback(LIMITS, ASKED)).path
BODY = b"<rss version='2.0'><channel/></rss>"


def receive(request, state=ASKED, now=NOW, max_bytes=1_000):
    return websub.receive(request, state, now=now, max_bytes=max_bytes)


def verification(mode="subscribe", topic=TOPIC, challenge="abc", path=PATH, **more):
    query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge, **more}
    return WebsubRequest("GET", path, tuple(query.items()))


def delivery(body=BODY, *, method="sha256", secret=SECRET, signature=None, path=PATH, **headers):
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    fields = {"x-hub-signature": signature or f"{method}={digest}", **headers}
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return WebsubRequest("POST", path, (), tuple(fields.items()), body)


# When a hub is asked.


def test_a_hub_is_asked_where_it_may_call_back():
    assert websub.due(READY, LIMITS, NOW)
    assert not websub.due(READY, FetchLimits(), NOW)
    assert not websub.due(replace(READY, hub=None), LIMITS, NOW)
    assert not websub.due(replace(READY, state=FeedState.GONE), LIMITS, NOW)


def test_a_hub_that_does_not_verify_is_asked_again_later():
    assert not websub.due(ASKED, LIMITS, NOW + timedelta(hours=5))
    assert websub.due(ASKED, LIMITS, NOW + timedelta(hours=7))
    assert websub.due(ASKED, LIMITS, NOW - timedelta(days=9))  # the clock was put back


def test_a_lease_is_renewed_before_it_ends():
    assert not websub.due(LEASED, LIMITS, NOW + timedelta(days=3, hours=23))
    assert websub.due(LEASED, LIMITS, NOW + timedelta(days=4, hours=1))
    assert websub.due(LEASED, LIMITS, NOW + timedelta(days=50))


def test_what_a_hub_is_sent(kit):
    async def run():
        async with kit.Site({"/hub": lambda wire, asked: wire.answer("202 Accepted")}) as site:
            state = replace(READY, hub=site.url("/hub"), topic=site.url("/feed"))
            async with kit.fetcher() as fetcher:
                return await websub.subscribe(fetcher, LIMITS, state, secret=SECRET, now=NOW), site

    (state, outcome), site = asyncio.run(run())
    assert outcome.status == 202
    assert (state.hub_secret, state.hub_asked) == (SECRET, NOW)
    asked = site.asked[0]
    assert asked.method == "POST"
    assert asked.header("content-type") == "application/x-www-form-urlencoded"
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == site.url("/feed")
    assert form["hub.secret"] == SECRET
    assert form["hub.callback"].startswith("https://me.example/hub/f1/")
    assert int(form["hub.lease_seconds"]) > 86_400


def test_a_hub_is_not_reached_through_redirects_that_lose_the_form(kit):
    async def run():
        async with kit.Site() as site:
            site.pages = {
                "/old": lambda wire, asked: wire.answer("308 P", b"", location="/new"),
                "/new": lambda wire, asked: wire.answer("202 Accepted", b""),
            }
            state = replace(READY, hub=site.url("/old"), topic=site.url("/feed"))
            async with kit.fetcher() as fetcher:
                await websub.subscribe(fetcher, LIMITS, state, secret=SECRET, now=NOW)
            return site

    site = asyncio.run(run())
    assert [asked.method for asked in site.asked] == ["POST", "POST"]
    assert site.asked[0].body == site.asked[1].body


def test_a_renewal_keeps_the_secret_so_that_the_callback_stays():
    again = websub.asked(LEASED, secret="t" * 64, now=NOW)
    assert websub.callback(LIMITS, again) == websub.callback(LIMITS, LEASED)


# Verification of intent.


def test_intent_is_confirmed_and_the_lease_begins():
    received = receive(verification(**{"hub.lease_seconds": "86400"}))
    assert received.response == WebsubResponse(200, b"abc", "text/plain; charset=utf-8")
    assert received.state.lease_until == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "days"), [("9" * 11, 30), ("-5", 10), ("", 10), ("many", 10), ("9" * 400, 10)]
)
def test_a_lease_is_believed_within_reason(seconds, days):
    received = receive(verification(**{"hub.lease_seconds": seconds}))
    assert received.state.lease_until == NOW + timedelta(days=days)


@pytest.mark.parametrize(
    "request_",
    [
        verification(topic="https://other.example/"),
        verification(mode="unsubscribe"),
        verification(mode="publish"),
        verification(challenge=""),
        verification(path=PATH[:-1] + "0"),
        verification(path="/hub/f1/"),
        WebsubRequest("GET", PATH),
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(request_):
    received = receive(request_)
    assert received.response.status == 404
    assert received.state is None


def test_nobody_who_was_not_asked_can_subscribe_us():
    late = receive(verification(), now=NOW + timedelta(hours=2))
    assert late.response.status == 404
    assert receive(verification(), READY).response.status == 404
    assert receive(verification(), None).response.status == 404


def test_a_denial_ends_the_lease():
    received = receive(verification(mode="denied", challenge=""), LEASED)
    assert received.response.status == 200
    assert received.state.lease_until is None


# Deliveries.


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_delivery_is_a_document_to_parse(method):
    received = receive(delivery(method=method, content_type="application/rss+xml"), LEASED)
    assert received.response.status == 202
    outcome = received.outcome
    assert outcome.outcome is Outcome.CONTENT
    assert outcome.pushed
    assert (outcome.body, outcome.url) == (BODY, TOPIC)
    assert outcome.content_type == "application/rss+xml"


@pytest.mark.parametrize(
    "request_",
    [
        delivery(secret="guess"),
        delivery(signature="sha256=" + "0" * 64),
        delivery(signature="md5=" + hmac.new(SECRET.encode(), BODY, "md5").hexdigest()),
        delivery(signature="sha256"),
        delivery(signature="sha256=\xff"),
        WebsubRequest("POST", PATH, (), (), BODY),
    ],
)
def test_a_wrong_signature_is_answered_like_a_right_one_and_nothing_is_taken(request_):
    received = receive(request_, LEASED)
    assert received.response.status == 202
    assert received.outcome is None


def test_a_delivery_without_a_lease_is_told_that_it_is_not_wanted():
    assert receive(delivery(), ASKED).response.status == 410
    gone = replace(LEASED, state=FeedState.REMOVED)
    assert receive(delivery(), gone).response.status == 410


@pytest.mark.parametrize(
    "body", [b"", b" \n", gzip.compress(bytes(50_000), mtime=0)], ids=["empty", "blank", "bomb"]
)
def test_empty_and_bursting_deliveries_are_dropped(body):
    headers = {"content_encoding": "gzip"} if body.startswith(b"\x1f") else {}
    received = receive(delivery(body, **headers), LEASED)
    assert received.outcome is None


def test_the_signature_is_over_the_bytes_as_sent():
    packed = gzip.compress(BODY)
    received = receive(delivery(packed, content_encoding="gzip"), LEASED)
    assert received.outcome.body == BODY


def test_other_methods():
    assert receive(WebsubRequest("DELETE", PATH), LEASED).response.status == 405


@pytest.mark.parametrize(
    ("path", "feed"), [(PATH, "f1"), ("/f1/abc", "f1"), ("/", None), ("/x", None), ("", None)]
)
def test_the_feed_of_a_callback(path, feed):
    assert websub.feed_of(path) == feed


@pytest.mark.parametrize("listen", ["", "8099", "localhost", "a:b", "a:99999"])
def test_an_address_to_listen_on(listen):
    with pytest.raises(ValueError, match=r".+"):
        websub.listen_address(listen)
    assert websub.listen_address("127.0.0.1:8099") == ("127.0.0.1", 8099)
    assert websub.listen_address("[::1]:8099") == ("::1", 8099)


# The server.


def talk(data, handle=None, *, at_once=True, **options):
    """Send bytes to a server and give back its whole answer."""

    async def echo(request):
        return WebsubResponse(200, repr((request.method, request.path, len(request.body))).encode())

    async def run():
        async with serve("127.0.0.1", 0, handle or echo, **options) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            if at_once:
                await writer.drain()
            async with asyncio.timeout(10):
                answer = await reader.read()
            writer.close()
            return answer

    return asyncio.run(run())


POST = b"POST /a%20b HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("data", "status", "tells"),
    [
        (b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", 200, b"('GET', '/a', 0)"),
        (POST + b"Content-Length: 3\r\n\r\nabc", 200, b"('POST', '/a b', 3)"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, b", 3)"),
        (POST + b"\r\n", 411, b""),
        (POST + b"Content-Length: -3\r\n\r\n", 411, b""),
        (POST + b"Content-Length: 101\r\n\r\n", 413, b""),
        (POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 413, b""),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n", 413, b""),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, b""),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n", 413, b""),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 400, b""),
        (b"GET / HTTP/1.1\r\nbroken\r\n\r\n", 400, b""),
        (b"nonsense\r\n\r\n", 400, b""),
        (b"GET /?" + b"a=b&" * 60 + b" HTTP/1.1\r\n\r\n", 400, b""),
    ],
)
def test_the_server_answers(data, status, tells):
    answer = talk(data, max_bytes=100)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert tells in answer


def test_who_says_nothing_is_let_go():
    assert talk(b"GET / HT", seconds=0.1) == b""
    assert talk(POST + b"Content-Length: 30\r\n\r\nabc", seconds=0.1) == b""


def test_a_fault_of_the_handler_is_answered_and_logged(caplog):
    async def broken(request):
        raise KeyError("a secret")

    answer = talk(b"GET / HTTP/1.1\r\n\r\n", broken)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"secret" not in answer
    assert "a callback failed" in caplog.text


def test_too_many_at_once_are_sent_away():
    async def run():
        free = asyncio.Event()

        async def slow(request):
            await free.wait()
            return WebsubResponse(200)

        async with serve("127.0.0.1", 0, slow) as port:
            ends = [await asyncio.open_connection("127.0.0.1", port) for _ in range(70)]
            for _, writer in ends:
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
            async with asyncio.timeout(10):
                first = await asyncio.wait(
                    [asyncio.ensure_future(reader.read()) for reader, _ in ends],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                turned_away = next(iter(first[0])).result()
            free.set()
            for _, writer in ends:
                writer.close()
            return turned_away

    assert asyncio.run(run()).startswith(b"HTTP/1.1 503 ")


def test_a_whole_subscription_over_the_wire(kit):
    """A hub that verifies, delivers, and a reader that takes it: all over loopback."""
    states = {}
    outcomes = []

    async def answer(request):
        received = websub.receive(
            request, states.get(websub.feed_of(request.path)), now=NOW, max_bytes=1_000
        )
        if received.state is not None:
            states["f1"] = received.state
        if received.outcome is not None:
            outcomes.append(received.outcome)
        return received.response

    async def call(port, method, target, headers=b"", body=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method, target.encode(), headers, body))
        found = await reader.read()
        writer.close()
        return found

    async def run():
        hub = kit.Site({"*": lambda wire, asked: wire.answer("202 Accepted")})
        async with hub, serve("127.0.0.1", 0, answer) as port, kit.fetcher() as fetcher:
            state = replace(READY, hub=hub.url("/"), topic=hub.url("/feed"))
            states["f1"] = websub.asked(state, secret=SECRET, now=NOW)
            await websub.subscribe(fetcher, LIMITS, states["f1"], secret=SECRET, now=NOW)
            form = {k: v[0] for k, v in parse_qs(hub.asked[0].body.decode()).items()}
            path = urlsplit(form["hub.callback"]).path
            query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "x"}
            verified = await call(port, b"GET", f"{path}?{urlencode(query)}")
            signature = hmac.new(form["hub.secret"].encode(), BODY, "sha256").hexdigest()
            head = f"X-Hub-Signature: sha256={signature}\r\nContent-Length: {len(BODY)}\r\n"
            delivered = await call(port, b"POST", path, head.encode(), BODY)
            return verified, delivered

    verified, delivered = asyncio.run(run())
    assert verified.endswith(b"\r\n\r\nx")
    assert delivered.startswith(b"HTTP/1.1 202 ")
    assert states["f1"].lease_until > NOW
    assert [outcome.body for outcome in outcomes] == [BODY]
