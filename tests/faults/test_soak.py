"""Feeds that misbehave for days of simulated time: every published item stands once.

``make soak`` runs ten days of 500 feeds (``DAYS=3 FEEDS=100`` for less); the tests run one day of
a few.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import resource
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.engine.polls import Engine
from aggregator.engine.subscriptions import subscribe
from aggregator.fetch import horizon
from aggregator.polling.poller import Poller
from aggregator.polling.subscriptions import due_feeds
from aggregator.settings import FeedSettings, FetchLimits, Settings
from storage import ItemFilter, Store

pytestmark = pytest.mark.slow

LONG = os.environ.get("AGGREGATOR_SOAK") == "1"
DAYS = int(os.environ.get("AGGREGATOR_SOAK_DAYS", "10")) if LONG else 1
FEEDS = int(os.environ.get("AGGREGATOR_SOAK_FEEDS", "500")) if LONG else 10
EVERY = 3 if LONG else 2  # hours between two items of a feed
AFTER = 28 if LONG else 12  # hours at the end without faults: the longest wait is a day and a tenth
START = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = FetchLimits(min_interval=900, default_interval=3600)
PAGE = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>Back soon</body></html>"
_SYLLABLES = re.findall(
    "[a-z]+", "ka ver tol min sha dru pel ost ran qui bor lem fas gri nud zel hap vix jor"
)
_DEEDS = (
    "opens a school for sailors", "closes its oldest bakery", "wins the regional chess final",
    "orders two electric ferries", "loses power during a storm", "elects a new harbour master",
    "bans fireworks near the forest", "finds a Roman coin hoard", "cuts the price of tram tickets",
    "plants nine hundred lime trees", "sues its former contractor", "rebuilds the burnt theatre",
)  # fmt: skip


@dataclass
class Site:
    """A feed, what it has published, and how it misbehaves."""

    path: Path
    fault: str
    chance: random.Random
    guids: str = ""
    items: list[tuple[str, datetime]] = field(default_factory=list)

    def publish(self, title: str, now: datetime) -> None:
        self.items.append((title, now))

    def write(self, hour: int, day: int) -> None:
        """Put today's document in place, or what stands there instead."""
        self.path.unlink(missing_ok=True)
        body = self.document()
        wrong = FAULTS[self.fault](self, body, hour, day)
        if wrong is not None:
            self.path.write_bytes(wrong)

    def document(self) -> bytes:
        entries = "".join(
            f"<item><title>{title}</title><guid isPermaLink='false'>{self.guids}{title}</guid>"
            f"<link>https://{self.path.stem}.example/{self.guids}{title.replace(' ', '-')}</link>"
            f"<description>{title} today, says the paper of {self.path.stem}.</description>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for title, at in reversed(self.items[-60:])
        )
        return f"<rss><channel><title>{self.path.stem}</title>{entries}</channel></rss>".encode()


Fault = Callable[[Site, bytes, int, int], bytes | None]


def _migrated(site: Site, body: bytes, hour: int, day: int) -> bytes:
    if hour == 12 and day == 0:
        site.guids = "new-"
    return site.document()


