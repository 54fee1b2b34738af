"""The wheel holds what the checkout holds, and works where there is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator import __version__
from tests.support import ROOT, TIMEOUT, render_samples, sample_config

pytestmark = pytest.mark.slow

PACKAGES = ("aggregator", "storage")
LEFT_OUT = ("__pycache__", "*.pyc", "*.so", "*.pyx", "*.pxd", "*.c")  # built without a compiler


def done(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed, and sees nothing of the checkout."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("setuptools", reason="needs what `make` installs to build with")
    tree = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index")
    done(*pip, "--no-build-isolation", "--wheel-dir", "dist", ".", cwd=tree)
    (built,) = (tree / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands in an environment with the wheel, and dependencies from ours."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    done(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    pip = (sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install")
    done(*pip, "--quiet", "--no-deps", "--no-index", wheel, cwd=home.parent)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def shipped() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            ignored = any(part.match(one) for part in (path, path.parent) for one in LEFT_OUT)
            if path.is_file() and not ignored:
                yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for name in held if ".dist-info/" not in name}
    assert inside == set(shipped())
    for kind in (".toml", ".df", ".j2", ".css", ".pyi", "py.typed"):
        assert any(name.endswith(kind) for name in inside), kind
    assert any(name.startswith("storage/migrations/versions/0001") for name in inside)
    assert any(name.endswith("licenses/LICENSE") for name in held)


def test_the_commands_say_who_they_are(installed: Path, tmp_path: Path) -> None:
    for command in ((installed / "every-story-once",), (installed / "python", "-m", "aggregator")):
        assert __version__ in done(*command, "--version", cwd=tmp_path)
        assert "daemon" in done(*command, "--help", cwd=tmp_path)


def test_it_runs_from_its_own_files(installed: Path, tmp_path: Path) -> None:
    code = "import aggregator, storage; print(aggregator.__file__, storage.__file__, sep='\\n')"
    for file in done(installed / "python", "-c", code, cwd=tmp_path).splitlines():
        assert Path(file).is_relative_to(installed.parent)


def test_it_polls_and_writes_digests(installed: Path, tmp_path: Path) -> None:
    render_samples(tmp_path / "var" / "samples")
    sample_config(tmp_path)
    done(installed / "every-story-once", "once", cwd=tmp_path)
    digests = tmp_path / "var" / "digests"
    latest = {path.suffix for path in digests.glob("*/latest.*")}
    assert latest >= {".html", ".md"}
    assert "Kardessa" in (digests / "daily" / "latest.html").read_text(encoding="utf-8")
    listed = done(installed / "every-story-once", "stories", "list", "--json", cwd=tmp_path)
    assert len(listed.splitlines()) > 10
