"""From what is stored to the files of a digest; nothing is decided here.

Gathers stories from the store, lets ``digest`` select and render them, and notes
what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal

from aggregator.digest import Edition, select
from aggregator.publish.deliveries.files import DigestError, deliver
from aggregator.publish.schedule import is_due
from aggregator.reading.stories import view
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings, Settings
from storage import DigestRecord, Store, StoryFilter, Transaction

STORIES = 5_000  # looked at for one digest at the most
CATCH_UP = timedelta(days=14)  # how far back a digest reaches that was missed
LISTED = 60  # earlier digests whose stories are not told again


@dataclass(frozen=True, slots=True)
class WrittenDigest:
    """One digest that was written: its files, and how many stories it lists."""

    settings: DigestSettings
    files: tuple[Path, ...]
    stories: int


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The digests that were due and written, and why others could not be."""

    digests: tuple[WrittenDigest, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that were written."""
        return tuple(path for one in self.digests for path in one.files)


def write_due(store: Store, settings: Settings, *, now: datetime) -> WriteResult:
    """Write the digests whose time has come and note them.

    A story that an earlier one of the same name has listed comes again only with
    something newer. What came in while nothing ran, up to CATCH_UP ago, is told too.
    One that cannot be written does not keep the others from being; it is due again.
    """
    digests: list[WrittenDigest] = []
    problems: list[str] = []
    for one in settings.digests:
        with store.reading() as tx:
            last = tx.digests.last(one.name)
            listed = _listed(tx, one.name)
        if not is_due(one, last=last.at if last else None, now=now, zone=zone(settings)):
            continue
        since = now - one.span
        if last is not None and last.until < since:
            since = max(last.until, now - max(CATCH_UP, one.span))
        edition = make(store, settings, one, now=now, since=since, listed=listed)
        try:
            written = deliver(edition, one)
        except DigestError as error:
            problems.append(str(error))
            continue
        digests.append(WrittenDigest(one, written, len(edition.stories)))
        with store.transaction() as tx:
            tx.digests.add(
                DigestRecord(
                    one.name,
                    now,
                    edition.since,
                    edition.until,
                    tuple(str(path) for path in written),
                    _shown(tx, edition),
                )
            )
    return WriteResult(tuple(digests), tuple(problems))


def write(
    store: Store,
    settings: Settings,
    wanted: DigestSettings,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Path, ...]:
    """Write one digest by hand, whatever was listed before; returns the files.

    It tells of the news in ``(since, until]``: by default of its span up to now. One
    with an end given leaves ``latest.*`` alone: those who follow these want the news.
    It is not noted: the next scheduled one comes as if this had not been written.
    """
    edition = make(store, settings, wanted, now=now, since=since, until=until)
    return deliver(edition, wanted, latest=until is None)


def make(
    store: Store,
    settings: Settings,
    wanted: DigestSettings,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    listed: Mapping[str, datetime] | None = None,
) -> Edition:
    """Gather and select what one digest says, from one view of the store."""
    until = until or now
    since = since or until - wanted.span
    with store.reading() as tx:
        polled = (state.last_good for state in tx.feeds.states().values())
        return select(
            wanted,
            views(tx, settings, since=since, now=now),
            since=since,
            until=until,
            made=now,
            reader_languages=settings.languages,
            listed=listed,
            feeds_seen=sum(good is not None and good > since for good in polled),
            timezone=zone_name(settings),
        )


def _shown(tx: Transaction, edition: Edition) -> tuple[str, ...]:
    """The ids of the stories of an edition in its order, then those that are told as them.

    Should these part later, none of them is told again without news.
    """
    listed = [view.story.id for view in edition.stories]
    others = [one for story in listed for one in tx.language_groups.variants(story)[1:]]
    return (*listed, *others)


def _listed(tx: Transaction, name: str) -> dict[str, datetime]:
    """When each story was last listed by the digest ``name``."""
    found: dict[str, datetime] = {}
    for record in reversed(tx.digests.list(name, limit=LISTED)):
        for story in record.stories:
            found[tx.stories.resolve(story) or story] = record.until
    return found


def views(
    tx: Transaction, settings: Settings, *, since: datetime, now: datetime
) -> Iterator[StoryView]:
    """The stories in which something came after ``since``, with all their coverage."""
    for story in tx.stories.list(StoryFilter(since=since), limit=STORIES):
        found = view(tx, story.id, settings, now=now)
        if found is not None:
            yield found


def zone(settings: Settings) -> tzinfo:
    """The reader's time zone: as configured, else the machine's."""
    name = zone_name(settings)
    return ZoneInfo(name) if name else datetime.now().astimezone().tzinfo or UTC


def zone_name(settings: Settings) -> str | None:
    """The name of the reader's time zone; None where the machine has none of its own."""
    if settings.timezone:
        return settings.timezone
    try:
        name = tzlocal.get_localzone_name()
        return name if name and ZoneInfo(name) else None
    except (LookupError, ValueError):  # a machine that is set up in some way of its own
        return None
