"""The REST API: the JSON of the commands, pages that do not shift, problems in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from aggregator.engine import effects, reading_states
from aggregator.model import Evidence, StoryDecision
from aggregator.reading.json_text import line
from aggregator.web import passwords
from aggregator.web.rest.operations import OPERATIONS
from tests.support import run_command
from tests.web.conftest import PASSWORD, START, Site

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords

BASE = "/api/v1/"
WRITE, READ = "a writing token", "a reading token"


class Program:
    """A program with a token."""

    def __init__(self, client: httpx.Client, token: str = WRITE) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.client.get(BASE + path, params=params, headers=self.headers)

    def data(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def all(self, path: str, **params: Any) -> list[str]:
        """The ids on all pages."""
        found: list[str] = []
        while True:
            answer = self.get(path, **params).json()
            found += [row["id"] for row in answer["data"]]
            if answer["next"] is None:
                return found
            params["cursor"] = answer["next"]

    def send(self, method: str, path: str, **body: Any) -> httpx.Response:
        return self.client.request(method, BASE + path, json=body or None, headers=self.headers)


@pytest.fixture
def program(site: Site, client: httpx.Client) -> Iterator[Program]:
    for token, writes in ((WRITE, True), (READ, False)):
        reading_states.add_token(
            site.store, "reader", passwords.hashed_key(token), label="", writes=writes, now=START
        )
    return Program(client)


def placed(site: Site, number: int, story: int) -> None:
    """Put the canonical item of an item into a story, which the first one founds."""
    why = Evidence("terms", 0.7, 0.5, reason="The same event.")
    name, into = f"c{number:016x}", f"s{story:016x}"
    decision = StoryDecision(name, into, number == story, why)
    with site.store.transaction() as tx:
        tx.apply(effects.placed(tx.standing, decision), site.made[number].seen)


def item(number: int) -> str:
    return f"i{number:016x}"


def canonical(number: int) -> str:
    return f"c{number:016x}"


def test_rows_are_those_of_the_commands(site: Site, program: Program) -> None:
    site.add(1, title="Ferry sinks", text="Nobody was hurt.", link="https://one.example/1")
    site.add(2, title="Ferry sinks", copy_of=1, feed="f2", source="B")
    site.add(3, title="Ferry rescue ends", feed="f2")
    placed(site, 1, 1)
    placed(site, 3, 1)

    def command(*arguments: str) -> list[dict[str, Any]]:
        store = f"sqlite:///{site.config.parent}/news.db"
        done = run_command(["--store", store, *arguments, "--json"], cwd=site.config.parent)
        return done.rows

    assert program.data("items") == command("items", "list")
    story, same = program.data("stories")[0], command("stories", "list")[0]
    for one in (story, same):
        one.pop("state"), one.pop("score"), one.pop("score_parts")  # these depend on the time
    assert story == same
    assert program.get(f"items/{item(2)}/why").json() == command("items", "why", item(2))[0]
    assert program.get(f"items/{item(1)}").json() == command("items", "show", item(1))[0]
    assert program.data("search", q="rescue", kind="items")[0]["id"] == item(3)
    assert program.data("search", q="rescue")[0]["id"] == story["id"]
    assert program.get(f"stories/{story['id']}").json()["items"] == story["items"]
    assert {row["id"] for row in program.data("feeds")} == {"f1", "f2"}
    assert program.data("digests") == []
    verdict = program.get("compare", a="Storm hits coast", b="Storm hits the coast").json()
    assert verdict["same"] is True
    assert verdict["reason"]


@pytest.mark.parametrize("path", ["items", "stories"])
def test_pages_do_not_shift_when_news_arrives_between_them(
    site: Site, program: Program, path: str
) -> None:
    same = START - timedelta(hours=1)  # many at one time
    for number in range(1, 8):
        site.add(number, published=same if number < 5 else None)
        placed(site, number, number)
    first = program.get(path, limit=3).json()
    site.add(8)
    placed(site, 8, 8)
    rest = program.all(path, limit=2, cursor=first["next"])
    ids = [row["id"] for row in first["data"]] + rest
    assert len(ids) == len(set(ids)) == 7
    assert ids == program.all(path)[1:]


def test_an_answer_that_is_known_is_not_sent_again(site: Site, program: Program) -> None:
    site.add(1)
    first = program.get("items")
    headers = program.headers | {"If-None-Match": first.headers["etag"]}
    again = program.client.get(BASE + "items", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    site.add(2)
    assert program.client.get(BASE + "items", headers=headers).status_code == 200


def test_states_are_set_and_merge_with_what_is_there(site: Site, program: Program) -> None:
    site.add(1)
    site.add(2)
    names = [canonical(1), canonical(2), "c-unknown"]
    assert program.send("POST", "states", canonical=names, read=True).status_code == 204
    change = {"canonical": canonical(1), "starred": True, "add_label": ["x", "y"]}
    assert program.send("POST", "states", **change).status_code == 204
    change = {"canonical": canonical(1), "read": False, "remove_label": "x"}
    assert program.send("POST", "states", **change).status_code == 204
    one, two = program.data("states", canonical=names)
    assert one == {
        "canonical": canonical(1), "read": False, "starred": True, "hidden": False,
        "labels": ["y"],
    }  # fmt: skip
    assert (two["read"], two["starred"]) == (True, False)
    assert program.send("POST", "states", read=True).status_code == 400
    wrong = program.send("POST", "states", canonical=canonical(1), read="perhaps")
    assert wrong.status_code == 400


def test_stories_are_followed(site: Site, program: Program) -> None:
    site.add(1)
    placed(site, 1, 1)
    story = f"s{1:016x}"
    assert program.send("PUT", f"followed/{story}").status_code == 204
    assert program.data("followed") == [{"story": story}]
    assert program.send("DELETE", f"followed/{story}").status_code == 204
    assert program.data("followed") == []
    assert program.send("PUT", "followed/snone").status_code == 404


def test_a_correction_is_made_obeyed_listed_and_undone(site: Site, program: Program) -> None:
    for number in (1, 2, 3):
        site.add(number, title=f"Quite another headline {number}")
    body = {"level": "item", "kind": "same", "a": item(1), "b": item(2), "note": "one text"}
    made = program.send("POST", "corrections", **body)
    assert made.status_code == 201
    (name,) = [row["id"] for row in made.json()["data"]]
    assert program.get(f"items/{item(2)}").json()["canonical"] == canonical(1)
    (row,) = program.data("corrections", level="item")
    assert (row["id"], row["kind"], row["note"], row["undone"]) == (name, "same", "one text", None)
    assert program.data("corrections", level="story") == []
    opposite = program.send("POST", "corrections", **(body | {"kind": "split"}))
    assert opposite.status_code == 409
    assert name in opposite.json()["detail"]
    assert program.send("DELETE", f"corrections/{name}").status_code == 204
    assert program.get(f"items/{item(2)}").json()["canonical"] == canonical(2)
    assert program.send("DELETE", f"corrections/{name}").status_code == 409
    assert program.send("DELETE", "corrections/knone").status_code == 404
    unknown = program.send("POST", "corrections", **(body | {"a": "inone"}))
    assert unknown.status_code == 409
    for wrong in ({"level": "feed"}, {"kind": "like"}, {"b": ""}, {"a": ""}):
        assert program.send("POST", "corrections", **(body | wrong)).status_code == 400


def test_stories_are_joined_and_split(site: Site, program: Program) -> None:
    for number in (1, 2):
        site.add(number)
        placed(site, number, number)
    one, two = (f"s{number:016x}" for number in (1, 2))
    body = {"level": "story", "kind": "same", "a": one, "b": two}
    assert program.send("POST", "corrections", **body).status_code == 201
    assert program.get(f"stories/{two}").json()["id"] == one
    body = {"level": "story", "kind": "split", "a": one, "item": [item(2)]}
    assert program.send("POST", "corrections", **body).status_code == 409
    for row in program.data("corrections"):
        assert program.send("DELETE", f"corrections/{row['id']}").status_code == 204
    assert program.get(f"stories/{two}").json()["id"] == two


def test_tokens_are_asked_for_and_their_scope_is_kept(
    site: Site, program: Program, client: httpx.Client
) -> None:
    site.add(1)
    reading = Program(client, READ)
    assert len(reading.data("items")) == 1
    for method, path, body in (
        ("POST", "states", {"canonical": canonical(1), "read": True}),
        ("POST", "corrections", {"level": "item", "kind": "split", "a": item(1)}),
        ("DELETE", "corrections/k1", {}),
        ("PUT", "followed/s1", {}),
    ):
        answer = reading.send(method, path, **body)
        assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert program.data("states", canonical=canonical(1))[0]["read"] is False
    assert client.get(BASE + "items", auth=("reader", PASSWORD)).status_code == 200
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Cookie": f"token={WRITE}"}):
        answer = client.get(BASE + "items", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("items?limit=0", 400),
        ("items?limit=-1", 400),
        ("items?since=yesterday", 400),
        ("items?since=9999999999999d", 400),
        ("items?until=0001-01-01T00:00:00%2B23:59", 400),
        ("items?cursor=x", 400),
        ("items?cursor=99999999999999999999-i1", 400),
        ("items?colour=red", 400),
        ("items/inone", 404),
        ("items/inone/why", 404),
        ("stories/snone", 404),
        ("search", 400),
        ("search?q=x&kind=feeds", 400),
        ("compare?a=x", 400),
        ("corrections?level=feed", 400),
        ("nothing", 404),
        ("items/..%2f..%2fetc", 404),
    ],
)
def test_problems_have_one_form(program: Program, path: str, status: int) -> None:
    answer = program.client.get(BASE + path, headers=program.headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_a_body_that_is_no_json_is_a_problem(program: Program) -> None:
    headers = program.headers | {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b"\xff"):
        answer = program.client.post(BASE + "states", content=body, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_the_description_is_that_of_what_is_served(
    site: Site, program: Program, client: httpx.Client
) -> None:
    site.add(1)
    described = client.get(BASE + "openapi.json").json()
    assert json.loads(line(described)) == described
    operations = {
        (method.upper(), path.lstrip("/")): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {(one.method, one.path) for one in OPERATIONS}
    assert len({one["operationId"] for one in operations.values()}) == len(operations)
    for (method, path), operation in operations.items():
        assert operation["summary"].endswith(".")
        named = path.replace("{", "none-").replace("}", "")
        answer = program.send(method, named)
        assert str(answer.status_code) in operation["responses"], (method, path, answer.text)
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                known = program.get(path, **{parameter["name"]: "x"}) if "{" not in path else None
                assert known is None or "unknown parameter" not in known.text
