"""Which items a digest only counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column. Of earlier digests it is not known; they count as shown."""
    column: sa.Column[bool] = sa.Column(
        "dropped", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("digest_items", column)
