"""Rows as JSON text: one form for commands and for the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from aggregator.reading.wording import time


def line(row: Mapping[str, object]) -> str:
    """One JSON object on one line; times are ISO 8601 with zone."""
    return json.dumps(row, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
