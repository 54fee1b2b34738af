"""An edition as the HTML of a mail: no style sheet and no anchors, which mail clients drop."""

from __future__ import annotations

from aggregator.digest.formats.html import environment
from aggregator.digest.layout import lay_out
from aggregator.digest.selection import Edition


def render_mail(edition: Edition) -> str:
    """The edition as a complete HTML document; loads nothing, like the page."""
    page = lay_out(edition)
    template = environment().get_template("mail.html.j2")
    return template.render(page=page, phrase=page.words.phrase) + "\n"
