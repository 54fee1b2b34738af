"""Reads and changes feeds.toml for commands."""

from __future__ import annotations

from aggregator.cli.context import CommandError, Context


def text(ours: Context) -> str:
    """The content of feeds.toml. Raises ConfigError: an invalid file is not edited."""
    _ = ours.settings
    return ours.config.read_text(encoding="utf-8-sig")


def change(ours: Context, text: str) -> None:
    """Write feeds.toml, unless the result would be invalid. Raises CommandError."""
    from aggregator.config import ConfigError, save

    try:
        save(ours.config, text, store=ours.store_url)
    except ConfigError as error:
        raise CommandError(f"not saved, because the result would be invalid: {error}") from error
    except OSError as error:
        raise CommandError(f"cannot write {ours.config}: {error.strerror}") from error
