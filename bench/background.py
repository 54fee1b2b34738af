"""Makes the shipped background files: how common words are in each language.

    python bench/background.py WORDFREQ_DATA aggregator/cluster/data

WORDFREQ_DATA is the folder ``wordfreq/data`` of the PyPI package wordfreq 3.1.1 (its
frequency lists: CC BY-SA 4.0, Robyn Speer and others). Needs the package msgpack. A
word of frequency f occurs in 1 - (1 - f) ** WORDS of the documents, assuming that
words are independent; words with the same stem are added up. Words in fewer than
RAREST of them count as unseen and are left out. The same lists give the same files.
"""

from __future__ import annotations

import gzip
import sys
from collections import defaultdict
from pathlib import Path

import msgpack  # type: ignore[import-not-found] # only this script needs it
import numpy as np

from aggregator.cluster.words import read_words

WORDS = 120  # of a document on average
RAREST = 1 / 2500
NAMES = {"nb": "no", "fil": "tl", "sh": "sr"}  # as language identification calls them


def frequencies(path: Path) -> dict[str, float]:
    """Word -> share of all words, from a list of wordfreq (cBpack: words by centibel)."""
    with gzip.open(path) as file:
        _, *levels = msgpack.load(file, raw=False)
    return {word: 10 ** (-level / 100) for level, words in enumerate(levels) for word in words}


def background(words: dict[str, float], language: str) -> np.ndarray:
    """Hashes of terms and the share of documents with them, in 1/65535, by hash."""
    shares: defaultdict[int, float] = defaultdict(float)
    for word, frequency in words.items():
        if frequency * WORDS * 4 < RAREST:
            continue
        for term in set(read_words(word, language, WORDS).terms):
            shares[term] += frequency
    found = {t: 1 - (1 - min(f, 0.5)) ** WORDS for t, f in shares.items()}
    kept = sorted((t, round(s * 65535)) for t, s in found.items() if s >= RAREST)
    return np.array(kept, dtype=[("term", "<u4"), ("share", "<u2")])


def main(lists: Path, out: Path) -> None:
    for path in sorted(lists.glob("small_*.msgpack.gz")):
        code = path.name[len("small_") : -len(".msgpack.gz")]
        language = NAMES.get(code, code)
        table = background(frequencies(path), language)
        (out / f"{language}.df").write_bytes(table.tobytes())
        print(language, len(table))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
