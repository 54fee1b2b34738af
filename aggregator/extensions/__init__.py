"""Extension points for installed packages: see ``docs/extend.md``."""

from aggregator.extensions.registry import DELIVERIES, FORMATS, GUARDS, Registry

__all__ = ["DELIVERIES", "FORMATS", "GUARDS", "Registry"]
