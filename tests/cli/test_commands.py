"""Commands as others script against them: output, fields, exit codes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import Edition, Ran, run_command

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour News</title><link>https://harbour.example/</link>
<item><title>{title}</title><link>https://harbour.example/a</link><guid>a</guid>
<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><description>Repairs begin.</description>
</item></channel></rss>"""


def write_config(folder: Path, text: str = '[[feeds]]\nurl = "a.xml"\n') -> None:
    (folder / "feeds.toml").write_text(text, encoding="utf-8")
    (folder / "a.xml").write_text(RSS.format(title="Bridge closes"), encoding="utf-8")


def test_alone_it_prints_help_that_a_person_can_act_on(run: Run) -> None:
    done = run()
    assert "run.py once" in done.out + done.err
    for command in ("once", "daemon", "digest", "feeds", "items", "stories", "import", "replay",
                    "compare", "evaluate", "check"):  # fmt: skip
        assert command in done.out + done.err


def test_a_missing_configuration_is_said_with_what_to_do(run: Run) -> None:
    done = run("once")
    assert done.code == 1
    assert "file not found" in done.err
    assert "--config FILE" in done.err
    assert done.out == ""


def test_wrong_usage_exits_with_2(run: Run) -> None:
    assert run("polls").code == 2


def test_every_mistake_of_the_configuration_is_named(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, '[[feeds]]\nurl = "a.xml"\ntitel = "x"\n\n[fetch]\nspacing = "soon"\n')
    done = run("check")
    assert done.code == 1
    assert "line 3" in done.err
    assert "line 6" in done.err


def test_check_says_that_all_is_well(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path)
    done = run("check")
    assert done.code == 0
    assert "feed parser:" in done.out
    assert json.loads(run("check", "--json").out)["reader"] in ("compiled", "python")


def test_check_refuses_a_digest_language_without_wording(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, '[[digests]]\nname = "daily"\nlanguage = "eo"\n')
    done = run("check")
    assert done.code == 1
    assert 'digest "daily": there is no wording in the language "eo"; available: ar, ' in done.err
    write_config(tmp_path, '[[digests]]\nname = "daily"\nlanguage = "pt-BR"\n')
    assert run("check").code == 0


def test_options_stand_before_the_command_and_in_the_environment(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "فولدر مع مسافة"
    folder.mkdir()
    write_config(folder)
    store = tmp_path / "other.sqlite"
    done = run("--config", str(folder / "feeds.toml"), "--store", str(store), "once", "--json")
    assert done.code == 0, done.err
    assert store.exists()
    assert not (folder / "var" / "store.sqlite").exists()
    env = {"AGGREGATOR_CONFIG": str(folder / "feeds.toml"), "AGGREGATOR_STORE": str(store)}
    assert run("items", "list", "--json", env=env).rows[0]["title"] == "Bridge closes"


def test_once_tells_what_it_did_and_a_second_run_finds_nothing_new(
    run: Run, tmp_path: Path
) -> None:
    write_config(tmp_path)
    first = run("once", "--json")
    assert first.code == 0, first.err
    (row,) = first.rows
    assert (row["polled"], row["failed"], row["items"], row["stories"]) == (1, 0, 1, 1)
    (again,) = run("once", "--json").rows
    assert (again["polled"], again["items"]) == (0, 0)


def test_once_exits_with_1_when_every_feed_failed(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, '[[feeds]]\nurl = "none.xml"\n')
    done = run("once")
    assert done.code == 1
    assert "none.xml" in done.out


@pytest.mark.parametrize(
    "env",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}, {"LANG": "C", "LC_ALL": "POSIX"}],
)
def test_arabic_comes_out_right_in_any_locale(
    run: Run, tmp_path: Path, env: dict[str, str]
) -> None:
    write_config(tmp_path)
    (tmp_path / "a.xml").write_text(RSS.format(title="إغلاق الجسر القديم"), encoding="utf-8")
    assert run("once", env=env).code == 0
    assert "إغلاق الجسر القديم" in run("items", "list", env=env).out


def test_feeds_are_added_listed_and_removed_and_comments_stay(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, "# mine\n")
    assert run("feeds", "add", "a.xml", "--title", "Harbour", "--tag", "sea").code == 0
    again = run("feeds", "add", "./a.xml")
    assert again.code == 1
    assert run("feeds", "list", "--json").rows[0]["title"] == "Harbour"
    opml = run("feeds", "export")
    assert "a.xml" in opml.out
    assert run("feeds", "remove", "Harbour").code == 0
    assert run("feeds", "remove", "Harbour").code == 1
    text = (tmp_path / "feeds.toml").read_text(encoding="utf-8")
    assert text.startswith("# mine")
    assert "feeds" not in tomllib.loads(text)


def test_opml_goes_out_and_comes_in_again(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, '[[feeds]]\nurl = "https://a.example/rss"\ntags = ["x"]\n')
    (tmp_path / "out.opml").write_text(run("feeds", "export").out, encoding="utf-8")
    write_config(tmp_path, "")
    assert run("feeds", "import", "out.opml").code == 0
    (row,) = run("feeds", "list", "--json").rows
    assert (row["url"], row["tags"]) == ("https://a.example/rss", ["x"])
    assert "0 feeds" in run("feeds", "import", "out.opml").out


def test_the_shipped_starter_list_speaks_ten_languages_and_more(
    run: Run, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "feeds.toml").write_text((root / "feeds.toml").read_text("utf-8"), "utf-8")
    languages = {line.split()[0] for line in run("feeds", "starter").out.splitlines()}
    assert len(languages) >= 10
    before = len(run("feeds", "list", "--json").rows)
    assert run("feeds", "starter", "ar", "fa").code == 0
    added = run("feeds", "list", "--json").rows[before:]
    assert {row["language"] for row in added} == {"ar", "fa"}
    assert sum(row["language"] == "ar" for row in added) >= 8
    done = run("feeds", "starter", "xx")
    assert done.code == 1
    assert "xx" in done.err


