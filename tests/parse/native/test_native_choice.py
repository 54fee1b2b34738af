"""The compiled reader is used where it is built for what is here, else the Python one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
READ = """
from datetime import UTC, datetime
from aggregator.parse import parse
from aggregator.parse.feeds import entry_source
body = b"<rss><channel><item><title>One</title></item></channel></rss>"
print(entry_source.COMPILED, parse(body, now=datetime.now(UTC)).entries[0].title)
"""


def said(code: str, folder: Path = ROOT, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "AGGREGATOR_PURE_PYTHON": "0", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def test_it_can_be_switched_off() -> None:
    assert said(READ, AGGREGATOR_PURE_PYTHON="1") == "False One"


def test_it_is_used_where_it_is_built() -> None:
    pytest.importorskip(
        "aggregator.parse.native.reader",
        reason="the compiled reader is not built",
        exc_type=ImportError,
    )
    assert said(READ) == "True One"


def test_built_for_another_lxml_it_is_left_alone() -> None:
    """Its structures might be others."""
    assert said("from lxml import etree; etree.__version__ = '1.0'\n" + READ) == "False One"


@pytest.mark.parametrize("name", ["plain.pyx", "tree.pxd"])
def test_built_from_other_sources_it_is_left_alone(tmp_path: Path, name: str) -> None:
    """After an update without ``make``: its functions might take other arguments."""
    for package in ("aggregator", "storage"):
        shutil.copytree(ROOT / package, tmp_path / package)
    source = tmp_path / "aggregator" / "parse" / "native" / name
    source.write_text(source.read_text() + "# changed\n")
    assert said(READ, tmp_path) == "False One"
