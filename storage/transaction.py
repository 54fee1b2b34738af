"""A write transaction: a view whose groups of records can also be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from aggregator.model.effects import (
    CanonicalFounded,
    CanonicalRedirected,
    CanonicalRestored,
    CorrectionMade,
    CorrectionUndone,
    Effect,
    ItemFlagged,
    ItemKept,
    ItemMoved,
    ItemRevised,
    ItemStored,
    RepresentativeChanged,
    StoriesLinked,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    VectorKept,
)
from storage.canonicals import Canonicals
from storage.corrections import Corrections
from storage.cross_language_groups import CrossLanguageGroups
from storage.decisions import Decisions
from storage.digests import Digests
from storage.events import Events
from storage.feed_histories import FeedHistories
from storage.feeds import Feeds
from storage.items import Items
from storage.meta import Meta
from storage.polls import Polls
from storage.statements import WriteSession
from storage.stories import Stories
from storage.view import View

T = TypeVar("T")


class Transaction(View):
    """A view that sees its own writes; they are stored together when the block ends."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self.meta: Meta = Meta(session)
        self.feeds: Feeds = Feeds(session)
        self.histories: FeedHistories = FeedHistories(session)
        self.polls: Polls = Polls(session)
        self.items: Items = Items(session)
        self.canonicals: Canonicals = Canonicals(session)
        self.decisions: Decisions = Decisions(session)
        self.stories: Stories = Stories(session)
        self.language_groups: CrossLanguageGroups = CrossLanguageGroups(session)
        self.corrections: Corrections = Corrections(session)
        self.digests: Digests = Digests(session)
        self.events: Events = Events(session)

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """Write effects in order, all dated ``at``, and record them as events.

        Raises ValueError for an effect read back from an event, without text or decision.
        """
        for effect in effects:
            self._write(effect, at)
        self.events.add(effects, at)

    def _write(self, effect: Effect, at: datetime) -> None:
        """Write one effect: a few statements, no business rules."""
        match effect:
            case ItemStored(_, _, _, record, decision):
                decided = _whole(effect, decision)
                self.items.add(_whole(effect, record), decided)
                self.decisions.add(decided, at, first=True)
            case ItemRevised(_, _, record, keys):
                self.items.revise(_whole(effect, record), keys, at=at)
            case ItemKept(_, _, _, decision):
                self.decisions.add(_whole(effect, decision), at)
            case ItemMoved(item, _, canonical, _, decision):
                self.items.move(item, canonical)
                self.decisions.add(_whole(effect, decision), at)
            case ItemFlagged(item, flags):
                self.items.set_flags(item, flags)
            case (
                CanonicalFounded()
                | CanonicalRestored()
                | CanonicalRedirected()
                | RepresentativeChanged()
            ):
                self.canonicals.apply(effect, at)
            case StoriesLinked() | StoryGrouped():
                self.language_groups.apply(effect, at)
            case VectorKept(_, vector):
                self.language_groups.save_vector(_whole(effect, vector))
            case CorrectionMade(_, said):
                self.corrections.add(_whole(effect, said))
            case CorrectionUndone(name):
                self.corrections.undo(name, at)
            case _:
                self.stories.apply(effect, at)
                if isinstance(effect, StoryLeft | StoryInherited):
                    self.language_groups.drop_vector(effect.canonical)


def _whole(effect: Effect, part: T | None) -> T:
    """A required part of an effect; ValueError if it is missing (read back from an event)."""
    if part is None:
        raise ValueError(f"an effect without its text or decision cannot be written: {effect}")
    return part
