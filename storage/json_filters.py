"""Filter conditions shared by several queries."""

from __future__ import annotations

import json

from sqlalchemy import Column, ColumnElement, func


def listed(column: Column[str], value: str, sqlite: bool) -> ColumnElement[bool]:
    """Whether the JSON list in ``column`` contains the string ``value``."""
    encoded = json.dumps(value, ensure_ascii=False)
    position = func.instr(column, encoded) if sqlite else func.strpos(column, encoded)
    return position > 0
