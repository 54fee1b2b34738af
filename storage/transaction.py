"""A write transaction: a view whose groups of records can also be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeGuard, TypeVar

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
    StoryMerged,
    StoryRedirected,
    VectorKept,
)
from storage.api_tokens import ApiTokens
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
from storage.outbox import Outbox
from storage.polls import Polls
from storage.reading_states import ReadingStates
from storage.retention import Retention
from storage.statements import WriteSession
from storage.stories import Stories
from storage.users import Users
from storage.view import View
from storage.web_sessions import WebSessions

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
        self.outbox: Outbox = Outbox(session)
        self.events: Events = Events(session)
        self.users: Users = Users(session)
        self.states: ReadingStates = ReadingStates(session)
        self.retention: Retention = Retention(session)
        self.web_sessions: WebSessions = WebSessions(session)
        self.api_tokens: ApiTokens = ApiTokens(session)

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """Write effects in order, all dated ``at``, and record them as events.

        Raises ValueError for an effect read back from an event, without text or decision.
        """
        feeds = {one.item: one.record.feed for one in effects if _new(one) and one.record}
        for effect in effects:
            self._write(effect, at, feeds)
            self._follow(effect, at)
        self.events.add(effects, at)

    def _write(self, effect: Effect, at: datetime, feeds: Mapping[str, str]) -> None:
        """Write one effect: a few statements, without any rule.

        ``feeds``: the feed of each item that the same effects store.
        """
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
            case CanonicalFounded(_, item):
                self.canonicals.apply(effect, at, feed=feeds.get(item))
            case CanonicalRestored() | CanonicalRedirected() | RepresentativeChanged():
                self.canonicals.apply(effect, at)
            case StoriesLinked() | StoryGrouped():
                self.language_groups.apply(effect, at)
            case VectorKept(_, vector):
                self.language_groups.save_vector(_whole(effect, vector))
            case CorrectionMade() | CorrectionUndone():
                self._correct(effect, at)
            case _:
                self.stories.apply(effect, at)
                if isinstance(effect, StoryLeft | StoryInherited):
                    self.language_groups.drop_vector(effect.canonical)

    def _correct(self, effect: CorrectionMade | CorrectionUndone, at: datetime) -> None:
        if isinstance(effect, CorrectionMade):
            self.corrections.add(_whole(effect, effect.record))
        else:
            self.corrections.undo(effect.correction, at)

    def _follow(self, effect: Effect, at: datetime) -> None:
        """Write what readers need to know of an effect.

        Canonical items are changed by what their items do, and what users have done goes with
        canonical items and stories that merge.
        """
        match effect:
            case ItemStored(_, canonical, _, _, decision) if decision and not decision.founded:
                self.canonicals.touch(canonical, at)
            case ItemRevised(_, canonical) | RepresentativeChanged(canonical):
                self.canonicals.touch(canonical, at)
            case ItemMoved(_, source, canonical):
                self.canonicals.touch(source, at)
                self.canonicals.touch(canonical, at)
            case CanonicalRedirected(canonical, into):
                self.states.carry(canonical, into, at)
            case StoryMerged() | StoryRedirected():
                self.states.carry_story(effect.story, effect.into, at)
            case _:
                pass


def _new(effect: Effect) -> TypeGuard[ItemStored]:
    return isinstance(effect, ItemStored)


def _whole(effect: Effect, part: T | None) -> T:
    """A required part of an effect; ValueError if it is missing (read back from an event)."""
    if part is None:
        raise ValueError(f"an effect without its text or decision cannot be written: {effect}")
    return part
