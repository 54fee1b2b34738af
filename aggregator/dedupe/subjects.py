"""When two items that look the same have different subjects.

Templates are filled in with different names, and generic headlines recur, so texts and titles can
agree in everything except their subject. A copy with a new headline still covers the same subject
as its original, so the words that distinguish the two titles are looked up in both texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import Indel

from aggregator.dedupe.analysed_titles import analyse
from aggregator.dedupe.bodies import EQUAL, SAME, Overlap
from aggregator.dedupe.guards import Veto
from aggregator.dedupe.lexicon import lexicon
from aggregator.model import Guard, Item
from aggregator.text.languages import spaced
from aggregator.text.likeness import spoken, telling_words
from aggregator.text.numbers import numbers
from aggregator.text.tokens import stem

_LEAD = 400  # characters; an article names its subject within these
_AGREE = 1 / 3
"""Share of its words that one of the headlines has in the other's headline and lead, if texts of
two outlets that are only partly the same are one article. Of 38 such pairs on the Arabic stream, 4
fail this; 34 would if it were required of both headlines, most of them copies by their titles."""
_READ = 400  # words of two filled-in forms that are laid side by side
_BLANK = 4  # words that a form leaves blank in one place, at most
_ANOTHER = 0.7
"""Minimum similarity for one name to be a corrected spelling of the other."""
_LEAST_WORDS, _LEAST_CHARACTERS = 12, 40
"""Length of a summary that identifies its event; in characters for scripts without spaces."""
_UNIT = 2  # letters of a word that may be a unit ('st. C')
_PER_SHARED = 9
"""One word in so many may be in the summaries of two events by chance, besides the title's."""

_WORD = re.compile(r"\w+")
_AGE = re.compile(r"\d+[-\u2010\u2011]\w+")  # '23-year-old': people of every event have one


def subject_doubt(
    a: Item, b: Item, bodies: Overlap, differs: tuple[Sequence[str], Sequence[str]],
    language: str | None, *, one_outlet: bool,
) -> Veto | None:  # fmt: skip
    """Why similar texts do not make the two one article.

    ``differs``: words (normal form) found only in the title of ``a``, and only in that of ``b``.
    """
    left, right = (_own(words, language) for words in differs)
    here, there = telling_words(a.text, language), telling_words(b.text, language)
    own, other = left & here, right & there
    named = own and other and not _mended(own, other)
    if bodies.jaccard >= EQUAL:  # same text, unless it is a template filled in twice
        named = named and own == left and other == right
    if named and _half_lacks(own, there) and _half_lacks(other, here):
        return Veto(
            Guard.SUBJECT, "the texts are similar, but each is about its own title's subject"
        )
    if bodies.jaccard < SAME and bodies.containment < 2 * SAME and not one_outlet:
        told = _spoken(a, b, language), _spoken(b, a, language)
        if max(told) < _AGREE:
            reason = "the texts overlap, but neither covers what the other's headline says"
            return Veto(Guard.SUBJECT, reason)
    return None


def _mended(own: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a word of one title is a different spelling of a word of the other."""
    return any(not _other_names(one, two) for one in own for two in other)


def _half_lacks(names: frozenset[str], text: frozenset[str]) -> bool:
    return 2 * len(names & text) <= len(names)


def _own(words: Sequence[str], language: str | None) -> frozenset[str]:
    return frozenset(stem(word, language) for phrase in words for word in phrase.split())


def _spoken(one: Item, other: Item, language: str | None) -> float:
    return spoken(one.title, f"{other.title} {other.text[:_LEAD]}", language)


def form_doubt(a: Item, b: Item, bodies: Overlap) -> Veto | None:
    """Why an outlet's matching titles and near-equal texts are two items: a reused template.

    Fires only if every difference between the texts is short and one of them replaces a name.
    """
    if a.url == b.url or not bodies.near or a.text == b.text:
        return None
    one, two = (_WORD.findall(item.text)[:_READ] for item in (a, b))
    changes = [
        (one[i:j], two[k:m])
        for tag, i, j, k, m in SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    if not changes or any(len(x) > _BLANK or len(y) > _BLANK for x, y in changes):
        return None
    for left, right in changes:
        names = _names(left), _names(right)
        if names[0] and names[1] and _other_names(*names):
            reason = f"one text has '{names[0]}' where the other has '{names[1]}'"
            return Veto(Guard.FORM, f"the titles are the same, but {reason}")
    return None


def _names(words: Sequence[str]) -> str:
    return " ".join(word for word in words if word[:1].isupper())


def _other_names(one: str, two: str) -> bool:
    return Indel.normalized_similarity(one, two) < _ANOTHER


def event_doubt(a: Item, b: Item, bodies: Overlap, language: str | None) -> Veto | None:
    """Why the same generic headline at two outlets means two events: unrelated texts.

    A headline is generic if, judging by capitals, it has no name, and no number but a small count
    ('two dead').
    """
    if bodies.containment > 0 or not all(_identifies(item.text, language) for item in (a, b)):
        return None
    counted = all(len(number) == 1 for number in numbers(a.title, language))
    if analyse(a.title, language).names or not counted:
        return None
    said = telling_words(a.title, language)
    words = lexicon(language)
    said |= words.function | words.negation
    here, there = (
        telling_words(_AGE.sub(" ", item.text[:_LEAD]), language) - said for item in (a, b)
    )
    common = [word for word in here & there if len(word) > _UNIT or not spaced(language)]
    if len(common) > min(len(here), len(there)) // _PER_SHARED:
        return None
    return Veto(Guard.BODIES, "the headline is generic, and the texts have nothing in common")


def _identifies(text: str, language: str | None) -> bool:
    """Whether a summary is long enough to identify its event."""
    if spaced(language):
        return len(_WORD.findall(text[:_LEAD])) >= _LEAST_WORDS
    return len(text) >= _LEAST_CHARACTERS
