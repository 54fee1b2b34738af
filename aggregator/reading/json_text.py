"""Rows as JSON text: one form for commands and for the API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from aggregator.reading.wording import time

# What JSON leaves as it is and a terminal acts on: controls, direction marks, surrogates.
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def line(row: Mapping[str, object]) -> str:
    """One JSON object on one line; times are ISO 8601 with zone."""
    text = json.dumps(row, ensure_ascii=False, default=_plain)
    return _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
