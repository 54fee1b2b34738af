"""Whether two items agree: in several words, and not only in the kind of event.

On front pages most items belong to no story, and there a single rare word ('divorce', a first
name) is often the nearest thing to a match (decision 0226), or a form of words that fits any quake
or match (decision 0229). ``similarity.likenesses`` has both rules for many items at once.
"""

from __future__ import annotations

import numpy as np

from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.similarity import LEAD_WORDS, shared, titled, weigh, word_terms
from aggregator.cluster.views import Features
from aggregator.cluster.weights import Model, several


def agree(a: Features, b: Features, frequencies: Frequencies, model: Model) -> bool:
    """Whether ``a`` and ``b``, of one language, agree; symmetric."""
    at, hit = shared(a.terms, b.terms)
    mine = weigh(a.terms[at], a.language, frequencies, model)
    product = mine * weigh(b.terms[hit], a.language, frequencies, model)
    words = np.array(min(a.text_words, b.text_words))
    if not several(product.sum(), product @ product, words):
        return False
    return not look_alikes(a, b, frequencies)


def look_alikes(a: Features, b: Features, frequencies: Frequencies) -> bool:
    """Whether two items share what happened, but their titles name others.

    Each title has an uncommon word that the other item lacks, and they share no uncommon word.
    Bare headlines may say the same in other words, so there half of the words of the shorter one
    must be in both.
    """
    at, hit = shared(a.terms, b.terms)
    marks = [frequencies.uncommon(one.terms, a.language) & word_terms(one.terms) for one in (a, b)]
    if marks[0][at].any():
        return False
    titles = [titled(one.terms) for one in (a, b)]
    for mark, title, common in zip(marks, titles, (at, hit), strict=True):
        own = mark & title
        own[common] = False
        if not own.any():
            return False
    both = int((titles[0][at] & titles[1][hit]).sum())
    half = 2 * both >= min(int(title.sum()) for title in titles)
    return half or min(a.text_words, b.text_words) >= LEAD_WORDS
