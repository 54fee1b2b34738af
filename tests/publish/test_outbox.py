"""Messages reach their target once, though processes die and compete."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.publish import outbox
from aggregator.publish.editions import write_due
from aggregator.publish.outbox import LEASE, pause
from aggregator.settings import Webhook
from storage import OutboxState, Store
from storage.outbox import Outbox
from tests.publish.receivers import LATER, NOW, send, settings_of, states, write

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


def test_the_outbox_is_shown_without_secrets(store: Store, tmp_path: Path):
    hooks = (Webhook("https://hooks.example/services/T0/secret", "key"),)
    write(store, settings_of(tmp_path, webhooks=hooks))
    with store.reading() as view:
        rows = [outbox.row(one) for one in view.outbox.list()]
    assert {row["target"] for row in rows} == {"reader@example.org", "hooks.example"}
