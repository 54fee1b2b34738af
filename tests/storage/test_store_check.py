"""A damaged store is called damaged, each damaged row is named, and what can be is repaired."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import ItemFilter, Store, StoreError
from storage.checks import endless
from storage.codecs import Unreadable
from storage.repairs import repair
from storage.row_checks import Damage, damages
from storage.search_index import SearchIndex
from tests.storage.filled import dump, fill
from tests.support import examples


@pytest.fixture
def full(url: str, make: Any) -> Iterator[Store]:
    """A store with something in every table."""
    with Store.open(url) as opened:
        fill(opened, make)
        yield opened


def change(store: Store, *statements: str) -> None:
    with store.transaction() as tx:
        if not tx.session.sqlite:  # references are checked by the server
            tx.session.connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            if statement:
                tx.session.connection.execute(text(statement))
            else:
                SearchIndex(tx.session).clear()


def test_a_whole_store_has_no_problems_and_a_repair_changes_nothing(full: Store) -> None:
    assert full.check() == []
    before = dump(full)
    full.repair()
    assert dump(full) == before
    assert full.check() == []


BROKEN = [  # a statement (empty: no word index), what is said, whether it can be repaired
    ("UPDATE items SET published = 9000000000000000000 WHERE seq = 2", "published cannot be", True),
    ("UPDATE polls SET at = 9000000000000000000", "at cannot be read", True),
    ("UPDATE items SET tags = '{' WHERE seq = 1", "tags cannot be read", True),
    ("UPDATE items SET url_keys = '[1]' WHERE seq = 1", "url_keys cannot be read", True),
    ("UPDATE items SET revision = 4 WHERE seq = 3", "number of revisions", True),
    ("UPDATE decisions SET evidence = '[\"new\"]' WHERE seq = 1", "evidence cannot be read", True),
    ("UPDATE decisions SET refused = '7' WHERE seq = 1", "refused cannot be read", True),
    ("DELETE FROM decisions WHERE seq = 1", "has no decision", False),
    ("UPDATE polls SET outcome = 'perhaps'", "no such Outcome", True),
    ("UPDATE poll_states SET record = '[]'", "record cannot be read", True),
    ("UPDATE feed_histories SET record = '[]'", "history cannot be read", True),
    ("UPDATE revisions SET snapshot = '{}'", "snapshot cannot be read", True),
    ("UPDATE corrections SET kind = 'x'", "kind cannot be read", False),
    ("UPDATE events SET payload = '{' WHERE seq = 1", "payload cannot be read", False),
    ("UPDATE canonicals SET representative = 'i0' WHERE seq = 2", "does not exist", True),
    (
        "UPDATE canonicals SET representative = 'i0000000000000001' WHERE seq = 3",
        "represented by an item of another",
        True,
    ),
    ("UPDATE reading_states SET number = 77", "number 77, which does not exist", True),
    ("", "not in the word index", True),
    (
        "UPDATE stories SET redirect = 's0000000000000000' WHERE id = 's0000000000000003'",
        "belongs to a story that redirects",
        True,
    ),
    (
        "UPDATE stories SET redirect = CASE id WHEN 's0000000000000002' THEN 's0000000000000003'"
        " ELSE 's0000000000000002' END WHERE id IN ('s0000000000000002', 's0000000000000003')",
        "never ends",
        False,
    ),
]


@pytest.mark.parametrize(("statement", "said", "mended"), BROKEN)
def test_what_is_wrong_is_named_and_what_can_be_is_repaired(
    full: Store, statement: str, said: str, mended: bool
) -> None:
    change(full, statement)
    problems = full.check()
    assert any(said in one for one in problems), problems
    done = full.repair()
    assert (full.check() == []) is mended, (done, full.check())
    assert len(done) > 1 or not mended or "word index" in said


def test_a_text_that_is_no_text_is_named_and_replaced_by_what_is_left(
    path: Path, make: Any
) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE items SET title = CAST(X'6162ff63' AS TEXT) WHERE seq = 2")
        raw.execute("UPDATE items SET lead = 7.5 WHERE seq = 3")
        raw.execute("UPDATE items SET language = X'00' WHERE seq = 4")
        raw.commit()
    with Store.open(f"sqlite:///{path}") as store:
        problems = store.check()
        assert "items i0000000000000001 (row 2): title is not valid UTF-8 (byte 2 of 4)" in problems
        assert "items i0000000000000003 (row 4): language is of the wrong kind: bytes" in problems
        store.repair()
        with store.reading() as view:
            assert view.items.get("i0000000000000001").item.title == "ab\ufffdc"
        assert store.check() == []


def read_everything(store: Store) -> None:
    """Read every item with all that is kept about it, as the program does."""
    with store.reading() as view:
        for placed in view.items.list(ItemFilter(), limit=10_000):
            item = placed.item
            assert all(type(one) is str for one in (item.title, item.text, item.lead))
            view.items.keys(item.id)
            view.items.revisions(item.id)
            view.decisions.of(item.id)
            view.canonicals.get(placed.canonical)
        for word in ("ferry", "عبارة", "text"):
            view.search.items(word)


def reads(store: Store) -> bool:
    try:
        read_everything(store)
    except StoreError:
        return False
    return True


def test_flipped_bytes_never_leave_a_store_that_is_called_whole_and_fails(
    tmp_path: Path, make: Any
) -> None:
    whole = tmp_path / "whole.db"
    with Store.open(f"sqlite:///{whole}") as store:
        fill(store, make)
        with store.transaction() as tx:
            for number in range(100, 160):
                make.save(tx, make.item(number, text=f"Ferry text {number} عبارة. " * 40))
    content = whole.read_bytes()
    dice = random.Random(20)
    damaged = tmp_path / "damaged.db"
    caught = sound = 0
    for _ in range(examples(200)):
        changed = bytearray(content)
        for _ in range(dice.choice((1, 1, 2, 8))):
            changed[dice.randrange(100, len(changed))] ^= 1 << dice.randrange(8)
        damaged.write_bytes(changed)
        for trust in (False, True):
            try:
                with Store.open(f"sqlite:///{damaged}", create=False, trust=trust) as store:
                    problems = store.check()
                    if problems:
                        caught += 1
                    else:
                        sound += 1
                        assert reads(store)
            except StoreError:
                caught += 1
        for suffix in ("-wal", "-shm"):
            damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
    assert caught > 5
    assert sound > 5


def test_a_page_lost_in_the_middle_is_named_by_table_and_the_rest_can_be_read(
    path: Path, make: Any
) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
        with store.transaction() as tx:
            for number in range(100, 400):
                make.save(tx, make.item(number, text=f"Some text {number}. " * 40))
    with closing(sqlite3.connect(path)) as raw:
        pages = raw.execute("SELECT pageno FROM dbstat WHERE name = 'items' AND pagetype = 'leaf'")
        page = [number for (number,) in pages][20]
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(f"sqlite:///{path}")
    with Store.open(f"sqlite:///{path}", trust=True) as store:
        problems = store.check()
        assert any(one.startswith("items table: cannot be read") for one in problems), problems


@given(st.dictionaries(st.integers(0, 8).map(str), st.integers(0, 8).map(str)))
def test_redirects_that_never_end_are_those_from_which_a_circle_is_reached(leads) -> None:
    def circles(one: str) -> bool:
        for _ in range(len(leads) + 1):
            if one not in leads:
                return False
            one = leads[one]
        return True

    assert endless(leads) == sorted(one for one in leads if circles(one))


def test_a_damage_reads_as_a_line(full: Store) -> None:
    assert str(Damage("polls", (3,), "is missing", "at")) == "polls row 3: at is missing"
    assert str(Damage("polls", (), "cannot be read")) == "polls table: cannot be read"
    with full.reading() as view:
        assert list(damages(view.session.connection)) == []
    with full.transaction() as tx:
        assert len(list(repair(tx.session))) == 1


Read = Callable[[Any], object]


def test_no_stored_value_makes_a_reader_raise_anything_but_unreadable() -> None:
    from storage import codecs

    values: list[Any] = [None, 7, -(2**63), 2**63 - 1, 1.5, "", "[", "[1]", '[["a"]]', "{}", "null"]
    values += ["[" * 100_000, b"", b"abc", b"x" * 16, "\x00", '{"at": "x"}', '[[[["new"]]]]']
    readers: list[Read] = [codecs.moment, codecs.strings, codecs.evidence, codecs.evidences]
    readers += [codecs.bands, codecs.details]
    for read in readers:
        for value in values:
            with suppress(Unreadable):
                read(value)


def test_a_copy_of_the_checked_file_is_not_changed_by_a_check(path: Path, make: Any) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
    kept = path.parent / "kept.db"
    shutil.copy(path, kept)
    with Store.open(f"sqlite:///{path}") as store:
        assert store.check() == []
    assert path.read_bytes() == kept.read_bytes()
