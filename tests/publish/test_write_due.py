"""Scheduled digests: each arrival listed once, whatever clocks, kills and publishers do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from aggregator.digest.formats.format import Format
from aggregator.engine import story_corrections
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.publish import editions, gather
from aggregator.publish.deliveries import files
from aggregator.publish.deliveries.files import DigestError
from aggregator.publish.editions import write_due
from aggregator.publish.retries import LONGEST, Retries
from aggregator.publish.schedule import is_due
from aggregator.settings import DigestSettings, Settings
from storage import Store

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
TITLES = (
    "Harbour wall cracks after storm", "Council delays vote on tram line",
    "Museum reopens with glass roof", "Orchard growers fear late frost",
    "Ferry strike enters second week", "Comet seen over northern valley",
)  # fmt: skip


class World:
    """A store, its digests, and feeds whose entries arrive when a test says."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.settings = self.with_digest(every="daily", at="07:00")
        self.engine = Engine(store, self.settings)

    def with_digest(self, **said: object) -> Settings:
        values = {"name": "daily", "directory": self.folder / "digests", "formats": ("md",)}
        return Settings(
            path=self.folder / "feeds.toml",
            store="",
            timezone="UTC",
            digests=(DigestSettings(**(values | said)),),
        )

    def arrives(self, number: int, *, at: datetime, published: datetime | None = None) -> None:
        feed = Feed(f"f{number}", f"https://{number}.example/rss", title=f"Outlet {number}")
        entry = Entry(
            title=TITLES[number % len(TITLES)],
            guid=str(number),
            link=f"https://{number}.example/{number}",
            published=published or at,
            language="en",
        )
        self.engine.take_document(feed, Document((entry,)), now=at)

    def item(self, title: str) -> str:
        with self.store.reading() as view:
            return next(one.item.id for one in view.items.list() if one.item.title == title)

    def story(self, title: str) -> str:
        with self.store.reading() as view:
            found = view.stories.contents([one.id for one in view.stories.list()])
            titled = {item.title: one.id for one in found for p in one.parts for item in p.items}
            return titled[title]

    def joined(self, one: str, other: str) -> str:
        """Make one story of two, as `stories same` does; the id of the correction."""
        a, b = self.story(one), self.story(other)
        return story_corrections.same(self.engine, a, b, now=START + HOUR)[0].id

    def told(self, at: datetime, settings: Settings | None = None) -> list[str]:
        """The titles of the digests that are written at ``at``."""
        found = write_due(self.store, settings or self.settings, now=at)
        assert not found.problems
        texts = [path.read_text() for path in found.files if path.stem != "latest"]
        return [title for title in TITLES for text in texts if title in text]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        yield World(store, tmp_path)


def test_what_is_dated_before_a_digest_and_arrives_after_it_is_in_the_next(world):
    world.arrives(0, at=START - HOUR)
    assert world.told(START) == [TITLES[0]]
    world.arrives(1, at=START + HOUR / 12, published=START - HOUR / 30)
    assert world.told(START + DAY) == [TITLES[1]]


def test_what_was_being_decided_while_a_digest_was_made_is_in_the_next(world):
    """A poll gets its arrival time when its transaction begins, and may end after the digest."""
    world.arrives(0, at=START - HOUR)
    assert world.told(START) == [TITLES[0]]
    world.arrives(1, at=START - timedelta(seconds=1))
    assert world.told(START + DAY) == [TITLES[1]]


def test_after_a_small_correction_of_the_clock_nothing_is_lost(world):
    world.arrives(0, at=START - HOUR)
    assert world.told(START) == [TITLES[0]]
    world.arrives(1, at=START - HOUR / 2)  # the clock was set back by half an hour and more
    assert world.told(START + DAY) == [TITLES[1]]
    assert world.told(START + 2 * DAY) == []


def test_a_feed_that_was_down_for_thirty_hours_loses_nothing(world):
    world.arrives(0, at=START - HOUR)
    world.told(START)
    for number in range(1, 6):
        world.arrives(number, at=START + 23 * HOUR, published=START - number * 5 * HOUR)
    assert world.told(START + DAY) == list(TITLES[1:])


