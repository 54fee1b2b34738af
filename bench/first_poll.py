"""A first poll and an import, as a user runs them.

    python bench/first_poll.py DOCUMENTS.jsonl.gz

Feeds of 30 entries are written as local files, made of the documents with their texts, and
``run.py once --all`` polls them into a new store; ``run.py import`` then brings the same
documents into another one. Wall and CPU seconds are those of the whole command with its worker
processes, start included. The own CPU seconds, without the workers, are what the wall time comes
down to where nothing else runs and there is a core for each.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
TIMED = """
import atexit, pathlib, sys, time
own = pathlib.Path(sys.argv[1])
atexit.register(lambda: own.write_text(str(time.process_time())))
sys.path.insert(0, sys.argv[2])
del sys.argv[1:3]
from aggregator.cli import main
main()
"""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--entries", type=int, default=30, help="entries per feed")
    parser.add_argument("--import", type=int, default=5_000, dest="imported", metavar="N")
    parser.add_argument("--keep", type=Path, help="a folder for the stores")
    options = parser.parse_args(argv)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as made:
        folder = options.keep or Path(made)
        folder.mkdir(exist_ok=True)
        most = max(options.feeds * options.entries, options.imported)
        with gzip.open(options.file, "rt", encoding="utf-8") as lines:
            found = list(islice(lines, most))
        _write_feeds(folder, found, options.feeds, options.entries)
        if options.feeds:
            _run(f"once, {options.feeds} x {options.entries}", folder, ["once", "--all"])
        if options.imported:
            some = folder / "some.jsonl"
            some.write_text("".join(found[: options.imported]), encoding="utf-8")
            store = f"sqlite:///{folder}/import.db"
            arguments = ["--store", store, "import", str(some)]
            _run(f"import of {options.imported}", folder, arguments)
    return 0


def _write_feeds(folder: Path, lines: Sequence[str], feeds: int, entries: int) -> None:
    settings = [f'[store]\nurl = "sqlite:///{folder}/once.db"']
    for number in range(feeds):
        some = [json.loads(line) for line in lines[number::feeds][:entries]]
        items = "".join(map(_item, some))
        name = folder / f"feed{number}.xml"
        name.write_text(
            f'<rss version="2.0"><channel><title>Outlet {number}</title>{items}</channel></rss>',
            encoding="utf-8",
        )
        settings.append(f'[[feeds]]\nurl = "{name.as_uri()}"')
    (folder / "feeds.toml").write_text("\n".join(settings), encoding="utf-8")


def _item(one: dict[str, str]) -> str:
    date = one.get("published")
    shown = f"<pubDate>{format_datetime(datetime.fromisoformat(date))}</pubDate>" if date else ""
    return (
        f"<item><title>{escape(one.get('title') or '')}</title><guid>{escape(str(one['id']))}"
        f"</guid><description>{escape(one.get('body') or '')}</description>{shown}</item>"
    )


def _run(name: str, folder: Path, arguments: Sequence[str]) -> None:
    own = folder / "own.txt"
    command = [sys.executable, "-c", TIMED, str(own), str(ROOT), *arguments]
    began = time.perf_counter()
    with (folder / "out.txt").open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            command,
            stdout=out,
            env={**os.environ, "AGGREGATOR_CONFIG": str(folder / "feeds.toml")},
        )
        _, status, used = os.wait4(child.pid, 0)
    wall, cpu = time.perf_counter() - began, used.ru_utime + used.ru_stime
    print(
        f"{name:22}{wall:8.1f} s wall{cpu:8.1f} s CPU, own {float(own.read_text()):6.1f} s"
        f"{used.ru_maxrss / 1024:7.0f} MB   exit {os.waitstatus_to_exitcode(status)}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
