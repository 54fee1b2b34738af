"""Killed anywhere in the middle of `once`: the next run completes, nothing doubled or lost."""

from __future__ import annotations

import os
import random
import select
import signal
from pathlib import Path

import pytest

from tests.faults.conftest import Installation, decided, furnish
from tests.faults.driver import Fate

pytestmark = pytest.mark.slow

STORE = "sqlalchemy.engine.default:DefaultDialect.do_commit"
STATEMENT = "sqlalchemy.engine.default:DefaultDialect.do_execute"
KILLS = 200 if os.environ.get("AGGREGATOR_SOAK") == "1" else 2
STORED = "aggregator.polling.poller:Summary.count"  # called when a poll is stored

# Where a run may die, in the order in which it comes there.
POINTS: dict[str, Fate] = {
    "while the store is made": Fate(at="storage.backends:migrate", after=True),
    "before the subscriptions are stored": Fate(at="storage.feeds:Feeds.upsert", left=2),
    "while a document is parsed": Fate(at="aggregator.parse:ParserPool.arun"),
    "in the middle of the first document": Fate(at="storage:Transaction.apply", left=9),
    "while stories are summarised": Fate(at="storage.stories:Stories.summarise", left=5),
    "between items and poll state": Fate(at="storage.feeds:Feeds.save_state"),
    "between the last record of a poll and its commit": Fate(at=STORE, left=1),
    "right after a commit": Fate(at=STORE, left=1, after=True),
    "between poll state and poll, one poll on": Fate(at="storage.polls:Polls.add", left=1),
    "before the digest is recorded": Fate(at="storage.digests:Digests.add"),
    "before the digest is written": Fate(at="aggregator.publish.editions:deliver_all"),
    "while the digest's files are written": Fate(at="os:fsync", left=2),
    "when half of its files are in their places": Fate(at="os:replace", left=2),
    "after the digest, before it is noted": Fate(at="storage.digests:Digests.finish"),
}


def test_killed_at_every_point_in_turn_it_completes(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    """One folder, killed again and again, each time at the next point."""
    installation = furnish(tmp_path / "house", feeds)
    for point, fate in POINTS.items():
        done = installation.dying(fate, "once")
        assert done.code == -signal.SIGKILL, (point, done.out, done.err)
        assert done.err == ""
        _whole(installation)
    _completes(installation, undisturbed)


def test_killed_between_any_two_statements_it_completes(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    """At random statements: a few here, two hundred in ``make soak``."""
    chance = random.Random(11)
    installation = furnish(tmp_path / "house", feeds)
    for _ in range(KILLS):
        fate = Fate(STATEMENT, left=chance.randrange(400), after=chance.random() < 0.5)
        done = installation.dying(fate, "once")
        assert done.code in (0, -signal.SIGKILL), (fate, done.out, done.err)
        _whole(installation)
        if done.code == 0:
            _completes(installation, undisturbed)
            installation = furnish(tmp_path / f"house{chance.random()}", feeds)
    _completes(installation, undisturbed)


def test_killed_once_it_completes_on_postgresql(
    feeds: Path,
    tmp_path: Path,
    postgresql_url: str,
    undisturbed: tuple[Installation, dict[str, list[str]]],
) -> None:
    installation = furnish(tmp_path / "house", feeds, postgresql_url)
    for point in ("in the middle of the first document", "right after a commit"):
        done = installation.dying(POINTS[point], "once")
        assert done.code == -signal.SIGKILL, (point, done.out, done.err)
    _completes(installation, undisturbed)


def test_a_restart_between_any_two_polls_changes_nothing(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    installation = furnish(tmp_path / "house", feeds)
    while (done := installation.dying(Fate(STORED, after=True), "once")).code == -signal.SIGKILL:
        pass
    assert done.code == 0, done.err
    assert decided(installation) == undisturbed[1]


def test_two_processes_decide_the_same(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    """Another order of hashes, another language, another time zone."""
    installation = furnish(tmp_path / "house", feeds)
    done = installation.run("once", PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C", LANG="C")
    assert done.code == 0, done.err
    assert decided(installation) == undisturbed[1]
    again = installation.quick("once", "--json")
    assert again.rows[0]["items"] == 0
    assert decided(installation)["items"] == undisturbed[1]["items"]


def test_an_interrupted_run_ends_quietly_and_completes_later(
    feeds: Path, tmp_path: Path, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    installation = furnish(tmp_path / "house", feeds)
    for name in ("SIGINT", "SIGTERM"):
        done = installation.dying(Fate(STORED, left=1, do=name), "once")
        number = signal.Signals[name]
        assert done.code in (128 + number, -number), (done.code, done.err)
        assert "Traceback" not in done.err
    _completes(installation, undisturbed)


def test_no_parser_outlives_a_killed_run(installation: Installation) -> None:
    """A worker holds the writing end of a pipe of ours: its end is the worker's end."""
    done = installation.dying(Fate(STORED, left=1), "once")
    assert done.code == -signal.SIGKILL
    # subprocess.run came back, and it reads until every holder of the output has gone;
    # workers write nowhere, so look for them by the folder they were started in.
    left = [one for one in Path("/proc").glob("[0-9]*") if _started_in(one, installation.folder)]
    for process in left:
        descriptor = os.pidfd_open(int(process.name))
        ended, _, _ = select.select([descriptor], [], [], 30)
        os.close(descriptor)
        assert ended, "a parser process is left"


def _started_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").resolve() == folder.resolve()
    except OSError:
        return False


def _whole(installation: Installation) -> None:
    """What a reader finds in between is never half of something."""
    for path in installation.digests.rglob("latest.html"):
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")


def _completes(
    installation: Installation, undisturbed: tuple[Installation, dict[str, list[str]]]
) -> None:
    done = installation.quick("once")
    assert done.code == 0, done.err
    wanted, found = undisturbed[1], decided(installation)
    for name, rows in wanted.items():
        assert found[name] == rows, name
    assert _formats(installation) == _formats(undisturbed[0])
    assert not [name for name in installation.files() if name.endswith((".tmp", ".new", ".part"))]


def _formats(installation: Installation) -> list[str]:
    return sorted(path.name for path in installation.digests.rglob("latest.*"))
