"""Migrates a store to the current schema, completely or not at all.

All steps run in the transaction of the given connection, so a process killed
half-way leaves the old schema. Alembic is imported only if there is something to
do, because the schema is usually up to date.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.errors import StoreNewer

HEAD = "0007"
"""The latest step in ``migrations/versions``."""
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""All steps, oldest first."""


def version(connection: Connection) -> str | None:
    """The schema's step; None for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).fetchone()
    return None if row is None else str(row[0])


def migrate(connection: Connection, where: str) -> bool:
    """Run all missing steps; return whether there were any. ``StoreNewer`` for unknown ones."""
    found = version(connection)
    if found == HEAD:
        return False
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
