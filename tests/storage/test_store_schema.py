"""The schema of a store is what its migrations make, on both databases."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import Store
from storage.migrate import HEAD, KNOWN
from storage.schema import metadata


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.reading() as view:
        context = MigrationContext.configure(
            view.session.connection,
            opts={"include_object": _ours, "compare_type": True, "compare_server_default": False},
        )
        assert compare_metadata(context, metadata) == []


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
