"""Processes a poll: makes items from entries, decides them, stores them with the poll's state.

The engine is the only writer. Its memory between polls is a function of what is
stored; after a failed poll, or a restart, it is read again.

Other writers wait no longer than a part takes: a document whose entries take more than ``PART``
seconds to decide is stored in several transactions, oldest entries first, and the poll with the
last one. If the process is killed in between, it is as if an earlier poll had found only the
stored entries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from aggregator import cluster, crosslingual, fetch
from aggregator.engine.arrival import arrival_time
from aggregator.engine.decider import Decider
from aggregator.engine.poll_results import Poll, Tally, as_failed, counted, published, record
from aggregator.engine.prepared import Preparation, Prepared
from aggregator.engine.recorder import Recorder
from aggregator.model import Document, Feed, FeedHistory, Flag, PollState
from aggregator.settings import Settings
from storage import Store, Transaction, View

IMPORTED = 1_000_000  # position of feeds that are not in feeds.toml: after all others
PART = 0.5  # seconds of deciding in one transaction
WRITE_COUNT = "turn"  # the key under which the store counts its writes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class _StateMissing(Exception):  # noqa: N818 (not an error)
    """The state is needed, and can still be read before the transaction."""


class Engine:
    """Decides and stores the results of polls, one poll at a time."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        part: float = PART,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """``part``: seconds of deciding, by ``timer``, after which other writers get a turn."""
        self._store = store
        self._settings = settings
        self._part_seconds = part
        self._timer = timer
        self._reads_ahead = False  # whether the state can still be read outside a transaction
        self._decider: Decider | None = None
        self._write_count = -1  # the store's write count after our last write

    def use(self, settings: Settings) -> None:
        """Use ``settings`` from the next poll on."""
        self._settings = settings
        self.forget()

    def forget(self) -> None:
        """Drop the state in memory; the next poll reads it from the store again."""
        self._decider = None

    def take(self, poll: Poll, *, now: datetime) -> Tally:
        """Store one poll: its state, items, decisions and evidence.

        Raises what storage raises; the poll then counts as not made, and its entries are
        stored up to the last complete part.
        """
        return _last(self.parts(poll, now=now))

    def parts(self, poll: Poll, *, now: datetime) -> Iterator[Tally]:
        """Like ``take``, one transaction at each step; gives the numbers so far."""

        def end(tx: Transaction, whole: Tally) -> None:
            self._end(tx, poll, whole, now)

        if poll.document is not None:
            yield from self._document(
                poll.feed, poll.document, poll.prepared, now=now, polled=True, end=end
            )
            return
        with self.writing() as tx:
            end(tx, Tally())
        yield Tally()

    def _end(self, tx: Transaction, poll: Poll, whole: Tally, now: datetime) -> None:
        """Store the state of the feed after a poll, and the poll's line in the log."""
        after = fetch.next_poll(
            poll.settings,
            self._settings.fetch,
            tx.feeds.state(poll.feed.id),
            as_failed(poll),
            poll.document,
            published(poll.document),
            now=now,
            jitter=poll.jitter,
            crashed=poll.crashed,
        )
        tx.feeds.save_state(after)
        tx.polls.add(record(poll, whole, now))

    def take_document(
        self,
        feed: Feed,
        document: Document,
        prepared: Prepared | None = None,
        *,
        now: datetime,
        in_order: bool = False,
    ) -> Tally:
        """Store a document that does not come from a poll but from an imported file.

        ``prepared``: what was made of it ahead, if anything. ``in_order`` processes its
        entries in document order instead of oldest first.
        """
        return _last(self._document(feed, document, prepared, now=now, in_order=in_order))

    def history(self, feed: str) -> FeedHistory:
        """What the feed with this id has contained so far, for preparing its next document."""
        with self._store.reading() as view:
            return view.histories.get(feed)

    def change_state(
        self, feed: str, change: Callable[[PollState], PollState | None]
    ) -> PollState | None:
        """Update a feed's state by ``change``, reading and writing in one transaction.

        Returns the new state; None if ``change`` returns None (nothing is stored) or the
        feed is unknown.
        """
        with self._store.transaction() as tx:
            if tx.feeds.get(feed) is None:
                return None
            changed = change(tx.feeds.state(feed))
            if changed is not None:
                tx.feeds.save_state(changed)
            return changed

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction; if it fails, the state in memory is dropped as well.

        A counter in the store shows whether another process has written since; in that
        case the state is read again.
        """
        try:
            with self._store.transaction() as tx:
                count = int(tx.meta.get(WRITE_COUNT) or 0)
                if count != self._write_count:
                    self.forget()
                yield tx
                tx.meta.set(WRITE_COUNT, str(count + 1))
            self._write_count = count + 1
            if self._decider is not None and not self._decider.exact:
                self.forget()
        except BaseException:
            self.forget()
            raise

    def _document(
        self,
        feed: Feed,
        document: Document,
        prepared: Prepared | None,
        *,
        now: datetime,
        in_order: bool = False,
        polled: bool = False,
        end: Callable[[Transaction, Tally], None] = lambda tx, tally: None,
    ) -> Iterator[Tally]:
        """Decide on each item of a document and store them, in as many parts as it takes.

        ``end`` is called in the last transaction, with the numbers of the whole document.
        """
        total = Tally(entries=len(document.entries))
        after: int | None = 0  # entries that are stored
        made: list[Preparation] = []  # of earlier parts: the history rarely changes in between

        def part() -> tuple[Tally, int | None]:
            with self.writing() as tx:
                if not polled and tx.feeds.get(feed.id) is None:
                    tx.feeds.upsert(feed, IMPORTED)
                state = tx.feeds.state(feed.id)
                first = polled and state.last_good is None
                known = tx.histories.get(feed.id)
                if not made or made[-1].before != known:
                    made.append(Preparation(feed, document, known, prepared, in_order=in_order))
                preparation = made[-1]
                tally, then = self._part(
                    tx, preparation, after or 0, now, (Flag.BACKLOG,) if first else ()
                )
                if polled:
                    tx.feeds.save_state(counted(state, tally))
                if then is None:
                    if preparation.history != known:
                        tx.histories.save(feed.id, preparation.history)
                    end(tx, total.plus(tally))
                return tally, then

        while after is not None:
            tally, after = self.once_ready(part)
            total.add(tally)
            yield total

    def _part(
        self,
        tx: Transaction,
        preparation: Preparation,
        after: int,
        now: datetime,
        flags: tuple[str, ...],
    ) -> tuple[Tally, int | None]:
        """Take the items that follow the first ``after`` entries, for about ``PART`` seconds.

        Returns the numbers, and how many entries are done now; None if all are.
        """
        last = tx.items.last_seen()
        seen = arrival_time(now, last, tx.digests.told_until())
        if last is not None and seen < last:
            self.forget()  # the state contains arrivals from a wrong clock's future
        tally = Tally()
        recorder = self.recorder(tx, latest=seen)
        removed = tx.retention.any_forgotten()
        until = self._timer() + self._part_seconds
        done: int | None = None
        for place, made in preparation.items(seen, after):
            if not (removed and tx.retention.forgotten(made.item.id)):  # it was here long ago
                tally.count(recorder.take(made.item, now, flags=flags, made=made))
            if self._timer() > until:
                done = place + 1
                break
        self.summarise(tx, recorder.touched())
        return tally, done

    def recorder(self, tx: Transaction, *, latest: datetime | None = None) -> Recorder:
        """A recorder that decides and writes in ``tx``."""
        return Recorder(lambda: self.ready(tx, latest=latest), tx, self._decider)

    def ready(self, view: View, *, latest: datetime | None = None) -> Decider:
        """The decider; if there is none, restored from the items within the window.

        The window ends at the last arrival, or at ``latest`` if that is earlier.
        """
        if self._decider is None:
            if self._reads_ahead:
                raise _StateMissing
            decider = Decider(
                self._settings.dedupe,
                self._settings.stories,
                corrections=view.corrections.active(),
            )
            last = view.items.last_seen() or _EPOCH
            since = min(last, latest or last) - self._settings.dedupe.index_window
            members = view.stories.restore(cluster.RESTORE_LIMIT)
            decider.restore(view.items.titles_since(since), members, view.stories.newest())
            if self._settings.stories.across_languages:
                decider.restore_meanings(
                    view.language_groups.vectors(crosslingual.REMEMBERED),
                    view.language_groups.pairs(),
                )
            self._decider = decider
        return self._decider

    def once_ready(self, work: Callable[[], T]) -> T:
        """Run ``work``, which writes in one transaction and can be run again.

        Where much is stored, reading the state takes seconds for which no other writer should
        wait. If ``work`` needs it, it is rolled back, the state is read, and it is run again.
        """
        self._reads_ahead = True
        try:
            return work()
        except _StateMissing:
            pass
        finally:
            self._reads_ahead = False
        with self._store.reading() as view:
            count = int(view.meta.get(WRITE_COUNT) or 0)
            self.ready(view)
        self._write_count = count
        return work()

    def summarise(self, tx: Transaction, touched: Iterable[str]) -> None:
        """Bring what lists need of the stories that changed up to date."""
        for story in sorted({tx.stories.resolve(one) or "" for one in touched if one} - {""}):
            tx.stories.summarise(story)


def _last(tallies: Iterable[Tally]) -> Tally:
    *_, last = tallies
    return last
