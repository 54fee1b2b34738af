"""One transaction as the other rooms see it: a group of records for each word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from aggregator.model.effects import Effect
from storage.archive import Archive
from storage.canonicals import Canonicals
from storage.corrections import Corrections
from storage.cross_language_groups import CrossLanguageGroups, is_secondary
from storage.decisions import Decisions
from storage.digests import Digests
from storage.effects import Effects
from storage.events import Events
from storage.feed_histories import FeedHistories
from storage.feeds import Feeds
from storage.items import Items
from storage.meta import Meta
from storage.polls import Polls
from storage.records import Counts
from storage.schema import canonicals, items, poll_states, polls, revisions, stories
from storage.search import Search
from storage.standing import Standing
from storage.statements import Session
from storage.stories import Stories


class Transaction:
    """Everything stored, as one consistent whole; gone when the block ends."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.meta = Meta(session)
        self.feeds = Feeds(session)
        self.histories = FeedHistories(session)
        self.polls = Polls(session)
        self.items = Items(session)
        self.archive = Archive(session)
        self.canonicals = Canonicals(session)
        self.decisions = Decisions(session)
        self.stories = Stories(session)
        self.language_groups = CrossLanguageGroups(session)
        self.corrections = Corrections(session)
        self.digests = Digests(session)
        self.search = Search(session)
        self.events = Events(session)
        self.standing = Standing(session)
        self._effects = Effects(session)

    def apply(self, effects: Sequence[Effect], at: datetime) -> None:
        """Write effects in their order, each made at ``at``, and keep them as events.

        ValueError for one without what an event leaves out: its text, its decision.
        """
        for effect in effects:
            self._effects.apply(effect, at)
        self.events.add(effects, at)

    def counts(self) -> Counts:
        """How much is stored."""
        one = self.session.select
        rules = one(
            select(items.c.rule, func.count()).group_by(items.c.rule).order_by(items.c.rule)
        )
        here = poll_states.c.state != "removed"
        return Counts(
            feeds=one(select(func.count()).select_from(poll_states).where(here))[0][0],
            polls=one(select(func.count()).select_from(polls))[0][0],
            items=sum(count for _, count in rules),
            revisions=one(select(func.count()).select_from(revisions))[0][0],
            canonicals=one(
                select(func.count()).select_from(canonicals).where(canonicals.c.redirect.is_(None))
            )[0][0],
            stories=one(
                select(func.count())
                .select_from(stories)
                .where(stories.c.redirect.is_(None), ~is_secondary(stories.c.id))
            )[0][0],
            rules=dict(rules),
        )
