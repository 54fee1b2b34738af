"""Processes a poll: makes items from entries, decides them, stores everything at once.

The engine is the only writer. Its memory between polls is a function of what is
stored; after a failed poll, or a restart, it is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from aggregator import cluster, crosslingual, fetch
from aggregator.engine.arrival import arrival_time
from aggregator.engine.decider import Decider
from aggregator.engine.prepared import Preparation, Prepared
from aggregator.engine.recorder import Recorder, Taken
from aggregator.model import (
    Document,
    Feed,
    FeedHistory,
    Flag,
    Outcome,
    PollOutcome,
    PollState,
)
from aggregator.settings import FeedSettings, Settings
from storage import PollRecord, Store, Transaction, View

IMPORTED = 1_000_000  # position of feeds that are not in feeds.toml: after all others
WRITE_COUNT = "turn"  # the key under which the store counts its writes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll: the outcome, and the document if it could be parsed."""

    feed: Feed
    settings: FeedSettings
    outcome: PollOutcome
    document: Document | None = None
    prepared: Prepared | None = None  # what was made of the document ahead
    problem: str | None = None  # why there is no document
    crashed: bool = False  # the document killed its parser
    jitter: float = 0.5  # in [0, 1), spreads the next poll


@dataclass(slots=True)
class Tally:
    """The results of one or more polls in numbers."""

    entries: int = 0
    items: int = 0
    revisions: int = 0
    canonicals: int = 0
    stories: int = 0
    rules: Counter[str] = field(default_factory=Counter)  # duplicates by rule

    @property
    def duplicates(self) -> int:
        """The number of new items that joined an existing canonical item."""
        return sum(self.rules.values())

    def count(self, taken: Taken) -> None:
        """Count one item of a document."""
        if taken.decision is None:
            return
        if not taken.new:
            self.revisions += 1
            return
        self.items += 1
        if taken.story is None:
            self.rules[taken.decision.evidence.rule] += 1
        else:
            self.canonicals += 1
            self.stories += taken.story.founded

    def add(self, other: Tally) -> None:
        """Add the numbers of ``other``."""
        self.entries += other.entries
        self.items += other.items
        self.revisions += other.revisions
        self.canonicals += other.canonicals
        self.stories += other.stories
        self.rules.update(other.rules)


class Engine:
    """Decides and stores the results of polls, one poll at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
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
        """Store one poll completely: its state, items, decisions and evidence.

        Raises what storage raises, in which case nothing of this poll is stored.
        """
        with self.writing() as tx:
            tally = Tally()
            state = tx.feeds.state(poll.feed.id)
            if poll.document is not None:
                first = state.last_good is None
                tally = self._document(
                    tx, poll.feed, poll.document, poll.prepared, now=now, backlog=first
                )
            after = fetch.next_poll(
                poll.settings,
                self._settings.fetch,
                state,
                _as_failed(poll),
                poll.document,
                _published(poll.document),
                now=now,
                jitter=poll.jitter,
                crashed=poll.crashed,
            )
            tx.feeds.save_state(_counted(after, tally))
            tx.polls.add(_record(poll, tally, now))
            return tally

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
        with self.writing() as tx:
            if tx.feeds.get(feed.id) is None:
                tx.feeds.upsert(feed, IMPORTED)
            return self._document(tx, feed, document, prepared, now=now, in_order=in_order)

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
        tx: Transaction,
        feed: Feed,
        document: Document,
        prepared: Prepared | None,
        *,
        now: datetime,
        in_order: bool = False,
        backlog: bool = False,
    ) -> Tally:
        """Decide on each item of a document, and store them."""
        last = tx.items.last_seen()
        seen = arrival_time(now, last)
        if last is not None and seen < last:
            self.forget()  # the state contains arrivals from a wrong clock's future
        tally = Tally(entries=len(document.entries))
        recorder = self.recorder(tx, latest=seen)
        known = tx.histories.get(feed.id)
        preparation = Preparation(feed, document, known, prepared, in_order=in_order)
        if preparation.history != known:
            tx.histories.save(feed.id, preparation.history)
        flags = (Flag.BACKLOG,) if backlog else ()
        removed = tx.retention.any_forgotten()
        for made in preparation.items(seen):
            if removed and tx.retention.forgotten(made.item.id):
                continue  # it was here long ago
            tally.count(recorder.take(made.item, now, flags=flags, made=made))
        self.summarise(tx, recorder.touched())
        return tally

    def recorder(self, tx: Transaction, *, latest: datetime | None = None) -> Recorder:
        """A recorder that decides and writes in ``tx``."""
        return Recorder(lambda: self.ready(tx, latest=latest), tx, self._decider)

    def ready(self, view: View, *, latest: datetime | None = None) -> Decider:
        """The decider; if there is none, restored from the items within the window.

        The window ends at the last arrival, or at ``latest`` if that is earlier.
        """
        if self._decider is None:
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

    def summarise(self, tx: Transaction, touched: Iterable[str]) -> None:
        """Bring what lists need of the stories that changed up to date."""
        for story in sorted({tx.stories.resolve(one) or "" for one in touched if one} - {""}):
            tx.stories.summarise(story)


def _published(document: Document | None) -> list[datetime]:
    return [e.published for e in document.entries if e.published] if document else []


def _as_failed(poll: Poll) -> PollOutcome:
    """The outcome, turned into a failure if its document could not be read."""
    if poll.problem is None:
        return poll.outcome
    return replace(poll.outcome, outcome=Outcome.FAILED, error=poll.problem)


def _counted(state: PollState, tally: Tally) -> PollState:
    return replace(
        state,
        entries_seen=state.entries_seen + tally.items,
        duplicates=state.duplicates + tally.duplicates,
    )


def _record(poll: Poll, tally: Tally, now: datetime) -> PollRecord:
    outcome, document = poll.outcome, poll.document
    return PollRecord(
        feed=poll.feed.id,
        at=now,
        outcome=_as_failed(poll).outcome,
        status=outcome.status,
        bytes=outcome.wire_bytes,
        elapsed=outcome.elapsed,
        entries=tally.entries,
        new_items=tally.items,
        duplicates=tally.duplicates,
        error=poll.problem or outcome.error,
        parser=document.parser if document else "",
        problems=document.problems if document else (),
    )
