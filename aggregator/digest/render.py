"""An edition as a document in one of the formats."""

from __future__ import annotations

from aggregator.digest.formats import format_named
from aggregator.digest.selection import Edition


def render(edition: Edition, format: str) -> str:
    """The edition in the format of that name; the same edition, the same text.

    Whatever stands in the edition, no markup of it takes effect and no link but to
    http and https is left. Raises ValueError for an unknown format.
    """
    return format_named(format).render(edition)
