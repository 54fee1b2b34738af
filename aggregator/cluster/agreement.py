"""Look-alikes: items that share only the kind of event, as quakes or matches told in one form do.

See decision 0229.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def look_alikes(
    uncommon: NDArray[Any], title: NDArray[Any], has: NDArray[Any], told: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Pairs of items that share what happened, but whose titles name others; symmetric.

    Each title has an uncommon word that the other item lacks, and they share no uncommon word.
    Bare headlines may say the same in other words, so there half of the words of the shorter one
    must be in both. ``uncommon``, ``title`` and ``has``: whether a word is uncommon, in the title,
    in the item at all (0 or 1, items by words); ``told``: pairs in which both items have text.
    """
    named = uncommon * title
    own = named.sum(axis=1)[:, None] - named @ has.T > 0
    shared = uncommon @ uncommon.T > 0
    words = title.sum(axis=1)
    half = 2 * (title @ title.T) >= np.minimum(words[:, None], words[None, :])
    return np.asarray(own & own.T & ~shared & (half | told))
