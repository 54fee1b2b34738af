"""The editions of the golden files: ``python -m tests.digest.golden_editions`` writes them again.

Look at the difference before you keep it (``git diff tests/digest/golden``): whatever changes there
changes what readers and programs get. Every text here was written for these tests.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from aggregator.digest import (
    Edition,
    Gaps,
    Place,
    Preferences,
    format_named,
    render,
    render_index,
    render_mail,
    select,
)
from aggregator.reading.story_view import Earlier, StoryView
from aggregator.settings import DigestSettings, Preference
from tests.digest.conftest import NOW, coverage, item, view

FOLDER = Path(__file__).parent / "golden"
TEXTS = ("html", "md", "txt", "json", "atom", "rss", "jsonfeed")
EDITIONS = ("en", "ar", "nothing")
DAY = timedelta(hours=24)


def edition(name: str) -> Edition:
    """One of EDITIONS."""
    arabic = name == "ar"
    found = select(
        DigestSettings(
            name="daily",
            title="كل خبر مرة واحدة" if arabic else "Every story once",
            language="ar" if arabic else "en",
            lead=1,
            limit=5,
            section_limit=1,
            section_headlines=1,
            headlines=4,
            advertisements="drop",
            link="https://me.example/digests",
        ),
        () if name == "nothing" else stories(),
        since=NOW - DAY,
        until=NOW,
        made=NOW,
        reader_languages=("ar", "en") if arabic else ("en", "ar"),
        listed={"iold": NOW - 2 * DAY},
        feeds_seen=0 if name == "nothing" else 12,
        timezone="Asia/Baghdad",
        outlets={"post.example": "The Post & Mail"},
        preferences=Preferences(
            mute=(Preference(words=("horoscope",)),),
            boost=(Preference(outlets=("herald.example",), by=1.5),),
            followed=frozenset({"strike"}),
        ),
        gaps=Gaps(unreadable=("s0123456789abcdef0",), beyond=3) if name == "en" else None,
        installation="0123456789abcdef",
    )
    return replace(found, place=Place("daily-2026-11-24T1000", "daily-2026-11-23T1000", "index"))


def stories() -> list[StoryView]:
    """Stories with everything that a format can show."""
    bridge = view(
        "bridge",
        coverage(
            "herald",
            "Harbour bridge closes for repairs",
            item("post", "Bridge shut: city braces for chaos", hours=0.8, credit="Norpress"),
            item("wire", "HARBOUR BRIDGE CLOSES FOR REPAIRS", hours=0.9),
            tags=("city",),
            credit="Norpress",
        ),
        coverage("times", "Ferries take over & <wait> for no one", hours=2, tags=("city",)),
        coverage("sada", "إغلاق جسر الميناء للصيانة", hours=3, language="ar", source="صدى البحر"),
        coverage("gazette", "Why the bridge rusts", hours=40, flags=("correction",), revision=2),
    )
    strike = view(
        "strike",
        coverage("union", "Tram strike ends after 9 days", tags=("city",)),
        coverage("old", "Tram drivers walk out", hours=60),
        earlier=Earlier("sbridge", "Harbour bridge closes for repairs", "https://herald.example/1"),
        id="strike",
    )
    arabic = view(
        "museum",
        coverage(
            "manara",
            "افتتاح متحف البحر في 12 قاعة (قريبًا)",
            item("ufuq", "افتتاح متحف البحر", language="ar", source="الأفق", hours=4),
            language="ar",
            source="المنارة",
            tags=("culture",),
            first_published=NOW - 300 * DAY,
        ),
    )
    others = [
        view("cup", coverage("sport", "Rovers win the cup 3-1", tags=("sport",))),
        view("youth", coverage("youth", "Rovers' youth team loses", hours=5, tags=("sport",))),
        view("run", coverage("run", "Ten thousand run along the quay", hours=6, tags=("sport",))),
        view(
            "late", coverage("late", "Report of Sunday's fair", hours=50, seen=NOW, language=None)
        ),
        view("film", coverage("film", "Film week begins", hours=7, tags=("culture",))),
        view("book", coverage("book", "A novel of the tides", hours=8, tags=("culture",))),
        view("play", coverage("play", "The play that was banned", hours=9, tags=("culture",))),
        view("choir", coverage("choir", "A choir of 400", hours=10, tags=("culture",))),
        view("stars", coverage("stars", "Your horoscope", tags=("culture",))),
        view("sofa", coverage("sofa", "Sofas at half price", flags=("advertisement",))),
    ]
    return [bridge, strike, arabic, *others]


def rendered() -> Iterator[tuple[str, str]]:
    """Name and content of every golden file."""
    for name in EDITIONS:
        made = edition(name)
        for text in TEXTS:
            yield f"{name}.{text}", render(made, text)
        yield f"{name}.mail.html", render_mail(made)
        yield f"{name}.epub.txt", _book(made)
        yield f"{name}.index.html", render_index(made, ("daily-2026-11-24T1000",))


def _book(made: Edition) -> str:
    """The files of the book, one after the other."""
    with zipfile.ZipFile(BytesIO(format_named("epub").content(made))) as book:
        return "".join(f"==> {n} <==\n{book.read(n).decode()}" for n in book.namelist())


def main() -> None:
    """Write the golden files."""
    for name, text in rendered():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
