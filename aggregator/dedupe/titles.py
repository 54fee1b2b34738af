"""Whether two titles say the same: alignment, then guards, then the score.

The score alone never decides: most pairs that a fuzzy ratio wrongly matches
differ in a single word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.dedupe.align import Alignment, align
from aggregator.dedupe.analysed_titles import (
    HEAD,
    LEAST_LETTERS,
    LEAST_RUN,
    LEAST_WORDS,
    AnalysedTitle,
    analyse,
)
from aggregator.dedupe.guards import Veto, vetoes
from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.normal_forms import shared_script_language
from aggregator.dedupe.terms import Kind
from aggregator.dedupe.unspaced_titles import RunAlignment, align_runs, run_vetoes
from aggregator.model import Guard, Rule
from aggregator.text.languages import spaced

GRAM = 4  # consecutive characters of an unspaced title that form a lookup key
MOST_EXTRA = 3  # words only the longer title may have
_THRESHOLDS = ((4, 0.88), (7, 0.85))
_LONG_THRESHOLD = 0.80
_RUN_THRESHOLD = 0.8  # of unspaced titles
_TAIL_MARKS = frozenset(["|", "(", "[", "-", "–", "—", "•"])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of comparing titles alone."""

    same: bool
    rule: Rule  # TITLE or FUZZY
    score: float
    threshold: float
    reason: str
    vetoes: tuple[Veto, ...]
    left: str  # both titles aligned, with differences in [brackets]
    right: str


def threshold(shared: int) -> float:
    """The minimum score for two titles that share this many words."""
    return next((limit for most, limit in _THRESHOLDS if shared <= most), _LONG_THRESHOLD)


def _marked(reading: AnalysedTitle, alone: frozenset[int]) -> str:
    parts = []
    for place, term in enumerate(reading.terms):
        parts.append(f"[{term.text}]" if place in alone else term.text)
    return " ".join(parts)


def _extra_allowed(found: Alignment) -> bool:
    """Whether one title's extra words are a clause at one end, or were cut from the other."""
    longer, shorter, places = (
        (found.a, found.b, found.left) if found.left else (found.b, found.a, found.right)
    )
    matched = [pair.a if found.left else pair.b for pair in found.pairs]
    if not places or not matched:
        return not places
    if shorter.truncated and min(places) > max(matched):
        return _same_head(found)
    if len(places) > MOST_EXTRA:
        return False
    if not lexicon(longer.language).known:
        return False  # without data, significant words cannot be recognised
    if len(places) == 1 and len(matched) >= 5 and _inserted(found, longer, shorter, places[0]):
        return True
    if min(places) > max(matched):
        return _clause(longer, min(places), min(places) - 1)
    return max(places) < min(matched) and _clause(longer, max(places), max(places) + 1)


def _same_head(found: Alignment) -> bool:
    """Whether both start with the same words, like a title and its truncated copy."""
    return found.a.head == found.b.head and len(found.a.head) == HEAD


def _inserted(found: Alignment, longer: AnalysedTitle, shorter: AnalysedTitle, place: int) -> bool:
    """Whether one word was merely inserted: not a name, and not replacing another word."""
    term = longer.terms[place]
    if term.kind is not Kind.CONTENT or term.capital:
        return False
    answer = {p.a: p.b for p in found.pairs} if found.left else {p.b: p.a for p in found.pairs}
    before = max((i for i in answer if i < place), default=None)
    after = min((i for i in answer if i > place), default=None)
    if before is None or after is None:
        return True
    gap = shorter.terms[answer[before] + 1 : answer[after]]
    here = {one.text for one in longer.terms[before + 1 : after]}
    return all(one.text in here for one in gap if one.kind is Kind.FUNCTION)


def _clause(reading: AnalysedTitle, place: int, beside: int) -> bool:
    """Whether a function word or a punctuation mark separates ``place`` from its neighbour."""
    neighbour = reading.terms[beside]
    parted = neighbour.segment != reading.terms[place].segment
    return parted or neighbour.kind >= Kind.FUNCTION


def judge_titles(a: str, b: str, language: str | None) -> Judgement:
    """Judge two titles of one language; symmetric, bounded by ``terms.LONGEST``."""
    return judge(*_in_one_language(a, b, language))


def _in_one_language(a: str, b: str, language: str | None) -> tuple[AnalysedTitle, AnalysedTitle]:
    language = language or shared_script_language(a, b)
    return analyse(a, language), analyse(b, language)


def judge(a: AnalysedTitle, b: AnalysedTitle) -> Judgement:
    """Judge two titles that were analysed in the same language."""
    judgement = _judge_bare(a, b)
    if a.label == b.label:
        return judgement
    labels = " and ".join(f"'{title.label}'" for title in (a, b) if title.label)
    veto = Veto(Guard.LABEL, f"the labels before the titles differ: {labels}")
    return replace(judgement, same=False, reason=veto.reason, vetoes=(veto, *judgement.vetoes))


