"""What the engine asks of the archive, and an archive in memory for replays and tests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol

from aggregator.model import Keys, Placed


class Archive(Protocol):
    """Everything that was ever placed, with its newest revision; storage implements it.

    It must answer for every item that was decided before, whether or not its
    transaction is committed (``Overlay`` helps with those that are not).
    """

    def by_url(self, key: str) -> Sequence[Placed]:
        """Items one of whose ``Keys.urls`` is ``key``, in order of arrival."""
        ...

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """At most ``limit`` items whose ``Keys.title`` is ``key``, newest arrival first."""
        ...

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        """At most ``limit`` items that share bands: most shared first, then in order of arrival."""
        ...

    def members(self, canonical: str) -> Sequence[Placed]:
        """All items behind one canonical item, in order of arrival."""
        ...

    def placed(self, item: str) -> Placed | None:
        """One item and where it stands now."""
        ...


class MemoryArchive:
    """An archive in memory, for replays and tests."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}
        self._placed: dict[str, Placed] = {}
        self._keys: dict[str, Keys] = {}
        self._url: dict[str, dict[str, None]] = defaultdict(dict)
        self._title: dict[str, dict[str, None]] = defaultdict(dict)
        self._band: dict[int, dict[str, None]] = defaultdict(dict)
        self._members: dict[str, dict[str, None]] = defaultdict(dict)

    def add(self, placed: Placed, keys: Keys) -> None:
        """Put an item in; a newer revision, or a new place, of one that is there replaces it."""
        name = placed.item.id
        self._forget(name)
        self._order.setdefault(name, len(self._order))
        self._placed[name], self._keys[name] = placed, keys
        for url in keys.urls:
            self._url[url][name] = None
        if keys.title:
            self._title[keys.title][name] = None
        for band in keys.bands:
            self._band[band][name] = None
        self._members[placed.canonical][name] = None

    def _forget(self, name: str) -> None:
        old = self._placed.get(name)
        if old is None:
            return
        keys = self._keys[name]
        for url in keys.urls:
            self._url[url].pop(name, None)
        self._title[keys.title].pop(name, None)
        for band in keys.bands:
            self._band[band].pop(name, None)
        self._members[old.canonical].pop(name, None)

    def _sorted(self, names: Sequence[str] | dict[str, None]) -> list[Placed]:
        return [self._placed[n] for n in sorted(names, key=self._order.__getitem__)]

    def by_url(self, key: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._sorted(self._url.get(key, {}))

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._sorted(self._title.get(key, {}))[::-1][:limit]

    def by_bands(self, bands: Sequence[int], limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        shared = Counter(name for band in bands for name in self._band.get(band, ()))
        best = sorted(shared, key=lambda name: (-shared[name], self._order[name]))
        return [self._placed[name] for name in best[:limit]]

    def members(self, canonical: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._sorted(self._members.get(canonical, {}))

    def placed(self, item: str) -> Placed | None:
        """See ``Archive``."""
        return self._placed.get(item)

    def all(self) -> Sequence[tuple[Placed, Keys]]:
        """Everything, in order of arrival."""
        names = sorted(self._placed, key=self._order.__getitem__)
        return [(self._placed[name], self._keys[name]) for name in names]


class Overlay:
    """An archive with the items of a transaction that is not yet committed on top."""

    def __init__(self, base: Archive) -> None:
        self._base = base
        self._new = MemoryArchive()

    def add(self, placed: Placed, keys: Keys) -> None:
        """Put in an item that ``base`` does not know yet, or knows in an older state."""
        self._new.add(placed, keys)

    def clear(self) -> None:
        """Forget what was added: ``base`` knows it now."""
        self._new = MemoryArchive()

    def _with(self, old: Sequence[Placed], new: Sequence[Placed]) -> list[Placed]:
        return [p for p in old if self._new.placed(p.item.id) is None] + list(new)

    def by_url(self, key: str) -> Sequence[Placed]:
        """See ``Archive``."""
        return self._with(self._base.by_url(key), self._new.by_url(key))

    def by_title(self, key: str, limit: int) -> Sequence[Placed]:
        """See ``Archive``."""
        new = self._new.by_title(key, limit)
        return [*new, *self._with(self._base.by_title(key, limit), ())][:limit]

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
