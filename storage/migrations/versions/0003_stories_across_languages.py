"""Stories across languages: vectors, linked stories, and the evidence for links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _late(column: str, target: str, name: str) -> sa.ForeignKeyConstraint:
    """A deferred reference, checked at the end of the transaction."""
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(name), initially="DEFERRED", deferrable=True
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "story_vectors",
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        _late("canonical", "canonicals.id", "fk_story_vectors_canonical"),
        sa.PrimaryKeyConstraint("canonical", name=op.f("pk_story_vectors")),
    )
    op.create_table(
        "counterparts",
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        _late("story", "stories.id", "fk_counterparts_story"),
        _late("leader", "stories.id", "fk_counterparts_leader"),
        sa.PrimaryKeyConstraint("story", name=op.f("pk_counterparts")),
    )
    op.create_index(op.f("ix_counterparts_leader"), "counterparts", ["leader"], unique=False)
    op.create_table(
        "story_links",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        _late("story", "stories.id", "fk_story_links_story"),
        _late("into", "stories.id", "fk_story_links_into"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_story_links")),
    )
    op.create_index(op.f("ix_story_links_story_seq"), "story_links", ["story", "seq"], unique=False)
    op.create_index(op.f("ix_story_links_into_seq"), "story_links", ["into", "seq"], unique=False)
