"""What an installed package can add: see ``docs/extend.md``."""

from aggregator.extensions.registry import FORMATS, Registry

__all__ = ["FORMATS", "Registry"]
