"""Checks that the word index can be read and has every item."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from storage.statements import Native, Session

_MISSING = Native(
    sqlite=(
        "SELECT i.id FROM items i WHERE NOT EXISTS"
        " (SELECT 1 FROM item_words_docsize d WHERE d.id = i.seq) ORDER BY 1 LIMIT 20"
    ),
    postgresql=(
        "SELECT i.id FROM items i WHERE NOT EXISTS"
        " (SELECT 1 FROM item_words w WHERE w.seq = i.seq) ORDER BY 1 LIMIT 20"
    ),
)
_EXTRA = Native(
    sqlite=(
        "SELECT d.id FROM item_words_docsize d WHERE NOT EXISTS"
        " (SELECT 1 FROM items i WHERE i.seq = d.id) ORDER BY 1 LIMIT 20"
    ),
    postgresql="SELECT seq FROM item_words LIMIT 0",  # a foreign key forbids it
)
_OPEN = "CREATE VIRTUAL TABLE temp.word_check USING fts5vocab('main', 'item_words', 'instance')"
_READ = "SELECT count(*), sum(length(term)) FROM temp.word_check"
_CLOSE = "DROP TABLE temp.word_check"


def word_problems(session: Session) -> list[str]:
    """A description of every problem of the word index."""
    found = [f"The item {one} is not in the word index." for one in session.values(_MISSING, {})]
    found += [
        f"The word index has item number {one}, which does not exist."
        for one in session.values(_EXTRA, {})
    ]
    if session.sqlite:
        found += _unreadable(session)
    return found


def _unreadable(session: Session) -> list[str]:
    """SQLite does not check this index by itself: every entry of it is read."""
    connection = session.connection
    connection.exec_driver_sql(_OPEN)
    try:
        connection.exec_driver_sql(_READ).all()
    except DBAPIError as error:
        return [f"The word index cannot be read: {error.orig}"]
    finally:
        connection.exec_driver_sql(_CLOSE)
    return []
