"""Reads feeds.toml into Settings, or reports all errors in it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.config import schema
from aggregator.config.assemble import Assembly
from aggregator.config.lines import Lines
from aggregator.config.problems import ConfigError, Problem
from aggregator.settings import Settings

_TABLES: dict[str, type[BaseModel]] = {
    "": schema.FeedsFile,
    "store": schema.StoreTable,
    "reader": schema.ReaderTable,
    "fetch": schema.FetchTable,
    "dedupe": schema.DedupeTable,
    "stories": schema.StoriesTable,
    "web": schema.WebTable,
    "retention": schema.RetentionTable,
    "feeds": schema.FeedTable,
    "digests": schema.DigestTable,
}
_PLAIN = ("store", "reader", "fetch", "dedupe", "stories", "web", "retention")


def load(
    path: Path, *, store: str | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read the configuration at ``path``.

    ``store`` replaces the address of the store; ``environment`` gives the values
    of secrets (by default the process environment). Relative paths are resolved
    against the folder of the file. Raises ConfigError with every error found.
    """
    text = _read(path)
    lines = Lines(text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [Problem(f"not valid TOML: {error}")]) from None
    try:
        tables = schema.FeedsFile.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(detail, lines) for detail in error.errors(include_url=False)]
        raise ConfigError(path, sorted(problems, key=lambda p: p.line or 0)) from None
    assembly = Assembly(path.resolve(), lines, os.environ if environment is None else environment)
    settings = assembly.settings(tables, store=store)
    if assembly.problems:
        raise ConfigError(path, sorted(assembly.problems, key=lambda p: p.line or 0))
    return settings


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "choose another with --config FILE"
        raise ConfigError(path, [Problem("file not found", hint=hint)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, [Problem(f"cannot be read as UTF-8 text: {error}")]) from None


def _problem(detail: ErrorDetails, lines: Lines) -> Problem:
    """Translate a pydantic error into the terms of the file."""
    path = tuple(part for part in detail["loc"] if part not in ("str", "Secret"))
    table = path[0] if len(path) > 1 else ""
    inside = f" in [{table}]" if table in _PLAIN else ""
    if table in ("feeds", "digests"):
        inside = f" in [[{table}]]"
    key = path[-1] if path else ""
    line = lines.of(path)
    if detail["type"] == "extra_forbidden":
        known = list(_TABLES[str(table)].model_fields) if str(table) in _TABLES else []
        near = get_close_matches(str(key), known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else "known keys: " + ", ".join(known)
        return Problem(f'unknown key "{key}"{inside}', line, hint)
    if detail["type"] == "missing":
        return Problem(f'"{key}" is missing{inside}', line)
    message = detail["msg"].removeprefix("Value error, ")
    return Problem(f'"{key}"{inside}: {message[0].lower()}{message[1:]}', line)
