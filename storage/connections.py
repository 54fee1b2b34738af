"""How each database is spoken to."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.engine import URL

APPLICATION = 0x45534F31  # 'ESO1' in the file's header: whose SQLite file it is


def sqlite_engine(path: Path | None, wait: float) -> Engine:
    """An engine on a SQLite file that exists, or on memory where ``path`` is none.

    The file is opened with ``mode=rw``: one that was deleted is never made again
    behind our back. ``wait`` is how many seconds a lock of another process is
    waited for.
    """

    def connect() -> sqlite3.Connection:
        target = ":memory:" if path is None else f"file:{quote(str(path))}?mode=rw"
        connection = sqlite3.connect(
            target,
            timeout=wait,
            isolation_level=None,  # transactions begin where we say so
            check_same_thread=False,
            uri=True,
            cached_statements=512,
        )
        for pragma in (
            "foreign_keys = ON",
            # NORMAL: in WAL mode a power cut may lose the last polls, never harm the
            # file; a lost poll is polled again. FULL costs a disk flush a poll.
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
    """An engine on a PostgreSQL server, through psycopg.

    What the address says in ``options`` (a schema, for instance) is kept.
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
