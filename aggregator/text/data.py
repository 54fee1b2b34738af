"""The word lists beside the code, read once when first needed.

They are TOML so that each list can say why a word stands in it. Reading them
is the only file access of this room, and their content is part of the code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of ``data/NAME.toml``; FileNotFoundError where there is none."""
    source = resources.files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text("utf-8"))


@cache
def words_of(name: str, language: str) -> frozenset[str]:
    """The words that ``data/NAME.toml`` lists for a language, none where it lists none.

    A list may be an array, or one string with words between white space.
    """
    listed = table(name).get(language, ())
    return frozenset(listed.split() if isinstance(listed, str) else listed)
