"""Reads the outlines of a list with broken XML tag by tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.text.clean import gate, squeeze, unescape

_TAG = re.compile(r"<(/?)outline\b", re.IGNORECASE)
_CLOSED = re.compile(r"/\s*>\s*(?:</|<!--|$)")
_ATTRIBUTE = re.compile(  # up to the start of the next one: values may contain quotation marks
    r"\b(text|title|xmlurl|htmlurl|category|type)\s*=\s*([\"'])(.{0,4000}?)\2"
    r"(?=\s*/?>|\s+[\w:.-]+\s*=|\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_MOST = 20_000  # characters per outline
_ADDRESS = re.compile(r"\bxmlUrl\b", re.IGNORECASE)
DEPTH = 60
"""Maximum depth of folders; more are an error of the list."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline: its attributes by lower-case name, its folders, the line of its address."""

    attributes: dict[str, str]
    folders: tuple[str, ...]
    line: int


def outlines(text: str) -> Iterator[Outline]:
    """The outlines of an OPML document, well-formed or not, in order; linear in its length."""
    folders: list[str] = []  # titles of the open outlines; empty for untitled ones
    line, done = 1, 0
    tags = list(_TAG.finditer(text))
    ends = [*(tag.start() for tag in tags[1:]), len(text)][: len(tags)]
    for tag, end in zip(tags, ends, strict=True):
        if tag[1]:
            del folders[-1:]
            continue
        inner = text[tag.end() : min(end, tag.end() + _MOST)]
        address = _ADDRESS.search(inner)
        start = tag.end() + (address.start() if address else 0)
        line += text.count("\n", done, start)
        done = start
        said = {name.lower(): _value(value) for name, _, value in _ATTRIBUTE.findall(inner)}
        yield Outline(said, tuple(filter(None, folders)), line)
        if not _CLOSED.search(inner) and len(folders) < DEPTH:
            title = said.get("title") or said.get("text") or ""
            folders.append("" if said.get("xmlurl") else title)


def addresses(text: str) -> list[int]:
    """The line of each feed address in the text, readable or not."""
    lines, line, done = [], 1, 0
    for match in _ADDRESS.finditer(text):
        line += text.count("\n", done, match.start())
        done = match.start()
        lines.append(line)
    return lines


def _value(said: str) -> str:
    return squeeze(gate(unescape(said), 2_000))
