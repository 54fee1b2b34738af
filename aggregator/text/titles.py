"""Cleans titles for display and normalises them for comparison."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.model import Flag
from aggregator.text.clean import gate, squeeze, strip_tags, unescape, without_cdata
from aggregator.text.letters import fold
from aggregator.text.outlets import (
    Outlets,
    agency_in,
    all_agencies,
    begins_with_outlet,
    ends_with_outlet,
    is_section,
    known_outlets,
    squash,
)
from aggregator.text.scan import UNSPACED
from aggregator.text.tags import without_back_tag, without_front_tag
from aggregator.text.tokens import normal_words, spans

LIMIT = 1_000
"""Maximum characters of a title; no real headline is longer."""


@dataclass(frozen=True, slots=True)
class CleanTitle:
    """A title for display, the changes made to it, and an agency found in it.

    Flags: ``cut_tag``, ``cut_outlet``, ``folded_title`` (it was repeated),
    ``completed_title`` (it was truncated, and completed from its text).
    """

    title: str
    flags: tuple[str, ...] = ()
    credit: str | None = None


def normal_form(title: str, language: str | None) -> str:
    """The form in which different spellings of a title are equal; idempotent.

    Folded words and canonical numbers separated by one space, without punctuation.
    Empty if the title has no letters and no digits.
    """
    form = " ".join(normal_words(title[:LIMIT], language))
    for _ in range(4):  # '1' and '200' may become adjacent only after the first round
        again = " ".join(normal_words(form, language))
        if again == form:
            break
        form = again
    return form


def clean_title(
    raw: str, *, outlets: Sequence[str] = (), lead: str = "", language: str | None = None
) -> CleanTitle:
    """``raw`` without tags, outlet names and repetitions of itself; idempotent.

    ``outlets``: the names of its feed (title, host, learned names). ``lead``: the
    beginning of its text, from which a truncated title is completed.
    """
    raw = raw[:LIMIT]
    if "<" in raw or "&" in raw:
        raw = unescape(strip_tags(without_cdata(raw), html_known=False))
    title = _bare(squeeze(gate(raw)))
    whole = title
    own = known_outlets(tuple(outlets))
    flags: dict[str, None] = {}
    credit: str | None = None
    completed = _completed(title, lead)
    if completed != title:
        title = completed
        flags[Flag.COMPLETED_TITLE] = None
    while True:  # terminates: every round but the last shortens the title
        before = title
        for cut, flag in ((without_front_tag, Flag.CUT_TAG), (without_back_tag, Flag.CUT_TAG)):
            title = _kept(title, _bare(cut(title)), flag, flags)
        shorter, named = _without_outlet(title, own)
        title = _kept(title, _bare(shorter), Flag.CUT_OUTLET, flags)
        credit = credit or named
        title = _kept(title, _bare(_once(title, language)), Flag.FOLDED_TITLE, flags)
        if title == before:
            break
    return CleanTitle(title or whole, tuple(flags), credit)


def _kept(before: str, after: str, flag: str, flags: dict[str, None]) -> str:
    """The shorter title, unless too little would be left."""
    if after == before or len(after) >= len(before) or not _says_something(after):
        return before
    flags[flag] = None
    return after


_UNSPACED = re.compile(f"[{UNSPACED}가-힣]")


def _says_something(title: str) -> bool:
    """Whether it has at least two words, or four letters of a script without spaces."""
    if len(_UNSPACED.findall(title)) >= 4:
        return True
    return sum(any(map(str.isalnum, word)) for word in title.split()) >= 2


# Decoration: dashes, bars, plus signs and the like at the ends, and symbols (red dots,
# sirens, arrows). Signs that belong to a number or a name are kept.
_EDGE = " \t\n|｜+*=~•·►▶▸→»_\u200d\ufe0f"


def _is_decoration(c: str) -> bool:
    return c in _EDGE or (ord(c) > 0x2000 and unicodedata.category(c) in {"So", "Sk", "Cf"})


def _bare(title: str) -> str:
    start, end = 0, len(title)
    while start < end and (_is_decoration(title[start]) or _leading_dash(title, start)):
        if _quotes(title, start):
            break
        start += 1
    while end > start and (_is_decoration(title[end - 1]) or title[end - 1] in "-–—"):
        if _quotes(title, end - 1):
            break
        end -= 1
    return title[start:end] if any(map(str.isalnum, title[start:end])) else title


def _quotes(title: str, at: int) -> bool:
    """Whether '»' is a quotation mark and not an arrow."""
    if title[at] != "»":
        return False
    if "«" not in title:
        return title.count("»") % 2 == 0  # Swedish: »so»
    return title.count("«") == title.count("»")


def _leading_dash(title: str, at: int) -> bool:
    """Whether it is a dash or stray mark before a word; before a digit it is a sign."""
    if title[at] in ":،,.;" and at + 1 < len(title):
        return title[at + 1] not in ".0123456789"
    return title[at] in "-–—" and not title[at + 1 : at + 2].isdigit()


_BEHIND = re.compile(r"\s+[-–—|·•/«»‹›:>]{1,2}\s+|\s*[|｜]\s*|\s[-–—](?=\S)|(?<=\S)[–—]\s")
_BEHIND_CJK = re.compile(r"\s*[-–—－_|｜·]\s*")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_IN_FRONT = re.compile(r"\s*(?:[:：|｜]|\s[-–—]+\s|[–—]\s)\s*")
_BRACKETED = re.compile(r"\s*[\[(（【［]\s*([^\[\]()（）【】［］]{2,60}?)\s*[\])）】］]\s*$")
_BRACKETED_FRONT = re.compile(
    r"[\[(（【［]\s*([^\[\]()（）【】［］]{2,60}?)\s*[\])）】］]\s*[-–—:：|]*\s*"
)


def _without_outlet(title: str, own: Outlets) -> tuple[str, str | None]:
    """``title`` without one outlet or agency at an end, and the agency's name."""
    behind = _BRACKETED.search(title, max(0, len(title) - 70))
    front = _BRACKETED_FRONT.match(title)
    for match, rest in (
        (behind, title[: behind.start()] if behind else ""),
        (front, title[front.end() :] if front else ""),
    ):
        if match and ((agencies := all_agencies(match[1])) or begins_with_outlet(match[1], own)):
            return rest, agencies[0] if agencies else None
    rest, agency = _without_tail(title, own)
    if rest != title:
        return rest, agency
    head = _IN_FRONT.search(title, 0, 64)
    if head and head.start() and begins_with_outlet(title[: head.start()], own):
        return title[head.end() :], agency_in((title[: head.start()],))
    return title, None


