"""Where the two parsers differ: every field of every entry of the documents in a folder.

    python bench/parse_compare.py FOLDER...

Each document is parsed by the fast parser and by feedparser, both through ``build``, and
compared entry by entry. Prints a Markdown table: field, entries that differ, documents.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lxml import etree

from aggregator.model import Document
from aggregator.parse import ParseError, parse
from aggregator.parse.decode import decode
from aggregator.parse.feeds import slow
from aggregator.parse.feeds.build import build
from aggregator.parse.feeds.prolog import json_like, strip_prolog
from aggregator.parse.feeds.xmltree import repaired, tree
from aggregator.text.clean import plain

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FIELDS = ("title", "link", "guid", "published", "summary", "content", "updated", "authors",
          "categories", "source_title", "comments", "enclosures")  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One field of one entry that differs between the two parsers."""

    document: str
    entry: int
    field: str
    fast: object
    slow: object


def slow_document(body: bytes) -> Document:
    """A document parsed by feedparser and our rules, as if the fast parser had refused it."""
    text, _ = strip_prolog(decode(body).text, [])
    try:
        tree(text)
    except etree.XMLSyntaxError:
        text = repaired(text)
    return build(slow.read(text, None), url=None, now=NOW, max_entries=1_000)


def compare(path: Path) -> Iterator[Difference]:
    """The differences in one document. Raises ParseError if neither parser can read it."""
    body = path.read_bytes()
    first, second = parse(body, now=NOW), slow_document(body)
    if len(first.entries) != len(second.entries):
        yield Difference(path.name, -1, "entries", len(first.entries), len(second.entries))
        return
    for index, (one, other) in enumerate(zip(first.entries, second.entries, strict=True)):
        for field in FIELDS:
            fast_says, slow_says = getattr(one, field), getattr(other, field)
            if field in ("summary", "content"):  # markup is compared by its text
                fast_says, slow_says = plain(fast_says), plain(slow_says)
            if fast_says != slow_says:
                yield Difference(path.name, index, field, fast_says, slow_says)


def feeds(folders: Iterable[Path]) -> Iterator[Path]:
    """The XML feeds in the folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".xml", ".rss", ".atom", ".rdf") and not json_like(
                path.read_text("utf-8", "replace")[:100]
            ):
                yield path


def main() -> None:
    differing: Counter[str] = Counter()
    documents: dict[str, set[str]] = {}
    entries = 0
    count = 0
    for path in feeds(map(Path, sys.argv[1:])):
        try:
            found = list(compare(path))
            entries += len(parse(path.read_bytes(), now=NOW).entries)
        except ParseError as problem:
            print(f"{path.name}: {problem}", file=sys.stderr)
            continue
        count += 1
        for one in found:
            differing[one.field] += 1
            documents.setdefault(one.field, set()).add(one.document)
    print(f"{count} documents, {entries:,} entries\n")
    print("| field | entries that differ | documents |\n|---|---|---|")
    for field in ("entries", *FIELDS):
        if field != "entries" or differing[field]:
            named = ", ".join(sorted(documents.get(field, set()))[:6])
            print(f"| {field} | {differing[field]} | {named} |")


if __name__ == "__main__":
    main()
