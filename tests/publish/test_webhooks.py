"""Digests to webhooks and through Apprise, to a real receiver that fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.publish.deliveries import webhook
from aggregator.publish.deliveries.channel import Result
from aggregator.publish.outbox import retry
from aggregator.settings import AppriseService, FetchLimits, Webhook
from storage import Store
from tests.publish.receivers import LATER, NOW, Hook, send, settings_of, write


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
