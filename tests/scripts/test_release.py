"""The release script, on a repository of its own; and the versions of this one agree."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

SCRIPT = ROOT / "scripts" / "release.py"
BODY = "\n- Something new.\n\n## 1.1.0 (2026-01-02)\n\n- Something old.\n"


pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "aggregator").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n')
    (tmp_path / "aggregator" / "__init__.py").write_text('"""X."""\n\n__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## 1.2.0 (unreleased)\n{BODY}")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "v1.1.0")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "change")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    person = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Someone"), ("EMAIL", "someone@example.org"))
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **person, **alone},
        capture_output=True,
        text=True,
        check=False,
    )


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, str(SCRIPT), "--date", "2026-11-30", *arguments)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_release_dates_the_changelog_commits_and_tags(checkout: Path) -> None:
    done = release(checkout)
    assert done.returncode == 0, done.stderr
    text = (checkout / "CHANGELOG.md").read_text()
    assert text == f"# Changelog\n\n## 1.2.0 (2026-11-30)\n{BODY}"
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "log", "-1", "--format=%s") == "Release 1.2.0"
    assert git(checkout, "rev-parse", "v1.2.0^{commit}") == git(checkout, "rev-parse", "HEAD")
    again = release(checkout)
    assert again.returncode == 1
    assert "dates 1.2.0 already" in again.stderr


def test_a_dry_run_changes_nothing(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    done = release(checkout, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "tag v1.2.0" in done.stdout
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "rev-parse", "HEAD") == head
    assert git(checkout, "tag") == "v1.1.0"


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("pyproject.toml", "1.2.0", "1.3.0", "pyproject.toml says 1.3.0"),
        ("aggregator/__init__.py", "1.2.0", "1.1.9", "aggregator/__init__.py says 1.1.9"),
        ("CHANGELOG.md", "## 1.2.0", "## 1.4.0", "CHANGELOG.md says 1.4.0"),
        ("CHANGELOG.md", "unreleased", "2026-11-29", "dates 1.2.0 already"),
        ("CHANGELOG.md", "- Something new.\n", "", "says nothing about 1.2.0"),
    ],
)
def test_what_does_not_agree_is_refused(checkout: Path, file, old, new, why) -> None:
    change(checkout / file, old, new)
    commit(checkout)
    done = release(checkout)
    assert done.returncode == 1
    assert why in done.stderr
    assert git(checkout, "tag") == "v1.1.0"


@pytest.mark.parametrize(
    ("version", "why"),
    [("1.1.0", "raise the version"), ("1.0.9", "raise the version"), ("2.0", "MAJOR.MINOR")],
)
def test_the_version_must_be_new_and_semantic(checkout: Path, version, why) -> None:
    for file in ("pyproject.toml", "aggregator/__init__.py", "CHANGELOG.md"):
        change(checkout / file, "1.2.0", version)
    commit(checkout)
    done = release(checkout)
    assert done.returncode == 1
    assert why in done.stderr


def test_a_tree_with_changes_is_refused(checkout: Path) -> None:
    (checkout / "forgotten.txt").touch()
    done = release(checkout)
    assert done.returncode == 1
    assert "forgotten.txt" in done.stderr


def test_the_versions_of_this_tree_agree() -> None:
    found = runpy.run_path(str(SCRIPT))["versions"](ROOT)
    assert len(set(found.values())) == 1, found
