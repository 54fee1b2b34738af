"""Is this the name of an outlet? Asked of the ends of headlines.

A name is known because the feed says it (its title, its host), because its
titles keep repeating it, because it is on the list of ``data/outlets.toml``, or
by its form: a domain, or a few capitalised words of which the first or last is a
word like 'Herald' or 'Zeitung'. The form alone never decides in front of a
headline, where 'Police:' and 'Trump:' stand too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from aggregator.text.data import table
from aggregator.text.letters import fold
from aggregator.text.scan import CJK

_NOT_LETTER = re.compile(r"[\W_]+")
_DOMAIN = re.compile(r"(?:www\.)?[^\W_](?:[\w-]*\w)?(?:\.[a-z0-9-]{2,20}){0,2}\.[a-z]{2,12}", re.I)
_SPLIT = re.compile(r"\s*(?:\s[-–—:/]\s|[|｜›»«·•:：>]|::|//|\()\s*")
# What feeds put around their names: 'RSS', 'latest articles', 'top stories'.
_FURNITURE = re.compile(
    r"\b(?:rss(?: ?2\.0)?|atom|feeds?|latest(?: articles| news)?|newest|headlines?|home ?page|"
    r"official (?:rss )?feed|articles?|all posts|front page|startseite|actualités?|à la une|"
    r"portada|últimas noticias|homepage)\b",
    re.IGNORECASE,
)
_HAS_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Outlets:
    """The names of the outlet a title comes from, squashed to letters."""

    full: frozenset[str]  # what is also taken off the front
    ends: frozenset[str]  # sections and parts of names, only taken off the end


def squash(name: str) -> str:
    """The letters and digits of a name, folded: 'Fox News' and foxnews are one."""
    return _NOT_LETTER.sub("", fold(name))


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(table("outlets")["ambiguous"])


@cache
def _names() -> frozenset[str]:
    listed = table("outlets")
    return frozenset(
        squash(name) for name in (*listed["names"], *listed["agencies"]) if name not in _ambiguous()
    )


@cache
def _agencies() -> dict[str, str]:
    """Agency names, squashed, and how they are written."""
    return {squash(name): name for name in reversed(table("outlets")["agencies"])}


@cache
def _words() -> frozenset[str]:
    return frozenset(table("outlets")["words"]) | _ambiguous()


@cache
def _agency_names() -> frozenset[str]:
    return frozenset(table("outlets")["agencies"])


def _like_a_name(text: str) -> bool:
    """Not all in small letters; scripts without case pass."""
    return text != text.lower() or text == text.upper()


def _is_known(name: str) -> bool:
    return squash(name) in _names() and (_like_a_name(name) or "." in name)


@cache
def _sections() -> frozenset[str]:
    return frozenset(map(squash, table("outlets")["sections"]))


@cache
def _form(place: str) -> frozenset[str]:
    return frozenset(table("outlets")[place])


@cache
def _cjk_endings() -> tuple[str, ...]:
    return tuple(w for w in table("outlets")["last"] if _HAS_CJK.search(w) or "가" <= w[0] <= "힣")


@lru_cache(maxsize=1024)
def known_outlets(given: tuple[str, ...]) -> Outlets:
    """The names that the given feed titles, outlet names and hosts stand for."""
    full: set[str] = set()
    ends: set[str] = set()
    for name in map(str.strip, given):
        if _DOMAIN.fullmatch(name):
            full |= {squash(name), _site(name)}
            continue
        bare = _FURNITURE.sub(" ", name)
        parts = [part for part in (p.strip(" -–—|:()[]") for p in _SPLIT.split(bare)) if part]
        for part in (name, *parts):
            squashed = squash(part)
            if len(squashed) < 2:
                continue
            ends.add(squashed)
            if len(parts) == 1 or squashed in _names() or _is_domain(part):
                full.add(squashed)
    return Outlets(frozenset(full), frozenset(ends | full))


# Second labels that belong to no site: bbc.co.uk, abc.net.au.
_SHARED_LABELS = frozenset(
    ["co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "info", "news"]
)


def _site(domain: str) -> str:
    """``bbc`` of ``news.bbc.co.uk``: the name that a site has in its address."""
    labels = [squash(label) for label in domain.lower().split(".")[:-1]]
    while len(labels) > 1 and labels[-1] in _SHARED_LABELS:
        labels.pop()
    return labels[-1] if len(labels[-1]) > 2 else squash(domain)


def _is_domain(name: str) -> bool:
    return bool(_DOMAIN.fullmatch(name)) and not name.isupper()


def is_section(name: str) -> bool:
    """Whether it names a part of a site ('World', 'Politik', 'رياضة')."""
    return squash(name) in _sections()


def ends_with_outlet(tail: str, own: Outlets, *, rest_words: int) -> bool:
    """Whether what stands behind a separator at the end of a headline is an outlet.

    Names that are words too need a headline of some words in front ('Fulham - Nova').
    """
    if not tail or len(tail) > 60:
        return False
    if squash(tail) in own.ends or _is_known(tail) or _is_domain(tail):
        return True
    return rest_words >= 4 and (tail in _words() or _has_form(tail))


def begins_with_outlet(head: str, own: Outlets) -> bool:
    """Whether what stands before a separator at the front of a headline is an outlet.

    Its own, or an agency: any other outlet that stands there may be what the news
    is about ('BBC: we regret …').
    """
    if not head or len(head) > 60:
        return False
    return squash(head) in own.full or (_is_known(head) and agency_in((head,)) is not None)


def _has_form(tail: str) -> bool:
    """A few capitalised words, of which the first or last is a word for an outlet."""
    words = tail.split()
    if any(c in tail for c in ',;:?!"“”«»…') or len(tail) > 40:
        return False
    if len(words) == 1 and tail.endswith(_cjk_endings()) and 3 <= len(tail) <= 12:
        return True
    if not 2 <= len(words) <= 4:
        return False
    if words[-1] not in _form("last") and words[0] not in _form("first"):
        return False
    return all(
        word[:1].isupper() or word.lower() in {"of", "the", "de", "la", "le", "di", "do", "der"}
        if word[:1].lower() != word[:1].upper()  # scripts without case pass
        else True
        for word in words
    )


def agency_in(names: Iterable[str]) -> str | None:
    """The first of these names that is an agency's, as it is usually written.

    A name that is a word too ('Mehr', 'UNI') must be written exactly so.
    """
    for name in names:
        agency = _agencies().get(squash(name))
        if agency is None:
            continue
        if name in _agency_names() or (_like_a_name(name) and agency not in _ambiguous()):
            return agency
    return None


_AND = re.compile(r"\s*(?:[,/;+&،、]|\s(?:and|und|et|y|e|و|и)\s)\s*")


def all_agencies(text: str, *, also: Container[str] = ()) -> Sequence[str] | None:
    """The agencies in 'AFP, Reuters' or 'dpa/AP'; None where anything else stands there.

    ``also``: folded words that may stand among them.
    """
    parts = [part for part in _AND.split(text) if part]
    found = [agency_in((part,)) or (part if fold(part) in also else None) for part in parts[:5]]
    if not found or len(parts) > 5 or any(name is None for name in found):
        return None
    return [name for name in found if name]
