"""An edition as the HTML of a mail: no style sheet and no anchors, which mail clients drop."""

from __future__ import annotations

from aggregator.digest.layout import lay_out
from aggregator.digest.selection import Edition
from aggregator.digest.templating import filled


def render_mail(edition: Edition) -> str:
    """The edition as a complete HTML document; loads nothing, like the page."""
    page = lay_out(edition)
    return filled(page.templates, "mail.html.j2", page=page, phrase=page.words.phrase)
