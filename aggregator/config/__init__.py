"""feeds.toml -> Settings: every error is reported with its line and a hint."""

from aggregator.config.assemble import feed_url, store_url
from aggregator.config.load import load
from aggregator.config.problems import ConfigError, Problem
from aggregator.config.settings_file import SettingsFile, save, stamp
from aggregator.config.values import seconds

__all__ = [
    "ConfigError",
    "Problem",
    "SettingsFile",
    "feed_url",
    "load",
    "save",
    "seconds",
    "stamp",
    "store_url",
]
