"""Database engines for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.engine import URL

APPLICATION = 0x45534F31  # 'ESO1' in the SQLite header: identifies our files


def sqlite_engine(path: Path | None, wait: float) -> Engine:
    """An engine for an existing SQLite file, or for memory if ``path`` is None.

    The file is opened with ``mode=rw``, so that a deleted file is never silently
    created again. ``wait`` is the lock timeout in seconds.
    """

    def connect() -> sqlite3.Connection:
        target = ":memory:" if path is None else f"file:{quote(str(path))}?mode=rw"
        connection = sqlite3.connect(
            target,
            timeout=wait,
            isolation_level=None,  # transactions are started explicitly
            check_same_thread=False,
            uri=True,
            cached_statements=512,
        )
        for pragma in (
            "foreign_keys = ON",
            # NORMAL: in WAL mode a power cut may lose the last polls, but never damages the
            # file; lost polls are repeated. FULL costs one disk flush per poll.
            "synchronous = NORMAL",
            "cache_size = -65536",  # 64 MB, in KiB
            "temp_store = MEMORY",
            "journal_size_limit = 67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    pool: dict[str, Any] = {"poolclass": StaticPool} if path is None else {"poolclass": QueuePool}
    engine = create_engine("sqlite://", creator=connect, paramstyle="named", **pool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "BEGIN")
    connection.exec_driver_sql(mode)


def postgresql_engine(url: URL, wait: float) -> Engine:
    """An engine for a PostgreSQL server, using psycopg.

    The ``options`` of the address (a schema, for instance) are kept.
    """
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    ours = f"-c lock_timeout={int(wait * 1000)} -c timezone=UTC"
    return create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": max(2, int(wait)),
            "options": f"{options} {ours}".strip(),
        },
    )
