"""What the server refuses, and what of a hostile feed reaches an app."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from aggregator.config import SettingsFile, load
from aggregator.engine import reading_states
from aggregator.model.errors import UserError
from aggregator.web import passwords, server
from aggregator.web.greader.ids import long_id, number_of
from aggregator.web.passwords import BY_ADDRESS, BY_USER, SECONDS, Brake
from aggregator.web.requests import MAX_BODY
from storage import Store
from tests.web.conftest import API, PASSWORD, START, Reader, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords

LOGIN = "/accounts/ClientLogin"


@pytest.mark.parametrize("how", ["form", "json", "query"])
def test_the_password_is_taken_from_form_json_or_query(client: httpx.Client, how: str) -> None:
    fields = {"Email": "reader", "Passwd": PASSWORD, "service": "reader", "accountType": "HOSTED"}
    key = {"form": "data", "json": "json", "query": "params"}[how]
    lines = client.request("POST", LOGIN, **{key: fields}).text.splitlines()
    assert [line.split("=")[0] for line in lines] == ["SID", "LSID", "Auth"]
    assert all(line.count("=") == 1 for line in lines)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Email": "reader"},
        {"Email": "reader", "Passwd": "wrong"},
        {"Email": "nobody", "Passwd": PASSWORD},
        {"Email": "reader", "Passwd": ""},
        {"Email": "nobody", "Passwd": ""},
    ],
)
def test_wrong_passwords_are_refused(client: httpx.Client, fields: dict[str, str]) -> None:
    answer = client.post(LOGIN, data=fields)
    assert (answer.status_code, answer.text) == (401, "Error=BadAuthentication\n")


def test_guessing_is_slowed_even_with_the_right_password(client: httpx.Client) -> None:
    for _ in range(BY_USER):
        assert client.post(LOGIN, data={"Email": "reader", "Passwd": "x"}).status_code == 401
    answer = client.post(LOGIN, data={"Email": "reader", "Passwd": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= SECONDS + 1


def test_the_brake_lets_go_after_a_while_and_counts_addresses_apart() -> None:
    clock = [0.0]
    brake = Brake(lambda: clock[0])
    for attempt in range(BY_ADDRESS):
        assert brake.wait("a", f"user {attempt}") == 0
        brake.failed("a", f"user {attempt}")
    assert brake.wait("a", "anyone") == SECONDS
    assert brake.wait("b", "anyone") == 0
    clock[0] = SECONDS
    assert brake.wait("a", "anyone") == 0


def test_a_new_password_ends_old_logins(site: Site, reader: Reader) -> None:
    assert reader.get("user-info").status_code == 200
    reading_states.set_password(site.store, "reader", passwords.hashed("another one"), now=START)
    answer = reader.get("user-info")
    assert answer.status_code == 401
    assert answer.headers["x-reader-google-bad-token"] == "true"
    assert answer.headers["google-bad-token"] == "true"


@pytest.mark.parametrize("token", ["", "1-", "None", "1-" + "0" * 64, "1-é", "x" * 5000])
def test_other_tokens_are_refused(client: httpx.Client, token: str) -> None:
    headers = {"Authorization": f"GoogleLogin auth={token}".encode()}
    assert client.get(API + "user-info", headers=headers).status_code == 401


def test_cookies_are_never_looked_at(reader: Reader) -> None:
    """No other site can send a request in a user's name."""
    headers = {"Cookie": f"auth={reader.token}; SID={reader.token}; Auth={reader.token}"}
    assert reader.client.get(API + "user-info", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("127.0.0.1:80", True),
        ("[::1]:80", True),
        ("LOCALHOST.:8080", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost@evil.example", False),
        ("", False),
    ],
)
def test_names_that_anyone_can_point_here_are_refused(
    reader: Reader, host: str, allowed: bool
) -> None:
    answer = reader.client.get(API + "user-info", headers={**reader.headers, "Host": host})
    assert answer.status_code == (200 if allowed else 421)


def test_bodies_are_bounded_and_unreadable_ones_refused(reader: Reader) -> None:
    path, post = API + "edit-tag", reader.client.post
    form = {**reader.headers, "Content-Type": "application/x-www-form-urlencoded"}
    assert post(path, content=b"i=1&" * (MAX_BODY // 4 + 1), headers=form).status_code == 413
    assert post(path, content=b"i=1&" * 30_000, headers=form).status_code == 400
    assert post(path, content=b"\xff\x00%zz=%", headers=form).status_code == 200
    for body in (b"{", b"[]", b"[" * 100_000):
        headers = {**reader.headers, "Content-Type": "application/json"}
        assert post(path, content=body, headers=headers).status_code == 400
    assert reader.get("edit-tag").status_code == 405
    assert reader.client.get("/../../etc/passwd").status_code == 404


HOSTILE = (
    "<script>alert(1)</script>", "&lt;img src=x onerror=alert(1)&gt;", '"><svg onload=alert(1)>',
    "\u202eevil\u2066", "a\x00b\x1b[31m", "</ul></div><iframe src=//evil.example>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markup_of_a_feed_reaches_an_app(site: Site, reader: Reader, text: str) -> None:
    bad = {"title": text, "text": text, "lead": text, "source": text, "credit": text}
    site.add(1, link="javascript:alert(1)", url="https://one.example/1", **bad)
    site.add(2, copy_of=1, link='https://two.example/"onmouseover="alert(1)', **bad)
    site.add(3, link="javascript:alert(1)", **bad)
    answer = reader.get("stream/contents", n=100)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for item in answer.json()["items"]:
        for field in ("title", "author"):
            assert "<" not in item[field]
        content = item["summary"]["content"]
        for tag in ("<script", "<img", "<svg", "<iframe", "<ul></div>"):
            assert tag not in content
        assert "javascript:" not in str(item)
        assert '"onmouseover' not in content
        for hidden in "\u202e\u2066\x00\x1b":
            assert hidden not in content + item["title"]


def test_it_listens_to_others_only_if_somebody_has_a_password(tmp_path: Path) -> None:
    config = tmp_path / "feeds.toml"
    config.write_text("", encoding="utf-8")
    file = SettingsFile(load(config))
    with Store.open("sqlite://") as store:
        for address in ("0.0.0.0:0", "[::]:0", "news.example:0"):
            with pytest.raises(UserError, match="users password"):
                server.serve(store, file, listen=address, listening=pytest.fail)
    for wrong in ("8080", "127.0.0.1", ":80", "host:port", "host:99999"):
        with pytest.raises(UserError, match="HOST:PORT"):
            server.listen_address(wrong)


def test_long_and_short_ids_are_the_same_number() -> None:
    for number in (1, 10, 255, 2**40, 2**53 - 1):
        assert number_of(long_id(number)) == number_of(str(number)) == number
    assert number_of(str(2**53)) is number_of("") is number_of("-1") is number_of("0") is None
