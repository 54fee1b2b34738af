"""Past editions: the page that lists them, and the link from one to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from aggregator.digest.names import file_name
from aggregator.digest.safe import direction, line
from aggregator.digest.selection import Edition
from aggregator.digest.templating import filled, style
from aggregator.digest.wording import Wording, wording

INDEX = "index"
"""The name of the page that lists all editions."""
_NEXT = '<a rel="next" hidden>'
"""Stands in every page until the next edition is there."""
_DATED = re.compile(r"-(\d{4}-\d\d-\d\dT\d{4})b?")


def dated(edition: Edition, files: Iterable[str]) -> list[str]:
    """The names, without suffix, of this digest's dated pages among ``files``, latest first."""
    stem = file_name(edition.name)
    pages = (name.removesuffix(".html") for name in files if name.endswith(".html"))
    found = {p for p in pages if p.startswith(stem) and _DATED.fullmatch(p.removeprefix(stem))}
    return sorted(found, reverse=True)


def render_index(edition: Edition, names: Iterable[str]) -> str:
    """The page that lists the editions with these names, in the wording of ``edition``."""
    words = wording(edition.language, edition.timezone)
    css, policy = style(edition.templates)
    return filled(
        edition.templates,
        "index.html.j2",
        title=line(edition.title or edition.name),
        words=words,
        direction=direction(words.language),
        editions=list(_told(names, words)),
        style=css,
        style_hash=policy,
    )


def _told(names: Iterable[str], words: Wording) -> Iterator[tuple[str, str, str]]:
    for name in names:
        found = _DATED.search(name)
        if found:
            at = datetime.strptime(found[1], "%Y-%m-%dT%H%M").replace(tzinfo=words.zone)
            yield name, words.day(at), words.short(at, at)


def with_next(page: str, name: str) -> str:
    """The page with its link to the next edition, if it has none yet."""
    return page.replace(_NEXT, f'<a rel="next" href="{name}.html">', 1)
