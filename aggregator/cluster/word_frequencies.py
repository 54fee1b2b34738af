"""The shipped background: initial document frequencies of words per language."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

_ENTRY = np.dtype([("term", "<u4"), ("share", "<u2")])


@cache
def background(language: str | None) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Hashes of common terms and their shares of documents; empty for unknown languages."""
    source = resources.files(__package__).joinpath("data", f"{language}.df")
    if language is None or not language.isalpha() or not source.is_file():
        return np.zeros(0, np.uint32), np.zeros(0, np.float32)
    table = np.frombuffer(source.read_bytes(), dtype=_ENTRY)
    return table["term"].copy(), (table["share"] / 65535.0).astype(np.float32)
