"""Gathers what a digest shows from one snapshot of the store; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.digest import Edition, Gaps, Preferences, select
from aggregator.publish.templates import read_templates
from aggregator.publish.zones import zone_name
from aggregator.reading import followed_stories, stories
from aggregator.reading.story_view import StoryView
from aggregator.settings import DigestSettings, Settings
from aggregator.text.identity import feed_id
from storage import Store, StoryFilter, View

INSTALLATION = "installation"
"""The name of the value in the store that tells it from all others."""
LATE = timedelta(hours=1)
"""How far back arrivals are looked for that the last digest missed: they were decided while it was
made, or the clock was set back since."""
STORIES = 5_000  # maximum number of stories considered for one digest; tells how many are not


def make(  # noqa: PLR0913 - what an edition depends on, each by its name
    store: Store,
    settings: Settings,
    wanted: DigestSettings,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    unlisted_before: int | None = None,
    words: str = "",
) -> Edition:
    """Gather and select the content of one digest, from one snapshot of the store.

    With ``unlisted_before``, items listed by a digest of that name with a lower number
    are not news, and those that arrived shortly before ``since`` unlisted are. With ``words``, only
    stories in which a search finds them.
    """
    until = until or now
    since = since or until - wanted.span
    arrived_since = since if unlisted_before is None else since - LATE
    with store.reading() as view:
        states = view.feeds.states()
        polled = [states[feed].last_good for feed in _own_feeds(settings, wanted) if feed in states]
        unreadable: list[str] = []
        changed = StoryFilter(arrived=arrived_since)
        if words:
            ids, beyond = view.search.stories(words, STORIES, since=arrived_since), 0
        else:
            ids = [one.id for one in view.stories.list(changed, limit=STORIES)]
            beyond = view.stories.count(changed) - STORIES if len(ids) == STORIES else 0
        found = list(stories.views(view, ids, settings, now=now, unreadable=unreadable.append))
        edition = select(
            wanted,
            found,
            since=since,
            until=until,
            made=now,
            arrived_since=arrived_since,
            reader_languages=settings.languages,
            listed=_listed(view, wanted.name, found, unlisted_before),
            feeds_seen=sum(good is not None and good > since for good in polled),
            timezone=zone_name(settings),
            outlets=dict(settings.outlets),
            preferences=_preferences(view, settings),
            gaps=Gaps(unreadable=tuple(unreadable), beyond=beyond),
            installation=view.meta.get(INSTALLATION) or "",
        )
    return replace(edition, templates=read_templates(wanted.templates))


def _preferences(view: View, settings: Settings) -> Preferences:
    followed = followed_stories.of(view, followed_stories.reader_name(view, settings))
    return Preferences(settings.mute, settings.boost, settings.follow, frozenset(followed))


def _own_feeds(settings: Settings, wanted: DigestSettings) -> list[str]:
    """The ids of the feeds that a digest takes its news from."""
    tags = {tag.casefold() for tag in wanted.tags}
    return [
        feed_id(one.key or one.url)
        for one in settings.feeds
        if one.enabled
        and (
            not wanted.feeds
            or one.url in wanted.feeds
            or one.key in wanted.feeds
            or one.title in wanted.feeds
        )
        and (not tags or tags & {tag.casefold() for tag in one.tags})
    ]


def _listed(
    view: View, name: str, found: Sequence[StoryView], before: int | None
) -> dict[str, datetime | None]:
    """When the items of these stories were last shown by earlier digests of that name, by id."""
    if before is None:
        return {}
    shown = [i.id for one in found for part in one.coverage for i in part.members]
    return view.digests.listed(name, shown, before=before)
