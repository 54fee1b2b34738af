"""An edition as a document in one of four formats."""

from __future__ import annotations

from aggregator.digest.atom import render_atom
from aggregator.digest.html import render_html
from aggregator.digest.jsonfile import render_json
from aggregator.digest.layout import lay_out
from aggregator.digest.markdown import render_markdown
from aggregator.digest.selection import Edition

FORMATS = ("md", "html", "json", "atom")


def render(edition: Edition, format: str) -> str:
    """The edition as ``md``, ``html``, ``json`` or ``atom``; the same edition, the same text.

    Whatever stands in the edition, no markup of it takes effect and no link but to
    http and https is left. Raises ValueError for another format.
    """
    if format == "json":
        return render_json(edition)
    page = lay_out(edition)
    if format == "md":
        return render_markdown(page)
    if format == "html":
        return render_html(page)
    if format == "atom":
        return render_atom(page)
    raise ValueError(f"a digest can be {', '.join(FORMATS)}, not {format!r}")
