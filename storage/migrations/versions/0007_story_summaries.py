"""Headline, lead, outlets, terms, state and score of a story are now derived when reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_READ = ("headline", "lead", "language", "outlets", "terms", "state", "score", "score_parts")


def upgrade() -> None:
    """Drop the stored columns that still exist, so that an interrupted run can continue."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("stories")}
    for column in _READ:
        if column in there:
            op.drop_column("stories", column)
