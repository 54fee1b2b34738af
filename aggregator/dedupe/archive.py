"""The archive interface that decisions need, and an in-memory archive for replays and tests."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from aggregator.model import Keys, Placed

PER_URL = 100  # newest items read for one address
PER_BAND = 200  # newest items read for one band


class Archive(Protocol):
    """Every item placed so far, in its latest revision; implemented by ``storage``.

    It must include all items decided so far, even in uncommitted transactions
    (see ``Overlay``).
    """

    def by_url(self, key: str) -> Sequence[Placed]:
        """Items with ``key`` in ``Keys.urls``: the newest 100, in order of arrival."""
        ...

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """Items whose ``Keys.title`` is ``key``: the newest ``limit``, in order of arrival."""
        ...

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        """At most ``limit`` items sharing bands: most shared first, then by arrival."""
        ...

    def members(self, canonical: str) -> Sequence[Placed]:
        """All items behind one canonical item, in order of arrival."""
        ...

    def placed(self, item: str) -> Placed | None:
        """One item and its current canonical item."""
        ...


class MemoryArchive:
    """An in-memory archive for replays and tests. Gives the same answers as the store."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}
        self._names: list[str] = []
        self._placed: dict[str, Placed] = {}
        self._keys: dict[str, Keys] = {}
        # Item numbers under each key, in order of arrival.
        self._url: dict[str, list[int]] = defaultdict(list)
        self._title: dict[str, list[int]] = defaultdict(list)
        self._band: dict[int, list[int]] = defaultdict(list)
        self._members: dict[str, list[int]] = defaultdict(list)

    def add(self, placed: Placed, keys: Keys) -> None:
        """Add an item, or replace it with a newer revision or a new canonical item."""
        name = placed.item.id
        if name in self._placed:
            for listed in self._lists(self._placed[name], self._keys[name]):
                listed.remove(self._order[name])
        else:
            self._order[name] = len(self._names)
            self._names.append(name)
        self._placed[name], self._keys[name] = placed, keys
        for listed in self._lists(placed, keys):
            insort(listed, self._order[name])

    def _lists(self, placed: Placed, keys: Keys) -> Iterator[list[int]]:
        yield from (self._url[url] for url in dict.fromkeys(keys.urls))
        yield from (self._band[band] for band in dict.fromkeys(keys.bands))
        if keys.title:
            yield self._title[keys.title]
        yield self._members[placed.canonical]

    def _all(self, numbers: Sequence[int]) -> list[Placed]:
        return [self._placed[self._names[number]] for number in numbers]

    def by_url(self, key: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._all(self._url.get(key, [])[-PER_URL:])

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._all(self._title.get(key, [])[-limit:])

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        shared = Counter(n for band in bands for n in self._band.get(band, [])[-PER_BAND:])
        return self._all(sorted(shared, key=lambda number: (-shared[number], number))[:limit])

    def members(self, canonical: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._all(self._members.get(canonical, []))

    def placed(self, item: str) -> Placed | None:
        """See ``Archive``."""
        return self._placed.get(item)

    def all(self) -> Sequence[tuple[Placed, Keys]]:
        """Everything, in order of arrival."""
        return [(self._placed[name], self._keys[name]) for name in self._names]


class Overlay:
    """An archive with the items of an uncommitted transaction on top."""

    def __init__(self, base: Archive) -> None:
        self._base = base
        self._new = MemoryArchive()

    def add(self, placed: Placed, keys: Keys) -> None:
        """Add an item that is missing or out of date in ``base``."""
        self._new.add(placed, keys)

    def clear(self) -> None:
        """Drop the added items, which ``base`` now has."""
        self._new = MemoryArchive()

    def _with(self, old: Sequence[Placed], new: Sequence[Placed]) -> list[Placed]:
        return [p for p in old if self._new.placed(p.item.id) is None] + list(new)

    def by_url(self, key: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._with(self._base.by_url(key), self._new.by_url(key))[-PER_URL:]

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._with(self._base.by_title(key, limit), self._new.by_title(key, limit))[-limit:]

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        """See ``Archive``; the uncommitted ones come first."""
        new = self._new.by_bands(bands, limit)
        return [*new, *self._with(self._base.by_bands(bands, limit), ())][:limit]

    def members(self, canonical: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._with(self._base.members(canonical), self._new.members(canonical))

    def placed(self, item: str) -> Placed | None:
        """See ``Archive``."""
        return self._new.placed(item) or self._base.placed(item)
