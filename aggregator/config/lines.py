"""Finds the line of a key in a TOML document.

The standard parser gives values without positions. This reads only headers and
``key =`` outside of multi-line values, which is enough to locate an error; the
document is already known to be valid TOML.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)$")

_WHOLE = re.compile(r"x =\s*(?:\"(?!\"\")[^\"\\\\]*\"|'(?!'')[^']*'|true|false|[\d.]+)\s*(?:#.*)?")
"""Fast path: a value that ends on its line, as in nearly all lines."""


class Lines:
    """An index of a TOML text from key paths to lines, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._read(text)

    def of(self, path: Path) -> int | None:
        """The line of ``path``, or of the nearest key or table around it."""
        for end in range(len(path), 0, -1):
            if (line := self._lines.get(path[:end])) is not None:
                return line
        return None

    def _read(self, text: str) -> None:
        table: Path = ()
        counts: Counter[Path] = Counter()
        pending = ""  # a value that continues over several lines
        for number, line in enumerate(text.splitlines(), start=1):
            if pending:
                pending = _unfinished(pending + "\n" + line)
            elif header := _HEADER.match(line):
                table = self._header(header, counts)
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                parts = tuple(p.strip().strip("\"'") for p in key[1].split("."))
                self._lines.setdefault(table + parts, number)
                pending = _unfinished("x =" + key[2])

    @staticmethod
    def _header(match: re.Match[str], counts: Counter[Path]) -> Path:
        names: Path = tuple(p.strip().strip("\"'") for p in match[2].split("."))
        if match[1] == "[[":
            counts[names] += 1
            return (*names, counts[names] - 1)
        parent = names[:-1]
        if counts[parent]:  # [feeds.headers] belongs to the latest [[feeds]]
            return (*parent, counts[parent] - 1, names[-1])
        return names


def _unfinished(value: str) -> str:
    """``value`` if it continues on the next line, otherwise the empty string."""
    if _WHOLE.fullmatch(value):
        return ""
    try:
        tomllib.loads(value)
    except tomllib.TOMLDecodeError:
        return value
    return ""
