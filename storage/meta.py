"""Small facts about the store itself, by name."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from storage.schema import meta
from storage.statements import Reader, Statement, Writer, adding

_GET = Statement(select(meta.c.value).where(meta.c.key == bindparam("name")))
_SET = Statement(
    update(meta).where(meta.c.key == bindparam("name")).values(value=bindparam("content"))
)
_ADD = adding(meta)


class MetaReader(Reader):
    """Named values."""

    def get(self, name: str) -> str | None:
        """The value of ``name``, or None."""
        value: str | None = self._session.value(_GET, {"name": name})
        return value


class Meta(MetaReader, Writer):
    """Named values."""

    def set(self, name: str, value: str) -> None:
        """Set ``name`` to ``value``."""
        if not self._session.write(_SET, {"name": name, "content": value}):
            self._session.write(_ADD, {"key": name, "value": value})
