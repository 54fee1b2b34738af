"""Typos with a pattern that real word pairs rarely show."""

from __future__ import annotations


def exchanged(a: str, b: str) -> bool:
    """Whether ``b`` is ``a`` with two neighbouring letters swapped ('teh', 'the')."""
    if len(a) != len(b) or len(a) < 3:
        return False
    places = [i for i in range(len(a)) if a[i] != b[i]]
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and a[places[0]] == b[places[1]]
        and a[places[1]] == b[places[0]]
    )


def doubled(a: str, b: str) -> bool:
    """Whether the words differ only in one letter being doubled ('commited')."""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) != len(shorter) + 1:
        return False
    at = next((i for i, char in enumerate(shorter) if longer[i] != char), len(shorter))
    return longer[:at] + longer[at + 1 :] == shorter and at > 0 and longer[at] == longer[at - 1]
