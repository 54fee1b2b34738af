"""What the machine refuses is told: what, where and what to do; nothing half-written is left."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Installation, decided, furnish
from tests.faults.driver import Fate
from tests.support import Ran

pytestmark = pytest.mark.slow


def told(done: Ran, *words: str) -> str:
    """The message of a command that could not do its work: one sentence or two, no trace."""
    assert done.code == 1, (done.code, done.out, done.err)
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err, done.err
    return done.err


@pytest.mark.parametrize(
    ("most", "what"),
    [
        (30_000, "store"),  # no room for the store itself
        (250_000, "store"),  # none for its log, in the middle of the polls
        (1_500, "store"),
    ],
)
def test_files_that_may_not_grow(
    feeds: Path,
    tmp_path: Path,
    undisturbed: tuple[Installation, dict[str, list[str]]],
    most: int,
    what: str,
) -> None:
    installation = furnish(tmp_path / "house", feeds)
    told(installation.dying(Fate(do="", most=most), "once"), what, "disk")
    _recovers(installation, undisturbed)


def test_no_room_for_the_digest(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    """The store is written, the digest is not, and the earlier one stays whole."""
    installation = furnish(tmp_path / "house", feeds)
    assert installation.quick("once").code == 0
    before = _bytes(installation.digests)
    done = installation.dying(
        Fate("aggregator.publish.editions:deliver_all", do="", most=10_000), "digest", "daily"
    )
    told(done, "daily", str(installation.digests), "File too large")
    assert _bytes(installation.digests) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with very little room."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full(
    feeds: Path, small_disk: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    installation = furnish(small_disk / "house", feeds)
    told(installation.quick("once"), "disk", str(small_disk))
    assert installation.quick("check").code == 0  # what is there is sound
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    _recovers(installation, undisturbed)


@pytest.mark.parametrize("content", [b"", b"no store at all\n" * 100])
def test_a_store_that_is_none(installation: Installation, content: bytes) -> None:
    path = installation.folder / "var" / "store.sqlite"
    path.write_bytes(content)
    for command in (("once",), ("items", "list"), ("check",), ("daemon",)):
        told(installation.quick(*command), str(path), "backup")
    assert path.read_bytes() == content
    assert not installation.digests.exists()


def test_a_store_whose_place_is_taken(installation: Installation) -> None:
    (installation.folder / "taken").write_text("a file", encoding="utf-8")
    url = f"sqlite:///{installation.folder}/taken/store.sqlite"
    told(
        installation.quick("once", AGGREGATOR_STORE=url), "cannot be created", "taken/store.sqlite"
    )
    (installation.folder / "folder").mkdir()
    url = f"sqlite:///{installation.folder}/folder"
    told(installation.quick("once", AGGREGATOR_STORE=url), f"{installation.folder}/folder")


def test_a_store_that_another_keeps_locked(installation: Installation) -> None:
    assert installation.quick("once").code == 0
    blocker = sqlite3.connect(installation.folder / "var" / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    done = installation.quick("items", "list", "--json")
    assert done.code == 0, done.err  # who only reads need not wait
    blocker.close()


def test_a_server_that_is_not_there(installation: Installation) -> None:
    url = f"postgresql://me:hush@/news?host={installation.folder}"
    said = told(
        installation.quick("once", AGGREGATOR_STORE=url),
        "does not answer",
        "Check that it is running",
    )
    assert "hush" not in said
    url = "postgresql://me:hush@127.0.0.1:1/news"
    said = told(
        installation.quick("check", AGGREGATOR_STORE=url), "does not answer", "me:***@127.0.0.1:1"
    )
    assert "hush" not in said


def test_no_word_of_a_password_when_all_is_well(
    installation: Installation, postgresql_url: str
) -> None:
    url = postgresql_url.replace("postgres:@", "postgres:hush@")
    for command in (("once",), ("check",), ("check", "--json"), ("feeds", "status")):
        done = installation.quick(*command, AGGREGATOR_STORE=url)
        assert done.code == 0, done.err
        assert "hush" not in done.out + done.err


def test_a_digest_folder_that_cannot_be_written(
    installation: Installation, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    """What was polled is stored all the same, and the digest comes when there is a place for it."""
    installation.digests.write_text("a file in the way", encoding="utf-8")
    done = installation.quick("once")
    told(done, "daily", str(installation.digests), "is a file")
    assert "102 read" in done.out or "read" in done.out
    assert installation.digests.read_text(encoding="utf-8") == "a file in the way"
    installation.digests.unlink()
    again = installation.quick("once")
    assert again.code == 0, again.err
    assert decided(installation) == undisturbed[1]
    assert (installation.digests / "daily" / "latest.html").exists()


def test_a_network_that_is_dead(installation: Installation) -> None:
    """Nobody listens at port 1 of this machine."""
    config = installation.folder / "feeds.toml"
    text = config.read_text(encoding="utf-8")
    dead = '\n[[feeds]]\nurl = "http://127.0.0.1:1/feed.xml"\n'
    allowed = re.sub(r"(?m)^\[fetch\]$", '[fetch]\nallow_hosts = ["127.0.0.1"]', text)
    config.write_text(allowed + dead, encoding="utf-8")
    done = installation.quick("once")
    assert done.code == 0, done.err  # the others were read
    assert "1 failed" in done.out
    assert "http://127.0.0.1:1/feed.xml: " in done.out
    assert "refused" in done.out.lower()
    only_dead = re.split(r"(?m)^(?=\[\[feeds)", allowed)[0] + dead
    config.write_text(only_dead, encoding="utf-8")
    other = f"sqlite:///{installation.folder}/other.sqlite"
    told(installation.quick("once", AGGREGATOR_STORE=other), "all due feeds failed")


def test_a_feed_file_that_is_not_there(installation: Installation) -> None:
    (gone,) = (installation.folder / "var" / "samples").glob("meridian.*")
    gone.unlink()
    done = installation.quick("once")
    assert done.code == 0, done.err
    assert re.search(r"meridian\S*: .+", done.out), done.out


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _recovers(
    installation: Installation, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    for path in installation.digests.rglob("*"):
        assert path.is_dir() or not path.name.startswith("latest"), "a digest of half the news"
    done = installation.quick("once")
    assert done.code == 0, done.err
    assert decided(installation) == undisturbed[1]
    assert (installation.digests / "daily" / "latest.html").exists()
