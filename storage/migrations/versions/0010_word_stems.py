"""The word index has stems, and in SQLite no second copy of the texts."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from storage.copying import index_words
from storage.search_index import MAKE
from storage.search_words import searchable

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the index again from the items."""
    connection = op.get_bind()
    connection.execute(text("DROP TABLE item_words"))
    for statement in MAKE[connection.dialect.name]:
        connection.execute(text(statement))
    index_words(connection, searchable)
