"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import ROOT, Edition, Ran, polled, run_command


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared documents and labelled sets beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder 'shared' beside the checkout: it holds publishers' texts")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Run commands in a folder of their own."""

    def work(*arguments: str, env: dict[str, str] | None = None, cwd: Path = tmp_path) -> Ran:
        return run_command(arguments, cwd=cwd, env=env)

    return work


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The sample edition, all three days polled at once; not to be changed."""
    return polled(tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="session")
def day_by_day(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The sample edition, one day polled after another; not to be changed."""
    return polled(tmp_path_factory.mktemp("days"), (1, 2, 3))
