"""Scheduled backups of the store."""

from __future__ import annotations

import time
from datetime import datetime

import structlog

from aggregator.publish.retries import Retries
from aggregator.publish.schedule import is_due
from aggregator.publish.zones import zone
from aggregator.settings import Settings
from storage import Store, StoreError, dated_backup

LAST = "last_backup"
"""The name under which the store remembers when its last backup was made."""

log = structlog.get_logger()


class Backups:
    """Makes a backup when one is due; one that fails is tried again, ever more rarely."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._retries = Retries()

    def make_due(self, settings: Settings, now: datetime) -> None:
        """Make the backup that is due at ``now``, if any; older ones than are kept are removed."""
        plan = settings.backup
        if not plan.scheduled or LAST in self._retries.waiting(time.monotonic()):
            return
        if not is_due(plan, last=self._last(now), now=now, zone=zone(settings)):
            return
        try:
            made = dated_backup(self._store, plan.directory, at=now, keep=plan.keep)
        except StoreError as error:
            pause = self._retries.failed(LAST, time.monotonic())
            log.error("backup not made", error=str(error), retry_in_seconds=round(pause))
            return
        self._retries.succeeded(LAST)
        with self._store.transaction() as tx:
            tx.meta.set(LAST, now.isoformat())
        log.info("backup made", path=str(made.path), removed=len(made.removed))

    def _last(self, now: datetime) -> datetime | None:
        """When the last backup was made; None if never, or by a clock that was ahead."""
        with self._store.reading() as view:
            found = view.meta.get(LAST)
        last = datetime.fromisoformat(found) if found else None
        return None if last is None or last > now else last
