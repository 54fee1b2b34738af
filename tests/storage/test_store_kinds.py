"""The names of rules, guards, flags and kinds are stored as their values, and read back as such."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from aggregator.model import (
    ChangeKind,
    Correction,
    CorrectionKind,
    Evidence,
    Flag,
    Guard,
    Level,
    LinkKind,
    Rule,
    StoryChange,
    StoryLink,
)
from aggregator.model.effects import CorrectionMade, StoriesLinked
from storage import Store, StoreDamaged


@pytest.mark.parametrize("names", [Rule, Guard, Flag, Level, CorrectionKind, ChangeKind, LinkKind])
def test_a_value_is_what_stores_have_always_held(names: Any) -> None:
    assert [one.value for one in names] == [one.name.lower() for one in names]


def test_names_are_kept_as_plain_text(store: Store, make: Any) -> None:
    said = Correction("k1", Level.STORY, CorrectionKind.SPLIT, "a", "b", make.at())
    with store.transaction() as tx:
        evidence = Evidence(Rule.NEW, details=(("guard_group", Guard.CHAIN),))
        item = make.item(1, flags=(Flag.BACKLOG,))
        make.save(tx, item, evidence=evidence, flags=(Flag.REPUBLISHED,))
        make.save(tx, make.item(2))
        for number in (1, 2):
            make.story(tx, f"c{number:016x}")
        stories = "s" + "0" * 15 + "2", "s" + "0" * 15 + "1"
        make.link(tx, StoryLink(LinkKind.LINK, *stories), make.at())
        make.change(tx, StoryChange(ChangeKind.MERGE, *stories), make.at())
        tx.apply([CorrectionMade("k1", said)], make.at())
    with store.reading() as view:
        run = view.session.connection.execute
        assert run(text("SELECT rule, flags FROM items WHERE seq = 1")).one() == (
            "new",
            '["backlog", "republished"]',
        )
        assert run(text("SELECT level, kind FROM corrections")).one() == ("story", "split")
        assert run(text("SELECT kind FROM story_changes")).scalar() == "merge"
        assert run(text("SELECT kind FROM story_links")).scalars().first() == "link"
        assert '["guard_group", "chain"]' in run(text("SELECT evidence FROM decisions")).scalar()
        read = view.corrections.get("k1")
        assert read is not None and read.correction == said
        assert isinstance(read.correction.kind, CorrectionKind)
        linked = [
            one.effect for one in view.events.after(0) if isinstance(one.effect, StoriesLinked)
        ]
        assert isinstance(linked[0].kind, LinkKind)


def test_a_kind_that_does_not_exist_is_damage(store: Store, make: Any) -> None:
    said = Correction("k1", Level.ITEM, CorrectionKind.SAME, "a", "b", make.at())
    with store.transaction() as tx:
        tx.corrections.add(said)
        tx.session.connection.execute(text("UPDATE corrections SET kind = 'alike'"))
    with pytest.raises(StoreDamaged, match="alike"), store.reading() as view:
        view.corrections.list()
