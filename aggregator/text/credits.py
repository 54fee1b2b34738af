"""Finds the credit of a text: agencies in datelines, at the end, or on a separate line.

A credit is found at the very beginning ('PARIS, 3 mai (AFP) - …', 'МОСКВА, 3
мая. /ТАСС/.', '(서울=연합뉴스) … 기자 =', '新华社北京5月3日电'), at the very end ('… said.
(Reuters)'), or alone on one of the first or last lines ('Source: dpa'). It is
kept as a field and cut with its dateline, so that the same dispatch in two outlets
has the same text. Names in the list of agencies count; others only if their form is
unambiguous (``aggregator.text.datelines``).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from aggregator.text.data import table
from aggregator.text.datelines import unlisted_dateline, unlisted_signature
from aggregator.text.datewords import is_month_or_day
from aggregator.text.letters import fold
from aggregator.text.outlets import agency_in, all_agencies

_HEAD = 140  # characters at the beginning in which a dateline is searched
_TAIL = 90  # characters at the end in which a credit is searched
_OPEN, _CLOSE = r"[(（\[【]", r"[)）\]】]"
# [place, date] (agency) - ; the part before the agency is checked by _is_place.
_BRACKETED = re.compile(
    r"(?P<place>[^()（）\[\]【】!?؟。\n]{0,70}?)\s*"
    rf"(?:{_OPEN}\s*(?P<names>[^()（）\[\]【】\n]{{2,50}}?)\s*{_CLOSE}|/(?P<slashed>[^()/\n]{{2,40}})/)"
    r"\s*(?P<end>[.:]?\s*[-–—―−:=]{1,2}\.?|[.:。،]\s*[-–—]?|$)?\s*"
)
# place - agency: ; 'МОСКВА, 3 мая – РИА Новости.'
_DASHED = re.compile(
    r"(?P<place>[^()\n.!?؟:]{2,60}?\.?)\s*[-–—]\s*(?P<names>[^()\n:–—]{2,30}?)\s*(?:[:–—]|\.\s|\s-\s|\.?-\s)\s*"
)
# Reporter between agency and text: '(서울=연합뉴스) 홍길동 기자 ='.
_REPORTER = re.compile(r"[^\n.=]{1,30}(?:기자|특파원)\s*=?\s*")
# 'ROMA, 3 MAG - ' after '(ANSA) - '.
_CAPITALS = re.compile(r"(?P<place>[^\W\d_a-zа-я][^\na-zа-яß-öø-ÿ:!?]{1,40}?)\s*[-–—]\s+")
_CJK_DATELINE = re.compile(
    r"[（(【\[]?(?P<name>新华社|新華社|中新社|中新网|中国新闻网|中央社|法新社|路透社|美联社|美聯社|人民网|央视网)"
    r"(?P<rest>[^，。,.\n]{0,24}?(?:\d{1,2}月)?\d{1,2}日?(?:综合)?[电電讯訊])[）)】\]]?"
    r"\s*[（(]?(?:[记記]者[^，。,.)）\n]{0,20}[)）]?)?[：:，,\s]*"
)
_CJK_BRACKET = re.compile(
    r"【(?P<place>[^【】=＝\n]{1,16}?)(?:[=＝](?P<who>[^【】\n]{1,24})|(?P<agency>共同|時事|ロイター|AFP時事|ＡＦＰ|AFP))】\s*"
)
_CLOSING = re.compile(rf"\s*{_OPEN}\s*(?P<names>[^()（）\[\]【】/\n]{{2,60}}?)\s*{_CLOSE}\s*\.?$")
_CLOSING_DASH = re.compile(
    r"(?<=[.!?؟。”\"»…])\s*[-–—]\s*(?P<names>[^\n.!?–—]{2,40})\.?$|(?<=[.!?])\s+(?P<bare>[A-Za-z/]{3,12})$"
)
_LONE = re.compile(r"(?P<names>[^\n()–—:.!?؟-]{2,40}?)\s*[-–—]\s+(?=\S)")  # 'وكالات - …'
_LINE_EDGES = " \t-–—|:*•.()[]（）/【】_"


@cache
def _before() -> re.Pattern[str]:
    listed = sorted(table("credits")["before"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, listed))})\s*(?:[:：=/]\s*|\s)\s*", re.I)


@cache
def _collective() -> dict[str, str]:
    return {fold(name): name for name in reversed(table("credits")["collective"])}


@lru_cache(maxsize=4096)
def _named(names: str) -> str | None:
    """The agency if a short text names one and nothing else; otherwise None."""
    names = names.strip(_LINE_EDGES)
    if not names or len(names) > 80:
        return None
    if plain := _agency(names):
        return plain
    match = _before().match(names)
    return _agency(names[match.end() :].strip(_LINE_EDGES)) if match else None


def _agency(names: str) -> str | None:
    if collective := _collective().get(fold(names)):
        return collective
    found = all_agencies(names, also=_collective().keys())
    if not found and ("=" in names or "＝" in names):  # 서울=연합뉴스
        last = re.split("[=＝]", names)[-1].strip()
        found = [agency] if (agency := agency_in((last,))) else None
    return found[0] if found else None


def _is_place(place: str) -> bool:
    """Whether the words before an agency are a dateline: names, numbers, months."""
    if ". " in place and place == place.lower():  # two sentences in a script without case
        return False
    words = re.findall(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*", place)
    if len(words) > 7:
        return False
    for word in words:
        if word[0].lower() != word[0].upper() and word[0].islower():
            bare = fold(word)
            if bare not in _SMALL and not is_month_or_day(word):
                return False
    return True


_SMALL = frozenset(
    """of the de del la le el di da do dos das am an der den a à al bin van von y et e i и
    st""".split()  # noqa: SIM905 - words to read
)


def find_credit(text: str, language: str | None = None) -> tuple[str | None, str]:
    """The credited agency (or None), and ``text`` without credit and dateline."""
    text, own = _without_lines(text)
    text, first = _without_dateline(text)
    text, last = _without_closing(text)
    return own or first or last, text


def _without_lines(text: str) -> tuple[str, str | None]:
    """``text`` without lines at either end that consist only of a credit, and the agency."""
    lines = text.split("\n")
    if len(lines) == 1 and len(text) > 80:
        return text, None
    found: str | None = None
    edges = [*range(min(3, len(lines))), *range(max(3, len(lines) - 3), len(lines))]
    cut = set()
    for index in edges:
        line = lines[index].strip()
        if len(line) <= 80 and (name := _named(line)):
            found = found or name
            cut.add(index)
        elif index > 0 and _is_trailer(line):
            cut.add(index)
    if not cut:
        return text, None
    return "\n".join(line for index, line in enumerate(lines) if index not in cut), found


@cache
def _trailers() -> tuple[str, ...]:
    return tuple(table("credits")["trailer"])


def _is_trailer(line: str) -> bool:
    """Whether a line is '(Reporting by …; Editing by …)', 'تحرير: …' or similar."""
    bare = line.strip("()[]（） ").casefold()
    if len(bare) > 250:
        return False
    return any(
        bare.startswith(words)
        and (line[:1] in "([（" or bare[len(words) : len(words) + 1] in ":：")
        for words in _trailers()
    )


def _without_dateline(text: str) -> tuple[str, str | None]:
    head, _, _ = text[:_HEAD].partition("\n")
    for pattern in (_CJK_DATELINE, _CJK_BRACKET):
        match = pattern.match(head)
        if match:
            parts = match.groupdict()
            name = parts.get("name") or parts.get("agency")
            who = parts.get("who")
            return text[match.end() :], agency_in((name or who or "",))
    if (lone := _LONE.match(head)) and (name := _named(lone["names"])):
        return text[lone.end() :], name
    for pattern in (_BRACKETED, _DASHED):
        match = pattern.match(head)
        if not match or not _is_place(match["place"]):
            continue
        parts = match.groupdict()
        name = _named(parts["names"] or parts["slashed"])
        if name is None:
            continue
        if pattern is _BRACKETED and not match["end"] and match["place"]:
            continue
        return _behind(text, match.end()), name
    if found := unlisted_dateline(head):
        return text[found.end :].lstrip(), found.agency
    return text, None


def _behind(text: str, at: int) -> str:
    """The text after a dateline, without a reporter or a place that follows it."""
    for pattern in (_REPORTER, _CAPITALS):
        match = pattern.match(text, at, at + 60)
        if match and (pattern is _REPORTER or _is_place(match["place"])):
            at = match.end()
    rest = text[at:].lstrip()
    return rest or text


def _without_closing(text: str) -> tuple[str, str | None]:
    start = max(0, len(text) - _TAIL)
    tail = text[start:].rstrip()
    for pattern in (_CLOSING, _CLOSING_DASH):
        match = pattern.search(tail)
        if match:
            names = next(group for group in match.groups() if group)
            name = _named(names)
            if name and start + match.start() > 0:
                return text[: start + match.start()].rstrip(), name
    if signed := unlisted_signature(tail):
        return text[: start + signed.start].rstrip(), signed.agency
    return text, None
