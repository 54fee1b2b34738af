"""Titles in scripts without spaces, laid side by side character by character.

A changed character changes the word (上调/下调, 涨/跌), so any replacement is a
substitution; what is only inserted may be function characters, or a clause at
an end of the title.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.lexicon import lexicon
from aggregator.model import Guard

MOST_INNER = 2  # places inside in which two titles that are the same may differ
MOST_LIGHT = 2  # characters in each of them


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one title without an equal in the other."""

    a: str
    b: str
    edge: bool  # at the beginning or end of the title


@dataclass(frozen=True, slots=True)
class RunAlignment:
    """Two unspaced titles side by side: what is common and what differs."""

    a: str  # normal forms without spaces
    b: str
    common: int  # characters
    runs: tuple[Run, ...]
    longest: int  # characters in a row that are common
    marked: tuple[str, str]  # both, what differs in [brackets]


def align_runs(a: str, b: str) -> RunAlignment:
    """Lay two normal forms without spaces side by side; the same whichever comes first."""
    if a > b:  # of several shortest ways to edit, one is taken: by content, not by order
        found = align_runs(b, a)
        turned = tuple(Run(run.b, run.a, run.edge) for run in found.runs)
        return replace(found, a=a, b=b, runs=turned, marked=found.marked[::-1])
    common = longest = 0
    runs: list[Run] = []
    left: list[str] = []
    right: list[str] = []
    for op in Levenshtein.opcodes(a, b):
        one, two = a[op.src_start : op.src_end], b[op.dest_start : op.dest_end]
        left.append(one if op.tag == "equal" else f"[{one}]" * bool(one))
        right.append(two if op.tag == "equal" else f"[{two}]" * bool(two))
        if op.tag == "equal":
            common += len(one)
            longest = max(longest, len(one))
        else:
            edge = op.src_start == 0 or op.src_end == len(a)
            runs.append(Run(one, two, edge))
    marked = "".join(left), "".join(right)
    return RunAlignment(a, b, common, tuple(runs), longest, marked)


def run_vetoes(found: RunAlignment, a: AnalysedTitle, b: AnalysedTitle) -> list[tuple[Guard, str]]:
    """Guards on unspaced titles: (name, reason) of each that fires."""
    words = lexicon(a.language)
    fired: list[tuple[Guard, str]] = []
    values = list(a.numbers), list(b.numbers)
    if values[0] != values[1] and values[0] and values[1]:
        fired.append((Guard.NUMBER, f"the numbers differ: {values[0]} and {values[1]}"))
    inner = [run for run in found.runs if not run.edge]
    longest = max((max(len(run.a), len(run.b)) for run in inner), default=0)
    if len(inner) > MOST_INNER or longest > MOST_LIGHT:
        fired.append((Guard.SUBSTITUTION, "they differ too much inside"))
    heavy = [run for run in found.runs if not set(run.a + run.b) <= words.light]
    for run in heavy:
        if any(mark in run.a + run.b for mark in words.negating):
            fired.append((Guard.NEGATION, f"'{run.a}' is replaced by '{run.b}'"))
        elif run.a and run.b:
            fired.append((Guard.SUBSTITUTION, f"'{run.a}' is replaced by '{run.b}'"))
    if any(run.a for run in heavy) and any(run.b for run in heavy) and not fired:
        left = "".join(run.a for run in heavy)
        right = "".join(run.b for run in heavy)
        moved = sorted(left) == sorted(right)
        reason = f"'{left}' is replaced by '{right}'"
        fired.append((Guard.ROLES if moved else Guard.SUBSTITUTION, reason))
    inside = [run for run in heavy if not run.edge]
    if inside and not fired:
        text = inside[0].a or inside[0].b
        fired.append((Guard.SUBSTITUTION, f"only one title has '{text}' inside"))
    return fired
