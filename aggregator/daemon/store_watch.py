"""What the daemon does about a store that fails: wait, or end with one line."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from storage import StoreBusy, StoreError

log = structlog.get_logger()


class StoreWatch:
    """Logs that the store is away, once, and that it is back; ends the daemon if it is lost."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._away = False
        self.lost: StoreError | None = None
        """Why the store can no longer be used; None while it can."""

    def failed(self, error: StoreError) -> None:
        """The store failed: wait if that may pass, else end the daemon."""
        if not error.passing:
            if self.lost is None:
                self.lost = error
                self._end()
        elif not self._away:
            self._away = not isinstance(error, StoreBusy)
            log.warning("store not available; trying again", error=str(error))

    def answered(self) -> None:
        """The store works."""
        if self._away:
            self._away = False
            log.info("store available again")
