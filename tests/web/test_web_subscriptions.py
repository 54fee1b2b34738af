"""Subscriptions changed by reading apps: feeds.toml keeps its comments, addresses are checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from aggregator.config import load
from aggregator.engine.subscriptions import subscribe
from aggregator.model import Feed
from tests.publishing import Publisher, publishing, rss
from tests.web.conftest import API, CONFIG, Reader, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords

ONE = "https://one.example/feed"
LABEL = "user/-/label/"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as found:
        found.pages = {
            "/feed": rss("alpha", "News"),
            "/page": '<html><link rel="alternate" type="application/rss+xml" '
            'title="Alpha &#8249;x&#8250;" href="/feed">',
        }
        yield found


@pytest.fixture
def reader(site: Site, reader: Reader) -> Reader:
    """An app, and a store whose feeds are those of feeds.toml."""
    subscribe(site.store, load(site.config).feeds)
    return reader


def tables(site: Site) -> list[dict[str, Any]]:
    text = site.config.read_text(encoding="utf-8")
    for comment in ("# our feeds", "# for tests"):
        assert comment in text
    found: list[dict[str, Any]] = tomllib.loads(text).get("feeds", [])
    return found


def listed(reader: Reader) -> dict[str, dict[str, Any]]:
    rows = reader.get("subscription/list").json()["subscriptions"]
    return {row["url"]: row for row in rows}


def quick_add(reader: Reader, address: str) -> dict[str, Any]:
    found: dict[str, Any] = reader.post("subscription/quickadd", quickadd=address).json()
    return found


def test_quickadd_subscribes_to_the_feed_of_a_page(
    site: Site, reader: Reader, publisher: Publisher
) -> None:
    address = publisher.url("/feed")
    answer = quick_add(reader, publisher.url("/page"))
    assert answer == {
        "query": publisher.url("/page"),
        "numResults": 1,
        "streamId": listed(reader)[address]["id"],
        "streamName": "Alpha ‹x›",
    }
    assert tables(site)[1] == {"url": address, "title": "Alpha ‹x›"}
    known = quick_add(reader, address)
    assert (known["numResults"], known["error"]) == (0, f"Already subscribed! {address}")
    in_query = reader.client.post(  # the address in the query, an empty body
        API + "subscription/quickadd", params={"quickadd": address}, headers=reader.headers
    )
    assert in_query.json()["numResults"] == 0
    assert len(tables(site)) == 2


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://user:secret@10.0.0.1/feed",
        "http://[::1]/feed",
        "http://0x7f000001/feed",
        "javascript:alert(1)",
        "http://",
        "ftp://one.example/feed",
    ],
)
def test_addresses_that_a_poll_would_refuse_are_refused(
    site: Site, reader: Reader, address: str
) -> None:
    before = site.config.read_bytes()
    assert quick_add(reader, address)["numResults"] == 0
    answer = reader.post("subscription/edit", ac="subscribe", s=f"feed/{address}")
    assert answer.status_code == 400
    opml = f'<opml><body><outline type="rss" xmlUrl="{address}"/></body></opml>'
    reader.client.post(API + "subscription/import", content=opml, headers=reader.headers)
    assert site.config.read_bytes() == before


def test_a_page_cannot_name_a_feed_inside(site: Site, reader: Reader, publisher: Publisher) -> None:
    """allow_hosts is for what the user typed, not for what a page links to."""
    text = CONFIG.replace('["127.0.0.1"]', '["127.0.0.1", "10.0.0.0/8"]')
    site.config.write_text(text, encoding="utf-8")
    publisher.pages["/page"] = (
        '<link rel="alternate" type="application/rss+xml" href="http://10.1.1.1/feed">'
    )
    answer = quick_add(reader, publisher.url("/page"))
    assert answer["numResults"] == 0
    assert "10.1.1.1" in answer["error"]
    assert len(tables(site)) == 1


def test_subscribe_rename_move_and_unsubscribe(
    site: Site, reader: Reader, publisher: Publisher
) -> None:
    address = publisher.url("/feed")
    assert (
        reader.post(
            "subscription/edit", ac="subscribe", s=f"feed/{address}", t="Mine", a=f"{LABEL}World"
        ).text
        == "OK"
    )
    assert tables(site)[1] == {"url": address, "title": "Mine", "tags": ["World"]}
    feed = listed(reader)[address]["id"]
    assert reader.post("subscription/edit", ac="edit", s=feed, t="Ours\n").text == "OK"
    move = {"a": f"{LABEL}Local", "r": f"{LABEL}World"}
    assert reader.post("subscription/edit", ac="edit", s=feed, **move).text == "OK"
    row = listed(reader)[address]
    assert (row["title"], row["categories"][0]["label"]) == ("Ours", "Local")
    move = {"a": f"{LABEL}Local", "r": f"{LABEL}World"}
    reader.post("subscription/edit", ac="edit", s=listed(reader)[ONE]["id"], **move)
    assert tables(site)[0]["tags"] == ["Local", "Top"]  # other tags stay
    assert reader.post("subscription/edit", ac="unsubscribe", s=feed).text == "OK"
    assert reader.post("subscription/edit", ac="unsubscribe", s=f"feed/{ONE}").text == "OK"
    assert (tables(site), listed(reader)) == ([], {})
    assert reader.post("subscription/edit", ac="unsubscribe", s=feed).status_code == 400
    assert reader.post("subscription/edit", ac="steal", s=feed).status_code == 400
    assert reader.get("subscription/edit", ac="edit", s=feed, t="x").status_code == 405


def test_folders_are_renamed_and_removed_unless_a_digest_selects_by_them(
    site: Site, reader: Reader
) -> None:
    world, news = f"{LABEL}World", f"{LABEL}News"
    assert reader.post("rename-tag", s=world, dest=news).text == "OK"
    assert tables(site)[0]["tags"] == ["News", "Top"]
    assert reader.post("disable-tag", s=news).text == "OK"
    assert tables(site)[0]["tags"] == ["Top"]
    with site.config.open("a", encoding="utf-8") as file:
        file.write('\n[[digests]]\nname = "top"\ntags = ["Top"]\n')
    refused = reader.post("disable-tag", s=f"{LABEL}Top")
    assert (refused.status_code, tables(site)[0]["tags"]) == (400, ["Top"])
    assert "digest" in refused.text


def test_an_opml_file_is_imported_and_exported(site: Site, reader: Reader) -> None:
    outlines = "".join(
        f'<outline type="rss" text="F{number} &amp; co" xmlUrl="https://f{number}.example/a=b;c"/>'
        for number in range(400)
    )
    opml = (
        f'<?xml version="1.0"?><opml><body><outline text="Many">{outlines}</outline>'
        f'<outline type="rss" xmlUrl="{ONE}"/></body></opml>'
    )
    for kind in ("text/xml", "application/x-www-form-urlencoded", ""):
        answer = reader.client.post(
            API + "subscription/import",
            content=opml,
            headers=reader.headers | {"Content-Type": kind},
        )
        assert answer.text == "OK"
    assert len(tables(site)) == 401
    row = listed(reader)["https://f7.example/a=b;c"]
    assert (row["title"], row["categories"][0]["label"]) == ("F7 & co", "Many")
    assert "https://f399.example/a=b;c" in reader.get("subscription/export").text
    broken = reader.client.post(
        API + "subscription/import", content="<opml", headers=reader.headers
    )
    assert broken.status_code == 400


def test_apps_may_be_kept_from_changing_subscriptions(site: Site, reader: Reader) -> None:
    site.config.write_text(CONFIG + "\n[web]\nchange_feeds = false\n", encoding="utf-8")
    feed = listed(reader)[ONE]["id"]
    for path, data in (
        ("subscription/edit", {"ac": "unsubscribe", "s": feed}),
        ("subscription/quickadd", {"quickadd": ONE}),
        ("subscription/import", {}),
        ("rename-tag", {"s": f"{LABEL}World", "dest": f"{LABEL}x"}),
        ("disable-tag", {"s": f"{LABEL}World"}),
    ):
        assert reader.post(path, **data).status_code == 403
    assert len(tables(site)) == 1


def test_what_cannot_be_changed_is_said(site: Site, reader: Reader) -> None:
    feed = listed(reader)[ONE]["id"]
    inline = 'feeds = [{ url = "https://one.example/feed" }]\n'
    site.config.write_text(inline, encoding="utf-8")
    answer = reader.post("subscription/edit", ac="unsubscribe", s=feed)
    assert (answer.status_code, "by hand" in answer.text) == (400, True)
    site.config.write_text("feeds = 3", encoding="utf-8")
    answer = reader.post("subscription/edit", ac="edit", s=feed, t="x")
    assert (answer.status_code, "not saved" in answer.text) == (400, True)


def test_lists_are_sent_once(site: Site, reader: Reader) -> None:
    """An app that has a list already is told so, until something in it changes."""
    for path in ("subscription/list", "tag/list"):
        first = reader.get(path)
        headers = reader.headers | {"If-None-Match": f"W/{first.headers['etag']}"}
        again = reader.client.get(API + path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        with site.store.transaction() as tx:
            tx.feeds.upsert(Feed("f9", f"https://nine.example/{path}", "Nine", (path,)), 9)
        changed = reader.client.get(API + path, headers=headers)
        assert (changed.status_code, changed.json() != first.json()) == (200, True)


def test_requests_without_a_login_change_nothing(site: Site, client: httpx.Client) -> None:
    for path in ("subscription/edit", "subscription/quickadd", "subscription/import"):
        assert client.post(API + path, data={"quickadd": ONE}).status_code == 401
