"""Tokens that open one feed out, and nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column; the tokens that there are open the API."""
    op.add_column("api_tokens", sa.Column("feed", sa.Text(), nullable=False, server_default=""))
