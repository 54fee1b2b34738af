"""An edition as a document in one of the formats."""

from __future__ import annotations

from aggregator.digest.formats import format_named
from aggregator.digest.selection import Edition


def render(edition: Edition, format: str) -> str:
    """The edition in the format of that name; the same edition gives the same text.

    Whatever the edition contains, no markup in it takes effect and only http and https
    links remain. Raises ValueError for a format that is unknown or no text.
    """
    made = format_named(format).render(edition)
    if isinstance(made, bytes):
        raise ValueError(f"the format {format} is no text; `run.py digest` writes its file")
    return made
