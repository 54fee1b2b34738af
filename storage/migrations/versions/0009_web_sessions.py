"""Logins of the web page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user", _SEQ, autoincrement=False, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.seq"], name=op.f("fk_web_sessions_user")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_web_sessions_user"), "web_sessions", ["user"])
