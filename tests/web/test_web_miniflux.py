"""Miniflux's REST API, used by its official client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import miniflux
import pytest

from aggregator.config import load
from aggregator.engine import reading_states
from aggregator.engine.subscriptions import subscribe
from aggregator.web import passwords
from tests.publishing import publishing, rss
from tests.support import run_command
from tests.web.conftest import PASSWORD, START, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords

TOKEN, READ_ONLY = "a token", "another token"


@pytest.fixture
def app(site: Site) -> Iterator[miniflux.Client]:
    """The official client, with a token."""
    for token, writes in ((TOKEN, True), (READ_ONLY, False)):
        reading_states.add_token(
            site.store, "reader", passwords.hashed_key(token), label="", writes=writes, now=START
        )
    with miniflux.Client(site.url, api_key=TOKEN) as client:
        yield client


def ids(answer: dict[str, Any]) -> list[int]:
    return [entry["id"] for entry in answer["entries"]]


def number(site: Site, made: int) -> int:
    return int(site.number(made))


def test_a_name_and_password_or_a_token_let_in_and_nothing_else(
    site: Site, app: miniflux.Client, client: httpx.Client
) -> None:
    assert app.me()["username"] == "reader"
    basic = miniflux.Client(site.url, username="reader", password=PASSWORD)
    assert [basic.me()["username"] for _ in range(3)] == ["reader"] * 3
    wrong = (
        {},
        {"X-Auth-Token": "guess"},
        {"X-Auth-Token": ""},
        {"Authorization": "Basic !!"},
        {"Authorization": "Bearer x"},
        {"Cookie": f"token={TOKEN}"},
    )
    for headers in wrong:
        answer = client.get("/v1/me", headers=headers)
        assert (answer.status_code, answer.json()) == (
            401,
            {"error_message": "access unauthorized"},
        )
    with site.store.reading() as view:
        assert TOKEN not in str(view.api_tokens.list())


def test_wrong_passwords_have_to_wait_and_a_new_one_ends_the_old(
    site: Site, client: httpx.Client
) -> None:
    def get(password: str) -> int:
        return client.get("/v1/me", auth=("reader", password)).status_code

    assert get(PASSWORD) == 200
    hashed = passwords.hashed("another password")
    reading_states.set_password(site.store, "reader", hashed, now=START)
    assert get(PASSWORD) == 401  # although it was remembered
    assert get("another password") == 200
    assert [get("wrong") for _ in range(10)].count(429) >= 1
    assert get("another password") == 200  # remembered: others that guess do not lock it out


def test_a_token_that_may_only_read_changes_nothing(site: Site, app: miniflux.Client) -> None:
    site.add(1)
    reader = miniflux.Client(site.url, api_key=READ_ONLY)
    (entry,) = reader.get_entries()["entries"]
    with pytest.raises(miniflux.AccessForbidden):
        reader.update_entries([entry["id"]], "read")
    with pytest.raises(miniflux.AccessForbidden):
        reader.mark_user_entries_as_read(1)
    assert app.get_entry(entry["id"])["status"] == "unread"


def test_feeds_categories_and_counters(site: Site, app: miniflux.Client) -> None:
    for made, feed in ((1, "f1"), (2, "f1"), (3, "f2")):
        site.add(made, feed=feed)
    feeds = {feed["title"]: feed for feed in app.get_feeds()}
    one = feeds["One"]
    assert (one["feed_url"], one["category"]["title"]) == ("https://one.example/feed", "World")
    assert app.get_feed(one["id"]) == one
    assert app.get_category_feeds(one["category"]["id"]) == [one]
    assert [row["title"] for row in app.get_categories()] == ["World", "Untagged"]
    app.update_entries([number(site, 1)], "read")
    counters = app.get_feed_counters()
    assert counters["reads"] == {str(one["id"]): 1}
    assert counters["unreads"] == {str(one["id"]): 1, str(feeds["Two"]["id"]): 1}
    with pytest.raises(miniflux.ResourceNotFound):
        app.get_feed(77)
    with pytest.raises(miniflux.ResourceNotFound):
        app.get_category_feeds(77)
    assert app.refresh_all_feeds()
    assert "https://one.example/feed" in app.export()


def test_entries_are_filtered_and_paged(site: Site, app: miniflux.Client) -> None:
    for made in range(1, 8):
        site.add(made, feed="f1" if made % 2 else "f2")
    site.add(8, copy_of=1, link="https://copy.example/", source="B")
    order = [number(site, made) for made in range(7, 0, -1)]
    assert ids(app.get_entries()) == order
    assert ids(app.get_entries(direction="asc")) == order[::-1]
    page = app.get_entries(limit=3, offset=3)
    assert (page["total"], ids(page)) == (7, order[3:6])
    assert ids(app.get_entries(before_entry_id=order[4])) == order[5:]
    assert ids(app.get_entries(after_entry_id=order[2], direction="asc")) == order[1::-1]
    app.update_entries(order[:2], "read")
    app.toggle_bookmark(order[0])
    assert ids(app.get_entries(status="read")) == order[:2]
    assert ids(app.get_entries(status=["read", "unread"])) == order
    assert ids(app.get_entries(status="removed")) == []
    assert ids(app.get_entries(starred=True)) == order[:1]
    app.toggle_bookmark(order[0])
    assert ids(app.get_entries(starred=True)) == []
    feed = next(feed for feed in app.get_feeds() if feed["title"] == "Two")
    assert ids(app.get_feed_entries(feed["id"], status="unread")) == [order[3], order[5]]
    assert ids(app.get_category_entries(feed["category"]["id"])) == order[1::2]
    since = int((START + timedelta(minutes=6)).timestamp())
    assert ids(app.get_entries(after=since)) == order[:2]
    for wrong in ({"limit": "x"}, {"after": "soon"}, {"search": "x"}):
        with pytest.raises(miniflux.BadRequest):
            app.get_entries(**wrong)


def test_an_entry_has_its_copies_and_the_reason(site: Site, app: miniflux.Client) -> None:
    site.add(1, title="A <b>bold</b> move", text="One & two.", link="https://one.example/1")
    site.add(2, copy_of=1, feed="f2", link="https://two.example/2", source="B")
    entry = app.get_entry(number(site, 1))
    assert entry["title"] == "A ‹b›bold‹/b› move"
    assert "https://two.example/2" in entry["content"]
    assert "The headlines are the same." in entry["content"]
    assert entry["feed"]["title"] == "One"
    assert app.fetch_entry_content(entry["id"]) == {"content": entry["content"]}
    assert app.get_feed_entry(entry["feed_id"], entry["id"])["id"] == entry["id"]
    with pytest.raises(miniflux.ResourceNotFound):
        app.get_entry(999)
    with pytest.raises(miniflux.ResourceNotFound):
        app.toggle_bookmark(999)


def test_all_of_a_feed_a_category_and_a_user_is_marked(site: Site, app: miniflux.Client) -> None:
    for made, feed in ((1, "f1"), (2, "f2"), (3, "f1")):
        site.add(made, feed=feed)
    feeds = {feed["title"]: feed for feed in app.get_feeds()}
    app.mark_feed_entries_as_read(feeds["Two"]["id"])
    assert app.get_entries(status="unread")["total"] == 2
    app.mark_category_entries_as_read(feeds["One"]["category"]["id"])
    assert app.get_entries(status="unread")["total"] == 0
    app.update_entries([number(site, 1), 999], "unread")
    app.mark_user_entries_as_read(app.me()["id"])
    assert app.get_entries(status="unread")["total"] == 0
    with pytest.raises(miniflux.AccessForbidden):
        app.mark_user_entries_as_read(99)
    with pytest.raises(miniflux.BadRequest):
        app.update_entries([number(site, 1)], "removed")


def test_feeds_are_added_changed_and_removed(site: Site, app: miniflux.Client) -> None:
    subscribe(site.store, load(site.config).feeds)
    with publishing() as publisher:
        publisher.pages = {"/feed": rss("alpha", "News")}
        world = app.get_categories()[0]["id"]
        made = app.create_feed(publisher.url("/feed"), world)
        with pytest.raises(miniflux.BadRequest):
            app.create_feed(publisher.url("/feed"))
        with pytest.raises(miniflux.BadRequest):
            app.create_feed("file:///etc/passwd")
    assert app.get_feed(made)["category"]["title"] == "World"
    assert app.update_feed(made, title="Mine")["title"] == "Mine"
    assert "Mine" in site.config.read_text(encoding="utf-8")
    app.delete_feed(made)
    assert len(app.get_feeds()) == 1
    assert "Mine" not in site.config.read_text(encoding="utf-8")
    opml = '<opml><body><outline type="rss" xmlUrl="https://new.example/"/></body></opml>'
    app.import_feeds(opml)
    assert len(app.get_feeds()) == 2
    with site.config.open("a", encoding="utf-8") as file:
        file.write("\n[web]\nchange_feeds = false\n")
    with pytest.raises(miniflux.AccessForbidden):
        app.import_feeds(opml)


def test_tokens_are_made_listed_and_revoked(site: Site) -> None:
    def users(*arguments: str) -> Any:
        folder = site.config.parent
        store = f"sqlite:///{folder}/news.db"
        return run_command(["--store", store, "users", *arguments], cwd=folder)

    made = users("token", "reader", "--write", "--label", "phone").out.strip()
    assert re.fullmatch(r"\S{40,}", made)
    assert miniflux.Client(site.url, api_key=made).me()["username"] == "reader"
    (row,) = users("tokens", "--json").rows
    assert (row["user"], row["label"], row["scope"]) == ("reader", "phone", "write")
    assert users("revoke", str(row["id"])).code == 0
    with pytest.raises(miniflux.AccessUnauthorized):
        miniflux.Client(site.url, api_key=made).me()
    assert (users("revoke", "99").code, users("token", "nobody").code) == (1, 1)
