"""Stories told in several languages: linked by what they mean (optional)."""

from aggregator.crosslingual.encoder import (
    LANGUAGES,
    Encoder,
    package_encoder,
    vector_of,
)
from aggregator.crosslingual.language_groups import Leaders
from aggregator.crosslingual.links import Words, linked
from aggregator.crosslingual.state import REMEMBERED, CrosslingualState

__all__ = [
    "LANGUAGES",
    "REMEMBERED",
    "CrosslingualState",
    "Encoder",
    "Leaders",
    "Words",
    "linked",
    "package_encoder",
    "vector_of",
]
