"""Headline, lead, outlets, terms, state and score of a story are worked out when it is read."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_READ = ("headline", "lead", "language", "outlets", "terms", "state", "score", "score_parts")


def upgrade() -> None:
    """Drop what was kept of them."""
    for column in _READ:
        op.drop_column("stories", column)