@pytest.mark.slow
def test_an_hourly_digest_of_a_week_tells_everything_once(world):
    settings = world.with_digest(every="hourly", span=7 * DAY)
    told: Counter[str] = Counter()
    for hour in range(80):
        if hour < len(TITLES):
            world.arrives(hour, at=START + hour * HOUR - HOUR / 4)
        told.update(world.told(START + hour * HOUR, settings))
    assert told == Counter(TITLES)


def test_a_run_a_year_ahead_silences_nothing(world):
    world.arrives(0, at=START - HOUR)
    world.told(START)
    world.told(START + 365 * DAY)
    world.arrives(1, at=START + HOUR)
    assert world.told(START + DAY) == [TITLES[1]]


@pytest.mark.parametrize("digests", [(), (1,), (1, 30)])
def test_what_a_board_polled_while_its_clock_was_in_1996_is_told_once(world, digests):
    woke = datetime(1996, 1, 1, tzinfo=UTC)
    world.arrives(0, at=START - HOUR)
    told = Counter(world.told(START))
    world.arrives(1, at=woke, published=START + HOUR)
    for hours in digests:
        told.update(world.told(woke + hours * HOUR))
    world.arrives(2, at=START + 2 * HOUR)
    for day in range(1, 4):
        told.update(world.told(START + day * DAY))
    assert told == Counter(TITLES[:3])


def test_a_digest_killed_before_it_is_noted_is_finished_and_told_once(world, monkeypatch):
    world.arrives(0, at=START - HOUR)

    def killed(*_: object, **__: object) -> tuple[Path, ...]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(editions, "deliver_all", killed)
        with pytest.raises(KeyboardInterrupt):
            write_due(world.store, world.settings, now=START)
    world.arrives(1, at=START + HOUR)
    assert world.told(START + 2 * HOUR) == [TITLES[0]]
    assert world.told(START + 3 * HOUR) == []
    assert world.told(START + DAY) == [TITLES[1]]


@pytest.mark.parametrize("error", [DigestError("disk full"), ValueError("a format fails")])
def test_a_digest_that_fails_stops_no_other_and_is_finished_later(world, monkeypatch, error):
    two = world.with_digest(name="broken")
    both = Settings(
        path=two.path, store="", timezone="UTC", digests=(*two.digests, *world.settings.digests)
    )
    world.arrives(0, at=START - HOUR)
    real = editions.deliver_all

    def failing(edition, settings, **said):
        if settings.name == "broken":
            raise error
        return real(edition, settings, **said)

    with monkeypatch.context() as patch:
        patch.setattr(editions, "deliver_all", failing)
        found = write_due(world.store, both, now=START)
    assert set(found.problems) == {"broken"} and str(error) in found.problems["broken"]
    assert [one.settings.name for one in found.digests] == ["daily"]
    assert not write_due(world.store, both, now=START + HOUR, skip={"broken"}).digests
    assert world.told(START + HOUR, both) == [TITLES[0]]


@pytest.mark.parametrize(
    "night",
    [
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC),  # 02:00 summer time; 03:00 becomes 02:00
        datetime(2026, 3, 29, 0, 0, tzinfo=UTC),  # 01:00; there is no 02:30
    ],
)
def test_the_hour_that_the_clock_shows_twice_or_not_gives_one_daily_digest(night: datetime):
    digest = DigestSettings(name="d", every="daily", at="02:30")
    zone = ZoneInfo("Europe/Berlin")
    last, due = night - 20 * HOUR, []
    for minute in range(0, 240, 10):
        now = night + timedelta(minutes=minute)
        if is_due(digest, last=last, now=now, zone=zone):
            due.append(now)
            last = now
    assert len(due) == 1


def test_retries_come_later_each_time_and_end_with_success():
    retries = Retries()
    pauses = [retries.failed("a", 0.0) for _ in range(20)]
    assert pauses == sorted(pauses) and pauses[0] < pauses[5] and pauses[-1] == LONGEST
    assert retries.waiting(LONGEST - 1) == {"a"}
    assert retries.waiting(LONGEST) == frozenset()
    retries.succeeded("a")
    assert retries.waiting(0.0) == frozenset()


