"""An edition as a self-contained HTML file: no scripts, images or requests.

Jinja escapes all values. A Content-Security-Policy enforces this in the browser:
nothing may load or run, and only the style sheet whose hash is in the policy applies.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aggregator.digest.formats.format import Format
from aggregator.digest.layout import lay_out
from aggregator.digest.page import Block, Page
from aggregator.digest.selection import Edition


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, which escape all values."""
    return Environment(
        loader=PackageLoader("aggregator.digest", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def style() -> tuple[Markup, str]:
    """The style sheet, and its hash for the policy."""
    css = (files("aggregator.digest") / "templates" / "style.css").read_text("utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    return Markup(css), f"sha256-{digest}"  # noqa: S704 - our own file


def render_html(page: Page) -> str:
    """The page as a complete HTML document."""
    css, policy = style()
    template = environment().get_template("digest.html.j2")
    return template.render(page=page, phrase=page.words.phrase, style=css, style_hash=policy) + "\n"


def render_entry(block: Block, page: Page) -> str:
    """One story as a piece of HTML for a feed reader."""
    template = environment().get_template("entry.html.j2")
    marks = (page.words.phrase(key) for key in block.marks if key != "update")  # readers show it
    main = block.article
    facts = (*marks, block.since, block.outlets, block.repetitions)
    facts += (main.first_published, main.credit)
    return template.render(block=block, page=page, phrase=page.words.phrase, facts=facts).strip()


def _render(edition: Edition) -> str:
    return render_html(lay_out(edition))


FORMAT = Format("html", ".html", "text/html", _render)
