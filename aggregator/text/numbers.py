"""Numbers in a text, with one value for every notation.

'twelve', '12' and '١٢' are one value; so are '3%', '3 percent' and '3 بالمئة',
'1,200' and '1200', '$5bn' and '5 billion dollars', '二十' and '20'. Values are
strings in canonical form: ``12``, ``3.5``, ``3%``, ``2-1`` (scores, ranges and
times), ``1st``, ``q3``, ``2024-3-12``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregator.text.numberwords import NumberWords, currencies, number_words, ordinal, percents
from aggregator.text.numerals import attached, spans
from aggregator.text.scan import Raw, scan

LONGEST = 30
"""Maximum digits: anything longer is not a quantity, and arithmetic on it could be expensive."""


@dataclass(frozen=True, slots=True)
class NumberToken:
    """One number and its position: ``text[start:end]``."""

    start: int
    end: int
    value: str  # canonical
    kind: str  # cardinal, ordinal, percent, score, date, part, dual
    unit: str = ""  # a lower-case currency code, if given
    word: str = ""  # the folded word, if it is more than a number ('بهدفين')


_DOT_DECIMAL = frozenset(
    [
        "en",
        "zh",
        "ja",
        "ko",
        "th",
        "hi",
        "bn",
        "ta",
        "te",
        "ml",
        "kn",
        "mr",
        "pa",
        "ur",
        "he",
        "ar",
        "fa",
        "ms",
        "sw",
        "ga",
        "mt",
        "am",
        "ti",
        "ne",
        "si",
        "my",
        "gu",
        "or",
        "ha",
        "yo",
        "ig",
        "tl",
    ]
)
_MARKS = re.compile(r"[.,]")
_MEASURES = frozenset({"m", "t"})
OF = frozenset({"d", "de", "di"})  # between a number and a currency: 'millions d'euros'
_ORDINAL_ENDINGS = {
    "fr": "e er re eme ieme nd nde",
    "nl": "e de ste",
    "es": "o a er",
    "pt": "o a",
    "it": "o a",
    "ca": "r n t e a",
}  # behind digits, folded: '2e', '2º'
_QUARTERS = {"1st": "q1", "2nd": "q2", "3rd": "q3", "4th": "q4"}


def _value(digits: str, language: str | None) -> str:
    """The canonical form of digits with thousands or decimal separators."""
    digits = re.sub("['\u00a0 ]", "", digits)
    marks = _MARKS.findall(digits)
    if not marks:
        return digits.lstrip("0") or "0"
    groups = _MARKS.split(digits)
    grouped = 1 <= len(groups[0]) <= 3 and all(len(g) in (2, 3) for g in groups[1:])
    if len(set(marks)) == 2:
        decimal = len(set(marks[:-1])) == 1
        if not decimal:
            return "-".join(group.lstrip("0") or "0" for group in groups)
    elif len(marks) > 1:  # 1.234.567, or a version such as 1.2.3
        if not (grouped and len(groups[-1]) == 3):
            return "-".join(group.lstrip("0") or "0" for group in groups)
        decimal = False
    else:
        is_decimal_mark = (marks[0] == ".") == (language is None or language in _DOT_DECIMAL)
        decimal = len(groups[-1]) != 3 or groups[0] in ("", "0") or is_decimal_mark
    if not decimal:
        return "".join(groups).lstrip("0") or "0"
    whole = "".join(groups[:-1]).lstrip("0") or "0"
    return _decimal(whole, groups[-1])


def _decimal(whole: str, tail: str) -> str:
    """``whole.tail`` in a form that cannot be read as thousands in any language."""
    tail = tail.rstrip("0")
    if not tail:
        return whole
    return f"{whole}.{tail}0" if len(tail) == 3 else f"{whole}.{tail}"


def _multiplied(value: str, times: Decimal) -> str:
    if len(value) > LONGEST or not re.fullmatch(r"\d+(?:\.\d+)?", value):
        return value
    product = format((Decimal(value) * times).normalize(), "f")
    whole, _, tail = product.partition(".")
    return _decimal(whole, tail)


def combine(raw: Sequence[Raw], language: str | None) -> list[Raw | NumberToken]:
    """The tokens of a scan, with each number combined into one token."""
    known = number_words(language)
    raw = attached(raw)
    found: list[Raw | NumberToken] = []
    at = 0
    while at < len(raw):
        token = raw[at]
        if token.kind == "cjk":
            found.extend(_cjk(token))
            at += 1
            continue
        start = _leading(raw, at, language)
        number, after = _number(raw, start, language, known)
        if number is None:
            if token.kind not in {"sign", "percent"}:
                found.append(token)
            at += 1
            continue
        number, after = _with_unit(raw, at, start, number, after)
        number, after = _quarter(raw, number, after, known)
        if number.kind:
            found.append(number)
        else:  # a phrase that only looks like a number ('no one')
            found.extend(raw[at:after])
        at = after
    return found


def _cjk(token: Raw) -> list[Raw | NumberToken]:
    """A run of Chinese or Japanese, split into numerals and the rest."""
    found: list[Raw | NumberToken] = []
    at = 0
    for start, end, value, kind in spans(token.word):
        if at < start:
            found.append(_piece(token, at, start))
        digits = ordinal(value) if kind == "ordinal" else value
        found.append(NumberToken(token.start + start, token.start + end, digits, kind))
        at = end
    if at < len(token.word):
        found.append(_piece(token, at, len(token.word)))
    return found


def _piece(token: Raw, start: int, end: int) -> Raw:
    return Raw("cjk", token.word[start:end], token.start + start, token.start + end)


def _leading(raw: Sequence[Raw], at: int, language: str | None) -> int:
    """The start of the number itself, after a currency sign or a word for percent."""
    if at + 1 >= len(raw) or raw[at + 1].kind not in {"number", "word"}:
        return at
    token, following = raw[at], raw[at + 1]
    if token.kind == "sign" or (token.word in currencies() and following.kind == "number"):
        return at + 1
    if token.kind == "percent" and following.kind == "number" and token.end == following.start:
        return at + 1
    if language == "tr" and token.word in percents("before"):
        return at + 1
    return at


def _number(
    raw: Sequence[Raw], at: int, language: str | None, known: NumberWords
) -> tuple[NumberToken | None, int]:
    """The number that begins at ``at``, and the index after it."""
    token = raw[at]
    if token.kind == "word":
        return _word_number(raw, at, known)
    if token.kind == "number":
        value = _value(token.word, language)
        ending = raw[at + 1] if at + 1 < len(raw) else None
        endings = _ORDINAL_ENDINGS.get(language or "", "").split()
        if ending and ending.start == token.end and ending.word in endings and value.isdigit():
            return NumberToken(token.start, ending.end, ordinal(value), "ordinal"), at + 2
        return _multiply(raw, at, at + 1, value, language, known)
    if token.kind == "ordinal":
        value = ordinal(_value(token.word, language))
        return NumberToken(token.start, token.end, value, "ordinal"), at + 1
    if token.kind == "multiplied":
        return NumberToken(token.start, token.end, token.word, "cardinal"), at + 1
    if token.kind == "hundredth":
        return NumberToken(token.start, token.end, token.word, "percent"), at + 1
    if token.kind in {"score", "date"}:
        parts = re.split(r" ?[-:/.] ?", token.word)
        value = "-".join(part.lstrip("0") or "0" for part in parts)
        return NumberToken(token.start, token.end, value, token.kind), at + 1
    if token.kind == "part":
        return NumberToken(token.start, token.end, token.word, "part"), at + 1
    return None, at


def _word_number(raw: Sequence[Raw], at: int, known: NumberWords) -> tuple[NumberToken | None, int]:
    token = raw[at]
    for phrase, value, kind in known.phrases.get(token.word, ()):
        stop = at + len(phrase)
        if stop <= len(raw) and all(
            raw[at + i].word == word for i, word in enumerate(phrase[1:], 1)
        ):
            if kind == "cardinal":
                return _multiply(raw, at, stop, value, None, known)
            return NumberToken(token.start, raw[stop - 1].end, value, kind), stop
    if token.word in known.duals:
        return NumberToken(token.start, token.end, "2", "dual", word=token.word), at + 1
    return None, at


def _multiply(
    raw: Sequence[Raw], at: int, stop: int, value: str, language: str | None, known: NumberWords
) -> tuple[NumberToken, int]:
    """``value`` times the multipliers that follow it ('5 million', '2 hundred thousand')."""
    for _ in range(2):
        if stop >= len(raw) or raw[stop].kind != "word" or raw[stop].word not in known.times:
            break
        word = raw[stop].word
        if len(word) == 1 and word.isascii() and not _abbreviated(raw, at, stop):
            break
        value = _multiplied(value, known.times[word])
        stop += 1
    return NumberToken(raw[at].start, raw[stop - 1].end, value, "cardinal"), stop


def _abbreviated(raw: Sequence[Raw], at: int, stop: int) -> bool:
    """Whether the letter at ``stop`` multiplies the number that begins at ``at``.

    It is attached to the number; 'm' and 't', which are metres and tonnes too, belong to money.
    Before a currency sign it may stand apart from the number ('12,5 M€').
    """
    if stop + 1 < len(raw) and raw[stop + 1].kind == "sign":
        return raw[stop + 1].start == raw[stop].end
    attached_to = raw[stop].start == raw[stop - 1].end
    money = at > 0 and (raw[at - 1].kind == "sign" or raw[at - 1].word in currencies())
    return attached_to and (raw[stop].word not in _MEASURES or money)


def _quarter(
    raw: Sequence[Raw], number: NumberToken, after: int, known: NumberWords
) -> tuple[NumberToken, int]:
    """``number`` as a quarter of a year, if it is an ordinal and the word follows."""
    if number.kind != "ordinal" or after >= len(raw) or raw[after].word not in known.quarter:
        return number, after
    if number.value not in _QUARTERS:
        return number, after
    end = raw[after].end
    return NumberToken(number.start, end, _QUARTERS[number.value], "part"), after + 1


def _with_unit(
    raw: Sequence[Raw], at: int, start: int, number: NumberToken, after: int
) -> tuple[NumberToken, int]:
    """``number`` with the percent or currency before or after it."""
    if number.kind != "cardinal":
        return number, after
    begin, stop = raw[at].start, number.end
    leading = raw[at].word if start > at else ""
    if after < len(raw):
        token = raw[after]
        # 'pc' is per cent, and apart from the number a computer.
        if token.kind == "percent" or (token.word == "pc" and token.start == stop):
            return NumberToken(begin, token.end, number.value + "%", "percent"), after + 1
        for phrase in percents("after").get(token.word, ()):
            end = after + len(phrase)
            if end <= len(raw) and all(raw[after + i].word == w for i, w in enumerate(phrase)):
                return NumberToken(begin, raw[end - 1].end, number.value + "%", "percent"), end
        last = after + (token.word in OF and after + 1 < len(raw))
        code = currencies().get(raw[last].word)
        if code and not leading:
            return NumberToken(begin, raw[last].end, number.value, "cardinal", code), last + 1
    if leading in percents("before") or leading == "%":
        return NumberToken(begin, stop, number.value + "%", "percent"), after
    unit = currencies().get(leading, "")
    return NumberToken(begin, stop, number.value, "cardinal", unit), after


def tokens(text: str, language: str | None) -> list[NumberToken]:
    """The numbers of ``text`` in order, with their positions."""
    return [t for t in combine(scan(text, language), language) if isinstance(t, NumberToken)]


def numbers(text: str, language: str | None) -> tuple[str, ...]:
    """The canonical values of the numbers in ``text``, in order, without currencies."""
    return tuple(token.value for token in tokens(text, language))
