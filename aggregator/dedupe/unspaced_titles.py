"""Titles in scripts without spaces, aligned character by character.

A changed character changes the word (上调/下调, 涨/跌), so any replacement is a
substitution. Insertions may be function characters, or a clause at the start or
end of the title.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from aggregator.dedupe.analysed_titles import AnalysedTitle
from aggregator.dedupe.lexicon import lexicon
from aggregator.model import Guard

MOST_INNER = 2  # differences allowed inside two titles that are the same
MOST_LIGHT = 2  # characters in each of these


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one title that has no counterpart in the other."""

    a: str
    b: str
    edge: bool  # at the start or end of the title


@dataclass(frozen=True, slots=True)
class RunAlignment:
    """Two aligned unspaced titles: what they share and where they differ."""

    a: str  # normal forms without spaces
    b: str
    common: int  # characters
    runs: tuple[Run, ...]
    longest: int  # longest common run of characters
    marked: tuple[str, str]  # both titles, with differences in [brackets]


def align_runs(a: str, b: str) -> RunAlignment:
    """Align two normal forms without spaces; the result does not depend on argument order."""
    if a > b:  # so that the choice among several shortest edits does not depend on the order
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
    """The (name, reason) of each guard on unspaced titles that fires."""
    words = lexicon(a.language)
    fired: list[tuple[Guard, str]] = []
    values = list(a.numbers), list(b.numbers)
    if values[0] != values[1] and values[0] and values[1]:
        fired.append((Guard.NUMBER, f"the numbers differ: {values[0]} and {values[1]}"))
    inner = [run for run in found.runs if not run.edge]
    longest = max((max(len(run.a), len(run.b)) for run in inner), default=0)
    if len(inner) > MOST_INNER or longest > MOST_LIGHT:
        fired.append((Guard.SUBSTITUTION, "the titles differ too much inside"))
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
