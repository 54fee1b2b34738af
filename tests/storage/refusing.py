"""Stores to damage, and the message with which one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Feed
from storage import Store, StoreError


def filled(path: Path, make: Any, number: int = 30) -> bytes:
    """A store with some items, closed; the bytes of its file."""
    with Store.open(f"sqlite:///{path}") as store, store.transaction() as tx:
        tx.feeds.upsert(Feed("f1", "https://one.example/feed"), 0)
        for one in range(number):
            make.save(tx, make.item(one, text=f"Some text {one}. " * 50))
    return path.read_bytes()


def refused(url: str | Path, kind: type[StoreError] = StoreError, **options: Any) -> str:
    """The message with which a store is not opened."""
    address = f"sqlite:///{url}" if isinstance(url, Path) else url
    with pytest.raises(kind) as caught:
        Store.open(address, **options)
    error = caught.value
    assert type(error) is kind
    assert str(error) == f"{error.what} ({error.where}). {error.todo}"
    return str(error)
