"""The terms of a query as tokens: as SQL for each database, and found in a text.

Ranking and marking use the same definition of a match as the index does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.search_query import Query, Term
from storage.search_stems import possible_stems, stem_of
from storage.statements import Fold

LONGEST = 100  # characters in a word; longer words are truncated
_JOINERS = "\u200c\u200d\u0640"


@dataclass(frozen=True, slots=True)
class Sought:
    """One term: its tokens in order, and for a single word the stems that match too."""

    tokens: tuple[str, ...]
    stems: frozenset[str] = frozenset()
    prefix: bool = False

    def sqlite(self) -> str:
        """The term as FTS5 writes it."""
        phrase = f'"{" ".join(self.tokens)}"' + (" *" if self.prefix else "")
        return "(" + " OR ".join((phrase, *(f'"{one}"' for one in sorted(self.stems)))) + ")"

    def postgresql(self) -> str:
        """The term as a ``tsquery``."""
        last = f"'{self.tokens[-1]}'" + (":*" if self.prefix else "")
        phrase = " <-> ".join((*(f"'{one}'" for one in self.tokens[:-1]), last))
        stemmed = (f"'{one}'" for one in sorted(self.stems))
        return "(" + " | ".join((f"({phrase})", *stemmed)) + ")"

    def places(self, words: Sequence[str], language: str | None) -> Iterator[range]:
        """Where the term occurs in the folded ``words`` of a text."""
        length = len(self.tokens)
        for start in range(len(words) - length + 1):
            if self._begins(words, start) or (
                self.stems and stem_of(words[start], language) in self.stems
            ):
                yield range(start, start + length)

    def _begins(self, words: Sequence[str], start: int) -> bool:
        *first, last = self.tokens
        found = words[start + len(first)]
        if not (found.startswith(last) if self.prefix else found == last):
            return False
        return all(words[start + place] == token for place, token in enumerate(first))


@dataclass(frozen=True, slots=True)
class Match:
    """What a query looks for: all of ``wanted``, none of ``excluded``."""

    wanted: tuple[Sought, ...]
    excluded: tuple[Sought, ...]

    def sqlite(self) -> str:
        """The query for FTS5; empty without wanted terms."""
        wanted = " AND ".join(one.sqlite() for one in self.wanted)
        if wanted and self.excluded:
            return f"({wanted}) NOT ({' OR '.join(one.sqlite() for one in self.excluded)})"
        return wanted

    def postgresql(self) -> str:
        """The query as a ``tsquery``; empty without wanted terms."""
        if not self.wanted:
            return ""
        excluded = (f"!{one.postgresql()}" for one in self.excluded)
        return " & ".join((*(one.postgresql() for one in self.wanted), *excluded))


def match_of(query: Query, fold: Fold) -> Match:
    """The tokens of a query; words without letters and digits are left out."""
    sought = [(one.excluded, _sought(one, query.language, fold)) for one in query.terms]
    return Match(
        tuple(one for excluded, one in sought if one and not excluded),
        tuple(one for excluded, one in sought if one and excluded),
    )


def _sought(term: Term, language: str | None, fold: Fold) -> Sought | None:
    found = tuple(tokens(term.text, fold))
    if not found:
        return None
    stemmed = len(found) == 1 and not term.phrase
    matching = frozenset(possible_stems(found[0], language)) if stemmed else frozenset()
    return Sought(found, matching, term.prefix)


def tokens(text: str, fold: Fold) -> list[str]:
    """The folded words of ``text``: only letters, marks and digits."""
    return [word[:LONGEST] for word in _plain(fold(text)).split()]


def _plain(text: str) -> str:
    if text.replace(" ", "").isalnum():
        return text
    return "".join(
        one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in text
    )


def hits(match: Match, text: str, language: str | None, fold: Fold) -> list[tuple[int, int]]:
    """Where the wanted terms occur in ``text``: starts and ends, in order, not overlapping."""
    words = list(_placed_words(text, fold))
    folded = [word for word, _, _ in words]
    found = sorted(
        {
            (words[place.start][1], words[place.stop - 1][2])
            for one in match.wanted
            for place in one.places(folded, language)
        }
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _placed_words(text: str, fold: Fold) -> Iterator[tuple[str, int, int]]:
    """The folded words of ``text``, each with its start and end."""
    start = None
    for place, one in enumerate(f"{text} "):
        inside = one.isalnum() or one in _JOINERS or unicodedata.category(one)[0] == "M"
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            yield from _parts(text, start, place, fold)
            start = None


def _parts(text: str, start: int, end: int, fold: Fold) -> Iterator[tuple[str, int, int]]:
    folded = tokens(text[start:end], fold)
    if len(folded) == 1:
        yield folded[0], start, end
        return
    for place in range(start, end):  # a script without spaces: a word for each letter
        for one in tokens(text[place], fold):
            yield one, place, place + 1
