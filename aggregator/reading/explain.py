"""Explains decisions in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.model import Evidence, Flag, Placed, StoryLink
from aggregator.reading import wording
from aggregator.reading.story_view import StoryView

if TYPE_CHECKING:
    from aggregator.dedupe import Verdict
    from storage import StoryLinkRecord, View


def evidence_row(evidence: Evidence) -> dict[str, object]:
    """All fields of an evidence, JSON-ready."""
    return {
        "rule": evidence.rule,
        "score": round(evidence.score, 4),
        "threshold": round(evidence.threshold, 4),
        "partner": evidence.partner,
        "reason": evidence.reason,
        "details": dict(evidence.details),
    }


def why_row(view: View, placed: Placed) -> dict[str, object]:
    """Every decision about an item and about the story of its canonical item, JSON-ready."""
    return {
        "id": placed.item.id,
        "title": placed.item.title,
        "title_raw": placed.item.title_raw,
        "flags": placed.item.flags,
        "canonical": placed.canonical,
        "decisions": [
            {
                "at": record.at,
                "canonical": record.decision.canonical,
                **evidence_row(record.decision.evidence),
                "refused": [evidence_row(e) for e in record.decision.refused],
                "engine": record.decision.rules_version,
            }
            for record in view.decisions.of(placed.item.id)
        ],
        "story_decisions": [
            {
                "at": record.at,
                "story": view.stories.resolve(record.decision.story),
                **evidence_row(record.decision.evidence),
                "runner_up": record.decision.runner_up,
                "engine": record.decision.rules_version,
            }
            for record in view.stories.decisions_of(placed.canonical)
        ],
        "story_links": [
            {
                "at": record.at,
                "kind": record.link.kind,
                "story": record.link.story,
                "into": record.link.into,
                **evidence_row(record.link.evidence),
            }
            for record in _links(view, placed.canonical)
        ],
    }


def _links(view: View, canonical: str) -> list[StoryLinkRecord]:
    """How the story of a canonical item was linked with stories of other languages."""
    found = view.canonicals.get(canonical)
    return view.language_groups.links_of(found.story) if found and found.story else []


def why_text(view: View, placed: Placed) -> str:
    """The same as ``why_row``, as text for people."""
    item = placed.item
    lines = [f"{item.id}  {item.title}", f"  from {item.source or 'an unnamed outlet'}"]
    if item.time:
        lines[-1] += f", {wording.time(item.time)}"
    lines += [f"  {text}" for flag in item.flags if (text := FLAGS.get(flag))]
    if item.title_raw and item.title_raw != item.title:
        lines.append(f"  Original title: {item.title_raw}")
    members = view.archive.members(placed.canonical)
    lines.append("")
    lines.append(f"Canonical item {placed.canonical}: {_items(len(members))}")
    for record in view.decisions.of(item.id):
        lines += _evidence_lines(view, record.decision.evidence)
        for refused in record.decision.refused:
            lines.append(f"  Not the same as {_titled(view, refused.partner)}: {refused.reason}")
    canonical = view.canonicals.get(placed.canonical)
    if canonical is not None and canonical.story is not None:
        lines += ["", f"Story {view.stories.resolve(canonical.story)}"]
        for story in view.stories.decisions_of(placed.canonical):
            lines += _evidence_lines(view, story.decision.evidence)
            if story.decision.runner_up:
                name, score = story.decision.runner_up
                lines.append(f"  Runner-up: story {name}, {score:.3f}")
        for linked in _links(view, placed.canonical):
            lines.append(f"  {wording.time(linked.at)} {_link(linked.link)}")
    return "\n".join(lines)


FLAGS: dict[str, str] = {
    Flag.FOLDED_TITLE: "Its headline was repeated in the text; the repetition was removed.",
    Flag.REPUBLISHED: "An old text, published again under a new date.",
    Flag.BACKLOG: "Arrived with the first poll of its feed.",
    Flag.ZONE_ASSUMED: "Its page gives no time zone; UTC was assumed.",
    Flag.RETRACTION: "A retraction, by the label before its headline.",
    Flag.CORRECTION: "A correction, by the label before its headline.",
    Flag.CHECK: "A fact check, by the label before its headline.",
    Flag.SATIRE: "Satire, by the label before its headline.",
    Flag.REPLY: "A reply or comment, by the label before its headline.",
    Flag.ADVERTISEMENT: "An advertisement, by the publisher's label.",
    Flag.NO_DATE: "The publisher gives no plausible date.",
}


def _evidence_lines(view: View, evidence: Evidence) -> list[str]:
    score = f" ({evidence.score:.3f}, needs {evidence.threshold:.3f})" if evidence.threshold else ""
    lines = [f"  {evidence.rule}: {evidence.reason}{score}"]
    if evidence.partner:
        lines.append(f"  Compared with {_headed(view, evidence.partner)}")
    lines += [f"    {name}: {_value(value)}" for name, value in evidence.details]
    return lines


def _value(value: str | float | int) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _titled(view: View, ident: str | None) -> str:
    if not ident:
        return "nothing"
    placed = view.items.get(ident)
    return f"{ident} “{placed.item.title}” ({placed.item.source})" if placed else ident


def _items(count: int) -> str:
    return "only this item" if count == 1 else f"{count} duplicate items"


def verdict_row(verdict: Verdict) -> dict[str, object]:
    """A comparison as fields, JSON-ready."""
    return {
        "same": verdict.same,
        "score": round(verdict.score, 4),
        "threshold": round(verdict.threshold, 4),
        "rule": verdict.rule,
        "reason": verdict.reason,
        "titles": list(verdict.alignment),  # normal forms, what differs in [brackets]
        "differs": [list(side) for side in verdict.differs],
        "guards": [veto.guard for veto in verdict.guards],
    }


def verdict_text(verdict: Verdict) -> str:
    """A comparison in words."""
    answer = "the same" if verdict.same else "not the same"
    lines = [
        f"{answer}: {verdict.reason}",
        f"rule {verdict.rule}, score {verdict.score:.3f} (needs {verdict.threshold:.3f})",
    ]
    lines += [f"{name}: {_value(value)}" for name, value in verdict.details()]
    return "\n".join(lines)


def story_text(view: View, found: StoryView) -> str:
    """A story as text for people: headline, items, why they were grouped, score."""
    story = found.story
    outlets = len(story.outlets)
    lines = [
        f"{story.id}  {story.headline}",
        f"  {story.state}, {wording.time(story.first)} to {wording.time(story.last)}, "
        f"{outlets} outlet{'s' if outlets != 1 else ''}"
        + (f", about: {', '.join(story.terms)}" if story.terms else ""),
        f"  score {story.score:.3f}: "
        + ", ".join(f"{name} {_value(value)}" for name, value in story.score_parts),
    ]
    if found.earlier:
        lines.append(f"  follows {found.earlier.story} “{found.earlier.headline}”")
    if story.lead:
        lines += ["", f"  {story.lead}"]
    for part in found.coverage:
        item = part.item
        lines += ["", f"  {item.id}  {item.title}", f"    {item.source}, {wording.time(item.time)}"]
        if part.first_published:
            lines.append(f"    first published {wording.time(part.first_published)}")
        lines += [f"    = {copy.id} {copy.source}: {copy.title}" for copy in part.copies]
        lines += _placed(view, part.canonical)
    lines += _changed(view, story.id)
    return "\n".join(lines)


def _placed(view: View, canonical: str) -> list[str]:
    """Why a canonical item is in its story, as lines of text."""
    records = view.stories.decisions_of(canonical)
    if not records:
        return []
    decision = records[-1].decision
    evidence, details = decision.evidence, dict(decision.evidence.details)
    line = f"    {evidence.reason}"
    if evidence.threshold:
        line += f" ({evidence.score:.3f}, needs {evidence.threshold:.3f})"
    lines = [line]
    if evidence.partner:
        lines.append(f"    closest match: {_headed(view, evidence.partner)}")
    if words := details.get("common words"):
        lines.append(f"    common words: {words}")
    if decision.runner_up:
        name, score = decision.runner_up
        lines.append(f"    runner-up: story {name}, {score:.3f}")
    return lines


def _changed(view: View, story: str) -> list[str]:
    """A story's history in order of time: merges, splits, links with other languages."""
    lines = []
    variants = view.language_groups.variants(story)
    for variant in variants:
        for record in view.stories.changes_of(variant):
            change = record.change
            count = len(change.members)
            moved = f"{count} canonical item{'s' if count != 1 else ''}"
            lines.append(
                f"  {wording.time(record.at)} {change.kind}: {moved} from {change.story} to "
                f"{change.into}. {change.evidence.reason}"
            )
        for linked in view.language_groups.links_of(variant):
            link = linked.link
            if link.story == variant or link.into not in variants:  # each is listed once
                lines.append(f"  {wording.time(linked.at)} {_link(link)}")
    return ["", *sorted(dict.fromkeys(lines))] if lines else []


def _link(link: StoryLink) -> str:
    """A link between stories of two languages in words, with its score."""
    evidence = link.evidence
    bar = f" ({evidence.score:.3f}, needs {evidence.threshold:.3f})" if evidence.threshold else ""
    languages = dict(evidence.details).get("languages")
    return (
        f"{link.kind}: {link.story} and {link.into}"
        + (f" ({languages})" if languages else "")
        + f". {evidence.reason}{bar}"
    )


def _headed(view: View, canonical: str) -> str:
    found = view.canonicals.get(canonical)
    return _titled(view, found.representative if found else canonical)
