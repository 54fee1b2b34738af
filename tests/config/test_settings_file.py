"""feeds.toml while the program runs: read again, edited, never left invalid."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import ConfigError, SettingsFile, load
from aggregator.config.settings_file import write

FEED = '[[feeds]]\nurl = "https://{}.example/rss"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text("# mine\n" + FEED.format("one"), encoding="utf-8")
    return path


def keys(file: SettingsFile) -> list[str]:
    return [feed.key for feed in file.current().feeds]


def test_a_file_is_replaced_whole(path: Path) -> None:
    write(path, "new ✓")
    assert path.read_text(encoding="utf-8") == "new ✓"
    assert list(path.parent.iterdir()) == [path]


def test_a_changed_file_is_read_again_unless_it_is_invalid(path: Path) -> None:
    file = SettingsFile(load(path), store="sqlite:///other.db")
    path.write_text(FEED.format("other"), encoding="utf-8")
    assert keys(file) == ["https://other.example/rss"]
    assert file.current().store == "sqlite:///" + str(Path("other.db").absolute())
    path.write_text("feeds = 3", encoding="utf-8")
    assert keys(file) == ["https://other.example/rss"]
    with pytest.raises(ConfigError):
        file.change(lambda text: text)


def test_an_edit_that_would_be_invalid_changes_nothing(path: Path) -> None:
    file = SettingsFile(load(path))
    before = path.read_bytes()
    with pytest.raises(ConfigError):
        file.change(lambda text: text + FEED.format("one"))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    changed = file.change(lambda text: text + FEED.format("two"))
    assert [feed.key for feed in changed.feeds] == keys(file)
    assert keys(file)[1] == "https://two.example/rss"
    assert path.read_text(encoding="utf-8").startswith("# mine")
    assert changed.path == path
