"""Which items each digest listed, and whether its files were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ITEMS_OF_EARLIER_DIGESTS = """
    INSERT INTO digest_items (digest, item)
    SELECT DISTINCT digests.seq, canonicals.representative
    FROM digest_stories
    JOIN digests ON digests.seq = digest_stories.digest
    JOIN stories ON stories.id = digest_stories.story
    JOIN story_members ON story_members.story = coalesce(stories.redirect, stories.id)
    JOIN canonicals ON canonicals.id = story_members.canonical
    WHERE story_members.seen <= digests.until
"""
"""The items of a story when the digest listed it, as far as the store still knows."""


def upgrade() -> None:
    """Create the table and fill it for existing digests."""
    op.create_table(
        "digest_items",
        sa.Column("digest", _SEQ, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["digests.seq"], name=op.f("fk_digest_items_digest")),
        sa.PrimaryKeyConstraint("digest", "item", name=op.f("pk_digest_items")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_digest_items_item"), "digest_items", ["item"], unique=False)
    op.create_index(op.f("ix_story_members_seen"), "story_members", ["seen"], unique=False)
    op.add_column(
        "digests",
        sa.Column("written", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute(_ITEMS_OF_EARLIER_DIGESTS)
