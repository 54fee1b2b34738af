"""The public face, as other Python code uses it; the examples in docs/python.md are run."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import aggregator
from aggregator import Aggregator, Deduper, PlainDocument, compare
from tests.support import ROOT

RSS = """<rss version="2.0"><channel><title>{name}</title>
<item><title>{title}</title><link>https://{name}.example/a</link><guid>a</guid>
<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    titles = {"post": "Harbour bridge closes for repairs", "herald": "Mayor opens new library"}
    for name, title in titles.items():
        (tmp_path / f"{name}.xml").write_text(RSS.format(name=name, title=title))
    file = tmp_path / "feeds.toml"
    file.write_text("".join(f'[[feeds]]\nurl = "{name}.xml"\n' for name in titles))
    return file


def test_every_public_name_is_there_and_listed() -> None:
    for name in aggregator.__all__:
        assert getattr(aggregator, name) is not None
        assert name in dir(aggregator)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aggregator.nothing


def test_importing_the_package_imports_no_room() -> None:
    code = "import sys, aggregator; print([m for m in sys.modules if m.startswith('aggregator.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"[]\n"


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert aggregator.__version__ == project["version"]


def test_poll_read_explain_and_correct(config: Path) -> None:
    with Aggregator(config) as news:
        assert news.poll().tally.items == 2
        one, two = (story.coverage[0].item.id for story in news.stories())
        assert news.stories()[0].coverage[0].item.title in news.why(one)
        correction = news.same(one, two, note="for the test")
        assert len(news.stories()) == 1
        assert news.undo(correction.id)
        assert len(news.stories()) == 2
        with pytest.raises(KeyError):
            news.why("i-unknown")


def test_two_headlines() -> None:
    title = "Harbour bridge closes for repairs"
    assert compare(f"Breaking: {title}", title).same
    assert not compare("Spain beat Italy", "Italy beat Spain").same


def test_a_stream_of_documents() -> None:
    deduper = Deduper()
    first = deduper.add(PlainDocument("1", "Harbour bridge closes for repairs", source="Post"))
    copy = deduper.add(PlainDocument("2", "Harbour bridge closes for repairs", source="Herald"))
    other = deduper.add(PlainDocument("3", "Mayor opens new library", source="Herald"))
    again = deduper.add(PlainDocument("3", "Mayor opens new library", source="Herald"))
    assert first.founded
    assert not copy.founded
    assert copy.canonical == first.canonical
    assert other.canonical != first.canonical
    assert (again.evidence.rule, again.canonical) == ("revision", other.canonical)
    with pytest.raises(ValueError, match="neither a title nor a text"):
        deduper.add(PlainDocument("4", ""))


def test_the_examples_of_the_documentation_run(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(config.parent)
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        exec(compile(example, "docs/python.md", "exec"), {})
    shown = capsys.readouterr().out
    assert shown.startswith("True title\nTrue ")
    assert "Mayor opens new library" in shown


def test_python_m_aggregator_is_the_command() -> None:
    command = [sys.executable, "-m", "aggregator", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode() == f"Every Story Once {aggregator.__version__}\n"
