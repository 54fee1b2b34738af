"""The word lists, read once when first needed.

They are TOML so that comments can explain their words. Reading them is the only
file access in this package, and their content is part of the code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of ``data/NAME.toml``. Raises FileNotFoundError if there is none."""
    source = resources.files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text("utf-8"))


@cache
def words_of(name: str, language: str) -> frozenset[str]:
    """The words in ``data/NAME.toml`` for a language; empty if it has none.

    A list may be an array, or a string of words separated by white space.
    """
    listed = table(name).get(language, ())
    return frozenset(listed.split() if isinstance(listed, str) else listed)
