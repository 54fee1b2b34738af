"""Links stories in several languages by meaning (optional)."""

from aggregator.crosslingual.encoder import (
    LANGUAGES,
    Encoder,
    package_encoder,
    vector_of,
)
from aggregator.crosslingual.language_groups import LanguageGroups
from aggregator.crosslingual.links import LinkCorrections, linked
from aggregator.crosslingual.state import REMEMBERED, CrosslingualState

__all__ = [
    "LANGUAGES",
    "REMEMBERED",
    "CrosslingualState",
    "Encoder",
    "LanguageGroups",
    "LinkCorrections",
    "linked",
    "package_encoder",
    "vector_of",
]
