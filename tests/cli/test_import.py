"""``import`` is like a poll: same workers, same limits; what cannot be read is named, the rest is
stored."""

from __future__ import annotations

import gzip
import json
import os
import random
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.cli import importing, output
from aggregator.cli.context import Context
from aggregator.cli.importing import Importer
from aggregator.engine.polls import Engine
from aggregator.parse import ParserPool
from storage import Store
from tests.faults import driver
from tests.support import Ran

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]
ITEM = "<item><title>{}</title><guid>{}</guid></item>"
ESCAPE = "\x1b]0;owned\x07\x9b31m\u202e"


def rss(*titles: str) -> str:
    items = "".join(ITEM.format(title, number) for number, title in enumerate(titles))
    return f"<rss><channel><title>Valley News</title>{items}</channel></rss>"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "feeds.toml").write_text("", encoding="utf-8")
    return lambda *arguments: driver.run(None, arguments, cwd=tmp_path, env={})


def titles(run: Run) -> set[str]:
    return {row["title"] for row in run("items", "list", "--json").rows}


def test_every_kind_of_bad_file_is_named_and_the_rest_is_stored(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    bomb = gzip.compress(b"<rss><channel>" + b" " * 30_000_000)
    noise = random.Random(3).randbytes(60_000).hex()
    whole = gzip.compress(rss("The council votes", noise).encode())
    lines = gzip.compress(
        json.dumps({"id": "1", "title": "Rain"}).encode() + b"\n" + noise.encode()
    )
    files = {
        "bomb.xml.gz": bomb,
        "broken.jsonl.gz": lines[:-900],
        "cut.xml.gz": whole[:-900],
        "empty.xml": b"",
        "none.gz": b"\x1f\x8b\x08nonsense at all",
        "page.html": b"<html><body></body></html>",
        "zz-good.xml": rss("The mayor resigns").replace("Valley", "Hill").encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    os.mkfifo(folder / "pipe.xml")
    done = run("import", "in")
    assert done.code == 1
    assert "Traceback" not in done.err
    for name in (
        "bomb.xml.gz",
        "broken.jsonl.gz",
        "cut.xml.gz",
        "empty.xml",
        "none.gz",
        "page.html",
    ):
        assert name in done.err, done.err
    assert "longer than 10,000,000 bytes" in done.err
    assert "zz-good.xml: 1 entries" in done.out
    assert {"The mayor resigns", "Rain", "The council votes"} <= titles(run)


def test_bad_lines_are_named_and_the_others_stored(run: Run, tmp_path: Path) -> None:
    lines = [
        '\ufeff{"id": 1, "title": "First"}',
        "no json",
        '{"id": 2, "title": 5}',
        "",
        '{"id": 3, "title": "Late", "published": "0001-01-01T00:00:00+14:00"}',
        '{"id": 4, "title": "Fourth", "published": "9999-12-31T23:59:59Z"}',
        "[" * 100_000,
        '{"id": 5, "title": "' + "x" * 10_000_100 + '"}',
        '{"id": 6, "title": "Sixth"}',
    ]
    raw = (
        "\n".join(lines).encode() + b'\n{"id": 7, "title": "caf\xe9"}\n{"id": 8, "title": "Eighth"}'
    )
    (tmp_path / "docs.jsonl").write_bytes(raw)
    done = run("import", "docs.jsonl", "--json")
    assert done.code == 1
    (row,) = done.rows
    assert row["items"] == 4
    found = [int(one.split("line ")[1].split(":")[0]) for one in row["problems"]]
    assert found == [2, 3, 5, 7, 8, 10]
    assert titles(run) == {"First", "Fourth", "Sixth", "Eighth"}


def test_many_bad_lines_are_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "docs.jsonl").write_text("no\n" * 500 + '{"id": 1, "title": "Good"}', "utf-8")
    done = run("import", "docs.jsonl")
    assert "... and 480 more lines" in done.err
    assert titles(run) == {"Good"}


def test_nothing_imported_acts_on_the_terminal(run: Run, tmp_path: Path) -> None:
    """Neither file names nor sources, nor what is written into feeds.toml."""
    row = {"id": "1", "title": f"Storm {ESCAPE}", "source": f"Gazette{ESCAPE}"}
    (tmp_path / f"docs{ESCAPE}.jsonl").write_text(json.dumps(row) + "\nno\n", encoding="utf-8")
    outline = f'<outline text="Echo\x9b31m&#8238;" xmlUrl="https://echo.example/{ESCAPE}x"/>'
    (tmp_path / "list.opml").write_text(f"<opml><body>{outline}</body></opml>", encoding="utf-8")
    said = run("import", f"docs{ESCAPE}.jsonl", "list.opml")
    assert said.code == 1
    shown = [said]
    for json_too in ((), ("--json",)):
        shown += [run("items", "list", *json_too), run("feeds", "list", *json_too)]
    shown.append(run("import", f"docs{ESCAPE}.jsonl", "--json"))
    for one in shown:
        assert not set(one.out + one.err) & set("\x1b\x07\x9b\u202e"), (one.out, one.err)
    text = (tmp_path / "feeds.toml").read_text(encoding="utf-8")
    assert not set(text) & set("\x1b\x07\x9b\u202e")
    (feed,) = tomllib.loads(text)["feeds"]
    assert feed["title"] == "Echo31m"


def test_json_says_exactly_what_is_there_though_it_escapes() -> None:
    row = {"title": f"a{ESCAPE}\ud800\ufeff\u2028 الجسر"}
    assert json.loads(output.line(row)) == row
    assert "الجسر" in output.line(row)


def test_lists_are_read_compressed_broken_and_as_xml(run: Run, tmp_path: Path) -> None:
    def outline(name: str) -> str:
        return f'<outline text="A & B" xmlUrl="https://{name}.example/feed"/>\n'

    broken = f"<opml><body>\n{outline('one')}<outline xmlUrl=\n{outline('two')}</body></opml>"
    (tmp_path / "list.opml.gz").write_bytes(gzip.compress(broken.encode()))
    (tmp_path / "saved.xml").write_text(broken.replace("one", "three"), encoding="utf-8")
    done = run("import", "list.opml.gz", "saved.xml")
    assert "line 3: no readable feed address" in done.err
    assert "list.opml.gz: added 2 feeds, 0 were already subscribed" in done.out
    assert "saved.xml: added 1 feeds, 1 were already subscribed" in done.out
    assert (
        run("feeds", "import", "list.opml.gz").out == "added 0 feeds, 2 were already subscribed\n"
    )


def test_a_large_file_says_how_far_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importing, "SILENCE", -1.0)
    assert run("feeds", "list").code == 0
    ours = Context(tmp_path / "feeds.toml", None)
    rows = [{"id": str(n), "title": f"Report number {n}"} for n in range(120)]
    path = tmp_path / "docs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with (
        Store.open(f"sqlite:///{tmp_path}/new.sqlite") as store,
        ParserPool(seconds=5, memory=10**9) as parsers,
    ):
        engine = Engine(store, ours.settings)
        result = Importer(ours, store, engine, parsers, ours.settings.fetch).take(path)
    assert result.tally.entries == 120
    assert f"{path}: 120 entries so far" in capsys.readouterr().err
