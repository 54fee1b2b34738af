"""One transaction as the other rooms see it: a group of records for each word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from aggregator.model import Decision, Evidence, Item
from storage.archive import Archive
from storage.canonicals import Canonicals
from storage.corrections import Corrections
from storage.cross_language_groups import CrossLanguageGroups, is_secondary
from storage.decisions import Decisions
from storage.digests import Digests
from storage.feeds import Feeds
from storage.items import Items
from storage.meta import Meta
from storage.polls import Polls
from storage.records import Counts
from storage.schema import canonicals, items, poll_states, polls, revisions, stories
from storage.search import Search
from storage.statements import Session
from storage.stories import Stories


class Transaction:
    """Everything stored, as one consistent whole; gone when the block ends."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.meta = Meta(session)
        self.feeds = Feeds(session)
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

    def save(self, item: Item, decision: Decision, at: datetime) -> int:
        """Store a new item as decided, with all that follows; its number in the order of arrival.

        Founds the canonical item where the decision says so, remembers the decision,
        and lets another item represent the canonical item where it names one.
        """
        if decision.founded:
            self.canonicals.add(decision.canonical, item.id, item.seen)
        number = self.items.add(item, decision)
        self.decisions.add(decision, at, first=True)
        self._represent(decision, at)
        return number

    def decide_again(self, decision: Decision, at: datetime) -> None:
        """Follow a new decision about a stored item: move it, and remember why."""
        if decision.founded:
            self.canonicals.add(decision.canonical, decision.item, at)
        self.canonicals.move(decision.item, decision.canonical, at)
        self.decisions.add(decision, at)
        self._represent(decision, at)

    def _represent(self, decision: Decision, at: datetime) -> None:
        chosen = decision.representative
        if chosen is None or (decision.founded and chosen == decision.item):
            return
        why = Evidence(
            "representative",
            partner=decision.item,
            reason="A better item to stand for it came or was found.",
        )
        self.canonicals.set_representative(decision.canonical, chosen, at, why)

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
