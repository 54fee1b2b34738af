"""The README holds what it shows: its commands run, in order, on the sample edition."""

from __future__ import annotations

import fnmatch
import re
import shlex
from pathlib import Path

import pytest

from aggregator.engine.plain_documents import PlainDocument
from aggregator.lab.replay import Replay
from tests.support import ROOT, polled, run_command

RUN = [".venv/bin/python", "run.py"]
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)


def blocks(info: str) -> list[str]:
    """The fenced blocks of the README with this tag, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [match["body"] for match in BLOCK.finditer(text) if match["info"] == info]


def sessions() -> list[tuple[str, str]]:
    """Each command of the README, and the output shown for it (``…`` stands for anything)."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


@pytest.mark.slow
def test_the_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    polled(tmp_path)
    commands = sessions()
    assert len(commands) > 10
    for command, shown in commands:
        words = shlex.split(command)
        assert words[: len(RUN)] == RUN, command
        done = run_command(words[len(RUN) :], cwd=tmp_path)
        assert done.code == 0, (command, done.err)
        pattern = "".join("*" if c == "…" else f"[{c}]" if c in "*?[" else c for c in shown)
        assert fnmatch.fnmatchcase(done.out.strip(), pattern.replace("*\n", "*").strip()), (
            command,
            done.out,
        )


def test_the_headlines_shown_as_one_become_one_canonical_item() -> None:
    (block,) = blocks("text same")
    headlines = block.splitlines()
    assert len(headlines) == 5
    documents = [
        PlainDocument(f"d{number}", headline, "", "en", None, f"outlet {number}", None)
        for number, headline in enumerate(headlines)
    ]
    assert len({row.canonical for row in Replay().run(documents)}) == 1


def test_every_link_leads_to_a_file() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
