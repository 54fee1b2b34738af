"""`run.py copy`: a backup, or a move from one database to the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Edition, Ran

pytestmark = pytest.mark.slow


def test_a_copy_is_a_store_and_goes_to_postgresql_and_back(
    edition: Edition, run: Callable[..., Ran], postgresql_url: str, tmp_path: Path
) -> None:
    config = ("--config", str(edition.folder / "feeds.toml"))
    listed = run(*config, "items", "list", "--json").out
    for source, target in ((None, postgresql_url), (postgresql_url, "back.sqlite")):
        store = ("--store", source) if source else ()
        done = run(*config, *store, "copy", target)
        assert done.code == 0, done.err
        assert "copied to" in done.out
    back = ("--store", str(tmp_path / "back.sqlite"))
    assert run(*config, *back, "items", "list", "--json").out == listed != ""
    assert run(*config, *back, "check").code == 0
    again = run(*config, "copy", "back.sqlite")
    assert (again.code, "exists" in again.err) == (1, True)
    assert run(*config, "copy", "mysql://me:hush@db/x").code == 1
