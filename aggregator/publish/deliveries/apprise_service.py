"""Digests through Apprise, an optional package that speaks to many services.

Apprise says only whether it succeeded, so a failure may be a lost answer, and is not repeated.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from importlib import import_module

from aggregator.digest import Edition, lay_out
from aggregator.publish.deliveries.channel import Begin, Channel, Outcome, Result
from aggregator.settings import APPRISE_EXTRA, DigestSettings, Settings
from storage import OutboxMessage

_STORIES = 10


def targets(one: DigestSettings) -> Sequence[str]:
    """The names given in feeds.toml; the addresses, which may hold keys, are not stored."""
    return tuple(service.name for service in one.apprise)


def content(edition: Edition, one: DigestSettings) -> str:
    """The first headlines with their links, for services that show short messages."""
    page = lay_out(edition)
    lines = [
        f"{block.headline.text}\n{block.headline.href or ''}".rstrip()
        for block in page.blocks[:_STORIES]
    ]
    title = f"{page.title.text or page.name} · {page.day}"
    body = "\n\n".join((" · ".join(page.summary), *lines) if lines else (page.span,))
    return json.dumps({"title": title, "body": body}, ensure_ascii=False)


async def send(message: OutboxMessage, settings: Settings, begin: Begin) -> Outcome:
    """Notify one service."""
    services = [service for one in settings.digests for service in one.apprise]
    url = next((one.url for one in services if one.name == message.target), None)
    if url is None:
        return Outcome(Result.REFUSED, "feeds.toml names this service no more")
    try:
        apprise = import_module("apprise")
    except ImportError:
        return Outcome(Result.LATER, f'the optional package "{APPRISE_EXTRA}" is not installed')
    speaker = apprise.Apprise()
    if not speaker.add(url):
        return Outcome(Result.REFUSED, "Apprise does not know this kind of address")
    said = json.loads(message.payload)
    begin()
    done = await asyncio.to_thread(
        speaker.notify, title=said["title"], body=said["body"], body_format="text"
    )
    if done:
        return Outcome(Result.SENT)
    return Outcome(Result.UNKNOWN, "Apprise reports a failure and not which")


CHANNEL = Channel(targets, content, send, recognised=False)
