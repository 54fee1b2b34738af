"""No damage to a document makes a reader raise, differ, hang or pass on what the gate stops."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.parse.fuzzing import LISTS, documents, fuzz

pytestmark = pytest.mark.slow

SECONDS = 8.0  # of CPU; `make fuzz` runs an hour


def sound(folders: list[Path], seed: int) -> None:
    until = time.process_time() + SECONDS
    lists = [one.encode() for one in LISTS]
    for number, body, error in fuzz(documents(folders), lists, seed=seed, until=until):
        raise AssertionError(f"seed {number}: {body[:200]!r}") from error


def test_damaged_documents_of_our_own() -> None:
    sound([], seed=1)


def test_damaged_real_documents(shared: Path) -> None:
    sound([shared / "feeds" / "real"], seed=1_000_000)
