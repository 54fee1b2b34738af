"""Digests by mail, through real servers that fail in every way."""

from __future__ import annotations

import email
import email.policy
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from aggregator.publish.deliveries import mail
from aggregator.publish.deliveries.channel import Result
from aggregator.publish.outbox import pause, retry
from storage import OutboxState, Store
from tests.publish.receivers import LATER, NOW, send, settings_of, states, write


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
