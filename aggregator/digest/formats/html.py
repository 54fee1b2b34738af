"""An edition as a self-contained HTML file: no scripts, images or requests.

Jinja escapes all values. A Content-Security-Policy enforces this in the browser:
nothing may load or run, and only the style sheet whose hash is in the policy applies.
"""

from __future__ import annotations

from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Block, Page
from aggregator.digest.selection import Edition
from aggregator.digest.templating import filled, style


def render_html(page: Page) -> str:
    """The page as a complete HTML document."""
    css, policy = style(page.templates)
    said = {"page": page, "phrase": page.words.phrase, "style": css, "style_hash": policy}
    return filled(page.templates, "digest.html.j2", **said)


def render_entry(block: Block, page: Page) -> str:
    """One story as a piece of HTML for a feed reader."""
    marks = (page.words.phrase(key) for key in block.marks if key != "update")  # readers show it
    main = block.article
    facts = (*marks, block.since, block.outlets, block.repetitions)
    facts += (main.first_published, main.credit)
    said = {"block": block, "page": page, "phrase": page.words.phrase, "facts": facts}
    return filled(page.templates, "entry.html.j2", **said).strip()


def _render(edition: Edition) -> str:
    return render_html(lay_out(edition))


FORMAT = Format("html", ".html", "text/html", _render)