def _judge_bare(a: AnalysedTitle, b: AnalysedTitle) -> Judgement:
    """Judge two titles without their labels."""
    if a.equal_form == b.equal_form and a.normal:
        reason = (
            "the titles are the same"
            if a.telling
            else "the titles are the same but too short or too generic to prove anything"
        )
        fired = () if a.telling else (Veto(Guard.TELLING, reason),)
        return Judgement(a.telling, Rule.TITLE, 1.0, 1.0, reason, fired, a.normal, b.normal)
    if not spaced(a.language):
        return _judge_runs(a, b, align_runs(a.letters, b.letters))
    return _judge_alignment(align(a, b))


def nearly_the_same(a: str, b: str, language: str | None, least: float) -> bool:
    """Whether two titles score at least ``least`` or their own threshold, whichever is lower.

    Ignores guards, so it accepts every pair that ``judge_titles`` calls the same.
    """
    one, two = _in_one_language(a, b, language)
    if one.equal_form == two.equal_form and one.normal:
        return True
    if not spaced(one.language):
        score = _share(align_runs(one.letters, two.letters))
        return round(score, 4) >= min(_RUN_THRESHOLD, least)
    scored = _scored(align(one, two))
    return round(scored.score, 4) >= min(scored.limit, least)


def _named_tail(found: Alignment) -> bool:
    """Whether the only difference is a name of up to three words after a bar, dash or bracket.

    Such a name is an outlet or section that title cleaning did not recognise.
    """
    longer, shorter, places = (
        (found.a, found.b, found.left) if found.left else (found.b, found.a, found.right)
    )
    if (found.left and found.right) or not 0 < len(places) <= MOST_EXTRA or found.typos:
        return False
    first = longer.terms[places[0]].segment
    tail = [place for place, term in enumerate(longer.terms) if term.segment >= first]
    if not first or longer.marks[first] not in _TAIL_MARKS or tuple(tail) != places:
        return False
    head = [term.text for term in longer.terms[: tail[0]]]
    if head != [term.text for term in shorter.terms]:
        return False
    terms = [longer.terms[place] for place in tail]
    cased = any(term.text.lower() != term.text.upper() for term in terms)
    return all(term.kind is Kind.CONTENT and (term.capital or not cased) for term in terms)


@dataclass(frozen=True, slots=True)
class _Scored:
    """How much two aligned titles share, and how much they must share."""

    score: float
    limit: float
    tail: bool  # the only difference is a name after a mark
    cut: bool  # one is a truncated copy of the other


def _scored(found: Alignment) -> _Scored:
    tail = _named_tail(found)
    alone = 0 if tail else len(found.left) + len(found.right)
    total = len(found.pairs) * 2 + alone
    score = (2 * len(found.pairs) - 0.2 * found.typos) / total if total else 0.0
    cut = (found.a.truncated or found.b.truncated) and _same_head(found)
    return _Scored(score, 0.5 if cut else threshold(len(found.pairs)), tail, cut)


def _judge_alignment(found: Alignment) -> Judgement:
    scored = _scored(found)
    tail, cut, score, limit = scored.tail, scored.cut, scored.score, scored.limit
    fired = list(vetoes(found))
    if not tail and not _extra_allowed(found):
        rest = found.rest_a or found.rest_b
        extra = " ".join(term.text for term in rest)
        fired.append(Veto(Guard.EXTRA, f"only one title has '{extra}'"))
    spelled = not (cut and found.typos < 2) and not _other_spaces(found)
    if found.slips > 1 and spelled:
        fired.append(Veto(Guard.TYPOS, "more than one word is spelled differently"))
    weight = sum(len(found.a.terms[p.a].text) for p in found.pairs)
    content = sum(found.a.terms[p.a].kind is Kind.CONTENT for p in found.pairs)
    few = len(found.pairs) < LEAST_WORDS or found.exact < LEAST_WORDS - 1
    if few or content < LEAST_WORDS - 1 or weight < LEAST_LETTERS:
        fired.append(Veto(Guard.SHORT, "the titles share too few words to prove anything"))
    same = not fired and score >= limit
    if fired:
        reason = fired[0].reason
    elif same:
        reason = "the titles agree in all significant words"
    else:
        reason = "the titles share too little"
    left = _marked(found.a, frozenset(found.left))
    right = _marked(found.b, frozenset(found.right))
    return Judgement(same, Rule.FUZZY, round(score, 4), limit, reason, tuple(fired), left, right)


def _other_spaces(found: Alignment) -> bool:
    """Whether the titles differ only in the spaces between words (Korean leaves many free)."""
    return found.a.normal.replace(" ", "") == found.b.normal.replace(" ", "")


def _share(found: RunAlignment) -> float:
    total = len(found.a) + len(found.b)
    return 2 * found.common / total if total else 0.0


def _judge_runs(a: AnalysedTitle, b: AnalysedTitle, found: RunAlignment) -> Judgement:
    score = _share(found)
    fired = [Veto(*veto) for veto in run_vetoes(found, a, b)]
    if found.common < LEAST_RUN or found.longest <= GRAM:
        fired.append(Veto(Guard.SHORT, "the titles share too few characters to prove anything"))
    same = not fired and score >= _RUN_THRESHOLD
    reason = (
        fired[0].reason
        if fired
        else ("the titles say the same" if same else "the titles share too little")
    )
    limit = _RUN_THRESHOLD
    return Judgement(same, Rule.FUZZY, round(score, 4), limit, reason, tuple(fired), *found.marked)
