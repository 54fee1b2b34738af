"""Editions as files: whole or not at all, and nowhere else."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.digest import Edition, select
from aggregator.publish.deliveries.files import DigestError, deliver
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path) -> DigestSettings:
    return DigestSettings(name="daily", title="The day", directory=tmp_path / "digests")


@pytest.fixture
def edition(make, harbour, settings) -> Edition:
    return _edition(make.now, settings, harbour)


def _edition(now: datetime, settings: DigestSettings, *views: StoryView) -> Edition:
    return select(settings, views, since=now - 24 * HOUR, until=now, made=now)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_dated_files_and_latest_beside_them(edition, settings):
    paths = deliver(edition, settings)
    folder = settings.directory / "daily"
    assert [path.name for path in paths] == [
        "daily-2026-11-24T0700.md",
        "daily-2026-11-24T0700.html",
        "daily-2026-11-24T0700.json",
        "daily-2026-11-24T0700.atom",
        "latest.md",
        "latest.html",
        "latest.json",
        "latest.atom",
    ]
    assert {path.parent for path in paths} == {folder}
    for path in paths[:4]:
        assert path.read_bytes() == (folder / f"latest{path.suffix}").read_bytes() != b""


def test_the_same_edition_twice_gives_the_same_bytes(edition, settings):
    deliver(edition, settings)
    before = _files(settings.directory / "daily")
    deliver(edition, settings)
    assert _files(settings.directory / "daily") == before


def test_only_the_formats_asked_for(edition, settings):
    paths = deliver(edition, settings, formats=("json", "json"))
    assert [path.suffix for path in paths] == [".json", ".json"]


def test_the_file_is_dated_in_the_reader_s_time_zone(edition, settings):
    night = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    local = replace(edition, until=night, timezone="Pacific/Auckland")
    assert deliver(local, settings)[0].name == "daily-2026-11-25T1230.md"


def test_an_hour_told_twice_makes_two_files(edition, settings):
    first = replace(edition, until=datetime(2026, 10, 25, 0, 0, tzinfo=UTC), timezone="Europe/Rome")
    second = replace(first, until=first.until + HOUR)
    assert deliver(first, settings)[0].name == "daily-2026-10-25T0200.md"
    assert deliver(second, settings)[0].name == "daily-2026-10-25T0200b.md"


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/../../b",
        "x\0y",
        "~",
        "نشرة/..",
        "é" * 300,
        "語" * 300,
    ],
)
def test_no_name_leads_out_of_the_directory(make, harbour, settings, tmp_path, name):
    named = replace(settings, name=name)
    paths = deliver(_edition(make.now, named, harbour), named)
    inside = settings.directory.resolve()
    assert all(path.resolve().parent.parent == inside for path in paths)
    assert [entry.name for entry in tmp_path.iterdir()] == ["digests"]


def test_two_names_never_share_a_folder(make, harbour, settings):
    folders = set()
    for name in ("a b", "a-b", "a/b", "../a-b", "a.b"):
        named = replace(settings, name=name)
        folders.add(deliver(_edition(make.now, named, harbour), named)[0].parent)
    assert len(folders) == 5


def test_a_file_in_the_directory_s_place_is_named(edition, settings):
    settings.directory.write_text("precious")
    with pytest.raises(DigestError, match=r"daily.*digests is a file, not a directory"):
        deliver(edition, settings)
    assert settings.directory.read_text() == "precious"


def test_a_file_in_the_folder_s_place_is_named(edition, settings):
    settings.directory.mkdir()
    (settings.directory / "daily").write_text("precious")
    with pytest.raises(DigestError, match=r"daily is a file, not a directory"):
        deliver(edition, settings)


@pytest.mark.parametrize("depth", [0, 1])
def test_a_link_in_the_directory_s_place_is_not_followed(edition, settings, tmp_path, depth):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = settings.directory if depth == 0 else settings.directory / "daily"
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(elsewhere)
    with pytest.raises(DigestError, match="symbolic link"):
        deliver(edition, settings)
    assert list(elsewhere.iterdir()) == []


def test_a_link_in_a_file_s_place_is_replaced_not_followed(edition, settings, tmp_path):
    target = tmp_path / "target"
    target.write_text("precious")
    folder = settings.directory / "daily"
    folder.mkdir(parents=True)
    (folder / "latest.html").symlink_to(target)
    (folder / ".digest-latest.md.tmp").symlink_to(target)
    deliver(edition, settings)
    assert target.read_text() == "precious"
    assert not (folder / "latest.html").is_symlink()


def test_a_folder_in_a_file_s_place_is_named_and_nothing_changes(edition, settings):
    folder = settings.directory / "daily"
    (folder / "latest.json").mkdir(parents=True)
    with pytest.raises(DigestError, match=r"latest\.json in it is a directory"):
        deliver(edition, settings)
    assert [path.name for path in folder.iterdir()] == ["latest.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_one_may_not_write_to_is_named(edition, settings):
    settings.directory.mkdir(mode=0o500)
    with pytest.raises(DigestError, match="write permission"):
        deliver(edition, settings)


def test_what_a_dead_process_left_is_removed(edition, settings):
    folder = settings.directory / "daily"
    folder.mkdir(parents=True)
    (folder / ".digest-daily-2026-11-20T0700.html.tmp").write_text("half a dig")
    (folder / "mine.tmp").write_text("not ours")
    deliver(edition, settings)
    assert {name for name in _files(folder) if name.endswith(".tmp")} == {"mine.tmp"}


def _deliver_with_little_room(edition: Edition, settings: DigestSettings, room: int) -> None:
    """In a process of its own: no file may grow beyond ``room`` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        deliver(edition, settings)
    except DigestError:
        sys.exit(3)


