"""Users, what they have read, and what reading apps need of canonical items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FILL = """
    UPDATE canonicals SET
        number = seq,
        changed = founded,
        feed = coalesce(
            (SELECT items.feed FROM items WHERE items.id = 'i' || substr(canonicals.id, 2)),
            (SELECT items.feed FROM items WHERE items.id = canonicals.representative),
            ''
        )
"""
"""The founding item has the id of its canonical item but for the first letter."""


def upgrade() -> None:
    """Add columns and tables, and number the canonical items in their order."""
    for name in ("number", "changed"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("canonicals", column)
    op.add_column("canonicals", sa.Column("feed", sa.Text(), nullable=False, server_default=""))
    op.execute(_FILL)
    op.create_index(op.f("ix_canonicals_number"), "canonicals", ["number"], unique=True)
    op.create_index(op.f("ix_canonicals_feed_number"), "canonicals", ["feed", "number"])
    op.create_index(op.f("ix_canonicals_changed"), "canonicals", ["changed"])
    op.create_table(
        "users",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False, server_default=""),
        sa.Column("api_password", sa.Text(), nullable=False, server_default=""),
        sa.Column("fever_key", sa.Text(), nullable=False, server_default=""),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "reading_states",
        sa.Column("user", _SEQ, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.seq"], name=op.f("fk_reading_states_user")),
        sa.PrimaryKeyConstraint("user", "number", name=op.f("pk_reading_states")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reading_states_number"), "reading_states", ["number"])
    op.create_index(
        op.f("ix_reading_states_user_starred_number"),
        "reading_states",
        ["user", "starred", "number"],
    )
    op.create_table(
        "followed_stories",
        sa.Column("user", _SEQ, autoincrement=False, nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.seq"], name=op.f("fk_followed_stories_user")),
        sa.ForeignKeyConstraint(
            ["story"],
            ["stories.id"],
            name=op.f("fk_followed_stories_story"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("user", "story", name=op.f("pk_followed_stories")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_followed_stories_story"), "followed_stories", ["story"])
