"""A command imports what it uses: what is heavy stays out of those that do without it."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from aggregator import __version__
from aggregator.cli.commands import COMMANDS
from storage import Store
from tests.support import ROOT

OUTSIDE = {"alembic", "apscheduler", "feedparser", "httpx", "lxml", "numpy", "psycopg", "jinja2",
           "rapidfuzz", "trafilatura", "feedgen", "structlog"}  # fmt: skip
ROOMS = {"aggregator.engine.polls", "aggregator.fetch", "aggregator.parse", "aggregator.dedupe",
         "aggregator.cluster", "aggregator.publish", "aggregator.digest"}  # fmt: skip
STORE = {"sqlalchemy", "storage", "pydantic", "rich"}
OTHER_STORE = {"sqlalchemy.dialects.postgresql"}

CONFIG = '[[feeds]]\nurl = "a.xml"\n'


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    (folder / "feeds.toml").write_text(CONFIG, encoding="utf-8")
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=open('modules', 'w')))\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from aggregator.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return set((folder / "modules").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_no_room(option: str, tmp_path: Path) -> None:
    assert not imported(tmp_path, option) & (OUTSIDE | ROOMS | STORE)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("items", "list"), ("feeds", "status"), ("feeds", "list"), ("items", "corrections")]
)
def test_lists_import_the_store_and_no_engine(command: tuple[str, ...], tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/var/store.sqlite").close()
    assert not imported(tmp_path, *command) & (OUTSIDE | ROOMS | OTHER_STORE)


@pytest.mark.parametrize("command", ["items", "check", "replay"])
def test_help_of_a_command_imports_no_room(command: str, tmp_path: Path) -> None:
    assert not imported(tmp_path, command, "--help") & (OUTSIDE | ROOMS | {"sqlalchemy", "storage"})


@pytest.mark.slow
def test_comparing_two_headlines_needs_neither_network_nor_store(tmp_path: Path) -> None:
    without = {"aggregator.fetch", "aggregator.parse", "httpx", "lxml", "sqlalchemy"}
    assert not imported(tmp_path, "compare", "One", "Another") & without


def test_the_version_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run([sys.executable, str(ROOT / "run.py"), "--version"], check=True, timeout=60)
    assert capfd.readouterr().out == f"Every Story Once {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_registered_by_its_module(name: str) -> None:
    holder = typer.Typer()
    import_module(f"aggregator.cli.{COMMANDS[name].module}").register(holder)
    assert list(typer.main.get_group(holder).commands) == [name]
