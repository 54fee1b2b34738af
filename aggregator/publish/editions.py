"""Writes due digests: records what each tells, then delivers it; nothing is decided here."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.digest import Edition
from aggregator.publish.deliveries.delivery import PartlyDeliveredError, deliver_all
from aggregator.publish.deliveries.files import DigestError
from aggregator.publish.gather import INSTALLATION, make
from aggregator.publish.outbox import messages
from aggregator.publish.schedule import is_due
from aggregator.publish.zones import zone
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings, Settings
from storage import DigestRecord, Store, StoreError, View

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
    identify(store)
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


def identify(store: Store) -> None:
    """Give the store an id of its own, for feeds that are read elsewhere, unless it has one."""
    with store.reading() as view:
        if view.meta.get(INSTALLATION):
            return
    with store.transaction() as tx:
        if not tx.meta.get(INSTALLATION):
            tx.meta.set(INSTALLATION, uuid.uuid4().hex)


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
            unlisted_before=None if one.rolling else last.number,
        )
        return _finish(store, one, last, edition)
    if not is_due(one, last=last.at if last else None, now=now, zone=zone(settings)):
        return None
    since = now - one.span
    if last is not None and last.until < since and not one.rolling:
        since = max(last.until, now - max(CATCH_UP, one.span))
    before = None if one.rolling else _ALL
    edition = make(store, settings, one, now=now, since=since, unlisted_before=before)
    with store.transaction() as tx:
        record = DigestRecord(
            one.name,
            now,
            since,
            now,
            stories=_shown(tx, edition),
            items=_items((*edition.stories, *edition.headlines)),
            dropped=_items(edition.dropped),
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
        to_send = messages(edition, one, digest=record.number, now=record.at)
        with store.transaction() as tx:
            tx.digests.finish(record.number, tuple(str(path) for path in written))
            tx.outbox.add(to_send)
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
    identify(store)
    edition = make(store, settings, wanted, now=now, since=since, until=until)
    return deliver_all(edition, wanted, latest=until is None)


def _shown(view: View, edition: Edition) -> tuple[str, ...]:
    """The story ids of an edition in order, then those of their language variants."""
    listed = [one.story.id for one in (*edition.stories, *edition.headlines)]
    others = [one for story in listed for one in view.language_groups.variants(story)[1:]]
    return (*listed, *others)


def _items(views: Iterable[StoryView]) -> tuple[str, ...]:
    """The representatives of everything in these stories."""
    return tuple(part.item.id for one in views for part in one.coverage)
