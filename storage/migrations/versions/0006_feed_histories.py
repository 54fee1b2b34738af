"""Moves the history of each feed from ``meta`` to a separate table.

Repeated sentences come from there; titles are taken from the latest items of the feed.
"""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_PREFIX = "profile "
_ENTRIES = 200


def upgrade() -> None:
    """Create the table and fill it from the existing data."""
    op.create_table(
        "feed_histories",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_feed_histories_feed")),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_histories")),
    )
    connection = op.get_bind()
    kept = {
        row.key.removeprefix(_PREFIX): row.value
        for row in connection.execute(
            sa.text("SELECT key, value FROM meta WHERE key LIKE :name"), {"name": f"{_PREFIX}%"}
        )
    }
    for (feed,) in connection.execute(sa.text("SELECT id FROM feeds")).all():
        if feed in kept:
            _keep(connection, feed, kept[feed])
    connection.execute(sa.text("DELETE FROM meta WHERE key LIKE :name"), {"name": f"{_PREFIX}%"})


def _keep(connection: sa.Connection, feed: str, profile: str) -> None:
    latest = connection.execute(
        sa.text(
            "SELECT identity, link, title, title_raw FROM items WHERE feed = :feed"
            " ORDER BY seq DESC LIMIT :most"
        ),
        {"feed": feed, "most": _ENTRIES},
    ).all()
    entries = []
    for row in reversed(latest):
        title = row.title_raw or row.title
        names = [name for name in (row.identity, row.link) if name]
        entries.append([[_fingerprint(name, title) for name in names], title, [], 0])
    record = {"entries": entries, "sentences": json.loads(profile).get("sentences", [])}
    connection.execute(
        sa.text("INSERT INTO feed_histories (feed, record) VALUES (:feed, :record)"),
        {"feed": feed, "record": json.dumps(record, ensure_ascii=False)},
    )


def _fingerprint(*parts: str) -> str:
    """The same as ``aggregator.text.identity.content_hash``."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]
