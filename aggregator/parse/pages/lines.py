"""Recognises lines of an article page: publication dates, bylines, repeated headlines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from aggregator.parse.pages.chrome import READING_TIME
from aggregator.parse.pages.words import (
    UNSPACED,
    WORD,
    begins,
    ends_sentence,
    key,
    letters,
    size,
    whole,
)
from aggregator.text.dates import find_date
from aggregator.text.datewords import fillers, fold_word, is_month_or_day

_LABEL_END = re.compile(r"\s*[:：|·•–—-]\s*|\s+")
_SEPARATORS = re.compile(
    r"\s*(?:[|/·•,،、;؛&+:：=＝]|\s[-–—]+\s|\sو\s?|\s(?:and|et|und|y|e|i|и|та|ve|en|dan|avec|mit|con|com|with)\s)\s*"
)


@dataclass(frozen=True, slots=True)
class DateLine:
    """The content of a date line."""

    published: datetime | None = None
    updated: datetime | None = None
    zoned: bool = False
    timed: bool = False
    byline: str | None = None
    labelled: bool = False  # 'Published', 'Updated'
    sure: bool = False  # it has a label, or nothing but the date


def date_line(line: str, *, now: datetime, language: str | None) -> DateLine | None:
    """The times in a line that consists of a date and little else; None for other lines."""
    if len(line) > 200 or not any(map(str.isdigit, line)):
        return None
    pieces, rest = _dates(line, now=now, language=language)
    if not pieces:
        return None
    byline = None
    rest = [part for part in rest if not _empty(part)]
    if rest:
        said = [b for part in rest if (b := byline_of(part) or agencies_of(part))]
        if len(said) < len(rest):
            others = sum(size(part) for part in rest)
            if others > 4 or ends_sentence(line) or len(said) + 1 < len(rest):
                return None  # other words: a sentence that contains a date
        byline = said[0] if said else None
    published = next((p for p in pieces if not p[1]), None)
    updated = next((p for p in pieces if p[1]), None)
    first = published or updated
    return DateLine(
        published[0] if published else None,
        updated[0] if updated else None,
        zoned=bool(first and first[2]),
        timed=bool(first and first[3]),
        byline=byline,
        labelled=bool(updated or begins(line, "published")),
        sure=not rest,
    )


_Piece = tuple[datetime, bool, bool, bool]  # when, is it an update, zoned, timed


def _dates(line: str, *, now: datetime, language: str | None) -> tuple[list[_Piece], list[str]]:
    """The dates of a line, and the text between them without labels."""
    pieces: list[_Piece] = []
    rest: list[str] = []
    for part in _by_label(line):
        at = 0
        for _ in range(3):
            found = find_date(part[at:], now=now, language=language)
            if found is None:
                break
            label = part[at : at + found.start]
            update = _ends_with(label, "updated") is not None
            label = _without_label(label)
            pieces.append((found.when, update, found.zoned, found.timed))
            rest.append(label)
            at += found.end
        rest.append(part[at:])
    return pieces, rest


def _by_label(line: str) -> list[str]:
    """``line`` cut before each label of an update, so that each part has one date."""
    cuts = [0]
    for match in re.finditer(r"(?:(?<=\s)|(?<=[|(（·•–—，,]))[^\W\d_]", line):
        at = match.start()
        if at and begins(line[at:], "updated", most=40):
            cuts.append(at)
    return [line[a:b] for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]


def _ends_with(label: str, table: str) -> str | None:
    """The text before a phrase of ``table`` at the end of ``label``; None if there is none."""
    words = key(label).split()
    shorter = list(words)
    while shorter and fold_word(shorter[-1]) in fillers():
        shorter.pop()
    for said in (words, shorter):
        for start in range(max(0, len(said) - 5), len(said)):
            if " ".join(said[start:]) in whole(table):
                return " ".join(said[:start])
    return None


def _without_label(label: str) -> str:
    for table in ("updated", "published"):
        rest = _ends_with(label, table)
        if rest is not None:
            return label[: len(rest) + 2] if rest else ""
    end = begins(label, "published") or begins(label, "updated")
    return label[end:] if end and _empty(label[end:]) else label


def _empty(part: str) -> bool:
    """Whether only signs, fillers, weekdays, zones and reading times are left."""
    part = READING_TIME.sub(" ", part)
    words = WORD.findall(part)
    return all(
        fold_word(w) in fillers() or is_month_or_day(w) or fold_word(w) in _SMALL for w in words
    )


_SMALL = frozenset(
    """gmt utc cet cest msk est edt uhr h hrs هـ ه ق ش م ميلادي ميلادية هجري هجرية شمسی
    قمری الموافق الساعة ساعت بتوقيت جرينتش غرينتش مكة المكرمة ساعة ist wib kst jst
    น นาฬิกา""".split()  # noqa: SIM905
)
"""Words that accompany a date without other meaning."""


def byline_of(line: str) -> str | None:
    """The names in 'By Jane Doe', '记者 王小明', '홍길동 기자'; None if it is not a byline."""
    line = line.strip(" \t|·•-–—:：")
    if not line or len(line) > 120:
        return None
    end = begins(line, "byline", most=60)
    if end:
        gap = _LABEL_END.match(line, end)
        rest = line[gap.end() :] if gap else line[end:]
        colon = bool(gap and gap[0].strip() in (":", "："))
        if _is_name(rest, labelled=colon):
            return rest.strip(" .:：")
    for suffix in whole("byline_suffix"):
        if key(line).endswith(suffix) and len(line) <= 40 and not ends_sentence(line):
            name = key(line)[: -len(suffix)].strip()
            if name and size(name) <= 6:
                return line.strip(" .=")
    return None


def _is_name(rest: str, *, labelled: bool) -> bool:
    """Whether the words after 'by' are names: few, and capitalised in scripts with case."""
    words = WORD.findall(rest)
    if not words or ends_sentence(rest.rstrip(".")) or len(words) > 12:
        return False
    cased = [w for w in words if w[0].lower() != w[0].upper()]
    if cased:
        capital = sum(1 for w in cased if w[0].isupper())
        small = sum(1 for w in cased if not w[0].isupper() and len(w) > 4)
        return capital >= 1 and cased[0][0].isupper() and small <= (3 if labelled else 1)
    if UNSPACED.search(rest):
        return len(rest) <= (24 if labelled else 14)
    return len(words) <= (8 if labelled else 5)


def agencies_of(line: str) -> str | None:
    """The agencies in a line that contains nothing else ('Agencies – Outlet:', '(Reuters)')."""
    bare = line.strip(" \t()（）[]【】:：.-–—/|*")
    if "©" in bare or not bare or len(bare) > 80 or size(bare) > 10:
        return None
    known = whole("agencies")
    if key(bare) in known or all(word in known for word in key(bare).split()):
        return bare
    parts = [key(p) for p in _SEPARATORS.split(bare) if key(p)]
    if len(parts) < 2 or len(parts) > 6:
        return None
    named = sum(1 for part in parts if part in known or _only_place_and_date(part))
    first = any(part in known for part in parts)
    # 'Delhi, Agency': up to three words can be a place if nothing else is there.
    place = len(parts) == 2 and parts[1] in known and size(parts[0]) <= 3
    loose = [part for part in parts[place:] if part not in known]
    if first and all(size(part) <= 2 for part in loose) and (named * 2 >= len(parts)):
        return bare
    return None


def _only_place_and_date(part: str) -> bool:
    return all(w.isdigit() or is_month_or_day(w) for w in part.split())


def same_headline(line: str, title: str) -> bool:
    """Whether the line repeats the headline: complete, truncated with dots, or with its outlet."""
    said, wanted = letters(line), letters(title)
    if not said or not wanted:
        return False
    if said == wanted or said == wanted * 2:
        return True
    if line.rstrip().endswith(("…", "...")) and len(said) * 5 >= len(wanted) * 3:
        return wanted.startswith(said)
    match = re.search(r"\s[-–—|·•]+\s|\s*[|｜]\s*", line[::-1])
    if match:  # headline - outlet
        head = line[: len(line) - match.end()]
        return letters(head) == wanted and size(line[len(line) - match.start() :]) <= 4
    return False
