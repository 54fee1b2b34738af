"""Resolves redirector addresses whose target is part of the address.

No network access: the target of a shortener is known only to its server.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from aggregator.text.data import table

_MOST = 3  # nested redirectors
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_NAME = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}", re.ASCII)
_COUNTRY = r"(?:com?\.)?[a-z]{2,3}"
_NEWS = re.compile(r"^/(?:rss/|__i/rss/rd/)?(?:articles|read)/([\w-]{20,2000})", re.ASCII)


def unwrapped(url: str) -> str:
    """The target contained in the absolute address ``url``; otherwise ``url``."""
    for _ in range(_MOST):
        inner = _inner(url)
        if inner is None:
            return url
        url = inner
    return url


def _inner(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    if name == "news.google.com" and (found := _NEWS.match(parts.path)):
        return _google_news(found[1])
    for pattern, paths, parameters in _by_parameter():
        if pattern.fullmatch(name) and parts.path.startswith(paths):
            return _parameter(parts, parameters)
    for pattern, rest in _by_rest():
        if pattern.fullmatch(name) and (found := rest.search(_path_and_query(parts))):
            return _address(found[1])
    if _last_word(parts.path) in _generic_words():
        return _parameter(parts, table("redirectors")["generic"]["parameters"])
    return None


def _parameter(parts: SplitResult, names: Sequence[str]) -> str | None:
    given = [(key.lower(), value) for key, value in parse_qsl(parts.query)]
    values: Iterator[str] = (value for name in names for key, value in given if key == name)
    return next((found for value in values if (found := _whole(value))), None)


def _whole(text: str) -> str | None:
    """``text`` if it is a complete address (possibly quoted twice), otherwise None."""
    for _ in range(2):
        if _WHOLE.match(text):
            return _address(text)
        text = unquote(text)
    return None


def _address(text: str) -> str | None:
    """An address, even with a missing scheme or slash; None unless it has a host name."""
    bare = re.sub(r"^(https?):/+", r"\1://", unquote(text) if "%3A" in text[:12] else text)
    if not _WHOLE.match(bare):
        bare = f"https://{bare}"
    try:
        name = urlsplit(bare).hostname or ""
    except ValueError:
        return None
    return bare if _NAME.fullmatch(name) or not name.isascii() else None


def _path_and_query(parts: SplitResult) -> str:
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _last_word(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lower()


def _google_news(code: str) -> str | None:
    """The address in older links (base64 of a protocol buffer); None for newer ones."""
    try:
        data = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    at = data.find(b"\x22")  # field 4, a string: its length follows as a varint
    if not 0 <= at <= 4:
        return None
    length = shift = 0
    for place, byte in enumerate(data[at + 1 : at + 4], at + 2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return _whole(data[place : place + length].decode("utf-8", "replace"))
    return None


@cache
def _host(name: str) -> re.Pattern[str]:
    ending = re.escape(name) if "." in name else rf"{re.escape(name)}\.{_COUNTRY}"
    return re.compile(rf"(?:[\w-]+\.)*{ending}")


@cache
def _by_parameter() -> list[tuple[re.Pattern[str], tuple[str, ...], list[str]]]:
    return [
        (_host(row["host"]), tuple(row.get("path", [""])), row["parameters"])
        for row in table("redirectors")["parameter"]
    ]


@cache
def _by_rest() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    rows = table("redirectors")["rest"]
    return [(_host(row["host"]), re.compile(row["pattern"], re.DOTALL)) for row in rows]


@cache
def _generic_words() -> frozenset[str]:
    return frozenset(table("redirectors")["generic"]["words"])
