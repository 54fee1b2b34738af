"""A store with something in every table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select

from aggregator.model import (
    Correction,
    Feed,
    FeedHistory,
    Keys,
    Outcome,
    PollState,
    StoryLink,
    StoryVector,
)
from aggregator.model.effects import ItemFlagged
from aggregator.model.reading_state import ReadingState
from storage import DigestRecord, OutboxMessage, PollRecord, Store
from storage.schema import forgotten_items, metadata


def fill(store: Store, make: Any) -> None:
    """Something in every table."""
    with store.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "https://one.example/feed", tags=("ب",)), 0)
        tx.feeds.save_state(PollState("f1", next_poll=make.at(60)))
        tx.polls.add(PollRecord("f1", make.at(), Outcome.CONTENT, 200, entries=4))
        for number, title in enumerate(
            ("Ferry sinks", "غرق عبارة", "渡船沉没", "Ferry sinks again")
        ):
            item = make.item(number, title=title, lead="Nobody was hurt.")
            make.save(tx, item, keys=Keys((item.id,), title, (number, -number - 1), b"packed"))
        make.save(tx, make.item(9, title="Ferry sinks"), "c0000000000000000")
        tx.items.revise(make.item(1, title="غرق العبارة", revision=1), Keys(), at=make.at(99))
        for number in range(4):
            make.story(tx, f"c{number:016x}", features=bytes(range(9)))
        tx.language_groups.save_vector(
            StoryVector("c0000000000000001", "", "ar", make.at(), make.at(), bytes(range(9)))
        )
        make.link(tx, StoryLink("link", "s0000000000000001", "s0000000000000000"), make.at(50))
        tx.corrections.add(Correction("k1", "item", "same", "i1", "i2", make.at()))
        tx.digests.add(
            DigestRecord(
                "daily", make.at(), make.at(), make.at(), ("a",), ("s0000000000000001",), ("i1",)
            )
        )
        tx.histories.save("f1", FeedHistory(sentences=("Read more on our site.",)))
        tx.events.add([ItemFlagged("i0000000000000001", ("revised",))], make.at())
        tx.meta.set("own", "word")
        user = tx.users.add("قارئ", make.at())
        tx.users.save(replace(user, api_password="hash"))
        tx.states.save(user.id, {1: ReadingState(read=True, labels=("ب",))}, make.at())
        tx.states.follow(user.id, "s0000000000000001", make.at())
        tx.api_tokens.add(user.id, "hash", name="phone", writes=True, at=make.at(), feed="tag:x")
        tx.web_sessions.add("hash", user.id, now=make.at(), expires=make.at(99))
        tx.outbox.add(
            [OutboxMessage(1, "mail", "a@one.example", "<1@one>", "Text", make.at(), make.at())]
        )
        forgotten = {"id": "i00000000000000ff", "at": 0}
        tx.session.connection.execute(insert(forgotten_items), forgotten)


def dump(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with store.reading() as view:
        return {
            table.name: sorted(map(repr, view.session.connection.execute(select(table))))
            for table in metadata.sorted_tables
        }
