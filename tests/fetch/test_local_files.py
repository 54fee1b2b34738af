"""Feeds that are files: only for who edits feeds.toml."""

from __future__ import annotations

import asyncio
import os

import pytest

from aggregator.fetch import Fetcher, next_poll
from aggregator.fetch.local import local_path
from aggregator.model import Document, Entry, Outcome, PollState
from aggregator.settings import FeedSettings

RSS = b"<rss version='2.0'><channel/></rss>"


def poll(kit, url, state=None, **limits):
    async def run():
        async with Fetcher(kit.limits(**limits)) as fetcher:
            return await fetcher.poll(FeedSettings(str(url)), state or PollState("f1"), now=kit.now)

    return asyncio.run(run())


def test_a_file_is_read_and_then_only_when_it_changed(kit, tmp_path):
    file = tmp_path / "أخبار feed.xml"
    file.write_bytes(RSS)
    first = poll(kit, file)
    assert (first.outcome, first.body) == (Outcome.CONTENT, RSS)
    document = Document((Entry(title="a"),), kind="rss20")
    state = next_poll(
        FeedSettings(str(file)), kit.limits(), PollState("f1"), first, document, [],
        now=kit.now, jitter=0.0,
    )  # fmt: skip
    assert poll(kit, file, state).outcome is Outcome.NOT_MODIFIED
    os.utime(file, (1, 1))  # touched, the same inside
    assert poll(kit, file, state).outcome is Outcome.NOT_MODIFIED
    file.write_bytes(RSS + b"<!-- more -->")
    assert poll(kit, file, state).outcome is Outcome.CONTENT


def test_a_file_address(kit, tmp_path):
    file = tmp_path / "a b.xml"
    file.write_bytes(RSS)
    assert poll(kit, file.as_uri()).outcome is Outcome.CONTENT


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda path: None, Outcome.FAILED),
        (lambda path: path.mkdir(), Outcome.FAILED),
        (lambda path: path.write_bytes(b""), Outcome.FAILED),
        (os.mkfifo, Outcome.FAILED),
        (lambda path: path.write_bytes(bytes(2_000)), Outcome.REFUSED),
    ],
    ids=["absent", "folder", "empty", "pipe", "too long"],
)
def test_what_is_no_feed_file(kit, tmp_path, make, outcome):
    path = tmp_path / "feed.xml"
    make(path)
    found = poll(kit, path, max_bytes=1_000)
    assert found.outcome is outcome
    assert found.error


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("/a/b.xml", "/a/b.xml"),
        ("file:///a/b%20c.xml", "/a/b c.xml"),
        ("file://localhost/a", "/a"),
        ("file://elsewhere/a", None),
        ("https://a.example/", None),
        ("ftp://a.example/", None),
    ],
)
def test_what_means_a_file(url, local):
    found = local_path(url)
    assert (found and str(found)) == local


@pytest.mark.parametrize(
    "url", ["file://elsewhere/a", "ftp://a.example/", "data:,x", "gopher://x/"]
)
def test_other_schemes_are_refused(kit, url):
    found = poll(kit, url)
    assert found.outcome in (Outcome.REFUSED, Outcome.FAILED)
    assert found.error


def test_only_a_poll_reads_files(kit, tmp_path):
    file = tmp_path / "feed.xml"
    file.write_bytes(RSS)

    async def run():
        async with Fetcher(kit.limits()) as fetcher:
            return await fetcher.get(file.as_uri()), await fetcher.get(str(file))

    for outcome in asyncio.run(run()):
        assert outcome.outcome is Outcome.REFUSED
        assert outcome.body == b""
