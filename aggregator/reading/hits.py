"""Texts in which the words of a search are marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0dff]+[^\W_]*)*")
_AROUND = 90  # characters of text before the first hit


def marked(text: str, words: str, fold: Callable[[str], str]) -> list[tuple[str, bool]]:
    """``text`` in pieces, each with whether it is one of the searched words.

    ``fold`` is that of the search, so a word is marked in every form in which it is found.
    """
    wanted = set(fold(words).split())
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _WORD.finditer(text):
        for first, past in _parts(match[0], wanted, fold):
            start, stop = first + match.start(), past + match.start()
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    pieces.append((text[end:], False))
    return [piece for piece in pieces if piece[0]]


def _parts(word: str, wanted: set[str], fold: Callable[[str], str]) -> Iterable[tuple[int, int]]:
    """The parts of a word that are hits: all of it, or characters where each is a word."""
    folded = fold(word).split()
    if len(folded) == 1:
        return [(0, len(word))] if folded[0] in wanted else []
    if len(folded) == len(word):
        return [(at, at + 1) for at, one in enumerate(folded) if one in wanted]
    return [(0, len(word))] if wanted & set(folded) else []


def around(text: str, words: str, fold: Callable[[str], str], *, limit: int = 300) -> str:
    """The part of ``text`` around its first hit, at most ``limit`` characters."""
    before = 0
    for piece, hit in marked(text, words, fold):
        if hit:
            break
        before += len(piece)
    else:
        before = 0
    start = max(0, before - _AROUND)
    if start:
        start = text.find(" ", start, before) + 1 or start
    cut = text[start : start + limit].rstrip()
    return ("…" if start else "") + cut + ("…" if start + limit < len(text) else "")
