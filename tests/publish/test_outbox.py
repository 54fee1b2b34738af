"""Messages reach their target once: real servers that fail in every way, processes that die."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.publish import outbox
from aggregator.publish.deliveries import mail, webhook
from aggregator.publish.deliveries.channel import Result
from aggregator.publish.editions import write_due
from aggregator.publish.outbox import LEASE, pause, retry, send_due
from aggregator.settings import (
    AppriseService,
    DigestSettings,
    FetchLimits,
    MailSettings,
    Settings,
    Webhook,
)
from storage import OutboxState, Store
from storage.outbox import Outbox

NOW = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
LATER = timedelta(days=1)


class Postbox:
    """What an SMTP server does with each message, in order; then it takes everything."""

    def __init__(self, *behaviour: str) -> None:
        self.behaviour = list(behaviour)
        self.letters: list[bytes] = []
        self.port = 0

    def _next(self, *kinds: str) -> str:
        return self.behaviour.pop(0) if self.behaviour and self.behaviour[0] in kinds else ""

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        found = self._next("greylist", "unknown user")
        if found == "greylist":
            return "451 4.7.1 try again later"
        if found == "unknown user":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        found = self._next("hang", "drop", "refuse", "busy", "taken, then drop")
        if found == "refuse":
            return "554 5.6.0 not this"
        if found == "busy":
            return "452 4.3.1 full"
        if found == "hang":
            await asyncio.sleep(60)
        if found == "taken, then drop":
            self.letters.append(envelope.content)
        if found:
            server.transport.abort()
            return "250 OK"
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def serve() -> Iterator[Callable[..., Postbox]]:
    running: list[Controller] = []

    def start(*behaviour: str, **said: Any) -> Postbox:
        box = Postbox(*behaviour)
        with socket.create_server(("127.0.0.1", 0)) as free:
            box.port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=box.port, **said)
        controller.start()
        running.append(controller)
        return box

    yield start
    for one in running:
        one.stop()


class Hook:
    """An HTTP receiver that answers with these statuses in order, then with 204."""

    def __init__(self) -> None:
        self.answers: list[int] = []  # 0: hang up without an answer
        self.got: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status = hook.answers.pop(0) if hook.answers else 204
                if not status:
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    one = Hook()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        yield store


def settings_of(folder: Path, port: int = 1, **said: Any) -> Settings:
    server = {
        key: said.pop(key) for key in ("security", "user", "password", "ca_file") if key in said
    }
    values: dict[str, Any] = {"mail": ("reader@example.org",)} | said
    digest = DigestSettings(
        name="daily", title="The day", formats=("json",), directory=folder / "out", **values
    )
    sender = "The day <day@example.org>"
    return Settings(
        path=folder / "feeds.toml",
        store="",
        timezone="UTC",
        fetch=FetchLimits(allow_hosts=("127.0.0.1",)),
        digests=(digest,),
        mail=MailSettings("127.0.0.1", sender, port=port, **({"security": "none"} | server)),
    )


def write(store: Store, settings: Settings, title: str = "Harbour wall cracks") -> None:
    feed = Feed("f1", "https://one.example/rss", title="Outlet one")
    entry = Entry(title=title, guid=title, link="https://one.example/1", published=NOW)
    Engine(store, settings).take_document(feed, Document((entry,)), now=NOW)
    assert not write_due(store, settings, now=NOW).problems


def send(store: Store, settings: Settings, at: datetime = NOW) -> list[Result]:
    return [one.outcome.result for one in send_due(store, settings, clock=lambda: at)]


def states(store: Store) -> list[OutboxState]:
    with store.reading() as view:
        return [one.state for one in view.outbox.list(sent=True)]


@pytest.mark.slow
def test_a_digest_is_mailed_once_with_text_and_html(store: Store, serve: Any, tmp_path: Path):
    box = serve()
    settings = settings_of(tmp_path, box.port, unsubscribe="mailto:stop@example.org")
    write(store, settings)
    assert send(store, settings) == [Result.SENT]
    assert send(store, settings, NOW + LATER) == []
    (letter,) = (email.message_from_bytes(one, policy=email.policy.default) for one in box.letters)
    assert letter["From"] == "The day <day@example.org>"
    assert letter["To"] == "reader@example.org"
    assert letter["Subject"] == "The day · Sunday, March 1, 2026"
    assert letter["List-Id"] == "<daily.digest.example.org>"
    assert letter["List-Unsubscribe"] == "<mailto:stop@example.org>"
    assert letter["Message-ID"].endswith("@example.org>")
    text, html = letter.iter_parts()
    assert text.get_content_type() == "text/plain" and html.get_content_type() == "text/html"
    for part in (text, html):
        assert "Harbour wall cracks" in part.get_content()
    assert 'style="' in html.get_content() and "<style" not in html.get_content()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("behaviour", "first", "arrives"),
    [
        ("greylist", Result.LATER, True),
        ("busy", Result.LATER, True),
        ("unknown user", Result.REFUSED, False),
        ("refuse", Result.REFUSED, False),
        ("hang", Result.UNKNOWN, False),
        ("drop", Result.UNKNOWN, False),
        ("taken, then drop", Result.UNKNOWN, True),
    ],
)
def test_whatever_the_server_does_no_second_mail_arrives(
    store: Store, serve: Any, tmp_path: Path, monkeypatch: Any, behaviour: str, first: Result,
    arrives: bool,
):  # fmt: skip
    monkeypatch.setattr(mail, "SECONDS", 0.5)
    box = serve(behaviour)
    settings = settings_of(tmp_path, box.port)
    write(store, settings)
    assert send(store, settings) == [first]
    assert send(store, settings) == []  # not at once
    for day in range(1, 4):
        send(store, settings, NOW + day * LATER)
    assert len(box.letters) == arrives
    if first is Result.LATER:
        assert states(store) == [OutboxState.SENT]


@pytest.mark.slow
def test_a_server_that_is_not_there_is_tried_later_and_the_user_may_retry(
    store: Store, serve: Any, tmp_path: Path
):
    settings = settings_of(tmp_path, 1)
    write(store, settings)
    assert send(store, settings) == [Result.LATER]
    with store.reading() as view:
        (waiting,) = view.outbox.list()
    assert waiting.tries == 1 and waiting.again == NOW + pause(1) and waiting.problem
    box = serve("refuse")
    settings = settings_of(tmp_path, box.port)
    assert send(store, settings, NOW + LATER) == [Result.REFUSED]
    assert states(store) == [OutboxState.FAILED]
    assert retry(store, waiting.number, now=NOW + LATER)
    assert send(store, settings, NOW + LATER) == [Result.SENT]
    assert not retry(store, waiting.number, now=NOW + LATER)
    assert len(box.letters) == 1


@pytest.mark.slow
@pytest.mark.parametrize("implicit", [True, False])
def test_mail_goes_through_tls_with_a_login_or_not_at_all(
    store: Store, serve: Any, tmp_path: Path, implicit: bool
):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1".split()  # noqa: SIM905
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run(["openssl", *asked, *names], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    logins: list[bytes] = []

    def login(server, session, envelope, mechanism, data) -> AuthResult:
        logins.append(data.password)
        return AuthResult(success=data.password == b"secret", handled=False)

    said = {"ssl_context": context} if implicit else {"tls_context": context}
    box = serve(
        authenticator=login, auth_required=True, auth_require_tls=not implicit,
        require_starttls=not implicit, **said,
    )  # fmt: skip
    security = {"security": "tls" if implicit else "starttls", "user": "me"}
    distrusting = settings_of(tmp_path, box.port, password="secret", **security)
    write(store, distrusting)
    assert send(store, distrusting) == [Result.LATER]  # its certificate is not trusted
    assert not logins
    wrong = settings_of(tmp_path, box.port, password="wrong", ca_file=cert, **security)
    assert send(store, wrong, NOW + LATER) == [Result.LATER]
    right = settings_of(tmp_path, box.port, password="secret", ca_file=cert, **security)
    assert send(store, right, NOW + 2 * LATER) == [Result.SENT]
    assert len(box.letters) == 1


@pytest.mark.slow
def test_a_webhook_is_signed_and_sent_again_under_one_id(store: Store, hook: Hook, tmp_path: Path):
    hooks = (Webhook(hook.url, "whsec_c2VjcmV0"),)
    settings = settings_of(tmp_path, mail=(), webhooks=hooks)
    write(store, settings)
    hook.answers = [500, 0, 429]
    results = [send(store, settings, NOW + day * LATER) for day in range(5)]
    assert results == [[Result.LATER]] * 3 + [[Result.SENT], []]
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1
    headers, body = hook.got[-1]
    stamp = int(headers["webhook-timestamp"])
    expected = webhook.signature("whsec_c2VjcmV0", headers["webhook-id"], stamp, body)
    assert headers["webhook-signature"] == expected
    document = json.loads(body)
    assert document["type"] == "digest.written"
    assert document["data"]["stories"][0]["headline"] == "Harbour wall cracks"


@pytest.mark.slow
def test_a_webhook_that_is_gone_and_one_inside_the_network_are_refused(
    store: Store, hook: Hook, tmp_path: Path
):
    settings = settings_of(tmp_path, mail=(), webhooks=(Webhook(hook.url, "s"),))
    write(store, settings)
    hook.answers = [410]
    assert send(store, settings) == [Result.REFUSED]
    closed = replace(settings, fetch=FetchLimits())
    with store.reading() as view:
        (message,) = view.outbox.list()
    assert retry(store, message.number, now=NOW)
    send(store, closed, NOW + LATER)
    assert len(hook.got) == 1  # the guard let nothing through


def test_a_signature_is_that_of_standard_webhooks():
    """The example of the specification."""
    signed = webhook.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


KILLED = {
    "recording": ("storage.outbox:Outbox.add", "before"),
    "claiming": ("storage.outbox:Outbox.claim", "after"),
    "before it leaves": ("storage.outbox:Outbox.begin", "before"),
    "leaving": ("aiosmtplib:SMTP.data", "before"),
    "taken": ("aiosmtplib:SMTP.data", "after"),
    "noting": ("storage.outbox:Outbox.sent", "before"),
}


@pytest.mark.slow
@pytest.mark.parametrize("moment", KILLED)
def test_killed_anywhere_no_mail_arrives_twice(
    serve: Any, tmp_path: Path, monkeypatch: Any, moment: str
):
    box = serve()
    settings = settings_of(tmp_path, box.port)
    url = f"sqlite:///{tmp_path}/store.sqlite"
    child = os.fork()
    if child == 0:  # pragma: no cover - it is killed
        try:
            _die_at(*KILLED[moment])
            with Store.open(url) as store:
                write(store, settings)
                send(store, settings)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    before = len(box.letters)
    with Store.open(url) as store:
        write_due(store, settings, now=NOW + timedelta(minutes=1))
        send(store, settings, NOW + timedelta(minutes=2))
        assert len(box.letters) == (1 if moment == "recording" else before)
        send(store, settings, NOW + 2 * LEASE)
        send(store, settings, NOW + LATER)
        state = states(store)
    assert len(box.letters) <= 1
    if moment in ("recording", "claiming", "before it leaves"):  # it certainly had not left
        assert len(box.letters) == 1 and state == [OutboxState.SENT]
    else:
        assert len(box.letters) == before and state == [OutboxState.UNKNOWN]


def _die_at(place: str, when: str) -> None:
    """Replace a method by one that ends the process."""
    from importlib import import_module

    module, _, path = place.partition(":")
    owner, _, name = path.partition(".")
    cls = getattr(import_module(module), owner)
    real = getattr(cls, name)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def dying(self: Any, *args: Any, **said: Any) -> Any:
        if when == "before":
            die()
        result = real(self, *args, **said)
        if asyncio.iscoroutine(result):

            async def awaited() -> None:
                await result
                die()

            return awaited()
        return result

    if place.endswith("claim"):  # after its transaction: when the connection is made
        import aiosmtplib

        cls, name, when = aiosmtplib.SMTP, "connect", "before"
    setattr(cls, name, dying)


def test_two_processes_send_a_message_once(store: Store, tmp_path: Path):
    settings = settings_of(tmp_path)
    write(store, settings)
    with store.reading() as view:
        (message,) = view.outbox.due(NOW)
    with store.transaction() as tx:
        assert isinstance(tx.outbox, Outbox)
        assert tx.outbox.claim(message, until=NOW + LEASE)
        assert not tx.outbox.claim(message, until=NOW + LEASE)
        assert not tx.outbox.begin(message.number, until=NOW)  # another one's claim
        assert tx.outbox.begin(message.number, until=NOW + LEASE)
    assert send(store, settings, NOW + LEASE / 2) == []


def test_pauses_grow_to_a_limit_and_then_it_is_given_up(store: Store, tmp_path: Path):
    pauses = [pause(tries) for tries in range(1, 40)]
    assert pauses == sorted(pauses) and pauses[-1] == outbox.LONGEST
    settings = settings_of(tmp_path, 1)
    write(store, settings)
    for day in range(outbox.TRIES):
        assert states(store) == [OutboxState.WAITING]
        send(store, settings, NOW + day * LATER)
    assert states(store) == [OutboxState.FAILED]


@pytest.mark.slow
def test_apprise_is_asked_once(store: Store, hook: Hook, tmp_path: Path):
    services = (AppriseService("desk", hook.url.replace("http://", "json://")),)
    settings = settings_of(tmp_path, mail=(), apprise=services)
    write(store, settings)
    assert send(store, settings) == [Result.SENT]
    write(store, replace(settings, path=tmp_path / "other.toml"), "Council delays vote")
    ((_, body),) = hook.got
    assert "Harbour wall cracks" in json.loads(body)["message"]


@pytest.mark.slow
def test_a_failure_of_apprise_is_not_repeated(store: Store, hook: Hook, tmp_path: Path):
    services = (AppriseService("desk", hook.url.replace("http://", "json://")),)
    settings = settings_of(tmp_path, mail=(), apprise=services)
    write(store, settings)
    hook.answers = [500]
    assert send(store, settings) == [Result.UNKNOWN]
    assert send(store, settings, NOW + LATER) == []
    assert len(hook.got) == 1


def test_the_outbox_is_shown_without_secrets(store: Store, tmp_path: Path):
    hooks = (Webhook("https://hooks.example/services/T0/secret", "key"),)
    write(store, settings_of(tmp_path, webhooks=hooks))
    with store.reading() as view:
        rows = [outbox.row(one) for one in view.outbox.list()]
    assert {row["target"] for row in rows} == {"reader@example.org", "hooks.example"}
