"""What the index of titles needs of each, so that a start need not read every title again.

Items from before have none: a start makes them anew from their titles.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "title_sketches",
        sa.Column("item", _SEQ, autoincrement=False, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.seq"], name=op.f("fk_title_sketches_item")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_title_sketches")),
    )
