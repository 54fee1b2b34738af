"""What a user has done with a canonical item, and what becomes of it when items merge or split.

State belongs to canonical items: reading one copy reads all, also copies that arrive later.
When two canonical items merge, the survivor gets ``merged`` of both. The other one keeps its own
state, unseen, so that a later split brings it back as it was left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

MAX_LABEL = 100  # characters
MAX_LABELS = 50  # per canonical item


@dataclass(frozen=True, slots=True)
class User:
    """Someone who reads: every user has a reading state of their own."""

    id: int
    name: str
    password: str = ""  # argon2 hash for the web page; empty: cannot log in there
    api_password: str = ""  # argon2 hash for reading apps; empty: cannot log in there
    fever_key: str = ""  # SHA-256 of the Fever key; empty: Fever is off
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program of a user may do, by a token that only its owner has."""

    id: int
    user: int
    name: str
    writes: bool  # it may also change things
    created: datetime
    feed: str = ""  # the feed out that it opens, and nothing else; empty: the API


@dataclass(frozen=True, slots=True)
class ReadingState:
    """What one user has done with one canonical item."""

    read: bool = False
    starred: bool = False
    hidden: bool = False
    labels: tuple[str, ...] = ()  # sorted, each once


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of a reading state; None leaves a part as it is."""

    read: bool | None = None
    starred: bool | None = None
    hidden: bool | None = None
    add: tuple[str, ...] = ()  # labels
    remove: tuple[str, ...] = ()  # labels


UNSEEN = ReadingState()
"""The state of a canonical item that the user has done nothing with."""


def marked(state: ReadingState, mark: Mark) -> ReadingState:
    """``state`` after ``mark``. Labels that are removed and added at once stay."""
    labels = (set(state.labels) - set(mark.remove)) | {_label(one) for one in mark.add}
    return replace(
        state,
        read=state.read if mark.read is None else mark.read,
        starred=state.starred if mark.starred is None else mark.starred,
        hidden=state.hidden if mark.hidden is None else mark.hidden,
        labels=tuple(sorted(labels - {""})[:MAX_LABELS]),
    )


def merged(a: ReadingState, b: ReadingState) -> ReadingState:
    """The state of two canonical items that turned out to be one.

    Read or starred if either was, with the labels of both; hidden only if both were, so that a
    merge takes nothing away that the user had left in view.
    """
    return ReadingState(
        read=a.read or b.read,
        starred=a.starred or b.starred,
        hidden=a.hidden and b.hidden,
        labels=tuple(sorted({*a.labels, *b.labels})[:MAX_LABELS]),
    )


def _label(text: str) -> str:
    """A label as it is kept: one line without control characters, of bounded length."""
    printable = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(printable.split())[:MAX_LABEL].rstrip()
