"""feeds.toml -> Settings: every error is reported with its line and a hint."""

from aggregator.config.assemble import feed_url, store_url
from aggregator.config.load import load
from aggregator.config.problems import ConfigError, Problem
from aggregator.config.values import seconds

__all__ = ["ConfigError", "Problem", "feed_url", "load", "seconds", "store_url"]
