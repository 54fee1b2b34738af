"""Unifies the different addresses of a page on big sites: ``data/address_twins.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from aggregator.text.data import table

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Twin:
    """One row of the list."""

    path: re.Pattern[str]
    to: str  # template of host, path and query; empty: unchanged
    keep: frozenset[str]  # parameters that identify the page


@dataclass(frozen=True, slots=True)
class Page:
    """Host, path and query of an address in canonical form."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]


def one_address(page: Page) -> Page:
    """``page`` under the common address of all its twins; unchanged if none is known."""
    for twin in (*_by_host().get(page.host, ()), *_by_host().get("*", ())):
        found = twin.path.search(page.path)
        if found is None:
            continue
        turned = _turned(twin, page, found)
        if turned is not None:
            return turned
    return page


def _turned(twin: Twin, page: Page, found: re.Match[str]) -> Page | None:
    """The address that a row gives for ``page``; None if the query lacks a required parameter."""
    given = dict(page.query)
    query = tuple((key, value) for key, value in page.query if key in twin.keep)
    if not twin.to:
        return Page(page.host, page.path, query)
    where, _, asked = twin.to.partition("?")
    place = _filled(where, page, found, given)
    if place is None:
        return None
    host, slash, path = place.partition("/")
    for pair in asked.split("&") if asked else ():
        key, _, value = pair.partition("=")
        value = _filled(value, page, found, given) or ""
        if not value:
            return None
        query = (*query, (key, value))
    return Page(host, slash + path, tuple(sorted(query)))


def _filled(text: str, page: Page, found: re.Match[str], given: Mapping[str, str]) -> str | None:
    """``text`` with its {fields} filled in; None if one is missing or not a simple word."""
    parts: list[str] = []
    end = 0
    for field in _FIELD.finditer(text):
        name = field[1]
        if name == "host":
            value = page.host
        elif name.isdigit():
            value = found[int(name)]
        else:
            value = given.get(name, "")
            if not re.fullmatch(r"[^/?#\s]{1,200}", value):
                return None
        parts += [text[end : field.start()], value]
        end = field.end()
    return "".join([*parts, text[end:]])


@cache
def _by_host() -> dict[str, Sequence[Twin]]:
    found: dict[str, list[Twin]] = {}
    for row in table("address_twins")["twin"]:
        twin = Twin(re.compile(row["path"]), row.get("to", ""), frozenset(row.get("keep", ())))
        for host in row["hosts"]:
            found.setdefault(host, []).append(twin)
    return dict(found)
