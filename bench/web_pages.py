"""The web page over a large store: CPU seconds of the server for each page, and its size.

    python bench/web_pages.py [--items N] [--words N] [--read SHARE] [--store PATH]

A store with N items is made (rows are written directly: it has what the pages read, but no search
index and no evidence in detail): stories of 1 to 12 articles, some with copies, from 400 feeds in
three languages. A share of the canonical items has been read by the user, the latest ones first.
Then each page is asked for as often as needed, in this process: sessions, queries, summaries and
templates, without the network. CPU time is measured, because the machine is shared; the first
visit is given apart, as it compiles templates and queries.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.config import SettingsFile  # noqa: E402 # after the path is set
from aggregator.engine import web_logins  # noqa: E402
from aggregator.settings import Settings  # noqa: E402
from aggregator.web.logins import Logins  # noqa: E402
from aggregator.web.pages import reading  # noqa: E402
from aggregator.web.pages.site import Site, Visit  # noqa: E402
from aggregator.web.pages.words import words  # noqa: E402
from aggregator.web.requests import Call  # noqa: E402
from aggregator.web.service import Service  # noqa: E402
from storage import Store  # noqa: E402

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FEEDS = 400
RARE = 30  # items of the feed that is rarely heard from
PARTS = (1, 1, 1, 1, 1, 1, 2, 2, 3, 12)
COPIES = (1, 1, 1, 2, 3)
ROUNDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--read", type=float, default=0.5, help="share that has been read")
    parser.add_argument("--words", type=int, default=250, help="of a text")
    parser.add_argument("--store", type=Path, help="where to make the store, or where it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or Path(folder) / "store.sqlite"
        made = not path.exists()
        with Store.open(f"sqlite:///{path}") as store:
            if made:
                web_logins.set_password(store, "reader", "none", now=NOW)
        if made:
            fill(path, options.items, options.words, options.read)
        with Store.open(f"sqlite:///{path}") as store:
            report(store, path)


def fill(path: Path, count: int, length: int, read: float) -> None:
    """Write the rows of ``count`` items, the latest last."""
    draw = random.Random(1)
    lexicon = [
        "".join(draw.choices("abcdefghiklmnoprstu", k=draw.randint(3, 9))) for _ in range(20_000)
    ]
    start = time.process_time()
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN")
        for number in range(FEEDS):
            tags = json.dumps([f"Tag {number % 20}"])
            row = (
                f"f{number}",
                f"https://outlet{number}.example/rss",
                f"Outlet {number}",
                tags,
                number,
            )
            db.execute("INSERT INTO feeds (id, url, title, tags, position) VALUES (?,?,?,?,?)", row)
            state = (f"f{number}", "active", json.dumps({"feed": f"f{number}"}))
            db.execute("INSERT INTO poll_states (feed, state, record) VALUES (?,?,?)", state)
        rows = {
            name: [] for name in ("items", "canonicals", "stories", "story_members", "decisions")
        }
        for row in _rows(draw, lexicon, count, length):
            rows[row[0]].append(row[1])
            if len(rows["items"]) >= 20_000:
                _write(db, rows)
        _write(db, rows)
        db.execute(
            "INSERT INTO reading_states (user, number, read, starred, hidden, labels, changed)"
            " SELECT 1, number, 1, number % 500 = 0, 0, '[]', 1 FROM canonicals"
            " WHERE number > (SELECT max(number) FROM canonicals) * (1 - ?)",
            (read,),
        )
        db.execute("COMMIT")
        db.execute("ANALYZE")
    print(f"{count:,} items written in {time.process_time() - start:.0f} s of CPU")


def _rows(
    draw: random.Random, lexicon: list[str], count: int, length: int
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The rows of stories with their items, oldest story first."""
    first = (NOW - timedelta(days=400)).timestamp() * 1e6
    step = 400 * 86_400e6 / count
    item = canonical = story = 0
    while item < count:
        story += 1
        story_id, began = f"s{story:016x}", int(first + item * step)
        topic = draw.sample(lexicon, 30)
        language = draw.choice(("en", "en", "ar", "fr"))
        for _ in range(draw.choice(PARTS)):
            canonical += 1
            name = f"c{item + 1:016x}"
            members = draw.choice(COPIES)
            for copy in range(members):
                item += 1
                at = int(first + item * step)
                rare = item % (max(count // RARE, 1)) == 0
                feed = "f0" if rare else f"f{draw.randrange(1, FEEDS)}"
                title = " ".join(draw.sample(topic, 8)).capitalize()
                text = " ".join(
                    draw.choices(topic, k=length // 5) + draw.choices(lexicon, k=length)
                )
                ident = f"i{item:016x}"
                link = f"https://{feed}.example/{item}"
                rule, outlet = "new" if copy == 0 else "title", f"Outlet {feed[1:]}"
                yield "items", (
                    item, ident, feed, name, rule, at, at, at, at, language, 0, outlet,
                    ident, title, link, link, b"", text[:200], text,
                )  # fmt: skip
                evidence = '["new", 0.0, 0.0, null, "no similar item was known", []]'
                yield "decisions", (item, ident, at, name, copy == 0, "new", evidence)
                if copy == 0:
                    yield "canonicals", (canonical, name, ident, at, canonical, feed, at)
                    yield "story_members", (canonical, name, story_id, at, b"")
        last = int(first + item * step)
        yield "stories", (story, story_id, began, last, json.dumps([language]), last)


_COLUMNS = {
    "items": "seq,id,feed,canonical,rule,time,seen,published,touched,language,identity_key,source,"
    "identity,title,url,link,bands,lead,text",
    "canonicals": "seq,id,representative,founded,number,feed,changed",
    "stories": "seq,id,first,last,languages,changed",
    "story_members": "seq,canonical,story,seen,features",
    "decisions": "seq,item,at,canonical,founded,rule,evidence",
}


def _write(db: sqlite3.Connection, rows: dict[str, list[tuple[object, ...]]]) -> None:
    for table, columns in _COLUMNS.items():
        places = ",".join("?" * (columns.count(",") + 1))
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows[table])
        rows[table].clear()


def report(store: Store, path: Path) -> None:
    """Ask for each page and print what it cost."""
    file = SettingsFile(Settings(path.parent / "feeds.toml", f"sqlite:///{path}", timezone="UTC"))
    service = Service(store, "key", lambda: NOW, file)
    site = Site(service, Logins(service, time.monotonic))
    with store.reading() as view:
        user = view.users.list()[0]
        counts = view.counts()
        largest = view.stories.list(limit=200)
    print(
        f"{counts.items:,} items, {counts.canonicals:,} canonical items, {counts.stories:,} stories"
    )
    story = largest[100].id
    pages = {
        "all": "", "all, 20th page": "", "unread": "show=unread", "today": "show=today",
        "starred": "show=starred", "one language": "language=ar", "a feed": "feed=f7",
        "a rare feed": "feed=f0", "a tag (20 feeds)": "tag=Tag 3", "a story": story,
    }  # fmt: skip
    deep = ""
    for _ in range(19):
        deep = _after(_visit(site, user, f"after={deep}" if deep else ""))
    pages["all, 20th page"] = f"after={deep}"
    print(f"{'page':20} {'first, ms':>10} {'CPU, ms':>10} {'kB':>6} {'stories':>8}")
    for name, query in pages.items():
        times, text = [], ""
        for _ in range(ROUNDS):
            began = time.process_time()
            text = _visit(site, user, query, story=query if name == "a story" else "")
            times.append((time.process_time() - began) * 1000)
        middle = sorted(times[1:])[len(times) // 2]
        size, shown = len(text.encode()) / 1000, text.count('<article class="story')
        print(f"{name:20} {times[0]:10.1f} {middle:10.1f} {size:6.1f} {shown:8}")


def _visit(site: Site, user: object, query: str, *, story: str = "") -> str:
    """The text of a page."""
    params = (
        {}
        if story
        else {one.partition("=")[0]: (one.partition("=")[2],) for one in query.split("&") if one}
    )
    call = Call("GET", "/", "127.0.0.1", params, {"sec-purpose": "prefetch"})
    visit = Visit(site, call, words("en", "UTC"), NOW, user, {"story": story})  # type: ignore[arg-type]
    answer = reading.story(visit) if story else reading.river(visit)
    return bytes(answer.body).decode()


def _after(text: str) -> str:
    return text.partition("/?after=")[2].partition('"')[0]


if __name__ == "__main__":
    main()
