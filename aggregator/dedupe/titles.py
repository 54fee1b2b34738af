"""Do two titles say the same? Alignment, then guards, then the score.

The score alone never decides: most of the pairs that any fuzzy ratio finds
alike and that are not the same differ in a single word.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.dedupe.align import Alignment, align
from aggregator.dedupe.guards import Veto, vetoes
from aggregator.dedupe.lexicon import lexicon
from aggregator.dedupe.normal_forms import form, script_language, shared_script_language
from aggregator.dedupe.terms import Kind, Reading, read
from aggregator.dedupe.unspaced_titles import align_runs, run_vetoes, squeeze
from aggregator.model import Guard, Rule
from aggregator.text.languages import spaced

LEAST_WORDS = 3  # content words (numbers and days count) that both titles must share
LEAST_LETTERS = 11  # letters in them together: 'a b c' proves nothing
HEAD = 4  # words at the beginning that a title and its cut copy share
GRAM = 4  # characters of an unspaced title that are looked up together
LEAST_RUN = 8  # characters of an unspaced title
MOST_EXTRA = 3  # words only the longer title may have
_THRESHOLDS = ((4, 0.88), (7, 0.85))
_LONG_THRESHOLD = 0.80
_TAIL_MARKS = frozenset(["|", "(", "[", "-", "–", "—", "•"])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the titles alone say."""

    same: bool
    rule: Rule  # TITLE or FUZZY
    score: float
    threshold: float
    reason: str
    vetoes: tuple[Veto, ...]
    left: str  # both titles aligned: what differs stands in [brackets]
    right: str


def telling(title: str, language: str | None) -> bool:
    """Whether a title says enough to prove anything: not generic, not too short."""
    language = language or script_language(title)
    normal = form(title, language)
    if normal in lexicon(language).generic:
        return False
    if not spaced(language):
        return len(set(squeeze(title, language))) >= LEAST_RUN - 2 and len(normal) >= LEAST_RUN
    reading = read(title, language)
    keys = {reading.terms[i].key for i in reading.weighty}
    words = {reading.terms[i].key for i in reading.weighty if reading.terms[i].kind is Kind.CONTENT}
    letters = sum(len(key) for key in keys)
    if len(words) < LEAST_WORDS - 1 or letters < LEAST_LETTERS:
        return False
    # Two words that matter are enough in a sentence of four ('The minister has resigned').
    return len(keys) >= LEAST_WORDS or len(reading.terms) > LEAST_WORDS


def threshold(shared: int) -> float:
    """The least score that two titles with so many words in common need."""
    return next((limit for most, limit in _THRESHOLDS if shared <= most), _LONG_THRESHOLD)


def _marked(reading: Reading, alone: frozenset[int]) -> str:
    parts = []
    for place, term in enumerate(reading.terms):
        parts.append(f"[{term.text}]" if place in alone else term.text)
    return " ".join(parts)


def _extra_allowed(found: Alignment) -> bool:
    """Whether what only one title has is a clause at one of its ends, or a cut of the other."""
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
        return False  # which words carry the statement cannot be told
    if len(places) == 1 and len(matched) >= 5 and _inserted(found, longer, shorter, places[0]):
        return True
    if min(places) > max(matched):
        return _clause(longer, min(places), min(places) - 1)
    return max(places) < min(matched) and _clause(longer, max(places), max(places) + 1)


def _same_head(found: Alignment) -> bool:
    """Whether both begin with the same words, as a title and its cut copy do."""
    heads = [
        [reading.terms[place].key for place in reading.weighty[:HEAD]]
        for reading in (found.a, found.b)
    ]
    return heads[0] == heads[1] and len(heads[0]) == HEAD


def _inserted(found: Alignment, longer: Reading, shorter: Reading, place: int) -> bool:
    """Whether one word was merely put in: not a name, and in the place of no other word."""
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


def _clause(reading: Reading, place: int, beside: int) -> bool:
    """Whether a function word or a punctuation mark parts ``place`` from its neighbour."""
    neighbour = reading.terms[beside]
    parted = neighbour.segment != reading.terms[place].segment
    return parted or neighbour.kind >= Kind.FUNCTION


def judge_titles(a: str, b: str, language: str | None) -> Judgement:
    """Judge two titles of one language; symmetric, bounded by ``terms.LONGEST``."""
    language = language or shared_script_language(a, b)
    normal_a, normal_b = form(a, language), form(b, language)
    if normal_a == normal_b and normal_a:
        same = telling(a, language)
        reason = (
            "the titles are the same"
            if same
            else "the titles are the same but too short or too general to prove anything"
        )
        fired = () if same else (Veto(Guard.TELLING, reason),)
        return Judgement(same, Rule.TITLE, 1.0, 1.0, reason, fired, normal_a, normal_b)
    if not spaced(language):
        return _judge_runs(a, b, language)
    alignment = align(read(a, language), read(b, language))
    return _judge_alignment(alignment)


def _named_tail(found: Alignment) -> bool:
    """Whether all that differs is a name of at most three words behind a bar, dash or bracket.

    That is an outlet or a section that the cleaning of titles did not know.
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


def _judge_alignment(found: Alignment) -> Judgement:
    tail = _named_tail(found)
    alone = 0 if tail else len(found.left) + len(found.right)
    total = len(found.pairs) * 2 + alone
    score = (2 * len(found.pairs) - 0.2 * found.typos) / total if total else 0.0
    cut = (found.a.truncated or found.b.truncated) and _same_head(found)
    limit = 0.5 if cut else threshold(len(found.pairs))
    fired = list(vetoes(found))
    if not tail and not _extra_allowed(found):
        rest = found.rest("a") or found.rest("b")
        extra = " ".join(term.text for term in rest)
        fired.append(Veto(Guard.EXTRA, f"only one title has '{extra}'"))
    if found.slips > 1 and not (cut and found.typos < 2):
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
        reason = "the titles say the same in all words that matter"
    else:
        reason = "the titles share too little"
    left = _marked(found.a, frozenset(found.left))
    right = _marked(found.b, frozenset(found.right))
    return Judgement(same, Rule.FUZZY, round(score, 4), limit, reason, tuple(fired), left, right)


def _judge_runs(a: str, b: str, language: str | None) -> Judgement:
    found = align_runs(squeeze(a, language), squeeze(b, language))
    total = len(found.a) + len(found.b)
    score = 2 * found.common / total if total else 0.0
    fired = [Veto(*veto) for veto in run_vetoes(found, (a, b), language)]
    if found.common < LEAST_RUN or found.longest <= GRAM:
        fired.append(Veto(Guard.SHORT, "the titles share too few characters to prove anything"))
    same = not fired and score >= 0.8
    reason = (
        fired[0].reason
        if fired
        else ("the titles say the same" if same else "the titles share too little")
    )
    return Judgement(same, Rule.FUZZY, round(score, 4), 0.8, reason, tuple(fired), *found.marked)
