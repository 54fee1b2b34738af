"""The formats of a digest, a file for each; the names stand in ``aggregator.extensions``."""

from aggregator.digest.formats.format import Format, format_named

__all__ = ["Format", "format_named"]
