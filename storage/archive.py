"""Looks up earlier items by their keys, in the whole archive on disk.

Duplicate detection runs these queries for every new item. Results are in order of
arrival (``by_bands``: most shared first, then by arrival). If very many items share
a key, only the newest are read, so that a flood of one title or text does not make
each further item slower.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import bindparam, select, union_all

from aggregator.model import Placed
from storage.codecs import key, strings
from storage.itemrows import PLACED, placed
from storage.schema import band_keys, items, url_keys
from storage.statements import Reader, Statement, chunks

PER_URL = 100  # newest items read for one URL
PER_BAND = 200  # newest items read for one band

_BY_URL = Statement(
    select(items.c.url_keys, *PLACED)
    .join(url_keys, url_keys.c.item == items.c.seq)
    .where(url_keys.c.url == bindparam("fingerprint"))
    .order_by(url_keys.c.item.desc())
    .limit(bindparam("most"))
)
_BY_TITLE = Statement(
    select(*PLACED)
    .where(items.c.title_hash == bindparam("fingerprint"), items.c.title_key == bindparam("words"))
    .order_by(items.c.seq.desc())
    .limit(bindparam("most"))
)
_BY_NUMBER = Statement(select(*PLACED).where(items.c.seq == bindparam("number")))
_MEMBERS = Statement(
    select(*PLACED).where(items.c.canonical == bindparam("key")).order_by(items.c.seq)
)
_PLACED = Statement(select(*PLACED).where(items.c.id == bindparam("key")))


@cache
def _by_bands(count: int) -> Statement:
    """The newest items of each of ``count`` bands."""
    return Statement(
        union_all(
            *(
                select(
                    select(band_keys.c.item)
                    .where(band_keys.c.band == bindparam(f"band{place}"))
                    .order_by(band_keys.c.item.desc())
                    .limit(bindparam("most"))
                    .subquery()
                    .c.item
                )
                for place in range(count)
            )
        )
    )


class Archive(Reader):
    """All items ever stored, by key."""

    def by_url(self, url_key: str, limit: int = PER_URL) -> list[Placed]:
        """Items with that canonical URL among their keys: the newest ``limit``, oldest first."""
        wanted = {"fingerprint": key(url_key), "most": limit}
        rows = self._session.rows(_BY_URL, wanted)
        return [placed(row) for row in reversed(rows) if url_key in strings(row.url_keys)]

    def by_title(self, title_key: str, limit: int) -> list[Placed]:
        """Items with that normal form of the title: the newest ``limit``, oldest first."""
        if not title_key:
            return []
        wanted = {"fingerprint": key(title_key), "words": title_key, "most": limit}
        return [placed(row) for row in reversed(self._session.rows(_BY_TITLE, wanted))]

    def by_bands(self, bands: Sequence[int], limit: int) -> list[Placed]:
        """Items that share a MinHash band: those that share most first, then by arrival."""
        asked = sorted(set(bands))
        if not asked:
            return []
        wanted = {f"band{place}": band for place, band in enumerate(asked)} | {"most": PER_BAND}
        shared = Counter(self._session.values(_by_bands(len(asked)), wanted))
        best = sorted(shared, key=lambda number: (-shared[number], number))[:limit]
        found = (self._session.row(_BY_NUMBER, {"number": number}) for number in best)
        return [placed(row) for row in found if row is not None]

    def members(self, canonical_id: str) -> list[Placed]:
        """All items behind a canonical item, in order of arrival."""
        return [placed(row) for row in self._session.rows(_MEMBERS, {"key": canonical_id})]

    def members_of(self, canonical_ids: Iterable[str]) -> dict[str, list[Placed]]:
        """All items behind several canonical items, by canonical item, in order of arrival."""
        found: dict[str, list[Placed]] = {}
        for chunk in chunks(canonical_ids):
            query = select(*PLACED).where(items.c.canonical.in_(chunk)).order_by(items.c.seq)
            for row in self._session.select(query):
                one = placed(row)
                found.setdefault(one.canonical, []).append(one)
        return found

    def placed(self, item_id: str) -> Placed | None:
        """One item and its canonical item."""
        row = self._session.row(_PLACED, {"key": item_id})
        return None if row is None else placed(row)
