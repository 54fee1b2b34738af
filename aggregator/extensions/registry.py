"""Registries of named extensions: built-in ones and those of installed packages.

A registry knows names without importing their implementations, so checking the
configuration and starting a command stay cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from aggregator.model.errors import UserError


@dataclass(frozen=True, slots=True)
class Registry:
    """Extensions by name; ``built_in`` maps the program's own to ``module:attribute``."""

    group: str  # entry point group of installed packages
    kind: str  # noun for messages
    built_in: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """All names: built-in ones in order, then those of packages."""
        return tuple(dict.fromkeys((*self.built_in, *sorted(self._added()))))

    def __contains__(self, name: str) -> bool:
        """Whether the name exists; packages are searched only if it is not built in."""
        return name in self.built_in or name in self._added()

    def load(self, name: str) -> object:
        """Import and return the named extension; packages cannot replace built-in ones.

        Raises KeyError for an unknown name, UserError if a package cannot be imported.
        """
        if name in self.built_in:
            return EntryPoint(name, self.built_in[name], self.group).load()
        entry = self._added()[name]
        package = entry.dist.name if entry.dist else entry.value
        try:
            return entry.load()
        except Exception as error:  # third-party code may raise anything
            raise UserError(
                f'the {self.kind} "{name}" of the package {package} cannot be loaded: {error}. '
                "Repair or uninstall the package."
            ) from error

    def _added(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=self.group)}


FORMATS = Registry(
    "every_story_once.formats",
    "format",
    {
        "md": "aggregator.digest.formats.markdown:FORMAT",
        "html": "aggregator.digest.formats.html:FORMAT",
        "json": "aggregator.digest.formats.json_document:FORMAT",
        "atom": "aggregator.digest.formats.atom:FORMAT",
        "txt": "aggregator.digest.formats.plain_text:FORMAT",
        "rss": "aggregator.digest.formats.rss:FORMAT",
        "epub": "aggregator.digest.formats.epub:FORMAT",
        "jsonfeed": "aggregator.digest.formats.json_feed:FORMAT",
    },
)
"""The formats of a digest; each is an ``aggregator.digest.formats.Format``."""

DELIVERIES = Registry(
    "every_story_once.deliveries",
    "delivery",
    {"files": "aggregator.publish.deliveries.files:DELIVERY"},
)
"""Where digests go; each is an ``aggregator.publish.deliveries.delivery.Delivery``."""

GUARDS = Registry("every_story_once.guards", "guard", {})
"""Guards of installed packages; each is an ``aggregator.dedupe.guards.TitleGuard``. Those of
the program are listed there."""
