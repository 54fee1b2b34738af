"""Consistency checks of the stored data."""

from __future__ import annotations

from sqlalchemy import text

from storage.statements import Session

_SHOWN = 20  # per kind of problem

_RULES = (
    (
        "SELECT c.id FROM canonicals c WHERE c.redirect IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM items i WHERE i.canonical = c.id)",
        "The canonical item {} has no items.",
    ),
    (
        "SELECT c.id FROM canonicals c JOIN items i ON i.id = c.representative"
        " WHERE c.redirect IS NULL AND i.canonical <> c.id",
        "The canonical item {} is represented by an item of another one.",
    ),
    (
        "SELECT i.id FROM items i JOIN canonicals c ON c.id = i.canonical"
        " WHERE c.redirect IS NOT NULL",
        "The item {} belongs to a canonical item that redirects.",
    ),
    (
        "SELECT i.id FROM items i WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE d.item = i.id)",
        "The item {} has no decision.",
    ),
    (
        "SELECT min(i.id) FROM items i GROUP BY i.feed, i.identity_key, i.identity"
        " HAVING count(*) > 1",
        "The item {} is stored more than once.",
    ),
    (
        "SELECT b.id FROM items a JOIN items b ON b.seq = a.seq + 1 WHERE b.seen < a.seen",
        "The item {} has an earlier `seen` time than the item stored before it.",
    ),
    (
        "SELECT s.id FROM stories s WHERE s.redirect IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM story_members m WHERE m.story = s.id)",
        "The story {} has no items.",
    ),
    (
        "SELECT m.canonical FROM story_members m JOIN stories s ON s.id = m.story"
        " WHERE s.redirect IS NOT NULL",
        "The canonical item {} belongs to a story that redirects.",
    ),
    (
        "SELECT s.id FROM stories s JOIN stories t ON t.id = s.redirect"
        " WHERE t.redirect IS NOT NULL",
        "The story {} redirects to one that redirects.",
    ),
    (
        "SELECT c.story FROM counterparts c JOIN stories s ON s.id IN (c.story, c.leader)"
        " WHERE s.redirect IS NOT NULL OR c.leader IN (SELECT story FROM counterparts)",
        "The story {} is linked to one that redirects.",
    ),
    (
        "SELECT DISTINCT d.story FROM digest_stories d WHERE NOT EXISTS"
        " (SELECT 1 FROM stories s WHERE s.id = d.story)",
        "The story {} was in a digest but no longer exists.",
    ),
)


def problems(session: Session) -> list[str]:
    """A description of every inconsistency between records."""
    found: list[str] = []
    for query, told in _RULES:
        rows = session.connection.execute(text(f"{query} ORDER BY 1 LIMIT {_SHOWN}"))
        found.extend(told.format(row[0]) for row in rows)
    return found
