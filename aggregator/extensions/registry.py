"""Named things of one kind: those of this program, and those of installed packages.

A registry knows names without importing what stands behind them, so that the
configuration can be checked, and a command started, at no cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from aggregator.model.errors import UserError


@dataclass(frozen=True, slots=True)
class Registry:
    """Things by name; ``built_in`` says ``module:attribute`` for each of this program's."""

    group: str  # of the entry points of installed packages
    kind: str  # what one is called, for messages
    built_in: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """All names: this program's in their order, then those of packages."""
        return tuple(dict.fromkeys((*self.built_in, *sorted(self._added()))))

    def __contains__(self, name: str) -> bool:
        """Whether something has that name; packages are searched only where it is not built in."""
        return name in self.built_in or name in self._added()

    def load(self, name: str) -> object:
        """What has that name, imported now; a package cannot replace what is built in.

        Raises KeyError for an unknown name, UserError where a package cannot be imported.
        """
        if name in self.built_in:
            return EntryPoint(name, self.built_in[name], self.group).load()
        entry = self._added()[name]
        package = entry.dist.name if entry.dist else entry.value
        try:
            return entry.load()
        except Exception as error:  # a stranger's code may raise anything
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
    },
)
"""The formats of a digest; each is a ``aggregator.digest.formats.Format``."""
