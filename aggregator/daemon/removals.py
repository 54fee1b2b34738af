"""Removes what is older than it is kept, a part each hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import structlog

from aggregator.engine.polls import Engine
from aggregator.engine.retention import Removed, retain
from aggregator.publish.old_files import old_digest_files
from aggregator.settings import Settings
from storage import Store

STEPS = 40
"""Short transactions in one run; meanwhile polls wait to be stored, for a few seconds."""

log = structlog.get_logger()


class Removals:
    """Goes through everything that is old, and then begins again."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self._steps: Iterator[Removed] | None = None

    def go_on(self, settings: Settings, now: datetime) -> Removed:
        """Take the next steps; to be called in the thread that stores polls."""
        rules = settings.retention
        if not (rules.items or rules.polls or any(one.keep for one in settings.feeds)):
            self._steps = None
        elif self._steps is None:
            self._steps = retain(self._store, settings, now)
        taken = list(islice(self._steps or (), STEPS))
        if len(taken) < STEPS:
            self._steps = None
        done = sum(taken, Removed())
        if done.items:
            self._engine.forget()  # it may remember what is gone
        files = list(old_digest_files(settings, now))
        for path in files:
            path.unlink(missing_ok=True)
        if done.items or done.polls or files:
            log.info("old items removed", items=done.items, polls=done.polls, files=len(files))
        return done
