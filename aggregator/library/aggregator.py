"""A configuration and its store, open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aggregator.config import load
from aggregator.engine import item_corrections
from aggregator.engine.polls import Engine
from aggregator.model import Correction, CorrectionKind, Level
from aggregator.polling.poller import Summary
from aggregator.polling.rounds import poll_due
from aggregator.reading import explain, stories
from aggregator.reading.story_view import StoryView
from storage import Store, StoryFilter


def _now() -> datetime:
    return datetime.now(UTC)


class Aggregator:
    """A configuration with its open store. Use it in a ``with`` block, or call ``close``.

    Do not use it inside a running event loop: ``poll`` starts its own.
    """

    def __init__(
        self,
        config: str | Path = "feeds.toml",
        *,
        store: str | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Read ``config`` and open its store, or the one at the address ``store``.

        ``clock`` gives the time in UTC. Raises ConfigError and StoreError.
        """
        self.settings = load(Path(config), store=store)
        self.store = Store.open(self.settings.store)
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def poll(self, *, everything: bool = False) -> Summary:
        """Poll the feeds that are due, or all of them; Retry-After is always honoured.

        Failing feeds are counted in the summary and raise nothing.
        """
        return poll_due(self.store, self.settings, clock=self._clock, everything=everything).summary

    def stories(
        self, *, since: datetime | None = None, language: str | None = None, limit: int = 50
    ) -> list[StoryView]:
        """The latest stories, latest news first."""
        with self.store.reading() as view:
            found = view.stories.list(StoryFilter(since=since, language=language), limit=limit)
            ids = [one.id for one in found]
            return list(stories.views(view, ids, self.settings, now=self._clock()))

    def why(self, item: str) -> str:
        """Explain why an item was grouped as it was. Raises KeyError for an unknown id."""
        with self.store.reading() as view:
            found = view.items.get(item)
            if found is None:
                raise KeyError(item)
            return explain.why_text(view, found)

    def same(self, a: str, b: str, *, note: str = "") -> Correction:
        """Mark two items as the same article. Raises CorrectionError if refused."""
        return self._correct(CorrectionKind.SAME, a, b, note)

    def split(self, a: str, b: str | None = None, *, note: str = "") -> Correction:
        """Mark an item as not the same article as ``b``, or (None) as any other."""
        return self._correct(CorrectionKind.SPLIT, a, b, note)

    def undo(self, correction: str) -> list[str]:
        """Undo a correction; returns the ids of the items that moved."""
        return item_corrections.undo(self._engine(), correction, now=self._clock())

    def _correct(self, kind: CorrectionKind, a: str, b: str | None, note: str) -> Correction:
        correction = item_corrections.make(Level.ITEM, kind, a, b, at=self._clock(), note=note)
        item_corrections.apply(self._engine(), correction, now=self._clock())
        return correction

    def _engine(self) -> Engine:
        return Engine(self.store, self.settings)
