"""Store addresses, and how to show them without revealing secrets."""

from __future__ import annotations

import re

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from storage.errors import StoreError

_SECRET = {"password", "sslpassword", "passfile"}
_USER_PART = re.compile(r"^((?:[\w+]+:(?://)?)?).*@", re.DOTALL)
_SQLITE = re.compile(r"^sqlite(?:\+\w+)?:///", re.IGNORECASE)
_HELP = "Use sqlite:///PATH or postgresql://USER@HOST/NAME."


def parse(url: str) -> URL:
    """Parse the address; an invalid one raises ``StoreError`` without revealing secrets.

    Everything after ``sqlite:///`` is the path, literally: no character has a meaning in it.
    """
    if prefix := _SQLITE.match(url):
        return URL.create("sqlite", database=url[prefix.end() :] or None)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("The store address is not valid", _blurred(url), _HELP) from None
    server = parsed.get_backend_name() != "sqlite"
    if server and "@" in f"{parsed.host or ''}{parsed.database or ''}":
        raise StoreError(
            "The store address is not valid",
            _blurred(url),
            "In a user name or password write @ as %40, / as %2F and : as %3A.",
        )
    return parsed


def shown(url: URL) -> str:
    """The file, or the server's address for use in messages, with the password as ``***``."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    secret = [name for name in url.query if name.lower() in _SECRET]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def _blurred(url: str) -> str:
    """An invalid address without anything that may be a secret."""
    return _USER_PART.sub(r"\1***@", url.partition("?")[0])
