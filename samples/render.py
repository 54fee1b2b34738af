"""Render the sample edition into feed files: ``python samples/render.py [--day 1|2|3]``.

The first run sets the end of the edition to the current time and stores it in
``edition.json`` next to the feeds; later runs keep it, so they write the same bytes
again. Day three is the 24 hours before that time, whatever the hour, so that
everything is in the past and the digest of the first run is fresh.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edition_formats import Dated, document
from edition_key import expected
from edition_sources import EntrySource, FeedSource, form_on, load
from edition_words import fill

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "edition"
KEY = HERE / "expected.json"
DAYS = 3


def main(argv: list[str] | None = None) -> int:
    """Parse the command line, write what changed and print a summary; 0 on success."""
    options = _options(argv)
    feeds = load(SOURCES)
    if options.expected:
        changed = write_if_changed(KEY, expected(feeds))
        print(f"{KEY.name}: {'written' if changed else 'unchanged'}")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    end = edition_end(options.out / "edition.json", options.now or datetime.now(UTC))
    written = sum(
        write_if_changed(options.out / feed.file, render(feed, end, options.day)) for feed in feeds
    )
    print(f"Sample edition: {len(feeds)} feeds in {options.out}, {written} written")
    return 0


def render(feed: FeedSource, end: datetime, day: int = DAYS) -> bytes:
    """One feed's document at the end of ``day``; ``end`` is the end of day three."""
    dated = [entry for source in feed.entries if (entry := dated_on(feed, source, end, day))]
    dated.sort(key=lambda entry: (entry.published, entry.source.key), reverse=True)
    return document(feed, dated)


def dated_on(feed: FeedSource, source: EntrySource, end: datetime, day: int) -> Dated | None:
    """The entry at the end of ``day``, with real times; None if not yet published."""
    form = form_on(source, day)
    if form is None:
        return None
    first = source.forms[0]
    published = moment(end, first.day, first.minute)
    return Dated(
        source,
        title=fill(form.title, feed.language, published),
        body=fill(form.body, feed.language, published),
        published=published,
        updated=moment(end, form.day, form.minute),
    )


def moment(end: datetime, day: int, minute: int) -> datetime:
    """Convert the edition's clock to a real time: 24:00 on day three is ``end``."""
    return end - timedelta(days=DAYS + 1 - day) + timedelta(minutes=minute)


def edition_end(path: Path, now: datetime) -> datetime:
    """The end of the edition: the time stored in ``path``, otherwise ``now``, to the minute.

    An unreadable file counts as an edition that was never rendered.
    """
    try:
        end = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["end"])
    except (OSError, ValueError, KeyError, TypeError):
        end = now.astimezone(UTC).replace(second=0, microsecond=0)
        write_if_changed(path, (json.dumps({"end": end.isoformat()}) + "\n").encode())
    return end


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write ``path`` atomically unless it already has ``content``; True if written."""
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Render the sample edition into feed files.")
    parser.add_argument(
        "--day", type=int, choices=range(1, DAYS + 1), default=DAYS, help="as if polled that day"
    )
    parser.add_argument(
        "--out", type=Path, default=HERE.parent / "var" / "samples", help="folder for the feeds"
    )
    parser.add_argument(
        "--now", type=_aware, help="end of the edition, if rendered for the first time (ISO 8601)"
    )
    parser.add_argument(
        "--expected", action="store_true", help=f"write the answer key, samples/{KEY.name}, instead"
    )
    return parser.parse_args(argv)


def _aware(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


if __name__ == "__main__":
    raise SystemExit(main())