def test_items_and_stories_have_their_fields(edition: Edition) -> None:
    def rows(*arguments: str) -> list[dict[str, object]]:
        done = run_command([*arguments, "--json"], cwd=edition.folder)
        assert done.code == 0, done.err
        return done.rows

    item = rows("items", "list", "--limit", "1")[0]
    shown = rows("items", "show", str(item["id"]))[0]
    wanted = {"id", "title", "url", "source", "language", "published", "credit", "text",
              "canonical", "story", "flags"}  # fmt: skip
    assert wanted <= shown.keys()
    story = rows("stories", "show", str(item["story"]))[0]
    assert item["canonical"] in [part["canonical"] for part in story["items"]]  # type: ignore[union-attr]
    why = rows("items", "why", str(item["id"]))[0]
    assert why["decisions"]
    assert rows("items", "search", "Cardissa") or rows("items", "search", "كارديسا")


def test_why_is_told_in_words(edition: Edition) -> None:
    with edition.store() as store, store.reading() as tx:
        from storage import ItemFilter

        copies = [
            tx.items.list(ItemFilter(rule=rule), limit=1) for rule in ("url", "title", "body")
        ]
    for found in copies:
        assert found
        done = run_command(["items", "why", found[0].item.id], cwd=edition.folder)
        assert done.code == 0
        assert "Compared with" in done.out
        assert "duplicate items" in done.out


@pytest.mark.parametrize("command", ["items show", "items why", "stories show"])
def test_an_unknown_id_is_an_error_that_says_where_ids_come_from(
    edition: Edition, command: str
) -> None:
    done = run_command([*command.split(), "x1"], cwd=edition.folder)
    assert done.code == 1
    assert "x1" in done.err
    assert "list" in done.err


def test_compare_tells_verdict_and_reason(run: Run) -> None:
    same = run(
        "compare", "Storm closes harbour bridge", "STORM CLOSES HARBOUR BRIDGE", "--json"
    ).rows[0]
    assert same["same"] is True
    other = run(
        "compare", "Storm kills 14 in the valley", "Storm kills 41 in the valley", "--json"
    ).rows[0]
    assert other["same"] is False
    assert "14" in other["reason"]
    assert "not the same" in run("compare", "Storm kills 14", "Storm kills 41").out
    assert run("compare", "only one").code == 1


def test_replay_answers_for_every_document(run: Run, tmp_path: Path) -> None:
    documents = [
        {"id": "1", "title": "Storm closes harbour bridge near Cardissa", "source": "A"},
        {"id": "2", "title": "Storm closes harbour bridge near Cardissa - B", "source": "B"},
        {"id": "3", "title": "", "body": ""},
        {"id": "1", "title": "Storm closes harbour bridge near Cardissa", "source": "A"},
    ]
    path = tmp_path / "docs.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in documents), encoding="utf-8")
    done = run("replay", str(path))
    assert done.code == 0, done.err
    one, two, empty, again = done.rows
    assert set(one) == {"id", "canonical", "story", "rule", "score", "partner", "title",
                        "language", "flags"}  # fmt: skip
    assert one["canonical"] == two["canonical"]
    assert two["partner"] == "1"
    assert empty["canonical"] not in (one["canonical"], None)
    assert again["rule"] == "revision"
    assert again["canonical"] == one["canonical"]
    out = tmp_path / "out.jsonl"
    assert run("replay", str(path), "--out", str(out)).code == 0
    assert out.read_text(encoding="utf-8") == done.out


def test_a_broken_line_of_a_file_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "docs.jsonl"
    path.write_text('{"id": "1", "title": "x"}\n{"id": \n', encoding="utf-8")
    done = run("replay", str(path))
    assert done.code == 1
    assert "docs.jsonl, line 2" in done.err


def test_evaluate_scores_a_set(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    rows = [
        {"id": str(n), "title": title, "cluster": cluster}
        for n, (title, cluster) in enumerate(
            [
                ("Storm floods Cardissa valley villages", "a"),
                ("Cardissa valley villages flooded by storm", "a"),
                ("Chess champion wins Lisbon tournament", "b"),
            ]
        )
    ]
    (folder / "data.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = run("evaluate", str(folder), "--json")
    assert done.code == 0, done.err
    assert done.rows[0]["measure"] == "stories, BCubed"
    assert done.rows[0]["f1"] > 0.5


def test_import_reads_or_names_every_file(run: Run, tmp_path: Path) -> None:
    write_config(tmp_path, "")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.xml").write_text(RSS.format(title="Bridge closes"), encoding="utf-8")
    (tmp_path / "in" / "bad.xml").write_text("no feed at all", encoding="utf-8")
    (tmp_path / "in" / "docs.jsonl").write_text('{"id": "9", "title": "Storm"}\n', encoding="utf-8")
    done = run("import", "in")
    assert done.code == 1
    assert "bad.xml" in done.err
    assert len(run("items", "list", "--json").rows) == 2


def test_a_digest_is_written_by_hand_for_any_span(edition: Edition) -> None:
    done = run_command(["digest", "daily", "--since", "3d"], cwd=edition.folder)
    assert done.code == 0, done.err
    paths = [Path(line) for line in done.out.splitlines()]
    assert {path.suffix for path in paths} >= {".html", ".md", ".json", ".atom"}
    assert all(path.exists() for path in paths)
    assert run_command(["digest", "nightly"], cwd=edition.folder).code == 1
    assert run_command(["digest", "--since", "whenever"], cwd=edition.folder).code == 1
