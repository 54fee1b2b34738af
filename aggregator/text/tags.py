"""Tags at the ends of a headline: 'BREAKING:', '(video)', 'عاجل |', '[속보]', 'UPDATE 2-'."""

from __future__ import annotations

import re
from functools import cache

from aggregator.text.data import table
from aggregator.text.letters import fold

_OPEN, _CLOSE = r"[\[(【（《〈［｛{<＜〔]", r"[\])】）》〉］｝}>＞〕]"
_FRONT_BRACKET = re.compile(
    rf"{_OPEN}\s*([^\[\]()【】（）［］]{{1,40}}?)\s*{_CLOSE}\s*[:：|–—-]*\s*"
)
_BACK_BRACKET = re.compile(rf"\s*{_OPEN}\s*([^\[\]()【】（）［］]{{1,40}}?)\s*{_CLOSE}[\s.!]*$")
# Separators between a tag and the headline. A full stop or an attached hyphen counts
# only after capitals or a digit ('DIRECT. ', 'UPDATE 2-').
_SEPARATOR = re.compile(
    r"\s*(?:[:：|｜►▶▸→»]+|\.{2,}|…|\+{2,}|!+|\s[-–—•·/]+\s|[–—]\s|//|\s*[،؛](?=\s)|>>)[\s:|.…!+–—-]*"
    r"|(?<=[A-ZÀ-Þ0-9А-Я])(?:\.\s+|-)"
)
_BACK_SEPARATOR = re.compile(r"\s*(?:[|｜]|\s[-–—•·/]+\s|[–—]\s|\.{2,}|…|\+{2,}|[:：])\s*")
_JOINED = re.compile(r"\s*(?:[/+&,،]|\s-\s|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bи\b)\s*")
_HAS_CASE = re.compile(r"[a-zA-ZÀ-ɏΑ-ωА-я]")
_COUNT = re.compile(r"\s*#?\d{1,3}$")
_SENTENCE_END = re.compile(r"[.!?؟।…]+\s+|[。！？…]")
LONGEST = 40
"""Characters of the longest tag; separators further in are ignored."""


def _key(tag: str) -> str:
    return " ".join(re.sub(r"[^\w+'\s-]", " ", fold(tag)).replace("-", " ").split())


@cache
def _tags(place: str) -> frozenset[str]:
    return frozenset(_key(tag) for lists in _lists() for tag in lists.get(place, ()))


def _lists() -> list[dict[str, list[str]]]:
    """The lists of each language."""
    return [lists for lists in table("tags").values() if isinstance(lists, dict)]


@cache
def _numbered() -> frozenset[str]:
    return frozenset(map(_key, table("tags")["numbered"]))


@cache
def _bare() -> tuple[str, ...]:
    found = {tag for lists in _lists() for tag in lists.get("bare", ())}
    return tuple(sorted(found, key=len, reverse=True))


def _is_tag(text: str, place: str) -> bool:
    key = _key(text)
    if not key:
        return False
    tags = _tags(place)
    if key in tags or (_COUNT.search(key) and _COUNT.sub("", key) in _numbered()):
        return True
    parts = [part for part in _JOINED.split(text) if part]
    return len(parts) > 1 and all(_key(part) in tags for part in parts)


def without_front_tag(title: str) -> str:
    """``title`` without one tag at its front; unchanged if there is none."""
    bracket = _FRONT_BRACKET.match(title)
    if bracket and (_is_tag(bracket[1], "front") or _is_tag(bracket[1], "back")):
        return title[bracket.end() :]
    separators = list(_SEPARATOR.finditer(title, 0, LONGEST + 4))[:3]
    for separator in reversed(separators):  # the longest tag: 'LIVE-BLOG:' before 'LIVE-'
        tag = title[: separator.start()]
        if separator[0].rstrip() in {".", "-"} and not tag.isupper():
            continue  # 'Watch 2-year-old …'
        if separator[0] == ":" and title[separator.end() :][:1].isdigit() and tag[-1:].isdigit():
            continue  # 'updated 8:41 p.m.'
        if _is_tag(tag, "front"):
            return title[separator.end() :]
    return _without_bare_tag(title)


def _without_bare_tag(title: str) -> str:
    for tag in _bare():
        if title[: len(tag)].casefold() == tag.casefold():
            rest = title[len(tag) :]
            if rest[:1] == " " and not rest.startswith(" و"):  # بالصور والوثائق: 'and …' goes on
                return rest[1:]
    return title


def without_back_tag(title: str) -> str:
    """``title`` without one tag at its end; unchanged if there is none."""
    bracket = _BACK_BRACKET.search(title, max(0, len(title) - LONGEST - 6))
    if bracket and _is_tag(bracket[1], "back"):
        return title[: bracket.start()]
    found = list(_BACK_SEPARATOR.finditer(title, max(0, len(title) - LONGEST)))
    for separator in reversed(found[-2:]):
        tag = title[separator.end() :].rstrip("! .")
        if separator[0].strip(" .…") == "" and _HAS_CASE.search(tag):
            continue  # '… goes... live' is a sentence
        if _is_tag(tag, "back"):
            return title[: separator.start()]
    return _without_call(title)


def _without_call(title: str) -> str:
    """``title`` without a call to read on ('Read more') as a sentence or part of its own."""
    bracket = _BACK_BRACKET.search(title, max(0, len(title) - LONGEST - 6))
    if bracket and _is_call(bracket[1]):
        return title[: bracket.start()]
    start = max(0, len(title) - LONGEST)
    for pattern in (_BACK_SEPARATOR, _SENTENCE_END):
        for part in pattern.finditer(title, start):
            if _is_call(title[part.end() :]):
                mark = part[0].strip()
                return title[: part.start()] + (mark if mark in {"?", "!", "؟"} else "")
    return title


def _is_call(text: str) -> bool:
    return _key(text) in _tags("more")
