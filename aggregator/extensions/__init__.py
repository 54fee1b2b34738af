"""Extension points for installed packages: see ``docs/extend.md``."""

from aggregator.extensions.registry import FORMATS, Registry

__all__ = ["FORMATS", "Registry"]
