"""Writes the files of a digest from the store; nothing is decided here.

Gathers stories from the store, lets ``digest`` select and render them, and records
what was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal

from aggregator.digest import Edition, select
from aggregator.publish.deliveries.delivery import PartlyDeliveredError, deliver_all
from aggregator.publish.deliveries.files import DigestError
from aggregator.publish.schedule import is_due
from aggregator.reading import stories
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings, Settings
from aggregator.text.identity import feed_id
from storage import DigestRecord, Store, StoreError, StoryFilter, View

STORIES = 5_000  # maximum number of stories considered for one digest
_ALL = 2**62  # above any digest number
CATCH_UP = timedelta(days=14)  # how far back a digest reaches after missed ones
AHEAD = timedelta(hours=1)  # tolerated lead of a record over the clock


@dataclass(frozen=True, slots=True)
class WrittenDigest:
    """A written digest: its files, and the number of stories listed."""

    settings: DigestSettings
    files: tuple[Path, ...]
    stories: int
    problem: str = ""  # why some of its files are missing


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The digests that were written, and errors of those that were not."""

    digests: tuple[WrittenDigest, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)  # by digest name

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that were written."""
        return tuple(path for one in self.digests for path in one.files)


def write_due(
    store: Store, settings: Settings, *, now: datetime, skip: Collection[str] = ()
) -> WriteResult:
    """Write the digests that are due, except those named in ``skip``.

    News is what arrived since the last digest of the same name and was not listed by one
    before, including what arrived while nothing ran, up to CATCH_UP ago. A digest is
    recorded before its files are written: one that was interrupted, or could not be
    written, is finished by the next call as intended. A failing digest does not prevent
    the others from being written, nor a failing format the other formats.
    """
    digests: list[WrittenDigest] = []
    problems: dict[str, str] = {}
    for one in settings.digests:
        if one.name in skip:
            continue
        try:
            if (written := _write_one(store, settings, one, now)) is not None:
                digests.append(written)
                if written.problem:
                    problems[one.name] = written.problem
        except DigestError as error:
            problems[one.name] = str(error)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a format raises stops this digest only
            problems[one.name] = (
                f"digest {one.name}: {type(error).__name__}: {error}. "
                "This is a bug; please report it"
            )
    return WriteResult(tuple(digests), problems)


def _write_one(
    store: Store, settings: Settings, one: DigestSettings, now: datetime
) -> WrittenDigest | None:
    """Finish an unfinished digest, or write one if it is due; None if nothing is to do."""
    with store.reading() as view:
        # A record from the future was made under a wrong clock.
        last = view.digests.last(one.name, until=now + AHEAD)
    if last is not None and not last.written:
        edition = make(
            store,
            settings,
            one,
            now=now,
            since=last.since,
            until=last.until,
            unlisted_before=last.number,
        )
        return _finish(store, one, last, edition)
    if not is_due(one, last=last.at if last else None, now=now, zone=zone(settings)):
        return None
    since = now - one.span
    if last is not None and last.until < since:
        since = max(last.until, now - max(CATCH_UP, one.span))
    edition = make(store, settings, one, now=now, since=since, unlisted_before=_ALL)
    with store.transaction() as tx:
        record = DigestRecord(
            one.name,
            now,
            since,
            now,
            stories=_shown(tx, edition),
            items=_items(edition),
            written=False,
        )
        record = replace(record, number=tx.digests.add(record))
    return _finish(store, one, record, edition)


def _finish(
    store: Store, one: DigestSettings, record: DigestRecord, edition: Edition
) -> WrittenDigest:
    """Write the files of a recorded digest, with the same bytes if written before."""
    problem = ""
    try:
        written = deliver_all(edition, one)
    except PartlyDeliveredError as error:
        written, problem = error.files, str(error)
    if record.number is not None:
        with store.transaction() as tx:
            tx.digests.finish(record.number, tuple(str(path) for path in written))
    return WrittenDigest(one, written, len(edition.stories), problem)


def write(
    store: Store,
    settings: Settings,
    wanted: DigestSettings,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Path, ...]:
    """Write one digest on demand, regardless of what was listed before; returns the files.

    It covers the news in ``(since, until]``, by default its span up to now. With an
    explicit end, ``latest.*`` is not touched. The digest is not recorded, so the next
    scheduled one is not affected.
    """
    edition = make(store, settings, wanted, now=now, since=since, until=until)
    return deliver_all(edition, wanted, latest=until is None)


def make(
    store: Store,
    settings: Settings,
    wanted: DigestSettings,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    unlisted_before: int | None = None,
) -> Edition:
    """Gather and select the content of one digest, from one snapshot of the store.

    With ``unlisted_before``, items listed by a digest of that name with a lower number
    are not news.
    """
    until = until or now
    since = since or until - wanted.span
    with store.reading() as view:
        states = view.feeds.states()
        polled = [states[feed].last_good for feed in _own_feeds(settings, wanted) if feed in states]
        found = list(views(view, settings, since=since, now=now))
        return select(
            wanted,
            found,
            since=since,
            until=until,
            made=now,
            reader_languages=settings.languages,
            listed=_listed(view, wanted.name, found, unlisted_before),
            feeds_seen=sum(good is not None and good > since for good in polled),
            timezone=zone_name(settings),
            outlets=dict(settings.outlets),
        )


def _own_feeds(settings: Settings, wanted: DigestSettings) -> list[str]:
    """The ids of the feeds that a digest takes its news from."""
    tags = {tag.casefold() for tag in wanted.tags}
    return [
        feed_id(one.key or one.url)
        for one in settings.feeds
        if one.enabled
        and (
            not wanted.feeds
            or one.url in wanted.feeds
            or one.key in wanted.feeds
            or one.title in wanted.feeds
        )
        and (not tags or tags & {tag.casefold() for tag in one.tags})
    ]


def _listed(
    view: View, name: str, found: Sequence[StoryView], before: int | None
) -> dict[str, datetime]:
    """When the items of these stories were last listed by earlier digests of that name, by id."""
    if before is None:
        return {}
    shown = [i.id for one in found for part in one.coverage for i in part.members]
    return view.digests.listed(name, shown, before=before)


def _shown(view: View, edition: Edition) -> tuple[str, ...]:
    """The story ids of an edition in order, then those of their language variants."""
    listed = [one.story.id for one in (*edition.stories, *edition.headlines)]
    others = [one for story in listed for one in view.language_groups.variants(story)[1:]]
    return (*listed, *others)


def _items(edition: Edition) -> tuple[str, ...]:
    """The items that an edition accounts for: shown, grouped under a headline, or dropped."""
    counted = (*edition.stories, *edition.headlines, *edition.dropped)
    return tuple(part.item.id for one in counted for part in one.coverage)


def views(view: View, settings: Settings, *, since: datetime, now: datetime) -> Iterator[StoryView]:
    """The stories with arrivals after ``since``, with all their coverage."""
    found = view.stories.list(StoryFilter(arrived=since), limit=STORIES)
    return stories.views(view, (one.id for one in found), settings, now=now)


def zone(settings: Settings) -> tzinfo:
    """The reader's time zone: as configured, or the machine's."""
    name = zone_name(settings)
    return ZoneInfo(name) if name else datetime.now().astimezone().tzinfo or UTC


def zone_name(settings: Settings) -> str | None:
    """The name of the reader's time zone; None if the machine's has no name."""
    if settings.timezone:
        return settings.timezone
    try:
        name = tzlocal.get_localzone_name()
        return name if name and ZoneInfo(name) else None
    except (LookupError, ValueError):  # a machine with an unusual configuration
        return None
