"""What commands and digests say of a story: by the settings in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.reading.stories import view
from aggregator.settings import ClusterSettings, Settings
from storage import Store, StoryFilter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = Feed("f1", "https://a.example/rss", title="A")


def said(folder: Path, title: str, *, live_days: float = 5.0, later: timedelta = timedelta()):
    """The one story of a feed with one entry, as it stands ``later``."""
    settings = Settings(
        path=folder / "feeds.toml",
        store=f"sqlite:///{folder}/store.sqlite",
        stories=ClusterSettings(live_days=live_days),
    )
    with Store.open(settings.store) as store:
        entry = Entry(title=title, guid="1", published=NOW, language="en")
        Engine(store, settings).take_document(FEED, Document((entry,)), now=NOW)
        with store.reading() as tx:
            (story,) = tx.stories.list(StoryFilter(), limit=9)
            found = view(tx, story.id, settings, now=NOW + later)
    assert found is not None
    return found.story


@pytest.mark.parametrize(("live_days", "state"), [(2.0, "closed"), (5.0, "quiet")])
def test_a_story_is_closed_after_the_days_that_feeds_toml_names(
    tmp_path: Path, live_days: float, state: str
) -> None:
    found = said(tmp_path, "Harbour bridge closes", live_days=live_days, later=timedelta(days=3))
    assert found.state == state


def test_the_score_of_a_recurring_column_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert "format" not in dict(said(tmp_path / "a", "Harbour bridge closes").score_parts)
    assert dict(said(tmp_path, "Weather forecast for Tuesday").score_parts)["format"] == 0.25
