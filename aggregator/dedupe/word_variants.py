"""Whether two similar words are the same word, inflected or spelled differently.

Similarity proves little: 'executive' and 'execution' share a stem, 'Clark' and 'Clarke' or 'trial'
and 'trail' differ by one letter, and in Arabic the killer and the killed share a root. So names
must match exactly, and other words may differ only by an inflection or a known spelling variant.
Being this strict costs little: of 231 reworded pairs of headlines in the tests only three depend on
word variants, all of them inflections or British spelling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.terms import Term
from aggregator.dedupe.typos import doubled, exchanged
from aggregator.dedupe.word_roots import american
from aggregator.text.tokens import stem

_ALL_NOUNS = frozenset({"de", "lb"})
"""Languages that capitalise every noun, so that a capital does not indicate a name."""

_ENGLISH = frozenset({"s", "es", "d", "ed", "ing"})
"""English endings, after the part that two forms of a word share."""

_CASES = frozenset(
    [
        "az", "be", "bs", "cs", "el", "et", "fi", "hi", "hr", "hu", "hy", "ka", "kk", "ky",
        "lt", "lv", "mr", "ne", "pl", "ro", "ru", "sh", "sk", "sl", "sr", "ta", "tr", "uk",
        "ur", "uz",
    ]
)  # fmt: skip
"""Languages that inflect names, and whose endings are longer."""
_ENDING, _LONG_ENDING = 2, 3

_GENDERS = {
    "ca": "-a e-a s-es",
    "de": "-in -innen e-in -e",
    "el": "η-οσ α-οσ η-ο η-ου",
    "es": "o-a os-as -a es-as",
    "fr": "-e s-es",
    "gl": "o-a os-as -a",
    "hi": "ा-ी े-ी -ा -ी",
    "it": "o-a",
    "mr": "ा-ी",
    "pt": "o-a os-as -a",
    "ro": "-a",
    "ur": "ا-ي ه-ي",
}
"""Pairs of endings, after the shared part, that differ only in gender. In German also 'e': names
have capitals as all nouns have, and 'Clarke' is not 'Clark'.

Titles about one event agree in gender, so a difference there is another person ('hijo', 'hija') or
another noun ('la marine', 'le marin')."""

_SURNAMES = ("ов", "ев", "єв", "ін", "ин", "ov", "ev", "in")
"""Endings of men's surnames, to which women's add an 'a'."""

_LONG_WORD, _LONG_NAME = 8, 5
"""Minimum letters to tell a typo from a different word, in scripts with and without case."""

_SPOKEN = frozenset("يتن")
"""First letters of Arabic verbs in the present."""
_NUMBERS = {"ين": "n", "ان": "n", "ون": "n", "ات": "t"}
"""Arabic dual and plural endings, grouped into classes."""
_ARTICLE = re.compile("^(?:[وبفك]?ال|لل)")
_OWN = ("هما", "ها", "هم", "نا", "ه")
"""Arabic possessive endings."""


def names(terms: Sequence[Term], language: str | None) -> list[int]:
    """The positions of names in a title, judging by capitals; none if most words have one."""
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
    one, two = sorted((a[shared:], b[shared:]), key=_length)
    if (one, two) in _genders(language or "") or (name and _other_name(a[:shared], one, two)):
        return False
    if language == "en":
        return (one, two) == ("", "s") if name else _english(a[:shared], one, two)
    if language in _CASES:
        return len(two) <= (_ENDING if name else _LONG_ENDING)
    return not name and len(two) <= _ENDING


def other_people(a: str, b: str, language: str | None) -> bool:
    """Whether words in normal form differ in the number or sex of people: 'soldier', 'soldiers'."""
    if language == "ar":
        a, b = _ARTICLE.sub("", a), _ARTICLE.sub("", b)
    return a != b and not lexicon(language).people.isdisjoint((a, b))


def _other_name(shared: str, one: str, two: str) -> bool:
    """Whether two names that differ in their endings are those of two people.

    A man's and a woman's ('Белов', 'Белова'), or 'Clark' and 'Clarke'; what remains are cases.
    """
    return not one and (two == "e" or (two in ("a", "а") and shared.endswith(_SURNAMES)))


@cache
def _genders(language: str) -> frozenset[tuple[str, str]]:
    """Endings that differ only in gender, the shorter first."""
    pairs = (pair.split("-") for pair in _GENDERS.get(language, "").split())
    return frozenset((min(x, y, key=_length), max(x, y, key=_length)) for x, y in pairs)


def _length(ending: str) -> tuple[int, str]:
    return len(ending), ending


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
    """Whether Arabic words with the same root are forms of one noun, or a verb and its noun."""
    if stem(a, "ar") == stem(b, "ar"):
        return _ending(a) == _ending(b)
    one, two = _bare_verb(a), _bare_verb(b)
    if a[0] in _SPOKEN and b[0] in _SPOKEN:
        return one in (b, two) or two == a or _noun_of(a, b) or _noun_of(b, a)
    if a[0] in _SPOKEN or b[0] in _SPOKEN:
        return True
    if a == "م" + b or b == "م" + a:
        return True  # the noun of a base verb: 'قتل', 'مقتل'
    return a[0] == b[0] == "ا" and abs(len(a) - len(b)) == 1


def _bare_verb(word: str) -> str:
    """A verb without its present-tense prefix and plural ending."""
    if word[0] == "ي" and word.endswith("ون"):
        word = word[:-2]
    return word[1:] if word[0] in _SPOKEN else word


def _noun_of(verb: str, noun: str) -> bool:
    """Whether ``noun`` is the verbal noun of ``verb`` (second form): 'توثق', 'توثيق'."""
    return verb[0] == "ت" and noun == f"{verb[:-1]}ي{verb[-1]}"


def _ending(word: str) -> str:
    """The class of a word's plural ending: dual or masculine, feminine, or none ('')."""
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
    """Whether ``a`` or ``b`` (normal form, not equal, no common stem) is a typo for the other.

    In scripts without case, words are shorter and names cannot be recognised. There, a letter may
    be doubled ('هوليوود'), or two letters swapped in words of at least seven.
    """
    if name or a[0] != b[0]:
        return False
    if a.lower() == a.upper():
        size = min(len(a), len(b))
        return (size >= _LONG_NAME and doubled(a, b)) or (size > _LONG_NAME + 1 and exchanged(a, b))
    if min(len(a), len(b)) < _LONG_WORD or any(char.isdigit() for char in a + b):
        return False
    return exchanged(a, b) or doubled(a, b)