FAULTS: dict[str, Fault] = {
    "none": lambda site, body, hour, day: body,
    "gone at night": lambda site, body, hour, day: None if hour < 8 else body,
    "empty now and then": lambda site, body, hour, day: b"" if hour % 3 == 0 else body,
    "a page in its place": lambda site, body, hour, day: PAGE.encode() if hour % 12 < 6 else body,
    "cut off": lambda site, body, hour, day: body[: len(body) // 2] if hour % 4 == 1 else body,
    "flipped bits": lambda site, body, hour, day: _noisy(site, body) if hour % 4 == 1 else body,
    "new guids for all": _migrated,
    "endless": lambda site, body, hour, day: body + b" " * 11_000_000 if hour == 5 else body,
    "no entries": lambda site, body, hour, day: b"<rss><channel/></rss>" if hour % 5 == 0 else body,
    "bombs": lambda site, body, hour, day: b"\x1f\x8b" + b"\0" * 99 if hour % 5 == 2 else body,
}


def _noisy(site: Site, body: bytes) -> bytes:
    """Damage outside of the entries: theirs would be other items."""
    end = body.index(b"<item>") if b"<item>" in body else len(body)
    data = bytearray(body)
    data[site.chance.randrange(end)] ^= 1
    return bytes(data)


def _name(chance: random.Random, used: set[str]) -> str:
    while (name := "".join(chance.sample(_SYLLABLES, 4)).capitalize()) in used:
        pass
    used.add(name)
    return name


def _used() -> tuple[int, int]:
    """Open descriptors, and the peak of memory in kB."""
    return len(list(Path("/proc/self/fd").iterdir())), resource.getrusage(
        resource.RUSAGE_SELF
    ).ru_maxrss


def test_every_published_item_stands_once(tmp_path: Path) -> None:
    chance, used = random.Random(7), set[str]()
    kinds = list(FAULTS)
    sites = [
        Site(tmp_path / f"site{n}.xml", kinds[n % len(kinds)], random.Random(n))
        for n in range(FEEDS)
    ]
    feeds = tuple(FeedSettings(str(one.path), key=str(one.path)) for one in sites)
    settings = Settings(
        tmp_path / "feeds.toml", f"sqlite:///{tmp_path}/store.sqlite", LIMITS, feeds
    )
    clock = [START]
    asked: dict[str, list[datetime]] = defaultdict(list)
    usage: list[tuple[int, int]] = []

    async def work(store: Store) -> None:
        engine = Engine(store, settings)
        async with Poller(engine, LIMITS, clock=lambda: clock[0], seed=1) as poller:
            for hour in range(DAYS * 24 + AFTER):
                for site in sites:
                    if hour % EVERY == 0 and hour < DAYS * 24:
                        title = f"{_name(chance, used)} {chance.choice(_DEEDS)}"
                        site.publish(title, clock[0])
                        if chance.random() < 0.2:  # another outlet reports the same
                            chance.choice(sites).publish(title, clock[0])
                for site in sites:
                    # At the end all are well again, so that nothing is lost for ever.
                    fault, site.fault = site.fault, site.fault if hour < DAYS * 24 else "none"
                    site.write(hour % 24, hour // 24)
                    site.fault = fault
                for _ in range(4):  # quarters of an hour
                    now = clock[0]
                    beyond = horizon(LIMITS, now)
                    due = due_feeds(store, feeds, now=now, limit=10_000, beyond=beyond)
                    for one in due:
                        asked[one.feed.id].append(now)
                    await poller.round(due)
                    clock[0] += timedelta(minutes=15)
                usage.append(_used())

    with Store.open(settings.store) as store:
        subscribe(store, feeds)
        asyncio.run(work(store))
        assert store.check() == []
        with store.reading() as view:
            placed = view.items.list(ItemFilter(), limit=1_000_000)
    for times in asked.values():
        gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
        assert min(gaps, default=900) >= 900, "a publisher was asked too often"
    published = Counter(title for site in sites for title, _ in site.items)
    groups: dict[str, set[str]] = defaultdict(set)
    for one in placed:
        groups[one.item.title].add(one.canonical)
    assert set(groups) == set(published), "lost or invented"
    doubled = {title for title, ids in groups.items() if len(ids) != 1}
    assert not doubled, f"{len(doubled)} stand more than once: {sorted(doubled)[:5]}"
    merged = Counter(next(iter(ids)) for ids in groups.values())
    assert max(merged.values()) == 1, "different items were merged"
    half, end = usage[len(usage) // 2], usage[-1]
    assert end[0] <= half[0] + 2, f"descriptors: {half[0]} at half time, {end[0]} at the end"
    assert end[1] <= half[1] * 1.5 + 20_000, f"memory in kB: {half[1]}, then {end[1]}"
    if LONG:
        polls = sum(map(len, asked.values()))
        size = (tmp_path / "store.sqlite").stat().st_size
        print(f"{FEEDS} feeds, {DAYS} days, {polls} polls, {len(placed)} items; {size:,} bytes")
        print(f"descriptors {half[0]} -> {end[0]}, peak of memory {half[1]} -> {end[1]} kB")
