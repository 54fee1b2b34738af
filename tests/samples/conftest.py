"""The scripts of the sample edition, importable as a user runs them: from their own folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from tests.support import ROOT

END = datetime(2031, 5, 17, 9, 30, tzinfo=UTC)  # any moment will do


@pytest.fixture(scope="session", autouse=True)
def _scripts() -> Iterator[None]:
    """samples/ on the path."""
    folder = str(ROOT / "samples")
    sys.path.insert(0, folder)
    yield
    sys.path.remove(folder)


@pytest.fixture(scope="session")
def renderer(_scripts: None) -> ModuleType:
    import render

    return render


@pytest.fixture(scope="session")
def sources(_scripts: None) -> ModuleType:
    import edition_sources

    return edition_sources


@pytest.fixture(scope="session")
def outlets(sources: ModuleType) -> tuple[Any, ...]:
    """Every outlet of the edition, as written."""
    found: tuple[Any, ...] = sources.load(ROOT / "samples" / "edition")
    return found


@pytest.fixture(scope="session")
def end() -> datetime:
    """The last moment of the edition in these tests."""
    return END


@pytest.fixture(scope="session")
def documents(renderer: ModuleType, outlets: tuple[Any, ...]) -> dict[int, dict[str, bytes]]:
    """Day to file name to document."""
    return {
        day: {outlet.file: renderer.render(outlet, END, day) for outlet in outlets}
        for day in (1, 2, 3)
    }
