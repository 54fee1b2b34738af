"""feeds.toml -> Settings: every mistake named with its line and a hint."""

from aggregator.config.load import load
from aggregator.config.problems import ConfigError, Problem

__all__ = ["ConfigError", "Problem", "load"]
