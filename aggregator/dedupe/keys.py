"""By what an item can be found again: addresses, title, body sketch."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregator.dedupe.bodies import bands
from aggregator.dedupe.forms import form, written
from aggregator.dedupe.runs import squeeze
from aggregator.dedupe.terms import Kind, read
from aggregator.dedupe.titles import MOST_EXTRA, telling
from aggregator.model import Item, Keys
from aggregator.text.languages import spaced

_BARE = re.compile(r"^[a-z]+://[^/?#]+/?$|^[^/?#:]+/?$")
_MOST_RUNS = 24


def keys(item: Item) -> Keys:
    """What ``item`` can be looked up by over the whole archive.

    An address without a path (a site's front page) identifies no article; a
    title that says too little is left out, and so is a body too short.
    """
    urls = [url for url in (item.url, *item.targets) if url and not _BARE.match(url)]
    language = item.language or written(item.title)
    normal = form(item.title, language)
    return Keys(
        urls=tuple(dict.fromkeys(urls)),
        title=normal if telling(item.title, language) else "",
        bands=bands(item.text, language),
    )


def _number(*parts: str) -> int:
    data = "\x1f".join(parts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())


@dataclass(frozen=True, slots=True)
class TitleKeys:
    """The numbers a title is found by: first that of its normal form, then the others."""

    numbers: tuple[int, ...]
    size: int  # words (or grams) that took part
    head: int = 0  # place of the number of its beginning; 0: none
    pairs: bool = True

    def needed(self, sizes: NDArray[np.uint8]) -> NDArray[np.intp]:
        """How many numbers a title of each of ``sizes`` must share to be worth judging."""
        least: NDArray[np.intp] = np.minimum(sizes, self.size).astype(np.intp)
        if not self.pairs:
            return np.maximum(1, least // 3)
        # A slip costs one common word, a joined word another; beyond the first few
        # words the extra words of the longer title may have pushed out as many.
        common: NDArray[np.intp] = np.where(least >= MOST_WORDS, 3, np.maximum(2, least - 2))
        needed: NDArray[np.intp] = common * (common - 1) // 2
        return needed


MOST_WORDS = MOST_EXTRA + 4


def title_keys(title: str, language: str | None) -> TitleKeys:
    """Numbers (unsigned 64 bit) of which two titles that may be judged the same share some.

    Two such titles share all words that matter but the extra ones of the
    longer, at most ``MOST_EXTRA``, and one slip or joined word. So the two
    first common words (in any fixed order) are among the first few of each,
    and pairs of these find every match. Longer words come first in that order
    because they are rarer. The beginning of the title finds its truncations.
    """
    language = language or written(title)
    equal = _number("t", form(title, language))
    if not spaced(language):
        text = squeeze(title, language)
        grams = sorted({_number("g", text[i : i + 4]) for i in range(len(text) - 3)})[:_MOST_RUNS]
        return TitleKeys((equal, *grams), len(grams), pairs=False)
    reading = read(title, language)
    weighty = [reading.terms[i] for i in reading.weighty]
    distinct = {term.key: term for term in weighty}
    rare = sorted(
        distinct, key=lambda key: (distinct[key].kind is not Kind.CONTENT, -len(key), key)
    )[:MOST_WORDS]
    pairs = [
        _number("p", *sorted((one, two))) for i, one in enumerate(rare) for two in rare[i + 1 :]
    ]
    if len(weighty) < 4:
        return TitleKeys((equal, *pairs), len(rare))
    head = _number("h", *(term.key for term in weighty[:4]))
    return TitleKeys((equal, *pairs, head), len(rare), head=len(pairs) + 1)
