"""The definition of a digest format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregator.digest.selection import Edition
from aggregator.extensions import FORMATS
from aggregator.model.errors import UserError


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an edition.

    ``render`` must be pure: the same edition gives the same text, or bytes where the format is no
    text. Whatever the edition contains, no markup in it may take effect and only http and https
    links may remain.
    """

    name: str  # in feeds.toml
    suffix: str  # of the files, with its dot
    media_type: str
    render: Callable[[Edition], str | bytes]

    def content(self, edition: Edition) -> bytes:
        """The content of a file in this format."""
        made = self.render(edition)
        return made if isinstance(made, bytes) else made.encode("utf-8")


def format_named(name: str) -> Format:
    """The format of that name. Raises ValueError for an unknown one, UserError for a broken one."""
    if name not in FORMATS:
        raise ValueError(f"unknown digest format {name!r}; available: {', '.join(FORMATS.names())}")
    found = FORMATS.load(name)
    if not isinstance(found, Format):
        raise UserError(f'the format "{name}" is a {type(found).__name__}, not a Format')
    return found


_OUTSIDE = str.maketrans(  # so that the document can be embedded in an HTML script element
    {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}
)


def embeddable(text: str) -> str:
    """JSON in which nothing ends an HTML script element, or a line of one."""
    return text.translate(_OUTSIDE)
