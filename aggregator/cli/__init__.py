"""The command line: one file per command group."""

from aggregator.cli.app import main

__all__ = ["main"]
