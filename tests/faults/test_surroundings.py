"""Odd surroundings: other locales, names, limits and streams than the ones at home."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, TIMEOUT

pytestmark = pytest.mark.slow

TITLE = "مجلس المدينة يقرر توسيع الجسر القديم"
FEED = f"<rss><channel><title>القناة</title><item><title>{TITLE}</title></item></channel></rss>"
RUN = [sys.executable, str(ROOT / "run.py")]
BARE = {"PATH": os.environ["PATH"], "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}  # no HOME


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    one = tmp_path / "مجلد with space #1%41?"
    one.mkdir()
    (one / "a feed ع.xml").write_text(FEED, encoding="utf-8")
    config = '[[feeds]]\nurl = "a feed ع.xml"\n[[digests]]\nname = "daily"\n'
    (one / "feeds.toml").write_text(config, encoding="utf-8")
    return one


def test_no_locale_no_home_a_folder_with_odd_letters(folder: Path) -> None:
    done = subprocess.run(
        [*RUN, "once"], cwd=folder, env=BARE, capture_output=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    listed = subprocess.run(
        [*RUN, "--config", str(folder / "feeds.toml"), "items", "list", "--json"],
        cwd="/", env=BARE, capture_output=True, timeout=TIMEOUT, check=True,
    )  # fmt: skip
    assert json.loads(listed.stdout)["title"] == TITLE
    page = folder / "var" / "digests" / "daily" / "latest.html"
    assert TITLE in page.read_text(encoding="utf-8")


def test_few_descriptors_little_memory_and_no_streams(folder: Path) -> None:
    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        resource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))
        for number in (0, 1):
            os.close(number)

    done = subprocess.run(
        [*RUN, "once"],
        cwd=folder, preexec_fn=limits, stderr=subprocess.PIPE, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert (folder / "var" / "digests" / "daily" / "latest.html").exists()
