"""Whether two words that look alike are one word: inflected, or spelled in another way.

A stem or a letter proves little: 'executive' and 'execution' share a stem, 'Clark' and 'Clarke',
'trial' and 'trail' all but a letter, and an Arabic root is common to the killer and the killed. So
a name keeps its letters, and any other word may differ only in an inflection, or in a way of
spelling that is known. What is left out here costs little: of 231 reworded pairs of headlines in
the tests three rest on it, all of them inflections or British spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from aggregator.dedupe.terms import Term
from aggregator.dedupe.typos import doubled, exchanged
from aggregator.dedupe.word_roots import american
from aggregator.text.tokens import stem

_ALL_NOUNS = frozenset({"de", "lb"})
"""Languages that write every noun with a capital letter: there it marks no name."""

_ENGLISH = frozenset({"s", "es", "d", "ed", "ing"})
"""Endings of English words, behind what two forms of a word share."""

_CASES = frozenset(
    [
        "az", "be", "bg", "bs", "cs", "el", "et", "fi", "hi", "hr", "hu", "hy", "ka", "kk", "ky",
        "lt", "lv", "mk", "mr", "ne", "pl", "ro", "ru", "sh", "sk", "sl", "sr", "ta", "tr", "uk",
        "ur", "uz",
    ]
)  # fmt: skip
"""Languages that inflect names, and whose endings are longer."""
_ENDING, _LONG_ENDING = 2, 3

_LONG_WORD, _LONG_NAME = 8, 5
"""Letters from which a slip is told from another word, with capitals and without."""

_SPOKEN = frozenset("يتن")
"""First letters of Arabic verbs in the present."""
_NUMBERS = {"ين": "n", "ان": "n", "ون": "n", "ات": "t"}
"""Arabic endings of the dual and the plural, by what they have in common."""
_OWN = ("هما", "ها", "هم", "نا", "ه")
"""Arabic endings that say whose."""


def names(terms: Sequence[Term], language: str | None) -> list[int]:
    """The places of names in a title, as capitals show them; none where most words have one."""
    found = [place for place, term in enumerate(terms) if term.capital]
    if language in _ALL_NOUNS or 2 * len(found) >= len(terms):
        return []
    return found


def inflected(a: str, b: str, language: str | None, *, name: bool) -> bool:
    """Whether ``a`` and ``b``, which share a stem, are forms of one word.

    Both are in normal form. ``name``: whether either is known to be a name.
    """
    if language == "ar":
        return _arabic(a, b)
    if language == "en" and not name:
        a, b = american(a), american(b)
    if a == b:
        return True
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    one, two = sorted((a[shared:], b[shared:]), key=lambda rest: (len(rest), rest))
    if language == "en":
        return (one, two) == ("", "s") if name else _english(a[:shared], one, two)
    if language in _CASES:
        return len(two) <= (_ENDING if name else _LONG_ENDING)
    return not name and len(two) <= _ENDING


def _english(shared: str, one: str, two: str) -> bool:
    if shared and two[:1] == shared[-1] and two[1:] in ("ed", "ing"):
        return one in ("", "s")  # 'stop', 'stops' and 'stopped'
    if one == "":
        return two in _ENGLISH
    if one == "e":
        return two == "ing"
    if one == "y":
        return two in ("ies", "ied")
    return one in _ENGLISH and two in _ENGLISH


def _arabic(a: str, b: str) -> bool:
    """Whether Arabic words of one root are forms of one noun, or a verb and its noun."""
    if stem(a, "ar") == stem(b, "ar"):
        return _ending(a) == _ending(b)
    one, two = _bare_verb(a), _bare_verb(b)
    if a[0] in _SPOKEN and b[0] in _SPOKEN:
        return one in (b, two) or two == a or _noun_of(a, b) or _noun_of(b, a)
    if a[0] in _SPOKEN or b[0] in _SPOKEN:
        return True
    if a == "م" + b or b == "م" + a:
        return True  # the noun of a plain verb: 'قتل', 'مقتل'
    return a[0] == b[0] == "ا" and abs(len(a) - len(b)) == 1


def _bare_verb(word: str) -> str:
    """A verb without what the present tense puts before it, and its plural behind it."""
    if word[0] == "ي" and word.endswith("ون"):
        word = word[:-2]
    return word[1:] if word[0] in _SPOKEN else word


def _noun_of(verb: str, noun: str) -> bool:
    """Whether ``noun`` names what ``verb`` of the second form does: 'توثق', 'توثيق'."""
    return verb[0] == "ت" and noun == f"{verb[:-1]}ي{verb[-1]}"


def _ending(word: str) -> str:
    """Whether a word has an ending of the dual and masculine plural, or of the feminine plural."""
    bare = next(
        (
            word[: -len(own)]
            for own in _OWN
            if word.endswith(own) and word[: -len(own)].endswith("ات")
        ),
        word,
    )
    return _NUMBERS.get(bare[-2:], "") if len(bare) > 4 else ""


def mistyped(a: str, b: str, *, name: bool) -> bool:
    """Whether ``a`` and ``b`` (normal form, not equal, no common stem) are one word.

    One of them is mistyped. In a script without capitals, where a letter is more of a word and a
    name cannot be seen, a letter may be doubled ('هوليوود'), or two of seven swapped.
    """
    if name or a[0] != b[0]:
        return False
    if a.lower() == a.upper():
        size = min(len(a), len(b))
        return (size >= _LONG_NAME and doubled(a, b)) or (size > _LONG_NAME + 1 and exchanged(a, b))
    if min(len(a), len(b)) < _LONG_WORD or any(char.isdigit() for char in a + b):
        return False
    return exchanged(a, b) or doubled(a, b)
