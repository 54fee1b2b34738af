"""Stored records as JSON rows for commands; ``docs/commands.md`` lists the fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aggregator.model import Feed, Placed, PollState
from aggregator.reading.story_view import Coverage, StoryView

if TYPE_CHECKING:
    from storage import CorrectionRecord, View


def item(view: View, placed: Placed, *, whole: bool = False) -> dict[str, object]:
    """One item; ``whole`` adds its text and its earlier revisions."""
    found = placed.item
    canonical = view.canonicals.get(placed.canonical)
    row: dict[str, object] = {
        "id": found.id,
        "title": found.title,
        "url": found.link or found.url,
        "source": found.source,
        "language": found.language,
        "published": found.published,
        "seen": found.seen,
        "credit": found.credit,
        "canonical": placed.canonical,
        "story": view.stories.resolve(canonical.story) if canonical and canonical.story else None,
        "flags": found.flags,
        "tags": found.tags,
        "feed": found.feed,
        "revision": found.revision,
    }
    if whole:
        row |= {
            "updated": found.updated,
            "title_raw": found.title_raw,
            "lead": found.lead,
            "text": found.text,
            "revisions": [
                {"title": old.item.title, "text": old.item.text, "replaced": old.replaced}
                for old in view.items.revisions(found.id)
            ],
        }
    return row


def story(shown: StoryView, *, whole: bool = False) -> dict[str, object]:
    """One story; ``whole`` adds its items."""
    found = shown.story
    row: dict[str, object] = {
        "id": found.id,
        "headline": found.headline,
        "lead": found.lead,
        "language": found.language,
        "languages": found.languages,
        "first": found.first,
        "last": found.last,
        "state": found.state,
        "outlets": len(found.outlets),
        "score": round(found.score, 4),
    }
    if whole:
        row |= {
            "outlet_names": found.outlets,
            "terms": found.terms,
            "score_parts": dict(found.score_parts),
            "follows": found.follows,
            "items": [_covered(part) for part in shown.coverage],
        }
    return row


def _covered(part: Coverage) -> dict[str, object]:
    return {
        "canonical": part.canonical,
        "id": part.item.id,
        "title": part.item.title,
        "url": part.item.link or part.item.url,
        "source": part.item.source,
        "language": part.item.language,
        "published": part.item.time,
        "first_published": part.first_published,
        "copies": [
            {"id": copy.id, "title": copy.title, "source": copy.source, "url": copy.link}
            for copy in part.copies
        ],
    }


def status(
    feed: Feed,
    state: PollState,
    distrusted: Sequence[str] = (),
    gathered: tuple[str, int, int] | None = None,
) -> dict[str, object]:
    """The status of a feed.

    ``distrusted``: the kinds of values (guid, link, title, text) that distinguish most of its
    entries from none of the others, and so prove nothing about them. ``gathered``: the canonical
    item that holds most of its recent items, how many it holds, and of how many.
    """
    return {
        "id": feed.id,
        "feed": feed.title or state.title or feed.url,
        "url": feed.url,
        "state": state.state.value,
        "last_poll": state.last_poll,
        "last_good": state.last_good,
        "next_poll": state.next_poll,
        "why": state.next_reason,
        "interval": state.interval,
        "rhythm": state.rhythm,
        "errors": state.errors,
        "last_error": state.last_error,
        "moved_to": state.moved_to,
        "polls": state.polls,
        "bytes": state.bytes,
        "entries": state.entries_seen,
        "not_modified_share": _share(state.not_modified, state.polls),
        "duplicates_share": _share(state.duplicates, state.entries_seen),
        "websub": state.lease_until,
        "distrusted": list(distrusted),
        "gathered": gathered and dict(zip(("canonical", "items", "of"), gathered, strict=True)),
    }


def correction(record: CorrectionRecord) -> dict[str, object]:
    """A correction, and when it was undone."""
    correction = record.correction
    return {
        "id": correction.id,
        "kind": correction.kind,
        "a": correction.a,
        "b": correction.b,
        "at": correction.at,
        "note": correction.note,
        "undone": record.undone,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