def test_when_there_is_no_room_the_old_digest_stays_whole(make, edition, settings):
    deliver(edition, settings)
    before = _files(settings.directory / "daily")
    many = [
        make.view(f"{n}", make.coverage(f"{n}", f"Story {n}", lead="A sentence. " * 40))
        for n in range(50)
    ]
    longer = _edition(make.now + HOUR, settings, *many)
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_deliver_with_little_room, args=(longer, settings, 4_000))
    process.start()
    process.join(60)
    assert process.exitcode == 3
    assert _files(settings.directory / "daily") == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_to_be_full(edition, settings, monkeypatch):
    real = os.open

    def full(path, flags, mode=0o777, *, dir_fd=None):
        if str(path).endswith(".tmp"):
            return real("/dev/full", os.O_WRONLY)
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(DigestError, match="the disk is full"):
        deliver(edition, settings)
    monkeypatch.undo()
    assert _files(settings.directory / "daily") == {}
    assert len(deliver(edition, settings)) == 8


def _deliver_until(edition: Edition, settings: DigestSettings, step: int) -> None:
    """In a process of its own: dies before its ``step``-th touch of the file system."""
    touches = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal touches
        if event == "open" or event.startswith("os."):
            touches += 1
            if touches == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    deliver(edition, settings)


@pytest.mark.slow
def test_killed_anywhere_it_leaves_whole_files_only(make, harbour, settings):
    folder = settings.directory / "daily"
    old = _edition(make.now, settings, harbour)
    new = replace(old, title="The day, again")
    deliver(new, settings)
    whole_new = set(_files(folder).values())
    deliver(old, settings)
    whole = set(_files(folder).values()) | whole_new
    fork = multiprocessing.get_context("fork")
    for step in range(1, 200):
        process = fork.Process(target=_deliver_until, args=(new, settings, step))
        process.start()
        process.join(30)
        found = {name: text for name, text in _files(folder).items() if not name.endswith(".tmp")}
        assert len(found) == 9
        assert set(found.values()) <= whole
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert step > 18  # each of nine files is opened and put in its place
    assert set(_files(folder).values()) == whole_new  # and nothing temporary is left


def _deliver_often(edition: Edition, settings: DigestSettings) -> None:
    for _ in range(5):
        deliver(edition, settings)


def test_two_processes_at_once_are_both_right(make, harbour, settings):
    edition = _edition(make.now, settings, harbour)
    fork = multiprocessing.get_context("fork")
    pair = [fork.Process(target=_deliver_often, args=(edition, settings)) for _ in range(2)]
    for process in pair:
        process.start()
    for process in pair:
        process.join(60)
    assert [process.exitcode for process in pair] == [0, 0]
    before = _files(settings.directory / "daily")
    deliver(edition, settings)
    assert _files(settings.directory / "daily") == before


def test_pages_lead_to_the_one_before_the_next_and_the_list(make, harbour, settings):
    pages = []
    for day in range(3):
        until = make.now + day * 24 * HOUR
        edition = select(settings, [harbour], since=until - 24 * HOUR, until=until, made=until)
        pages.append(deliver(edition, settings)[0].with_suffix(".html"))
    first, second, third = (page.read_text() for page in pages)
    assert f'rel="next" href="{pages[1].name}"' in first and 'rel="prev"' not in first
    assert f'rel="prev" href="{pages[0].name}"' in second
    assert f'rel="next" href="{pages[2].name}"' in second
    assert 'rel="next" hidden' in third
    index = (pages[0].parent / "index.html").read_text()
    assert [index.index(page.name) for page in reversed(pages)] == sorted(
        index.index(page.name) for page in pages
    )
    before = {path: path.read_bytes() for path in pages[0].parent.iterdir()}
    deliver(edition, settings)
    assert before == {path: path.read_bytes() for path in pages[0].parent.iterdir()}
