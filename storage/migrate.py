"""Migrates a store to the current schema, completely or not at all.

An empty database gets the tables of ``storage.schema`` at once; an older store takes the steps
of ``migrations/versions``, and a test holds the two to the same result. Either runs in the
transaction of the connection that is given, so a process killed in the middle leaves the old
schema. Alembic is imported only to upgrade.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.errors import StoreNewer
from storage.schema import metadata
from storage.search_index import MAKE

HEAD = "0015"
"""The newest step in ``migrations/versions``."""
KNOWN = tuple(f"{number:04}" for number in range(1, int(HEAD) + 1))
"""All steps, oldest first."""


def version(connection: Connection) -> str | None:
    """The schema's step; None for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).fetchone()
    return None if row is None else str(row[0])


def migrate(connection: Connection, where: str) -> bool:
    """Bring the store to the newest schema; whether it was not there yet.

    Raises ``StoreNewer`` for a step that this program does not know.
    """
    found = version(connection)
    if found == HEAD:
        return False
    if found is None and not inspect(connection).get_table_names():
        _create(connection)
        return True
    if found is not None and found not in KNOWN:
        raise StoreNewer(
            f"The store has schema {found}; this program knows schemas up to {HEAD}",
            where,
            "Use the newer version of the program that wrote it, or another store.",
        )
    from alembic import command  # noqa: PLC0415 (takes 0.25 s, and is rarely needed)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def _create(connection: Connection) -> None:
    """All tables of the newest schema, in an empty database."""
    metadata.create_all(connection, checkfirst=False)
    for statement in MAKE[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(
        text(
            "CREATE TABLE alembic_version"
            " (version_num VARCHAR(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
