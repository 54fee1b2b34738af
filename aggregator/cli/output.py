"""What commands print: lines of JSON for programs, tables for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from aggregator.reading.json_text import line
from aggregator.reading.wording import when
from aggregator.text.clean import gate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["complain", "line", "reason", "say", "show_fields", "show_rows", "utf8"]

Row = Mapping[str, object]


def utf8(stream: TextIO) -> None:
    """Let ``stream`` print every script, whatever the locale."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def show_rows(rows: Iterable[Row], *, as_json: bool, columns: Sequence[str]) -> int:
    """Print rows: all fields as JSON lines, or ``columns`` as a table.

    Returns how many there were.
    """
    count = 0
    if as_json:
        for count, row in enumerate(rows, start=1):  # noqa: B007 # the count is what is returned
            print(line(row))
        return count
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for count, row in enumerate(rows, start=1):  # noqa: B007 # the count is what is returned
        table.add_row(*(_cell(row.get(column)) for column in columns))
    if count:
        _console().print(table)
    else:
        print("nothing found", file=sys.stderr)
    return count


def show_fields(row: Row, *, as_json: bool) -> None:
    """Print one record: as a JSON line, or a field on each line."""
    if as_json:
        print(line(row))
        return
    width = max((len(name) for name in row), default=0)
    for name, value in row.items():
        if value in (None, "", (), []):
            continue
        text = _cell(value).plain
        say(f"{name:<{width}}  " + text.replace("\n", "\n" + " " * (width + 2)))


def _cell(value: object) -> Text:
    """A value as text; nothing in it is interpreted as terminal markup."""
    from rich.text import Text

    if value is None:
        return Text("")
    if isinstance(value, datetime):
        return Text(when(value))
    if isinstance(value, float):
        return Text(f"{value:.3f}".rstrip("0").rstrip("."))
    if isinstance(value, tuple | list):
        return Text(gate(", ".join(str(part) for part in value)))
    return Text(gate(str(value)))


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    return Console(file=sys.stdout, width=width, soft_wrap=False, highlight=False)


def say(text: str) -> None:
    """Print text to standard output, without what a terminal would act on."""
    print(gate(text))


def complain(message: str) -> None:
    """Print an error message to standard error, without what a terminal would act on."""
    print(gate(message), file=sys.stderr)


def reason(error: Exception) -> str:
    """Why a file could not be read, without its name."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
