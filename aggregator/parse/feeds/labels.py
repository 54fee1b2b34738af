"""Short texts of an entry, each on one line: identifiers, people, categories."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from aggregator.parse import limits
from aggregator.parse.feeds.fast_scalars import one_line
from aggregator.parse.feeds.markup import title_text

_NAMED = re.compile(r"[^\s()]+@[^\s()]+\s*\(([^()]+)\)")
_ADDRESS = re.compile(r"\s*<?[\w.+-]+@[\w.-]+>?\s*")


def guid_of(value: str) -> str | None:
    """An identifier on one line; for a long one, its start and a digest."""
    value = one_line(value)
    if len(value) > limits.GUID:  # the unique part may be at its end
        value = (
            value[: limits.GUID] + "#" + sha256(value.encode("utf-8", "replace")).hexdigest()[:32]
        )
    return value or None


def author_of(said: str) -> str:
    """The name in an author element, without a mail address."""
    if "@" not in said:
        return said
    said = said[: limits.NAME * 4]  # the patterns below are quadratic
    if match := _NAMED.fullmatch(said.strip()):
        return match[1]
    return _ADDRESS.sub("", said) or said


@lru_cache(maxsize=4096)
def name_of(said: str) -> str:
    """A name on one line (cached, because feeds repeat the same few names)."""
    return title_text(said[: limits.NAME * 4])[: limits.NAME]
