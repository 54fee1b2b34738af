"""The last gate before a text or a link is written into a digest.

Texts and links were limited and cleaned when they arrived. They pass the same gate of
``aggregator.text`` again here, so that the output does not depend on which version
stored them, or on who wrote to the store.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from aggregator.text.clean import gate, squeeze
from aggregator.text.languages import direction as direction_of
from aggregator.text.urls import safe_link

_MAX_MARKS = 4
"""Maximum combining marks per letter: no script needs more, and stacks cover other lines."""


@lru_cache(maxsize=16_384)  # one edition is written in several formats
def line(text: str, limit: int = 300) -> str:
    """One line of harmless plain text, at most ``limit`` characters.

    Longer text is cut after a word, with an ellipsis. Markup is kept: each format
    escapes it in its own way.
    """
    # Limit the work first, but leave room for characters that are dropped.
    text = gate(text, limit * 8)
    if not text.isascii() or not text.isprintable():
        text = _few_marks("".join(map(_visible, text)))
    text = squeeze(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > limit // 2 else cut).rstrip() + "…"


def _visible(char: str) -> str:
    """The character, a space for any white space, or nothing for invisible characters."""
    if char.isprintable() or char in "\u200c\u200d":  # joiners shape the letters beside them
        return char
    return " " if char.isspace() else ""


def _few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=16_384)
def link(url: str | None) -> str | None:
    """``url`` as a clickable address, or None.

    Only http and https, with a host, without credentials; characters that could end an
    attribute or a tag is percent-encoded.
    """
    return safe_link(url)


def direction(language: str | None) -> str:
    """``ltr`` or ``rtl``; ``auto`` if the language is unknown."""
    return direction_of(language) if language else "auto"
