"""Whether two items agree in several words: one common word may be chance.

On front pages most items belong to no story, and there a single rare word ('divorce', a first
name) is often the nearest thing to a match. See decision 0226.
"""

from __future__ import annotations

import numpy as np

from aggregator.cluster.document_frequencies import Frequencies
from aggregator.cluster.similarity import shared, weigh
from aggregator.cluster.views import Features
from aggregator.cluster.weights import Model, several


def agree(a: Features, b: Features, frequencies: Frequencies, model: Model) -> bool:
    """Whether ``a`` and ``b``, of one language, share several terms; symmetric."""
    at, hit = shared(a.terms, b.terms)
    mine = weigh(a.terms[at], a.language, frequencies, model)
    product = mine * weigh(b.terms[hit], a.language, frequencies, model)
    words = np.array(min(a.text_words, b.text_words))
    return bool(several(product.sum(), product @ product, words))
