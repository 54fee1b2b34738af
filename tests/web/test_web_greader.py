"""The Google Reader API over HTTP, and the traps in which servers before it were caught."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from aggregator.engine import reading_states
from aggregator.web import passwords
from tests.web.conftest import API, START, Reader, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords

STATE = "user/-/state/com.google/"
ALL, READ, STARRED = f"{STATE}reading-list", f"{STATE}read", f"{STATE}starred"


def seconds(site: Site, **ago: float) -> int:
    return int((site.time - timedelta(**ago)).timestamp())


def unread(reader: Reader) -> list[str]:
    return reader.ids(ALL, xt=READ)


def test_every_story_is_listed_once_with_its_copies_and_the_reason(
    site: Site, reader: Reader
) -> None:
    site.add(1, title="Ferry sinks", text="Nobody was hurt.", link="https://one.example/1")
    site.add(2, title="Ferry sinks", copy_of=1, feed="f2", link="https://two.example/2", source="B")
    (item,) = reader.get("stream/contents").json()["items"]
    assert item["origin"]["streamId"] == "feed/f1"
    content = item["summary"]["content"]
    assert "Nobody was hurt." in content
    assert 'href="https://two.example/2"' in content
    assert "The headlines are the same." in content
    assert reader.ids("feed/f1") == [site.number(1)]
    assert reader.ids("feed/f2") == []
    assert [copy["source"] for copy in item["copies"]] == ["B"]


def test_ot_is_about_arrival_and_change_not_the_date_of_the_news(
    site: Site, reader: Reader
) -> None:
    site.add(1, seen=START)
    old = START - timedelta(days=900)
    site.add(2, seen=site.time - timedelta(minutes=5), published=old)
    since = seconds(site, hours=1)
    assert reader.ids(ALL, ot=since) == [site.number(2)]
    site.add(3, copy_of=1, feed="f2", seen=site.time)
    assert reader.ids(ALL, ot=since) == [site.number(2), site.number(1)]
    assert reader.ids(ALL, nt=since) == []


def test_pages_hold_every_unread_id_whatever_arrives_between_them(
    site: Site, reader: Reader
) -> None:
    for number in range(1, 8):
        site.add(number)
    first = reader.get("stream/items/ids", s=ALL, n=3).json()
    assert isinstance(first["continuation"], str)
    site.add(8)
    following = reader.ids(ALL, n=3, c=first["continuation"])
    ids = [one["id"] for one in first["itemRefs"]] + following
    assert ids == [site.number(number) for number in range(7, 0, -1)]
    backwards = reader.ids(ALL, n=2, r="o")
    assert backwards == [site.number(number) for number in range(1, 9)]
    assert all(isinstance(one, str) and one.isdigit() for one in ids)
    assert len(reader.ids(ALL, n=200_000, c="null")) == 8


def test_mark_all_as_read_leaves_what_came_later(site: Site, reader: Reader) -> None:
    site.add(1)
    site.add(2, feed="f2")
    shown = START + timedelta(minutes=2)
    site.add(3)
    forms = [f"{int(shown.timestamp())}{digits}" for digits in ("", "000", "000000", "000000000")]
    for ts in forms:
        assert reader.post("mark-all-as-read", s="feed/f1", ts=ts).text == "OK"
        assert unread(reader) == [site.number(3), site.number(2)]
    assert reader.post("mark-all-as-read", s=ALL, ts="soon").status_code == 400
    assert reader.post("mark-all-as-read", s="feed/none").status_code == 400
    assert reader.post("mark-all-as-read", ts=forms[0]).status_code == 400
    assert unread(reader) == [site.number(3), site.number(2)]
    assert reader.post("mark-all-as-read", s=ALL).text == "OK"
    assert unread(reader) == []


def test_the_read_stream_has_what_was_read(site: Site, reader: Reader) -> None:
    for number in (1, 2, 3):
        site.add(number)
    assert reader.post("edit-tag", i=site.number(2), a=READ).text == "OK"
    for found in (
        reader.ids(READ),
        reader.ids(ALL, it=READ),
        reader.ids("user/7/state/com.google/read"),
    ):
        assert found == [site.number(2)]
    assert unread(reader) == [site.number(3), site.number(1)]
    assert reader.ids(READ, xt=READ) == []
    assert reader.ids(f"{STATE}kept-unread") == unread(reader)
    assert reader.ids(f"{STATE}broadcast") == reader.ids("user/-/label/none") == []


def test_a_late_merge_shows_again_what_changed_and_hides_nothing_unread(
    site: Site, reader: Reader
) -> None:
    site.add(1)
    site.add(2, feed="f2")
    one, two = site.number(1), site.number(2)
    reader.post("edit-tag", i=two, a=STARRED)
    site.move(2, 1, site.time - timedelta(minutes=1))
    assert unread(reader) == [one]
    assert reader.ids(ALL, ot=seconds(site, minutes=10)) == [one]
    assert reader.ids(STARRED) == [one]
    (item,) = reader.post("stream/items/contents", i=two).json()["items"]
    assert item["title"] == "Title 1"  # its id still leads to the story
    reader.post("edit-tag", i=one, a=READ)
    site.move(2, 2, site.time)
    assert unread(reader) == [two]  # split off again, it comes back as it was left
    reader.post("edit-tag", i=two, a=READ)
    site.add(3, copy_of=2)
    assert unread(reader) == []  # a later copy of what was read


@pytest.mark.parametrize("form", ["{}", "tag:google.com,2005:reader/item/{:016x}", "{:016x}",
                                  "tag:google.com,2005:reader/item/{:x}", " {} "])  # fmt: skip
def test_ids_are_taken_in_every_form(site: Site, reader: Reader, form: str) -> None:
    for number in range(1, 13):
        site.add(number)
    number = int(site.number(11))
    ids = [form.format(number), "-5", "nonsense", "9" * 30, str(2**53), "0"]
    (item,) = reader.post("stream/items/contents", i=ids).json()["items"]
    assert item["id"] == f"tag:google.com,2005:reader/item/{number:016x}"
    assert reader.get("stream/items/contents", i=ids).json()["items"] == [item]


def test_states_are_written_as_apps_compare_them_and_nothing_is_null(
    site: Site, reader: Reader
) -> None:
    site.add(1, feed="f2")
    reader.post("edit-tag", i=site.number(1), a=[READ, STARRED, "user/-/label/to read"])
    (item,) = reader.get("stream/contents/" + ALL).json()["items"]
    assert item["categories"][0] == READ
    assert {STARRED, "user/-/label/to read", "user/-/label/Untagged"} < set(item["categories"])
    assert item["canonical"][0]["href"] == item["alternate"][0]["href"] == ""
    feeds = reader.get("subscription/list").json()["subscriptions"]
    assert [feed["categories"][0]["label"] for feed in feeds] == ["World", "Untagged"]
    for found in (item, *feeds):
        assert None not in _values(found)


def _values(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [one for value in found.values() for one in _values(value)]
    if isinstance(found, list):
        return [one for value in found for one in _values(value)]
    return [found]


@pytest.mark.parametrize("token", [None, "", "x"])
def test_changes_need_no_action_token_beside_the_header(
    site: Site, reader: Reader, token: str | None
) -> None:
    site.add(1)
    more = {} if token is None else {"T": token}
    assert reader.post("edit-tag", i=site.number(1), a=READ, **more).content == b"OK"
    assert unread(reader) == []


def test_without_the_header_either_token_in_a_post_is_enough(site: Site, reader: Reader) -> None:
    site.add(1)
    action = reader.get("token").text
    assert len(action) == 58
    assert action.endswith("\n")
    path = API + "stream/items/contents"
    for token in (action, reader.token):
        data = {"T": token, "i": site.number(1)}
        assert reader.client.post(path, data=data).status_code == 200
        assert reader.client.get(path, params=data).status_code == 401
    assert reader.client.post(path, data={"T": "x", "i": "1"}).status_code == 401


@pytest.mark.parametrize("prefix", ["", "/greader", "/api/greader.php"])
def test_the_api_is_found_under_every_address_that_people_type(
    site: Site, reader: Reader, prefix: str
) -> None:
    answer = reader.client.get(f"{prefix}{API}user-info", headers=reader.headers)
    assert answer.json()["userName"] == "reader"
    for unknown in ("preference/list", "preference/stream/list", "friend/list"):
        assert reader.get(unknown).json() == {}


def test_lists_that_have_not_changed_are_not_sent_again(site: Site, reader: Reader) -> None:
    for path in ("subscription/list", "tag/list"):
        tag = reader.get(path).headers["etag"]
        again = reader.client.get(API + path, headers={**reader.headers, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def test_streams_by_folder_feed_and_label(site: Site, reader: Reader) -> None:
    site.add(1)
    site.add(2, feed="f2")
    reader.post("edit-tag", i=site.number(2), a="user/-/label/a/b & c")
    one, two = [site.number(1)], [site.number(2)]
    assert reader.ids("user/-/label/World") == reader.ids("feed/https://one.example/feed") == one
    assert reader.ids("user/-/label/Untagged") == reader.ids("user/-/label/a/b & c") == two
    assert reader.ids(ALL, xt="user/-/label/World") == two
    assert reader.ids(ALL, xt="user/-/label/a/b & c") == one
    for path in ("stream/contents/feed%2Ff1", "stream/contents/feed/f1"):
        answer = reader.client.get(API + path, headers=reader.headers).json()
        assert [item["origin"]["title"] for item in answer["items"]] == ["One"]
    tags = [
        {name: tag[name] for name in ("id", "type") if name in tag}
        for tag in reader.get("tag/list").json()["tags"]
    ]
    assert {"id": "user/-/label/a/b & c", "type": "tag"} in tags
    assert {"id": "user/-/label/World", "type": "folder"} in tags
    assert reader.post("rename-tag", s="user/-/label/a/b & c", dest="user/-/label/d").text == "OK"
    assert reader.ids("user/-/label/d") == two
    assert reader.post("disable-tag", s="user/-/label/d").text == "OK"
    assert reader.ids("user/-/label/d") == []


def test_unread_counts_add_up(site: Site, reader: Reader) -> None:
    for number, feed in ((1, "f1"), (2, "f1"), (3, "f2")):
        site.add(number, feed=feed)
    site.add(4, copy_of=3)
    answer = reader.get("unread-count").json()
    counts = {row["id"]: row["count"] for row in answer["unreadcounts"]}
    assert counts == {
        "feed/f1": 2, "feed/f2": 1, ALL: 3, "user/-/label/World": 2, "user/-/label/Untagged": 1,
    }  # fmt: skip
    assert answer["max"] == 3
    assert len(unread(reader)) == 3


def test_two_users_have_states_of_their_own(
    site: Site, client: httpx.Client, reader: Reader
) -> None:

    site.add(1)
    hashed = passwords.hashed("another password")
    reading_states.set_password(site.store, "second", hashed, now=START)
    data = {"Email": "second", "Passwd": "another password", "output": "json"}
    login = client.post("/accounts/ClientLogin", json=data).json()
    second = Reader(client, login["Auth"])
    reader.post("edit-tag", i=site.number(1), a=READ)
    assert unread(reader) == []
    assert unread(second) == [site.number(1)]
