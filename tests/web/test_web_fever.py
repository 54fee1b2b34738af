"""The Fever API: off by default, a password of its own, ids that rise with arrival."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from freshrss_api import AuthenticationError, FreshRSSAPI
from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine import reading_states
from aggregator.web import passwords
from aggregator.web.numbering import numbered
from tests.support import run_command
from tests.web.conftest import PASSWORD, START, Reader, Site

PATHS = ("/fever/?api", "/fever?api", "/api/fever.php?api")
FEVER = "fever password"
slow = pytest.mark.slow


@pytest.fixture
def key(site: Site) -> str:
    found = passwords.fever_key("reader", FEVER)
    reading_states.set_fever_key(site.store, "reader", passwords.hashed_key(found))
    return found


class App:
    """An app with the key."""

    def __init__(self, client: httpx.Client, key: str) -> None:
        self.client, self.key = client, key

    def __call__(self, query: str = "", **data: Any) -> dict[str, Any]:
        """A POST with ``query`` after ``?api``, as most apps send it."""
        found: dict[str, Any] = self.client.post(
            f"/fever/?api&{query}", data={"api_key": self.key, **data}
        ).json()
        return found

    def unread(self) -> str:
        found: str = self("unread_item_ids")["unread_item_ids"]
        return found


@pytest.fixture
def app(client: httpx.Client, key: str) -> App:
    return App(client, key)


@slow
def test_it_is_off_until_a_user_has_a_fever_password(site: Site, client: httpx.Client) -> None:
    for password in ("", PASSWORD, FEVER):
        data = {"api_key": passwords.fever_key("reader", password)}
        for path in PATHS:
            answer = client.post(path, data=data)
            assert (answer.status_code, answer.json()) == (200, {"api_version": 3, "auth": 0})
    assert client.post("/fever/?api").json()["auth"] == 0
    for _ in range(20):
        client.post("/fever/?api", data={"api_key": "0" * 32})
    assert client.post("/fever/?api", data={"api_key": "0" * 32}).status_code == 429


@slow
def test_the_key_is_known_in_any_case_and_is_not_stored(app: App, site: Site) -> None:
    for key in (app.key, app.key.upper()):
        for path in PATHS:
            assert app.client.post(path, data={"api_key": key}).json()["auth"] == 1
    assert app.client.get("/fever/", params={"api": "", "api_key": app.key}).json()["auth"] == 1
    with site.store.reading() as view:
        (user,) = view.users.list()
        assert app.key not in str(user)
    reading_states.set_fever_key(site.store, "reader", "")
    assert app()["auth"] == 0
    assert app.client.post("/fever/?api").json()["auth"] == 0


@slow
def test_groups_feeds_and_items(site: Site, app: App) -> None:
    site.add(1, title="A <b>bold</b> move", text="One & two.", link="https://one.example/1")
    site.add(2, copy_of=1, feed="f2", link="https://two.example/2", source="B")
    answer = app("groups&feeds&favicons&links&items")
    assert [group["title"] for group in answer["groups"]] == ["World", "Untagged"]
    feeds = {feed["title"]: feed["id"] for feed in answer["feeds"]}
    assert {int(row["feed_ids"]) for row in answer["feeds_groups"]} == set(feeds.values())
    assert (answer["favicons"], answer["links"], answer["total_items"]) == ([], [], 1)
    (item,) = answer["items"]
    assert item["feed_id"] == feeds["One"]
    assert item["title"] == "A ‹b›bold‹/b› move"
    assert "One &amp; two." in item["html"]
    assert "https://two.example/2" in item["html"]
    assert (item["is_read"], item["is_saved"], item["url"]) == (0, 0, "https://one.example/1")


@slow
def test_pages_by_since_id_and_by_max_id_reach_everything(site: Site, app: App) -> None:
    for number in range(1, 121):
        site.add(number)
    upwards: list[int] = []
    while page := app(f"items&since_id={upwards[-1] if upwards else 0}")["items"]:
        upwards += [item["id"] for item in page]
    assert upwards == sorted(upwards)
    downwards: list[int] = []
    most = 2**53 - 1  # where apps in JavaScript begin
    while page := app(f"items&max_id={downwards[-1] if downwards else most}")["items"]:
        downwards += [item["id"] for item in page]
    assert downwards == upwards[::-1]
    assert len(upwards) == 120
    some = app(f"items&with_ids={upwards[3]},{upwards[1]},999999,x")["items"]
    assert [item["id"] for item in some] == [upwards[3], upwards[1]]
    assert app.unread() == ",".join(map(str, downwards))


@slow
def test_marks_of_items_feeds_and_groups(site: Site, app: App, reader: Reader) -> None:
    for number, feed in ((1, "f1"), (2, "f2"), (3, "f1")):
        site.add(number, feed=feed)
    one, two, three = (site.number(number) for number in (1, 2, 3))
    app(mark="item", **{"as": "saved", "id": one})
    saved = app("saved_item_ids", mark="item", **{"as": "saved", "id": one})
    assert saved["saved_item_ids"] == one  # it sets, and does not toggle
    read = app(f"mark=item&as=read&id={two}")
    assert read["unread_item_ids"] == f"{three},{one}"
    assert reader.ids("user/-/state/com.google/read") == [two]
    app(mark="item", **{"as": "unread", "id": two})
    app(mark="item", **{"as": "unsaved", "id": one})
    assert app("saved_item_ids")["saved_item_ids"] == ""
    feeds = {feed["title"]: feed["id"] for feed in app("feeds")["feeds"]}
    before = int((START + timedelta(minutes=2)).timestamp())
    app(mark="feed", **{"as": "read", "id": feeds["One"], "before": before})
    assert app.unread() == f"{three},{two}"  # what came later was not shown
    groups = {group["title"]: group["id"] for group in app("groups")["groups"]}
    app(mark="group", **{"as": "read", "id": groups["World"], "before": "soon"})
    app(mark="group", **{"as": "read", "id": 77})
    assert app.unread() == f"{three},{two}"
    app(mark="group", **{"as": "read", "id": groups["World"]})
    assert app.unread() == two
    app.client.get("/fever/", params={"api_key": app.key, "mark": "group", "as": "read", "id": 0})
    assert app.unread() == two  # a link changes nothing
    app(mark="group", **{"as": "read", "id": 0})
    assert app.unread() == ""


@slow
def test_freshrss_api_reads_and_marks(site: Site, key: str) -> None:
    site.add(1, title="Ferry sinks", link="https://one.example/1")
    site.add(2, copy_of=1, feed="f2")
    with pytest.raises(AuthenticationError):
        FreshRSSAPI(host=site.url, username="reader", password=PASSWORD)
    app = FreshRSSAPI(host=site.url, username="reader", password=FEVER)
    assert len(app.get_feeds()["feeds"]) == 2
    assert len(app.get_groups()["groups"]) == 2
    (item,) = app.get_unreads()
    assert (item.title, item.is_read) == ("Ferry sinks", False)
    app.set_mark(as_="saved", id=item.id)
    assert [one.id for one in app.get_saved()] == [item.id]
    app.set_mark(as_="read", id=item.id)
    assert app.get_unreads() == []


@slow
def test_the_command_makes_a_password_of_its_own(site: Site, client: httpx.Client) -> None:
    folder = site.config.parent
    store = f"sqlite:///{folder}/news.db"
    done = run_command(["--store", store, "users", "fever", "reader"], cwd=folder)
    found = re.fullmatch(r"Fever password of reader: (\S{20,})\n", done.out)
    assert found, done
    assert App(client, passwords.fever_key("reader", found[1]))()["auth"] == 1
    off = run_command(["--store", store, "users", "fever", "reader", "--off"], cwd=folder)
    assert off.out == "Fever is off for reader\n"
    assert App(client, passwords.fever_key("reader", found[1]))()["auth"] == 0
    unknown = run_command(["--store", store, "users", "fever", "nobody"], cwd=folder)
    assert (unknown.code, "users password" in unknown.err) == (1, True)


@given(st.sets(st.text(max_size=5)), st.text(max_size=5))
def test_numbers_of_feeds_stay_when_others_come(names: set[str], new: str) -> None:
    before, after = numbered(names), numbered({*names, new})
    assert len(set(after.values())) == len(after)
    assert all(0 < number < 2**31 for number in after.values())
    assert {name: after[name] for name in names} == before
