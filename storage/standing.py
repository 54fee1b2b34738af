"""The current places of items, canonical items and stories, for the rules of effects."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from aggregator.model.effects import CanonicalPlace
from storage.codecs import moment
from storage.schema import canonicals, counterparts, items, stories, story_members
from storage.statements import Reader, Statement

_CANONICAL_OF = Statement(select(items.c.canonical).where(items.c.id == bindparam("key")))
_ITEMS = Statement(
    select(items.c.id, items.c.seq)
    .where(items.c.canonical == bindparam("key"))
    .order_by(items.c.seq)
)
_CANONICAL = Statement(
    select(
        canonicals.c.representative,
        canonicals.c.founded,
        canonicals.c.redirect,
        canonicals.c.seq,
    ).where(canonicals.c.id == bindparam("key"))
)
_STORY_OF = Statement(
    select(story_members.c.story).where(story_members.c.canonical == bindparam("key"))
)
_MEMBERS = Statement(
    select(story_members.c.canonical, story_members.c.seq)
    .where(story_members.c.story == bindparam("key"))
    .order_by(story_members.c.seq)
)
_HEIR = Statement(select(stories.c.redirect).where(stories.c.id == bindparam("key")))
_PRIMARY = Statement(select(counterparts.c.leader).where(counterparts.c.story == bindparam("key")))
_VARIANTS = Statement(
    select(counterparts.c.story)
    .where(counterparts.c.leader == bindparam("key"))
    .order_by(counterparts.c.story)
)


class Standing(Reader):
    """Items, canonical items and stories by id, without their texts."""

    def canonical_of(self, item: str) -> str | None:
        """The canonical item of an item; None for an unknown item."""
        return self._one(_CANONICAL_OF, item)

    def items_of(self, canonical: str) -> dict[str, int]:
        """The items of a canonical item, in order of arrival, each with its arrival number."""
        return dict(self._session.tuples(_ITEMS, {"key": canonical}))

    def canonical(self, canonical: str) -> CanonicalPlace | None:
        """A canonical item, even if it redirects; None for an unknown id."""
        row = self._session.row(_CANONICAL, {"key": canonical})
        if row is None:
            return None
        return CanonicalPlace(row.representative, moment(row.founded), row.redirect, row.seq)

    def story_of(self, canonical: str) -> str | None:
        """The story, in its own language, that a canonical item belongs to."""
        return self._one(_STORY_OF, canonical)

    def members_of(self, story: str) -> dict[str, int]:
        """The canonical items of a story, in order of arrival, each with its arrival number."""
        return dict(self._session.tuples(_MEMBERS, {"key": story}))

    def heir_of(self, story: str) -> str | None:
        """The story that ``story`` redirects to, or itself; None for an unknown id."""
        row = self._session.row(_HEIR, {"key": story})
        return None if row is None else row.redirect or story

    def primary_of(self, story: str) -> str:
        """The primary story of the group of ``story``: itself if it is not linked."""
        return self._one(_PRIMARY, story) or story

    def variants_of(self, primary: str) -> list[str]:
        """The other stories shown under the id of ``primary``, sorted by id."""
        return self._session.values(_VARIANTS, {"key": primary})

    def _one(self, statement: Statement, key: str) -> str | None:
        found: str | None = self._session.value(statement, {"key": key})
        return found
