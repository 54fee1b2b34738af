"""The last gate before a text or a link is written into a digest.

Texts and links were bounded and cleaned when they came in. They pass the same gate
of the text room again here, because what leaves must not depend on which version
stored it, or on who wrote into the store.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from aggregator.text.clean import gate, squeeze
from aggregator.text.languages import direction as direction_of
from aggregator.text.urls import safe_link

_MAX_MARKS = 4
"""Combining marks on one letter: no script needs more, and piled up they cover other lines."""


@lru_cache(maxsize=16_384)  # one edition is written in several formats
def line(text: str, limit: int = 300) -> str:
    """One line of harmless plain text, at most ``limit`` characters.

    What is too long ends in an ellipsis at a word's end. Markup stays as it is:
    each format escapes it its own way.
    """
    # Bound the work before doing any, but leave room for what is dropped.
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
    """The character, a blank for any white space, nothing where it has no picture."""
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
    """``url`` as an address that may be clicked, or None.

    Only http and https, with a host, without credentials; whatever could end an
    attribute or a tag is percent-encoded.
    """
    return safe_link(url)


def direction(language: str | None) -> str:
    """``ltr`` or ``rtl``; ``auto`` where the language is not known."""
    return direction_of(language) if language else "auto"
