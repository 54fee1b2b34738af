"""Headlines of explainers, profiles and questions: 'Who is …', 'What we know about …'.

``data/explainers.toml`` lists the phrases by language. Such an article repeats the report that it
explains and is another article.
"""

from __future__ import annotations

import re
from functools import cache

from aggregator.text.data import table
from aggregator.text.languages import spaced
from aggregator.text.letters import fold

_PART = re.compile(r"[:：|.…?!؟،,–—-]+\s+|[:：|؟？！…。，、]")
_QUOTES = " '\"“”«»„"


@cache
def _phrases(language: str) -> tuple[str, ...]:
    return tuple(fold(phrase, language) for phrase in table("explainers").get(language, ()))


def explains(title: str, language: str | None) -> bool:
    """Whether a headline, or a part of it beside a mark, begins or ends like an explainer's."""
    known = _phrases(language or "")
    if not known:
        return False
    parts = [fold(part.strip(_QUOTES), language) for part in _PART.split(title)]
    if not spaced(language):
        return any(part.startswith(known) for part in parts)
    padded = [f" {part} " for part in parts]
    return any(
        part.startswith(f" {phrase} ") or part.endswith(f" {phrase} ")
        for part in padded
        for phrase in known
    )
