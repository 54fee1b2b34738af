"""Filter conditions shared by several queries."""

from __future__ import annotations

import json

from sqlalchemy import Column, ColumnElement, func


def listed(column: Column[str], value: str, sqlite: bool) -> ColumnElement[bool]:
    """Whether the JSON list in ``column`` contains the string ``value``."""
    position = (func.instr if sqlite else func.strpos)(column, encoded(value))
    return position > 0


def encoded(value: str) -> str:
    """``value`` as it stands in a JSON list."""
    return json.dumps(value, ensure_ascii=False)
