"""Consistency checks of the stored data."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from storage.search_checks import word_problems
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
        "SELECT c.id FROM canonicals c WHERE c.redirect IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM items i WHERE i.id = c.representative)",
        "The canonical item {} is represented by an item that does not exist.",
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
        "SELECT i.id FROM items i"
        " WHERE i.revision <> (SELECT count(*) FROM revisions r WHERE r.item = i.id)",
        "The item {} has another number of revisions than it counts.",
    ),
    (
        "SELECT DISTINCT b.item FROM band_keys b"
        " WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.seq = b.item)",
        "The index of texts names item number {}, which does not exist.",
    ),
    (
        "SELECT DISTINCT r.number FROM reading_states r"
        " WHERE NOT EXISTS (SELECT 1 FROM canonicals c WHERE c.number = r.number)",
        "A reading state is kept for canonical item number {}, which does not exist.",
    ),
    (
        "SELECT DISTINCT f.story FROM followed_stories f JOIN stories s ON s.id = f.story"
        " WHERE s.redirect IS NOT NULL",
        "The story {} is followed, but redirects.",
    ),
    (
        "SELECT m.canonical FROM story_members m JOIN canonicals c ON c.id = m.canonical"
        " WHERE c.redirect IS NOT NULL",
        "The canonical item {} redirects, but belongs to a story.",
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
_REDIRECTS = (
    ("SELECT id, redirect FROM canonicals WHERE redirect IS NOT NULL", "canonical item"),
    ("SELECT id, redirect FROM stories WHERE redirect IS NOT NULL", "story"),
)


def problems(session: Session) -> list[str]:
    """A description of every inconsistency between records."""
    found: list[str] = []
    for query, told in _RULES:
        rows = session.connection.execute(text(f"{query} ORDER BY 1 LIMIT {_SHOWN}"))
        found.extend(told.format(row[0]) for row in rows)
    found.extend(word_problems(session))
    for query, kind in _REDIRECTS:
        leads = {row[0]: row[1] for row in session.connection.execute(text(query))}
        found.extend(f"The redirect of the {kind} {one} never ends." for one in endless(leads))
    return found


def endless(leads: Mapping[str, str]) -> list[str]:
    """The ids among the keys of ``leads`` from which following it never ends, sorted."""
    ends: set[str] = set()
    circling: set[str] = set()
    for start in leads:
        path: dict[str, None] = {}
        one = start
        while one in leads and one not in ends and one not in circling and one not in path:
            path[one] = None
            one = leads[one]
        (circling if one in path or one in circling else ends).update(path)
    return sorted(circling)
