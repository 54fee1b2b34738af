"""The entries of a tree: found at once, and parsed lazily if the compiled reader is available."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from lxml import etree

from aggregator.model import Entry
from aggregator.parse.feeds.elements import Context
from aggregator.parse.feeds.namespaces import short
from aggregator.parse.feeds.raw import RawEntry

try:
    from aggregator.parse.native.reader import Reader
    from aggregator.parse.native.tree import Node, any_in_xml, split
except ImportError:  # not built
    COMPILED = False
else:
    COMPILED = True
"""Whether the compiled reader is available."""


def has_own(elements: list[etree._Element], context: Context) -> bool:
    """Whether one of these elements may have an xml:base or xml:lang."""
    return any_in_xml(elements) if COMPILED else context.based or context.langed


class Items:
    """The entry elements in document order; ``read`` parses one of them."""

    def __init__(
        self, context: Context, read: Callable[[etree._Element, Context], RawEntry]
    ) -> None:
        self._context, self._read = context, read
        self._nodes: list[Node] = []
        self._elements: list[etree._Element] = []

    def __len__(self) -> int:
        return len(self._nodes) + len(self._elements)

    def take(self, parent: etree._Element, *names: str) -> list[etree._Element]:
        """Collect the children with one of these local names; returns the others."""
        if COMPILED:
            nodes, others = split(parent, names)
            self._nodes += nodes
            return others
        others = []
        for child in parent:
            (self._elements if short(child.tag)[1] in names else others).append(child)
        return others

    def add(self, elements: list[etree._Element]) -> None:
        """Collect these elements."""
        self._elements += elements

    @property
    def compiled(self) -> bool:
        """Whether ``made`` can be used."""
        return bool(self._nodes) and not self._elements

    def raws(self) -> list[RawEntry]:
        """All entries, parsed to raw ones."""
        elements = [*(node.element for node in self._nodes), *self._elements]
        return [self._read(element, self._context) for element in elements]

    def made(
        self, base: str | None, now: datetime, language: str | None
    ) -> Iterator[Entry | RawEntry | None]:
        """Each as made by ``build.entry``, or a raw one that ``build.entry`` has to process."""
        reader = Reader(self._context, base, now, language)
        for node in self._nodes:
            found = reader.entry(node)
            yield self._read(node.element, self._context) if found is NotImplemented else found
