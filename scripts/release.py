"""Release the version that pyproject.toml names: date the changelog, commit, tag.

    .venv/bin/python scripts/release.py --dry-run
    .venv/bin/python scripts/release.py

It refuses unless the working tree is clean, pyproject.toml, ``aggregator.__version__`` and the top
heading of CHANGELOG.md name the same unreleased version, that heading has something under it, the
version is higher than every released one, and its tag is free. Nothing is pushed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

HEADING = re.compile(r"^## (?P<version>\S+) \((?P<when>[^)]*)\)$", re.M)
ASSIGNED = re.compile(r'^__version__ = "(?P<version>[^"]*)"$', re.M)
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class ReleaseError(Exception):
    """Why there is no release, in a sentence."""


def git(root: Path, *arguments: str) -> str:
    """What git prints; ReleaseError with its complaint where it fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def number(version: str) -> tuple[int, ...]:
    """The version as something that can be compared; ReleaseError unless it is X.Y.Z."""
    if not (match := VERSION.fullmatch(version)):
        raise ReleaseError(f"{version} is not a version of the form MAJOR.MINOR.PATCH")
    return tuple(map(int, match.groups()))


def versions(root: Path) -> dict[str, str]:
    """The version that each place names."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = ASSIGNED.search((root / "aggregator" / "__init__.py").read_text(encoding="utf-8"))
    heading = HEADING.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    return {
        "pyproject.toml": project["version"],
        "aggregator/__init__.py": package["version"] if package else "none",
        "CHANGELOG.md": heading["version"] if heading else "none",
    }


def check(root: Path) -> str:
    """The version to release; ReleaseError where something stands against it."""
    if changed := git(root, "status", "--porcelain"):
        raise ReleaseError(f"commit or remove these changes first:\n{changed}")
    found = versions(root)
    if len(set(found.values())) > 1:
        told = ", ".join(f"{place} says {version}" for place, version in found.items())
        raise ReleaseError(f"the versions differ: {told}")
    version = found["pyproject.toml"]
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    if headings[0]["when"] != "unreleased":
        raise ReleaseError(f"CHANGELOG.md dates {version} already; its top heading is not new")
    end = headings[1].start() if len(headings) > 1 else len(text)
    if not text[headings[0].end() : end].strip():
        raise ReleaseError(f"CHANGELOG.md says nothing about {version}")
    tags = git(root, "tag", "--list", "v*").split()
    released = [tag[1:] for tag in tags if VERSION.fullmatch(tag[1:])]
    if higher := [one for one in released if number(one) >= number(version)]:
        raise ReleaseError(f"{max(higher, key=number)} is released already; raise the version")
    return version


def release(root: Path, day: date) -> None:
    """Date the top heading, commit and tag."""
    version = check(root)
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    dated = text.replace(f"## {version} (unreleased)", f"## {version} ({day})", 1)
    path.write_text(dated, encoding="utf-8")
    git(root, "commit", "--quiet", "-m", f"Release {version}", "--", "CHANGELOG.md")
    git(root, "tag", "-a", f"v{version}", "-m", f"Version {version}")


def main() -> None:
    """Release, or say why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dry-run", action="store_true", help="check only, and say what would be")
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        help="the day of the release, YYYY-MM-DD (default: today)",
    )
    options = parser.parse_args()
    try:
        root = Path(git(Path(), "rev-parse", "--show-toplevel"))
        version = check(root)
        if options.dry_run:
            print(f"would date {version} in CHANGELOG.md ({options.date}), commit, tag v{version}")
            return
        release(root, options.date)
    except ReleaseError as error:
        sys.exit(f"No release: {error}")
    print(f"Released {version}. Check `git show v{version}`, then push the branch and the tag.")


if __name__ == "__main__":
    main()
