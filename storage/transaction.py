"""What the writer of the store has: a view whose groups of records can be changed too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.model.effects import Effect
from storage.canonicals import Canonicals
from storage.corrections import Corrections
from storage.cross_language_groups import CrossLanguageGroups
from storage.decisions import Decisions
from storage.digests import Digests
from storage.effects import Effects
from storage.events import Events
from storage.feed_histories import FeedHistories
from storage.feeds import Feeds
from storage.items import Items
from storage.meta import Meta
from storage.polls import Polls
from storage.statements import WriteSession
from storage.stories import Stories
from storage.view import View


class Transaction(View):
    """A view that sees what it writes: all of it is stored when the block ends, or nothing."""

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
        self._effects = Effects(session)

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """Write effects in their order, each made at ``at``, and keep them as events.

        ValueError for one without what an event leaves out: its text, its decision.
        """
        for effect in effects:
            self._effects.apply(effect, at)
        self.events.add(effects, at)
