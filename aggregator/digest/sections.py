"""The sections of a digest: lead stories, followed ones, then by tag, or by language without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from aggregator.digest.wording import is_language
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings

FOLLOWED = "followed:"
"""The section of the stories that the reader follows."""
_TELLING = 0.8  # share of the stories up to which a tag divides them


def arrange(
    ordered: Sequence[StoryView], settings: DigestSettings
) -> tuple[tuple[StoryView, ...], tuple[StoryView, ...], tuple[StoryView, ...]]:
    """Divide ranked stories into those shown in full, bare headlines, and dropped ones.

    The first ``lead`` stories open the digest. Then come those that the reader follows, and the
    others by section, in the order of each section's best story, at most ``section_limit`` in full;
    ``limit`` and ``headlines`` are the limits of the whole digest. No story is in two of the parts.
    """
    limit = max(0, settings.limit)
    followed = [replace(view, section=FOLLOWED) for view in ordered if view.followed]
    plain = [view for view in ordered if not view.followed]
    lead = tuple(plain[: min(settings.lead, limit)])
    others = _sectioned(plain[len(lead) :])
    several = len({view.section for view in others}) > 1
    if not several:
        others = [replace(view, section="") for view in others]
    full: list[StoryView] = []
    rest: list[StoryView] = []
    taken: Counter[str] = Counter()
    for view in (*followed, *others):
        room = len(lead) + len(full) < limit
        crowded = several and taken[view.section] >= settings.section_limit
        if room and (view.followed or not crowded):
            taken[view.section] += 1
            full.append(view)
        else:
            rest.append(view)
    kept = rest[: settings.headlines]
    return (*lead, *_grouped(full)), _grouped(kept), tuple(rest[len(kept) :])


def _sectioned(views: Sequence[StoryView]) -> list[StoryView]:
    """Every story with its section: ``tag:NAME``, ``language:CODE`` or none."""
    tags = [_tags(view) for view in views]
    holders = Counter(tag for found in tags for tag in found)
    telling = {tag for tag, count in holders.items() if count <= _TELLING * len(views)}
    if not telling:
        return [replace(view, section=_by_language(view)) for view in views]
    return [
        replace(view, section=_by_tag(found, telling))
        for view, found in zip(views, tags, strict=True)
    ]


def _tags(view: StoryView) -> Counter[str]:
    return Counter(tag for part in view.coverage for item in part.members for tag in item.tags)


def _by_tag(tags: Counter[str], telling: set[str]) -> str:
    """The most frequent telling tag of a story's items; of several, the one listed first."""
    found = [tag for tag, _ in tags.most_common() if tag in telling]
    return f"tag:{found[0]}" if found else ""


def _by_language(view: StoryView) -> str:
    language = view.coverage[0].item.language
    return f"language:{language}" if language and is_language(language) else ""


def _grouped(views: Sequence[StoryView]) -> tuple[StoryView, ...]:
    """The stories section by section, in the order in which the sections first appear."""
    order = {name: at for at, name in reversed(list(enumerate(view.section for view in views)))}
    return tuple(sorted(views, key=lambda view: (view.section == "", order[view.section])))
