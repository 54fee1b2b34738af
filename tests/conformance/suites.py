"""The suites of other projects, read from their archives where they lie."""

from __future__ import annotations

import ast
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.model import Entry
from aggregator.parse import ParseError, parse
from aggregator.text.clean import plain, squeeze, unescape

NOW = datetime(2026, 11, 24, tzinfo=UTC)
_EXPECT = re.compile(rb"Expect:\s*(.*?)\s*(?:-->|\n\s*\n|$)", re.DOTALL)
_CHECK = re.compile(
    r"entries\[0\]\[['\"](?P<field>\w+)['\"]\](?P<rest>(?:\[[^\]]*\])*) == (?P<value>.+)", re.S
)
_ENTRY = re.compile(rb"(<(?:item|entry)(?:\s[^<>]*)?>)(?!.*?<title)", re.DOTALL)
FIELDS = {
    "title": "title", "link": "link", "id": "id", "summary": "summary", "description": "summary",
    "published_parsed": "published", "updated_parsed": "updated", "created_parsed": "published",
    "date_parsed": "published", "content": "content",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One expectation of feedparser's suite about a field of the first entry."""

    path: str
    field: str
    expected: Any
    body: bytes


def members(archive: Path, part: str = "") -> Iterator[tuple[str, bytes]]:
    """(path, content) of every file in an archive below ``part``."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and part in member.name and (file := tar.extractfile(member)):
                yield member.name, file.read()


def feedparser_cases(archive: Path) -> Iterator[Case]:
    """What the suite expects of titles, links, ids, dates, summaries and contents."""
    for path, body in members(archive, "/tests/"):
        match = _EXPECT.search(body[:4_000])
        if match is None or not path.endswith(".xml"):
            continue
        try:
            said = match[1].decode("utf-8")
        except UnicodeDecodeError:
            continue
        said = re.sub(r"^not bozo and ", "", said.strip())
        check = _CHECK.fullmatch(said)
        if check is None or check["field"] not in FIELDS:
            continue
        field, rest = FIELDS[check["field"]], check["rest"]
        if (field == "content") != (rest == "[0]['value']"):
            continue
        try:
            value = ast.literal_eval(check["value"])
        except (ValueError, SyntaxError):
            continue
        yield Case(path.split("/tests/")[1], field, value, body)


def result(case: Case) -> tuple[bool, str]:
    """Whether we agree, and what we say instead."""
    body = case.body
    if case.field != "title":  # an entry of one date says nothing and is dropped
        body = _ENTRY.sub(rb"\1<title>A headline</title>", body, count=1)
    try:
        document = parse(body, url="http://127.0.0.1:8097/" + case.path, now=NOW)
    except ParseError as problem:
        return False, f"refused: {problem}"
    if not document.entries:
        return not any(_wanted(case)), "no entry"
    said = _said(document.entries[0], case.field)
    return said in _wanted(case), repr(said)


def _said(entry: Entry, field: str) -> Any:
    if field == "title":
        return squeeze(entry.title)
    if field == "link":
        return entry.link or ""
    if field == "id":
        return entry.guid or ""
    if field in ("published", "updated"):
        return entry.published if field == "published" else entry.updated or entry.published
    text = entry.content or entry.summary if field == "content" else entry.summary or entry.content
    return squeeze(plain(text))


def _wanted(case: Case) -> tuple[Any, ...]:
    """What counts as the same: markup is compared by its text, a host in any letter case."""
    value = case.expected
    if case.field in ("published", "updated"):
        return (datetime(*value[:6], tzinfo=UTC) if value else None,)
    value = value or ""
    if case.field == "link":
        scheme, sign, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return value, f"{scheme}{sign}{host.lower()}{slash}{path}"
    if case.field == "id":
        return (value,)
    return squeeze(plain(value)), squeeze(unescape(value))


def failure_class(case: Case, said: str) -> str:
    """Why we differ, in a few words; the classes are told in docs/parse.md."""
    expected = case.expected
    if said.startswith("refused") or said == "no entry":
        return (
            "an entry without text is dropped" if said == "no entry" else "no feed, says the gate"
        )
    if case.field == "link":
        if not str(expected).startswith(("http://", "https://")):
            return "only http and https links are kept"
        return "another of several links is taken"
    if case.field == "id":
        return "an id that the format does not have is not made up"
    if case.field in ("published", "updated"):
        (when,) = _wanted(case)
        if when is not None and (when.year < 1990 or when > NOW):
            return "a date before 1990 or in the future is not believed"
        return "another reading of a broken date"
    if case.field == "title":
        return "a title is text: markup, controls and entities are resolved"
    if "sanitize" in case.path:
        return "other rules of cleaning HTML"
    return "another of several texts, or another reading of markup"
