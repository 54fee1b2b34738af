"""What a reader of the store sees: a group of records for each word, and no way to write."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.archive import Archive
from storage.canonicals import CanonicalReader
from storage.corrections import CorrectionReader
from storage.cross_language_groups import CrossLanguageGroupReader, is_secondary
from storage.decisions import DecisionReader
from storage.digests import DigestReader
from storage.events import EventReader
from storage.feed_histories import FeedHistoryReader
from storage.feeds import FeedReader
from storage.item_reading import ItemReader
from storage.meta import MetaReader
from storage.polls import PollReader
from storage.records import Counts
from storage.schema import canonicals, items, poll_states, polls, revisions, stories
from storage.search import Search
from storage.standing import Standing
from storage.statements import Session
from storage.story_reading import StoryReader


class View:
    """Everything stored, as it is at one moment; gone when the block ends."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.meta = MetaReader(session)
        self.feeds = FeedReader(session)
        self.histories = FeedHistoryReader(session)
        self.polls = PollReader(session)
        self.items = ItemReader(session)
        self.archive = Archive(session)
        self.canonicals = CanonicalReader(session)
        self.decisions = DecisionReader(session)
        self.stories = StoryReader(session)
        self.language_groups = CrossLanguageGroupReader(session)
        self.corrections = CorrectionReader(session)
        self.digests = DigestReader(session)
        self.search = Search(session)
        self.events = EventReader(session)
        self.standing = Standing(session)

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
