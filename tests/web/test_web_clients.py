"""A real client of the API against a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from oldas import ArticleIDs, Articles, Folders, Session, State, Subscriptions, Unread, User

from tests.web.conftest import PASSWORD, START, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords


def test_oldas_reads_and_marks(site: Site) -> None:
    site.add(1, title="Ferry sinks", text="Nobody was hurt.", link="https://one.example/1")
    site.add(2, title="Ferry sinks", copy_of=1, feed="f2", link="https://two.example/2")
    site.add(3, feed="f2", title="Other news")
    addresses = {
        "_LOGIN": f"{site.url}/accounts/ClientLogin",
        "_API": f"{site.url}/reader/api/0/",
    }
    local: type[Session] = type("Local", (Session,), addresses)

    async def use() -> None:
        session = await local("test").login("reader", PASSWORD)
        assert (await User.load(session)).name == "reader"
        feeds = await Subscriptions.load(session)
        assert sorted(feed.title for feed in feeds) == ["One", "Two"]
        assert len(await Folders.load(session)) == 2
        assert (await Unread.load(session)).total == 2
        articles = [one async for one in Articles.stream(session)]
        assert [one.title for one in articles] == ["Other news", "Ferry sinks"]
        since = START - timedelta(days=1)
        assert len([one async for one in Articles.stream_new_since(session, since)]) == 2
        unread = await ArticleIDs.load_unread(session)
        assert len(unread) == 2
        assert await session.add_tag([articles[0].id], State.READ)
        assert len(await ArticleIDs.load_unread(session)) == 1
        assert len(await ArticleIDs.load_read(session)) == 1
        assert await unread.mark_read(session)
        assert len(await ArticleIDs.load_unread(session)) == 0
        assert await session.remove_tag(articles[0].id, State.READ)
        assert len(await ArticleIDs.load_unread(session)) == 1

    asyncio.run(use())
