"""Digests to a webhook: JSON, signed as Standard Webhooks asks.

The receiver recognises a message by ``webhook-id``, which stays the same however often it is sent;
so one whose answer was lost is sent again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from aggregator.digest import Edition, render
from aggregator.fetch import Fetcher
from aggregator.publish.deliveries.channel import Begin, Channel, Outcome, Result
from aggregator.settings import DigestSettings, Settings
from storage import OutboxMessage

_TEMPORARY = {408, 409, 425, 429}  # of 4xx
_PREFIX = "whsec_"


def targets(one: DigestSettings) -> Sequence[str]:
    """The addresses."""
    return tuple(hook.url for hook in one.webhooks)


def content(edition: Edition, one: DigestSettings) -> str:
    """The body: ``{"type": "digest.written", "timestamp", "data"}``, data as in the JSON format."""
    body = {
        "type": "digest.written",
        "timestamp": edition.until.astimezone(UTC).isoformat(),
        "data": json.loads(render(edition, "json")),
    }
    return json.dumps(body, ensure_ascii=False)


async def send(message: OutboxMessage, settings: Settings, begin: Begin) -> Outcome:
    """Post the message; 2xx means that it was taken."""
    hooks = [hook for one in settings.digests for hook in one.webhooks]
    secret = next((hook.secret for hook in hooks if hook.url == message.target), None)
    if secret is None:
        return Outcome(Result.REFUSED, "feeds.toml names this webhook no more")
    body = message.payload.encode()
    now = datetime.now(UTC)
    headers = (
        ("Content-Type", "application/json"),
        ("webhook-id", message.message),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", signature(secret, message.message, int(now.timestamp()), body)),
    )
    async with Fetcher(settings.fetch) as fetcher:
        begin()
        found = await fetcher.send(message.target, body, headers, now=now)
    if found.status is not None and 200 <= found.status < 300:
        return Outcome(Result.SENT)
    why = found.error or f"HTTP {found.status}"
    status = found.status or 0
    if 400 <= status < 500 and status not in _TEMPORARY:
        return Outcome(Result.REFUSED, why)
    return Outcome(Result.LATER, why, wait=found.retry_after or 0.0)


def signature(secret: str, name: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: v1, HMAC-SHA256 over id, timestamp and body."""
    key = secret.encode()
    if secret.startswith(_PREFIX):
        key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


CHANNEL = Channel(targets, content, send, recognised=True)
