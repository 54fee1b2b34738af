"""What a reader of the store sees: a group of records for each word, and no way to write."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, func, select

from storage.api_tokens import ApiTokenReader
from storage.archive import Archive
from storage.canonical_lists import CanonicalLists
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
from storage.outbox import OutboxReader
from storage.polls import PollReader
from storage.reading_states import ReadingStateReader
from storage.records import Counts
from storage.retention import RetentionReader
from storage.schema import canonicals, items, poll_states, polls, revisions, stories
from storage.search import Search
from storage.standing import Standing
from storage.statements import Session
from storage.story_lists import StoryLists
from storage.story_reading import StoryReader
from storage.users import UserReader
from storage.web_sessions import WebSessionReader


class View:
    """A snapshot of everything stored, valid until the block ends."""

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
        self.outbox = OutboxReader(session)
        self.search = Search(session)
        self.events = EventReader(session)
        self.standing = Standing(session)
        self.users = UserReader(session)
        self.lists = CanonicalLists(session)
        self.states = ReadingStateReader(session)
        self.retention = RetentionReader(session)
        self.story_lists = StoryLists(session)
        self.web_sessions = WebSessionReader(session)
        self.api_tokens = ApiTokenReader(session)

    def counts(self) -> Counts:
        """How much is stored."""
        count = func.count().label("count")
        by_rule = select(items.c.rule, count).group_by(items.c.rule).order_by(items.c.rule)
        rules = {row.rule: row.count for row in self.session.select(by_rule)}
        told = stories.c.redirect.is_(None), ~is_secondary(stories.c.id)
        return Counts(
            feeds=self._count(poll_states, poll_states.c.state != "removed"),
            polls=self._count(polls),
            items=sum(rules.values()),
            revisions=self._count(revisions),
            canonicals=self._count(canonicals, canonicals.c.redirect.is_(None)),
            stories=self._count(stories, *told),
            rules=rules,
        )

    def _count(self, table: Table, *where: ColumnElement[bool]) -> int:
        query = select(func.count().label("count")).select_from(table).where(*where)
        return sum(row.count for row in self.session.select(query))
