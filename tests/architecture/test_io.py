"""Who may touch the world: modules that do I/O or read clocks are imported where they belong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.architecture.imports import imports

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "socket": (
        "aggregator/fetch/", "aggregator/parse/worker.py", "aggregator/parse/worker_process.py",
        "aggregator/web/server.py",
    ),
    "ssl": ("aggregator/fetch/", "aggregator/publish/deliveries/mail.py"),
    "aiosmtplib": ("aggregator/publish/deliveries/mail.py",),
    "http": ("aggregator/fetch/", "aggregator/web/rest/"),  # there the names of statuses
    "urllib.request": (),
    "httpx": ("aggregator/fetch/",),
    "httpcore": ("aggregator/fetch/",),
    "subprocess": ("aggregator/parse/worker_process.py",),
    "psycopg": ("storage/",),
    "sqlite3": ("storage/",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "random": ("aggregator/polling/", "aggregator/fetch/", "aggregator/lab/"),
    "time": (
        "aggregator/daemon/", "aggregator/polling/", "aggregator/fetch/", "aggregator/cli/",
        "aggregator/engine/item_worker.py",
        "aggregator/engine/polls.py",  # when other writers get a turn; decides nothing
        "aggregator/parse/salvage.py", "aggregator/parse/worker_process.py",
        "aggregator/web/server.py", "storage/",
    ),
    "os": (
        "aggregator/cli/", "aggregator/config/", "aggregator/daemon/", "aggregator/fetch/",
        "aggregator/__init__.py", "aggregator/parse/native/", "aggregator/polling/rounds.py",
        "aggregator/publish/deliveries/", "storage/",
    ),
}  # fmt: skip


@cache
def imported(path: Path) -> frozenset[str]:
    """The modules that a file imports, each with the packages around it."""
    found = {f"{module}.{name}" if name else module for module, name in imports(path)}
    return frozenset(
        ".".join(name.split(".")[: n + 1]) for name in found for n in range(name.count(".") + 1)
    )


@pytest.mark.parametrize("module", ALLOWED)
def test_only_these_import(module):
    files = [*(ROOT / "aggregator").rglob("*.py"), *(ROOT / "storage").rglob("*.py")]
    found = {str(p.relative_to(ROOT)) for p in files if module in imported(p)}
    assert {name for name in found if not name.startswith(ALLOWED[module])} == set()
