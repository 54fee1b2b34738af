"""What only reads is given a view, and could not write if it wanted to."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

AGGREGATOR = Path(__file__).parents[2] / "aggregator"


@pytest.mark.parametrize("package", ["reading", "digest"])
def test_packages_that_read_never_name_a_transaction(package: str) -> None:
    files = list((AGGREGATOR / package).rglob("*.py"))
    assert files
    assert [path.name for path in files if {"Transaction", "transaction"} & _names(path)] == []


def _names(path: Path) -> set[str]:
    """The names that a module imports or uses, as variables, types or attributes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
    return found
