"""An older store is upgraded after a backup beside it; killed half-way, nothing is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage import Store
from storage.migrate import HEAD, version
from tests.storage.filled import dump, fill
from tests.support import Ran, undo_reading_states

Child = Callable[..., "subprocess.Popen[str]"]


def older(path: Path, make: Any) -> None:
    """A store of schema 0007 with a few items."""
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, make)
        with store.transaction() as tx:
            undo_reading_states(tx.session.connection.exec_driver_sql)


def schema(path: Path) -> str | None:
    with Store.open(f"sqlite:///{path}") as store, store.reading() as view:
        return version(view.session.connection)


def test_an_older_store_is_backed_up_and_upgraded(path: Path, make: Any) -> None:
    older(path, make)
    kept = path.with_name("news.db.before-upgrade-from-0007")
    with Store.open(f"sqlite:///{path}") as store:
        assert [f"a backup was made: {kept}" in one for one in store.notes] == [True]
        assert kept.stat().st_mode & 0o777 == 0o600
        assert store.check() == []
        with store.reading() as view:
            assert version(view.session.connection) == HEAD
            assert [one.item.id for one in view.search.items("ferries lang:en")] == []
            assert view.search.items("渡船沉没") != []
        upgraded = dump(store)
    with Store.open(f"sqlite:///{path}") as store:
        assert store.notes == ()
    with Store.open(f"sqlite:///{kept}") as store:  # the backup is an older store
        assert store.notes != ()
        assert dump(store) == upgraded


def test_a_new_store_has_nothing_to_tell(url: str) -> None:
    with Store.open(url) as store:
        assert store.notes == ()


def test_an_older_server_store_is_upgraded_in_one_transaction(
    postgresql_url: str, make: Any
) -> None:
    with Store.open(postgresql_url) as store:
        fill(store, make)
        with store.transaction() as tx:
            connection = tx.session.connection
            for table in ("outbox", "api_tokens", "forgotten_items"):
                connection.execute(text(f"DROP TABLE {table}"))
            connection.execute(text("ALTER TABLE digest_items DROP COLUMN dropped"))
            connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    with Store.open(postgresql_url) as store, store.reading() as view:
        assert version(view.session.connection) == HEAD
        assert [one.item.id for one in view.search.items("渡船")] == ["i0000000000000002"]


KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from storage import Store
left = int(sys.argv[2])
def count(connection, cursor, statement, *rest):
    global left
    if statement.split()[0] in ("CREATE", "ALTER", "UPDATE", "DROP", "INSERT"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", count)
Store.open("sqlite:///" + sys.argv[1]).close()
"""


@pytest.mark.slow
def test_killed_in_the_middle_of_an_upgrade_the_store_is_old_or_new(
    path: Path, make: Any, child: Child
) -> None:
    older(path, make)
    content = path.read_bytes()
    kept = path.with_name("news.db.before-upgrade-from-0007")
    for statement in (1, 9, 17):
        path.write_bytes(content)
        kept.unlink(missing_ok=True)
        assert child(KILLED, str(path), str(statement)).wait(120) < 0
        assert kept.exists()
        with Store.open(f"sqlite:///{path}") as store:
            assert store.check() == []
            assert "its backup" in store.notes[0]
            with store.reading() as view:
                assert view.counts().items == 5
        assert schema(path) == HEAD


@pytest.mark.slow
def test_a_command_says_where_the_backup_is(tmp_path: Path, make: Any, run: Any) -> None:
    older(tmp_path / "news.db", make)
    (tmp_path / "feeds.toml").write_text('[store]\nurl = "news.db"\n')
    done: Ran = run("items", "list", "--json")
    assert done.code == 0, done.err
    assert f"a backup was made: {tmp_path / 'news.db.before-upgrade-from-0007'}" in done.err
    assert len(done.rows) == 5