def _without_tail(title: str, own: Outlets) -> tuple[str, str | None]:
    tail = _last(_BEHIND, title) or (_last(_BEHIND_CJK, title) if _UNSPACED.search(title) else None)
    if not tail:
        return title, None
    rest, name = title[: tail.start()], title[tail.end() :].strip()
    if _DATE.fullmatch(name):  # '… – DW – 12.05.2024'
        shorter, agency = _without_tail(rest, own)
        return (shorter, agency) if shorter != rest else (title, None)
    words = len(rest) // 2 if _UNSPACED.search(rest) else len(rest.split())
    if not ends_with_outlet(name, own, rest_words=words):
        return title, None
    section = _last(_BEHIND, rest)
    if section and is_section(rest[section.end() :]) and section.start() > 15:
        rest = rest[: section.start()]
    return rest, agency_in((name,))


def _last(pattern: re.Pattern[str], title: str) -> re.Match[str] | None:
    found = list(pattern.finditer(title, max(0, len(title) - 70)))
    return found[-1] if found else None


def split_tail(title: str) -> tuple[str, str] | None:
    """The headline and the text after its last bar or spaced dash, or None.

    For comparing two titles: if one has a tail that the other lacks and the rest is
    equal, the tail is an outlet or a section, whether known or not.
    """
    tail = _last(_BEHIND, title)
    if tail is None or not tail.start() or not title[tail.end() :].strip():
        return None
    return title[: tail.start()], title[tail.end() :].strip()


def _once(title: str, language: str | None) -> str:
    """``title``, or one half if it is the same headline twice.

    A half must have at least three words or twelve letters ('New York, New York' and
    'Duran Duran' are names).
    """
    if len(title) < 16:
        return title
    inner = _INNER_BRACKET.search(title)
    if inner and squash(title[: inner.start()]) == squash(title[inner.end() :]) != "":
        return title[: inner.start()].rstrip()
    if not _begins_again(title):
        return title
    words = spans(title, language)
    half, odd = divmod(len(words), 2)
    if not odd and half and words[0].word == words[half].word:
        first, second = words[:half], words[half:]
        if [w.word for w in first] == [w.word for w in second] and (
            half >= 3 or sum(len(w.word) for w in first) >= 12
        ):
            return _without_opening(title[: second[0].start], title[: first[0].start])
    middle = title[: len(title) // 2]
    if not odd or _UNSPACED.search(middle):
        return title
    return _halved(title)


_PARTING = " |｜/:–—-([（【「『"
# Quotation marks and their possible partners: some languages open with others' closing marks.
_PARTNERS = {
    "“": "„”", "”": "“„”", "«": "»", "»": "«»", "„": "“”", '"': '"', "'": "'", "‘": "’‚", "‚": "‘’",
}  # fmt: skip


def _without_opening(half: str, opening: str) -> str:
    """The first of two halves without the separators and the opening marks of the second."""
    half = half.rstrip(_PARTING)
    while half and (mark := half[-1]) in _PARTNERS:
        paired = any(
            half.count(mark) % 2 == 0 if other == mark else half.count(mark) == half.count(other)
            for other in _PARTNERS[mark]
        )
        if paired and not (opening.endswith(mark) and half[-2:-1] == " "):
            break
        half = half[:-1].rstrip(_PARTING)
    return half


_INNER_BRACKET = re.compile(r"(?<=\S)\s*[\[(（【［][^\[\]()（）【】［］]{1,20}[\])）】］]\s*(?=\S)")


def _begins_again(title: str) -> bool:
    """Whether the beginning of the title occurs again, which a repetition requires."""
    folded = squash(title)
    return folded[:4] in folded[len(folded) // 2 - 4 :]


def _halved(title: str) -> str:
    """For scripts without spaces: one half if both halves of the string are equal."""
    middle = len(title) // 2
    for gap in range(4):
        left = title[: middle - gap // 2]
        right = title[middle + (gap + 1) // 2 :]
        if len(left) >= 8 and fold(left.strip()) == fold(right.strip()):
            return left.strip()
    return title


_CUT_OFF = re.compile(r"\s*(?:…|\.{3}|\[(?:…|\.{3})\])$")


def _completed(title: str, lead: str) -> str:
    """A truncated title ('… to fight infl…'), completed from the first line of its text."""
    cut = _CUT_OFF.search(title)
    if not cut or not lead:
        return title
    stem = fold(title[: cut.start()])
    line = squeeze(lead.split("\n", 1)[0])
    headline = len(line) <= 250 and "\n" in lead and not re.search(r"[.!?؟。…]\s|…$|\.\.$", line)
    if headline and len(stem) >= 15 and fold(line).startswith(stem):
        return line.rstrip(".")
    return title
