"""`run.py users` and `run.py web` as a user runs them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import ROOT, Ran, run_command

pytestmark = pytest.mark.slow  # each starts run.py and hashes passwords

CONFIG = '[store]\nurl = "news.db"\n[web]\nlisten = "127.0.0.1:0"\n'
VARIABLE = "AGGREGATOR_API_PASSWORD"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def set_password(folder: Path, name: str, **env: str) -> Ran:
    return run_command(["users", "password", name], cwd=folder, env=env)


def test_passwords_come_from_the_environment_or_a_file_and_are_not_shown(folder: Path) -> None:
    done = set_password(folder, "reader", **{VARIABLE: "correct horse"})
    assert (done.code, done.out) == (0, "password of reader set\n")
    (folder / "secret").write_text("battery staple\n", encoding="utf-8")
    assert set_password(folder, "قارئ", **{f"{VARIABLE}_FILE": "secret"}).code == 0
    listed = run_command(["users", "list", "--json"], cwd=folder)
    assert [(row["name"], row["password"]) for row in listed.rows] == [
        ("reader", True),
        ("قارئ", True),
    ]
    stored = b"".join(path.read_bytes() for path in folder.glob("news.db*"))
    assert b"correct horse" not in stored
    assert b"battery staple" not in stored


def test_short_passwords_and_strange_names_are_refused(folder: Path) -> None:
    assert "too short" in set_password(folder, "reader", **{VARIABLE: "short"}).err
    assert "not a user name" in set_password(folder, "a b", **{VARIABLE: "correct horse"}).err
    assert run_command(["users", "list", "--json"], cwd=folder).rows == []


@pytest.mark.slow
def test_the_readme_leads_to_an_app_that_is_logged_in(folder: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sh web\n(.*?)^```$", text, re.M | re.S)
    commands = [shlex.split(line)[2:] for line in block.splitlines()]
    assert [command[0] for command in commands] == ["users", "web"]
    assert run_command(commands[0], cwd=folder, env={VARIABLE: "correct horse"}).code == 0
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *commands[1]],
        cwd=folder,
        env=os.environ | {"PYTHONUTF8": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        address = re.search(r"http://[\d.:]+/", line)
        assert address, line
        data = {"Email": commands[0][-1], "Passwd": "correct horse"}
        answer = httpx.post(address[0] + "accounts/ClientLogin", data=data, trust_env=False)
        assert "Auth=" in answer.text
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stderr.close()


@contextmanager
def serving(folder: Path, **env: str) -> Iterator[list[str]]:
    """A running `run.py web`, and the lines it printed about where."""
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "web"],
        cwd=folder,
        env=os.environ | {"PYTHONUTF8": "1"} | env,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    try:
        lines = [server.stderr.readline()]
        if "AGGREGATOR_WEB_PASSWORD" not in env:
            lines += [server.stderr.readline() for _ in range(2)]
        yield lines
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stderr.close()


def address_in(line: str) -> str:
    found = re.search(r"http://[\d.:]+/\S*", line)
    assert found, line
    return found[0]


def test_the_link_in_the_terminal_leads_to_reading_and_feeds_are_changed_from_the_page(
    folder: Path,
) -> None:
    with serving(folder) as lines, httpx.Client(trust_env=False, timeout=60) as browser:
        assert "set your password" in lines[1]
        url, link = address_in(lines[0]), address_in(lines[2])
        assert browser.get(url).status_code == 303
        assert browser.get(link).status_code == 200
        key = link.partition("key=")[2]
        chosen = {"password": "correct horse", "again": "correct horse"}
        answer = browser.post(url + "start", data={"key": key, "name": "reader"} | chosen)
        assert answer.status_code == 303
        assert browser.get(url).status_code == 200
        for wrong in ("/etc/passwd", "file:///etc/passwd", "feeds.toml", "", "http://127.0.0.1:1/"):
            answer = browser.post(url + "feeds/add", data={"address": wrong})
            assert answer.status_code == 400, wrong
        opml = b"""<?xml version='1.0' encoding='iso-8859-1'?><opml version='2.0'><body>
            <outline text='Caf\xe9' type='rss' xmlUrl='https://one.example/feed'/></body></opml>"""
        answer = browser.post(url + "feeds/opml", files={"file": ("feeds.opml", opml)})
        assert "Feeds added: 1." in answer.text
        assert "Caf\xe9" in answer.text
        answer = browser.post(url + "feeds/opml", files={"file": ("feeds.opml", b"<nothing")})
        assert answer.status_code == 400
        assert "https://one.example/feed" in browser.get(url + "feeds.opml").text
        assert "one.example" in (folder / "feeds.toml").read_text(encoding="utf-8")
        (feed,) = re.findall(r'name="feed" value="(\w+)"', browser.get(url + "feeds").text)
        assert "Removed" in browser.post(url + "feeds/remove", data={"feed": feed}).text
        assert browser.post(url + "feeds/remove", data={"feed": feed}).status_code == 400
        assert (folder / "feeds.toml").read_text(encoding="utf-8").startswith("[store]")


def test_the_password_for_the_page_can_be_given_by_the_environment(folder: Path) -> None:
    (folder / "secret").write_text("correct horse\n", encoding="utf-8")
    given = {"AGGREGATOR_WEB_PASSWORD_FILE": "secret", "AGGREGATOR_WEB_PASSWORD": ""}
    with serving(folder, AGGREGATOR_WEB_USER="sara", **given) as (line,):
        data = {"name": "sara", "password": "correct horse"}
        answer = httpx.post(address_in(line) + "login", data=data, trust_env=False)
        assert answer.headers["location"] == "/"
    done = run_command(["users", "password", "sara", "--page"], cwd=folder, env=given)
    assert done.out == "password of sara for the page set\n"
    (row,) = run_command(["users", "list", "--json"], cwd=folder).rows
    assert (row["page"], row["password"]) == (True, False)
    missing = {"AGGREGATOR_WEB_PASSWORD_FILE": "none"}
    assert "cannot be read" in run_command(["web"], cwd=folder, env=missing).err


def test_it_does_not_listen_to_others_without_a_password(folder: Path) -> None:
    done = run_command(["web", "--listen", "0.0.0.0:0"], cwd=folder)
    assert done.code == 1
    assert "users password NAME" in done.err
    assert run_command(["web", "--listen", "nonsense"], cwd=folder).code == 1
    (folder / "feeds.toml").write_text('[web]\nlisten = "8080"\n', encoding="utf-8")
    assert "HOST:PORT" in run_command(["check"], cwd=folder).err
