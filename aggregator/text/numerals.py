"""Parses Chinese and Japanese numerals by rules.

Such a numeral occurs inside a run without spaces, and its characters also occur in
names (三星, 四川, 万一). So it is read as a number only if its form or context is
unambiguous: several places (二十三), digits before a multiplier (3.5万, joined by
``numbers``), an ordinal mark (第三), a percent (百分之五), or a counter after a single
digit (三人). 一 alone is an article more often than a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from aggregator.text.scan import Raw

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1_000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
NUMERAL = "〇零一二两兩三四五六七八九十百千万萬亿億"
_COUNTERS = "".join(
    [
        "人名个個位岁歲歳年月日号號次家件起死伤傷条條項项天周週架辆輛艘枚座所校票球本回台機階",
        "階層层倍元户戶分",
    ]
)
# 一 with these means 'a', not 'one'.
_ARTICLE = "个個位名家件次号號条條項项座本回台度所"


@cache
def value(numeral: str) -> int | None:
    """The value of a numeral, or None if it is not one (二三 is 'two or three')."""
    if len(numeral) > 12:
        return None
    if not any(c in _PLACES or c in _GROUPS for c in numeral):
        if len(numeral) == 1:
            return _DIGITS.get(numeral)
        # A year or a telephone number: digit by digit.
        return int("".join(str(_DIGITS[c]) for c in numeral)) if len(numeral) >= 3 else None
    total = group = digit = 0
    for c in numeral:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _PLACES:
            group += (digit or 1) * _PLACES[c]
            digit = 0
        else:
            total += (group + digit) * _GROUPS[c]
            group = digit = 0
    return total + group + digit


_FOUND = re.compile(
    rf"百分之(?P<percent>[{NUMERAL}]+)"
    rf"|第(?P<ordinal>[{NUMERAL}]+)"
    rf"|(?P<numeral>[{NUMERAL}]+)(?=(?P<counter>[{_COUNTERS}])?)"
)


def spans(run: str) -> list[tuple[int, int, str, str]]:
    """(start, end, value, kind) of the numbers in a run of Chinese or Japanese."""
    found: list[tuple[int, int, str, str]] = []
    for match in _FOUND.finditer(run):
        numeral = match["percent"] or match["ordinal"] or match["numeral"]
        number = value(numeral)
        if number is None:
            continue
        if match["percent"]:
            found.append((*match.span(), f"{number}%", "percent"))
        elif match["ordinal"]:
            found.append((*match.span(), str(number), "ordinal"))
        elif _counts(numeral, match["counter"]):
            found.append((match.start(), match.end(), str(number), "cardinal"))
    return found


def _counts(numeral: str, counter: str | None) -> bool:
    if numeral[0] in "百千万萬亿億" and numeral[-1] in "百千万萬亿億十一":
        return counter is not None  # 千万 is also 'by all means', 万一 'in case'
    if len(numeral) == 1:
        if counter is None:
            return False
        return numeral != "一" or counter not in _ARTICLE
    return True


_TIMES = {**_PLACES, **_GROUPS, "兆": 10**12}
_KOREAN = {"십": 10, "백": 100, "천": 1_000, "만": 10**4, "억": 10**8, "조": 10**12}
_MULTIPLIED = re.compile(rf"[{''.join(_TIMES)}{''.join(_KOREAN)}]{{1,2}}")


def attached(raw: Sequence[Raw]) -> list[Raw]:
    """``raw`` with multipliers attached to digits combined with them (3.5万, 1억 2000만, 百分之5).

    The multiplied number becomes a token of the kind ``multiplied``, a percent
    one of the kind ``hundredth``.
    """
    if not any(token.kind == "number" for token in raw):
        return list(raw)
    found: list[Raw] = []
    at = 0
    while at < len(raw):
        token = raw[at]
        at += 1
        if token.kind != "number" or not _short(token.word):
            found.append(token)
            continue
        before = found[-1] if found else None
        if before and before.kind == "cjk" and before.word.endswith("百分之"):
            found[-1] = before._replace(word=before.word[:-3], end=before.end - 3)
            found.append(Raw("hundredth", token.word + "%", before.end - 3, token.end))
            continue
        total, end, at, rest = _sum(raw, at, token)
        if total is None:
            found.append(token)
        else:
            found.append(Raw("multiplied", total, token.start, end))
        if rest is not None:
            found.append(rest)
    return [token for token in found if token.word]


def _short(digits: str) -> bool:
    return len(digits) <= 20 and digits.count(".") <= 1


def _sum(raw: Sequence[Raw], at: int, token: Raw) -> tuple[str | None, int, int, Raw | None]:
    """1億2000万: (the sum, its end, the next index, the rest of the last token)."""
    total: Decimal | None = None
    end = token.end
    while at < len(raw):
        following = raw[at]
        if following.kind not in {"cjk", "word"} or following.start != end:
            break
        match = _MULTIPLIED.match(following.word)
        if not match:
            break
        factor = 1
        for c in match[0]:
            factor *= _TIMES.get(c) or _KOREAN[c]
        total = (total or Decimal(0)) + Decimal(token.word.replace(",", "")) * factor
        end = following.start + match.end()
        at += 1
        if match.end() < len(following.word):
            rest = following._replace(word=following.word[match.end() :], start=end)
            return _decimal_text(total), end, at, rest
        if not (at < len(raw) and raw[at].kind == "number" and _short(raw[at].word)):
            break
        if raw[at].start > end + 1 or not (
            at + 1 < len(raw)
            and _MULTIPLIED.match(raw[at + 1].word)
            and raw[at + 1].start == raw[at].end
        ):
            break
        token, end, at = raw[at], raw[at].end, at + 1
    return (_decimal_text(total) if total is not None else None), end, at, None


def _decimal_text(number: Decimal) -> str:
    return format(number.normalize(), "f")
