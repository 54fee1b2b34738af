"""The schema of a store is what its migrations make, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage import Store
from storage.migrate import HEAD, KNOWN, version
from storage.schema import metadata


def test_a_new_store_has_the_tables_that_the_code_knows(store: Store) -> None:
    with store.reading() as view:
        assert _differences(view.session.connection) == []


@pytest.mark.slow
def test_a_new_store_and_one_that_took_every_step_have_the_same_tables(url: str) -> None:
    with Store.open(url) as store, store.transaction() as tx:
        made = _described(tx.session.connection)
    with Store.open(url) as store, store.transaction() as tx:
        connection = tx.session.connection
        connection.execute(text("DROP TABLE item_words"))
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        config = Config()
        config.set_main_option("script_location", "storage:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert version(connection) == HEAD
        assert _differences(connection) == []
        assert _described(connection) == made


def _differences(connection: Connection) -> Any:
    context = MigrationContext.configure(
        connection,
        opts={"include_object": _ours, "compare_type": True, "compare_server_default": False},
    )
    return compare_metadata(context, metadata)


def _described(connection: Connection) -> dict[str, Any]:
    """Every table with its columns, keys and indexes, in no particular order."""
    seen = inspect(connection)
    return {
        table: (
            {str(sorted(column.items(), key=str)) for column in seen.get_columns(table)},
            str(seen.get_pk_constraint(table)),
            {
                (str(key["constrained_columns"]), key["referred_table"])
                for key in seen.get_foreign_keys(table)
            },
            {
                (index["name"], str(index["column_names"]), bool(index["unique"]))
                for index in seen.get_indexes(table)
            },
            {str(sorted(one.items(), key=str)) for one in seen.get_unique_constraints(table)},
        )
        for table in seen.get_table_names()
    }


def _ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Everything but the index of words, which each database makes in its own way."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not str(table).startswith("item_words")


def test_every_step_is_known_to_the_program_and_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    scripts = ScriptDirectory.from_config(config)
    steps = [step.revision for step in scripts.walk_revisions()]
    assert tuple(reversed(steps)) == KNOWN
    assert scripts.get_heads() == [HEAD]


def test_a_store_says_its_version_and_opening_it_again_changes_nothing(url: str) -> None:
    for _ in range(2):
        with Store.open(url) as store, store.reading() as view:
            found = view.session.connection.execute(text("SELECT version_num FROM alembic_version"))
            assert [tuple(row) for row in found] == [(HEAD,)]


def test_a_migration_that_was_cut_off_is_taken_again(postgresql_url: str) -> None:
    """Tables and version come in one transaction: half of it is nothing."""
    with Store.open(postgresql_url) as store, store.transaction() as tx:
        run = tx.session.connection.exec_driver_sql
        schema = run("SELECT current_schema()").scalar()
        run(f"DROP SCHEMA {schema} CASCADE")
        run(f"CREATE SCHEMA {schema}")
    with Store.open(postgresql_url) as store:
        assert store.check() == []
