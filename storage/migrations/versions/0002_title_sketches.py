"""The data that the title index needs, so that startup need not analyse every title again.

Existing items have none; startup rebuilds it from their titles.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "title_sketches",
        sa.Column("item", _SEQ, autoincrement=False, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.seq"], name=op.f("fk_title_sketches_item")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_title_sketches")),
    )
