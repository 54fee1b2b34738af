"""The place of an edition among the files of its digest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is among the files of its digest; names without suffix."""

    name: str
    previous: str | None = None
    index: str | None = None