def test_a_format_that_fails_leaves_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other files are written, the digest is done, and the failure is named once."""
    plain = files.format_named

    def breaking(name: str) -> Format:
        found = plain(name)
        return replace(found, render=lambda _: 1 / 0) if name == "json" else found  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(files, "format_named", breaking)
    settings = world.with_digest(every="daily", at="07:00", formats=("md", "json", "txt"))
    world.arrives(1, at=START - HOUR)
    result = write_due(world.store, settings, now=START)
    assert sorted({path.suffix for path in result.files}) == [".md", ".txt"]
    assert all("in this format: json" in path.read_text() for path in result.files)
    assert "json: ZeroDivisionError" in result.problems["daily"]
    assert write_due(world.store, settings, now=START + HOUR) == editions.WriteResult()


def test_a_digest_of_which_every_format_fails_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.arrives(1, at=START - HOUR)
    with monkeypatch.context() as broken:
        broken.setattr(files, "format_named", lambda name: 1 / 0)
        result = write_due(world.store, world.settings, now=START)
        assert result.files == ()
        assert "md: ZeroDivisionError" in result.problems["daily"]
    assert write_due(world.store, world.settings, now=START + HOUR).files


def test_a_damaged_story_is_left_out_of_a_digest(world: World) -> None:
    for number in range(3):
        world.arrives(number, at=START - HOUR)
    with world.store.transaction() as tx:
        damaged = text("UPDATE items SET flags = 'damaged' WHERE title = :title")
        tx.session.connection.execute(damaged, {"title": TITLES[1]})
    result = write_due(world.store, world.settings, now=START)
    written = result.files[0].read_text()
    assert TITLES[0] in written
    assert TITLES[2] in written
    assert TITLES[1] not in written
    assert "could not be read: 1" in written


def test_what_is_beyond_the_stories_considered_is_said(world, monkeypatch) -> None:
    monkeypatch.setattr(gather, "STORIES", 4)
    for number in range(6):
        world.arrives(number, at=START - HOUR)
    written = write_due(world.store, world.settings, now=START).files[0].read_text()
    assert "there were too many: 2" in written
    assert sum(title in written for title in TITLES) == 4


def test_a_story_that_was_only_counted_and_returns_is_no_update(world) -> None:
    """Of two stories one is shown and one counted; then both have news."""
    settings = world.with_digest(limit=1, headlines=0, formats=("json",), order="newest")
    world.arrives(0, at=START - 2 * HOUR)
    world.arrives(1, at=START - HOUR)
    first = json.loads(write_due(world.store, settings, now=START).files[0].read_text())
    assert [one["headline"] for one in first["stories"]] == [TITLES[1]]
    later = world.with_digest(formats=("json",))
    for number in (0, 1):
        world.arrives(number + 2, at=START + HOUR)
        world.joined(TITLES[number], TITLES[number + 2])
    second = json.loads(write_due(world.store, later, now=START + DAY).files[0].read_text())
    told = {one["headline"]: one["listed"] for one in second["stories"]}
    assert told == {TITLES[2]: None, TITLES[3]: "2026-03-01T07:00:00Z"}


def test_what_moves_to_another_story_is_told_once(world) -> None:
    """Splitting and joining stories makes nothing in them new."""
    settings = world.with_digest(every="hourly", span=7 * DAY)
    for number in range(3):
        world.arrives(number, at=START - HOUR)
    assert set(world.told(START, settings)) == set(TITLES[:3])
    correction = world.joined(TITLES[0], TITLES[1])
    assert world.told(START + HOUR, settings) == []
    story_corrections.undo(world.engine, correction, now=START + HOUR)
    world.joined(TITLES[1], TITLES[2])
    assert world.told(START + 2 * HOUR, settings) == []


def test_a_rolling_digest_shows_its_whole_span_every_time(world) -> None:
    settings = world.with_digest(every="hourly", rolling=True, formats=("txt", "atom"))
    world.arrives(0, at=START - HOUR)
    first = write_due(world.store, settings, now=START)
    assert sorted(path.name for path in first.files) == ["latest.atom", "latest.txt"]
    world.arrives(1, at=START + HOUR / 2)
    for at, titles in ((START + HOUR, TITLES[:2]), (START + DAY, TITLES[1:2])):
        text = write_due(world.store, settings, now=at).files[0].read_text()
        assert [title for title in TITLES if title in text] == list(titles)
        assert "Update" not in text
    with world.store.reading() as view:
        assert view.meta.get(gather.INSTALLATION)
