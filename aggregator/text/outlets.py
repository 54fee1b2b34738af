"""Recognises outlet names at the ends of headlines.

A name is known from the feed (its title, its host), from repetition in its titles,
from the list ``data/outlets.toml``, or by its form: a domain, or a few capitalised
words of which the first or last is a word like 'Herald' or 'Zeitung'. The form alone
never decides before a headline, where 'Police:' and 'Trump:' occur too.
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
# Words that feeds put around their names: 'RSS', 'latest articles', 'top stories'.
_FURNITURE = re.compile(
    r"\b(?:rss(?: ?2\.0)?|atom|feeds?|latest(?: articles| news)?|newest|headlines?|home ?page|"
    r"official (?:rss )?feed|articles?|all posts|front page|startseite|actualités?|à la une|"
    r"portada|últimas noticias|homepage)\b",
    re.IGNORECASE,
)
_HAS_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Outlets:
    """The names of a title's outlet, squashed to letters and digits."""

    full: frozenset[str]  # also removed from the front
    ends: frozenset[str]  # sections and parts of names, only removed from the end


def squash(name: str) -> str:
    """The letters and digits of a name, folded, so that 'Fox News' equals 'foxnews'."""
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
    """Squashed agency names and their usual spellings."""
    return {squash(name): name for name in reversed(table("outlets")["agencies"])}


@cache
def _words() -> frozenset[str]:
    return frozenset(table("outlets")["words"]) | _ambiguous()


@cache
def _agency_names() -> frozenset[str]:
    return frozenset(table("outlets")["agencies"])


def _like_a_name(text: str) -> bool:
    """Whether a text is not entirely in small letters (true for scripts without case)."""
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
    """The names derived from feed titles, outlet names and hosts."""
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


# Second-level labels that do not identify a site: bbc.co.uk, abc.net.au.
_SHARED_LABELS = frozenset(
    ["co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "info", "news"]
)


def _site(domain: str) -> str:
    """``bbc`` for ``news.bbc.co.uk``: the name of a site in its address."""
    labels = [squash(label) for label in domain.lower().split(".")[:-1]]
    while len(labels) > 1 and labels[-1] in _SHARED_LABELS:
        labels.pop()
    return labels[-1] if len(labels[-1]) > 2 else squash(domain)


def _is_domain(name: str) -> bool:
    return bool(_DOMAIN.fullmatch(name)) and not name.isupper()


def is_section(name: str) -> bool:
    """Whether it is a section of a site ('World', 'Politik', 'رياضة')."""
    return squash(name) in _sections()


def ends_with_outlet(tail: str, own: Outlets, *, rest_words: int) -> bool:
    """Whether the text after a separator at the end of a headline is an outlet.

    Names that are also words need a headline of several words before ('Fulham - Nova').
    """
    if not tail or len(tail) > 60:
        return False
    if squash(tail) in own.ends or _is_known(tail) or _is_domain(tail):
        return True
    return rest_words >= 4 and (tail in _words() or _has_form(tail))


def begins_with_outlet(head: str, own: Outlets) -> bool:
    """Whether the text before a separator at the front of a headline is an outlet.

    Only its own or an agency: any other outlet there may be the subject of the news
    ('BBC: we regret …').
    """
    if not head or len(head) > 60:
        return False
    return squash(head) in own.full or (_is_known(head) and agency_in((head,)) is not None)


def _has_form(tail: str) -> bool:
    """Whether it is a few capitalised words of which the first or last is typical of outlets."""
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
    """The first of these names that is an agency, in its usual spelling.

    A name that is also a word ('Mehr', 'UNI') must match exactly.
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
    """The agencies in 'AFP, Reuters' or 'dpa/AP'; None if it contains anything else.

    ``also``: folded words that may occur among them.
    """
    parts = [part for part in _AND.split(text) if part]
    found = [agency_in((part,)) or (part if fold(part) in also else None) for part in parts[:5]]
    if not found or len(parts) > 5 or any(name is None for name in found):
        return None
    return [name for name in found if name]
