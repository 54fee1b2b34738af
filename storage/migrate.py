"""Bringing a store to the present schema, whole or not at all.

All steps run in the transaction of the connection that is given, so a process
killed in the middle leaves the old schema. Alembic is imported only when there is
something to do: most starts find the schema as it should be.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.errors import StoreNewer

HEAD = "0007"
"""The newest step in ``migrations/versions``."""
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""All steps, oldest first."""


def version(connection: Connection) -> str | None:
    """The schema's step; none for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).fetchone()
    return None if row is None else str(row[0])


def migrate(connection: Connection, where: str) -> bool:
    """Take every step that is missing; whether there was one. ``StoreNewer`` for an unknown one."""
    found = version(connection)
    if found == HEAD:
        return False
    if found is not None and found not in KNOWN:
        raise StoreNewer(
            f"The store has schema {found}; this program knows schemas up to {HEAD}",
            where,
            "Use the newer version of the program that wrote it, or another store.",
        )
    from alembic import command  # noqa: PLC0415 (a quarter of a second that most starts can save)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True
