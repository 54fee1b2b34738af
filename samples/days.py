"""Poll the sample edition day by day, simulating three days: ``python samples/days.py``.

The feeds are rendered as of the end of each day and polled with the clock set to that
time, so that intervals, 'seen' times and digests are realistic. Everything is written
to a separate folder (var/days); the store in feeds.toml is not touched. Explore the
result with
``.venv/bin/python run.py --store sqlite:///var/days/store.sqlite stories list``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from edition_sources import load as load_sources
from render import DAYS, SOURCES, edition_end, moment, render, write_if_changed

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aggregator.config import load as load_settings  # noqa: E402 # found by the line above
from aggregator.engine.polls import Engine  # noqa: E402
from aggregator.engine.subscriptions import subscribe  # noqa: E402
from aggregator.polling.poller import Poller, Summary  # noqa: E402
from aggregator.polling.subscriptions import due_feeds  # noqa: E402
from aggregator.publish.editions import write_due  # noqa: E402
from aggregator.settings import Settings  # noqa: E402
from storage import Store  # noqa: E402

MIDNIGHT = 24 * 60  # the end of a day, in minutes of it


def main(argv: list[str] | None = None) -> int:
    """Parse the command line, simulate the days and print a line for each; 0 on success."""
    parser = argparse.ArgumentParser(description="Poll the sample edition day by day.")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "days", help="a new folder")
    out = parser.parse_args(argv).out.resolve()
    if out.exists():
        print(
            f"{out} already exists; remove it or choose another folder with --out", file=sys.stderr
        )
        return 1
    for line in live(ROOT / "feeds.toml", out, datetime.now(UTC)):
        print(line)
    print(f'Look around: {Path(sys.executable)} run.py --store "sqlite:///{out}/store.sqlite" ...')
    return 0


def live(config: Path, out: Path, now: datetime) -> list[str]:
    """Poll days one to three of an edition that ends ``now`` into ``out``; one line per day."""
    feeds = out / "samples"
    feeds.mkdir(parents=True)
    settings = settings_for(config, out)
    end = edition_end(feeds / "edition.json", now)
    told = []
    for day in range(1, DAYS + 1):
        for source in load_sources(SOURCES):
            write_if_changed(feeds / source.file, render(source, end, day))
        clock = moment(end, day, MIDNIGHT)
        with Store.open(settings.store) as store:
            summary = poll_at(clock, settings, store)
            files = write_due(store, settings, now=clock).files
        told.append(_line(day, clock, summary, files))
    return told


def settings_for(config: Path, out: Path) -> Settings:
    """The settings in ``config``, with the sample feeds only and all paths in ``out``."""
    settings = load_settings(config)
    return replace(
        settings,
        store=f"sqlite:///{out}/store.sqlite",
        feeds=tuple(
            replace(feed, url=str(out / "samples" / Path(feed.key).name))
            for feed in settings.feeds
            if feed.key.startswith("var/samples/")
        ),
        digests=tuple(replace(one, directory=out / "digests") for one in settings.digests),
    )


def poll_at(clock: datetime, settings: Settings, store: Store) -> Summary:
    """Poll what is due at ``clock``, as ``run.py once`` does."""
    subscribe(store, settings.feeds)
    due = due_feeds(store, settings.feeds, now=clock, limit=len(settings.feeds))
    engine = Engine(store, settings)

    async def work() -> Summary:
        async with Poller(engine, settings.fetch, clock=lambda: clock, seed=0) as poller:
            return await poller.round(due)

    return asyncio.run(work())


def _line(day: int, clock: datetime, summary: Summary, files: tuple[Path, ...]) -> str:
    tally = summary.tally
    pages = ", ".join(str(path) for path in files if path.name == "latest.html")
    return (
        f"Day {day}, until {clock:%Y-%m-%d %H:%M} UTC: {summary.polled} feeds polled, "
        f"{tally.items} new items, {tally.revisions} revisions, {tally.duplicates} duplicates, "
        f"{tally.canonicals} canonical items, {tally.stories} stories; {pages or 'no digest due'}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
