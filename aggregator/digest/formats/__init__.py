"""The formats of a digest, one file each; ``aggregator.extensions`` lists the names."""

from aggregator.digest.formats.format import Format, format_named

__all__ = ["Format", "format_named"]
