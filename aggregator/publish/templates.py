"""Reads the templates that the user put in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from aggregator.digest import UserTemplates

_LARGEST = 1_000_000  # bytes of a file
_SUFFIXES = (".j2", ".css")


def read_templates(folder: Path | None) -> UserTemplates:
    """The templates and the style sheet in ``folder``; none without one.

    What cannot be read is noted as the problem of the formats that need templates.
    """
    if folder is None:
        return UserTemplates()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
        large = next((path for path in paths if path.stat().st_size > _LARGEST), None)
        if large:
            return UserTemplates(str(folder), problem=f"{large}: too large for a template")
        return UserTemplates(str(folder), tuple((p.name, p.read_text("utf-8")) for p in paths))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        return UserTemplates(str(folder), problem=f'"templates" {folder}: {why}')
