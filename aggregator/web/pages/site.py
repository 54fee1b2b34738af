"""What every page gets: the site, the visit, and how an answer is made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import jinja2
from starlette.responses import HTMLResponse, RedirectResponse, Response

from aggregator.model.reading_state import User
from aggregator.settings import Settings
from aggregator.text.clean import gate, squeeze
from aggregator.text.languages import direction
from aggregator.text.urls import safe_link
from aggregator.web.logins import Logins
from aggregator.web.pages.words import Words
from aggregator.web.requests import Call
from aggregator.web.service import Service
from storage import Store

_LINE = 400  # characters
_TEXT = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages share."""

    service: Service
    logins: Logins
    invitation: str = ""  # the secret of the one-time link; empty: there is none

    @property
    def store(self) -> Store:
        """What has been stored."""
        return self.service.store

    @property
    def settings(self) -> Settings:
        """The settings in feeds.toml as it is now."""
        return self.service.file.current()


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    site: Site
    call: Call
    words: Words
    now: datetime
    user: User | None = None
    args: Mapping[str, str] = field(default_factory=dict)  # from the path

    @property
    def reader(self) -> User:
        """The user, on pages that need one."""
        assert self.user is not None  # noqa: S101 # other pages are not asked for it
        return self.user

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page from a template."""
        shown = {"w": self.words, "visit": self, "user": self.user, "now": self.now} | values
        return HTMLResponse(_templates().get_template(template).render(shown), status)

    def message(self, text: str, status: int, *, back: str = "/") -> Response:
        """A page with one message."""
        return self.page("message.html", status, text=text, back=local(back))

    def to(self, path: str) -> Response:
        """Go on to a page of this site; to the first one where ``path`` leads elsewhere."""
        return RedirectResponse(local(path), 303)


def local(path: str) -> str:
    """``path`` if it is one of this site, else ``/``: no link may lead out through it."""
    parts = urlsplit(path) if path.isascii() and path.isprintable() and " " not in path else None
    inside = parts is not None and not parts.scheme and not parts.netloc
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and plain else "/"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("aggregator.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": line, "paragraphs": paragraphs, "link": safe_link}
    environment.globals |= {"dir": text_direction, "version": version}
    return environment


def line(text: str | None, limit: int = _LINE) -> str:
    """One line of harmless plain text; too long ones are cut with an ellipsis."""
    short = squeeze(gate(text or "", limit * 8))
    return short if len(short) <= limit else short[: limit - 1].rstrip() + "…"


def paragraphs(text: str) -> Sequence[str]:
    """The paragraphs of a text, harmless and bounded."""
    return [one for one in gate(text, _TEXT).split("\n") if one.strip()]


def text_direction(language: str | None) -> str:
    """The ``dir`` of a text; ``auto`` if its language is unknown."""
    return direction(language) if language else "auto"


STATIC = {"page.css": "text/css", "page.js": "text/javascript"}
"""The files that pages load, and their types."""


@cache
def static(name: str) -> bytes:
    """A file of the package that pages load."""
    return files("aggregator.web").joinpath("static", name).read_bytes()


@cache
def version(name: str) -> str:
    """Changes with the file, so that browsers can keep it."""
    return hashlib.sha256(static(name)).hexdigest()[:12]
