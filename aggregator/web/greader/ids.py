"""Ids as the Google Reader API writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONG = "tag:google.com,2005:reader/item/"
_LIMIT = 2**53  # above it, numbers are no longer exact in apps written in JavaScript
_DIGITS = re.compile(r"[0-9]{1,20}")
_HEX = re.compile(r"[0-9a-fA-F]{1,16}")


def long_id(number: int) -> str:
    """The long form of an item id."""
    return f"{LONG}{number:016x}"


def number_of(text: str) -> int | None:
    """The number behind an item id in any form that apps send; None if it is none of them.

    Long ids are hexadecimal. Without their prefix, digits that do not begin with 0 are decimal
    and all else is hexadecimal.
    """
    text = text.strip()
    if text.startswith(LONG):
        return _bounded(text.removeprefix(LONG), 16)
    if _DIGITS.fullmatch(text) and not text.startswith("0"):
        return _bounded(text, 10)
    return _bounded(text, 16)


def numbers_of(texts: Iterable[str]) -> list[int]:
    """The numbers behind item ids, each once; what is no id is skipped."""
    found = (number_of(text) for text in texts)
    return list(dict.fromkeys(number for number in found if number is not None))


def _bounded(text: str, base: int) -> int | None:
    if not (_DIGITS if base == 10 else _HEX).fullmatch(text):
        return None
    number = int(text, base)
    return number if 0 < number < _LIMIT else None
