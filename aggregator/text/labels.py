"""Labels before a headline that say what kind of article follows: 'Retracted:', 'Opinion |'.

``data/labels.toml`` lists them by language, each under what it does. A label that turns
the statement round is part of it; a label that names a column is not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from aggregator.model import Flag
from aggregator.text.data import table
from aggregator.text.letters import fold

TURNING = frozenset({Flag.RETRACTION, Flag.CORRECTION, Flag.CHECK, Flag.SATIRE, Flag.REPLY})
"""Effects of labels with and without which two headlines are different articles."""

LONGEST = 40
"""Characters of a title in which the separator behind a label is looked for."""

_BRACKET = re.compile(
    r"\s*[\[(【（《〈［｛{<〔]\s*([^\[\]()【】（）［］]{1,40}?)\s*[\])】）》〉］｝}>〕]\s*[:：|–—-]*\s*"
)
_SEPARATOR = re.compile(r"\s*(?:[:：|｜►▶»]|\s[-–—•·/]+\s|[–—]\s)\s*")


class Label(NamedTuple):
    """A label and the headline behind it."""

    effect: str  # retraction, correction, check, satire, reply, column
    text: str  # as written
    rest: str  # the title without it


def key(text: str) -> str:
    """The form in which labels are compared: folded, without punctuation."""
    return " ".join(re.sub(r"[^\w'\s]", " ", fold(text).replace("’", "'")).split())


@cache
def _effects() -> dict[str, str]:
    """Each label, folded, and what it does; one that two languages use does what is firmer."""
    found: dict[str, str] = {}
    for lists in table("labels").values():
        for effect, labels in lists.items():
            for label in labels:
                if effect != "column":
                    found[key(label)] = effect
    for lists in table("labels").values():
        for label in lists.get("column", ()):
            found.setdefault(key(label), "column")
    return found


def beginnings(title: str) -> list[tuple[str, str]]:
    """What may be a label at the front of ``title``, each with what stands behind it."""
    bracket = _BRACKET.match(title)
    found = [(bracket[1], title[bracket.end() :])] if bracket else []
    separators = _SEPARATOR.finditer(title, 0, LONGEST)
    return [*found, *((title[: one.start()], title[one.end() :]) for one in separators)]


def label(title: str) -> Label | None:
    """The label that ``title`` begins with, or None.

    Nothing is a label without a headline of some letters behind it.
    """
    for text, rest in beginnings(title):
        effect = _effects().get(key(text)) if text.strip() else None
        if effect and any(char.isalnum() for char in rest):
            return Label(effect, text.strip(), rest)
    return None


def split(title: str) -> tuple[str | None, str]:
    """What turns ``title`` round (an effect of ``TURNING``, or None), and the bare headline."""
    effect: str | None = None
    for _ in range(3):  # 'Opinion | Correction: ...'
        found = label(title)
        if found is None:
            break
        if found.effect in TURNING:
            effect = effect or found.effect
        title = found.rest
    return effect, title
