"""Real feed documents and the sample edition: two parsers, one result; nothing crashes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine import imports
from aggregator.parse import ParseError
from aggregator.parse.feeds.fast_scalars import date_of, gated, one_line
from aggregator.text.clean import gate, squeeze
from aggregator.text.dates import parse_date
from aggregator.text.item_factory import make_item
from bench.parse_compare import compare, feeds
from tests.support import render_samples

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="session")
def real(shared: Path) -> Path:
    return shared / "feeds" / "real"


def test_every_real_document_is_read_or_named(real: Path) -> None:
    """As ``run.py import`` takes them, up to the items; the engine behind has its own tests."""
    entries = 0
    for path in sorted(real.glob("*.xml")):
        try:
            taken = imports.feed_document(path, now=NOW)
        except ParseError as problem:
            assert str(problem), path.name
            continue
        entries += len(taken.document.entries)
        for entry in taken.document.entries:
            assert entry.title or entry.content or entry.summary or entry.link, path.name
            assert make_item(taken.feed, entry, taken.document, seen=NOW), path.name
            assert gate(entry.title) == entry.title
            assert "\ufffd" not in entry.title, path.name
    assert entries > 5_000


def test_both_parsers_agree_on_real_documents(real: Path) -> None:
    """docs/parse.md lists these differences and says which parser is right."""
    differing: Counter[str] = Counter()
    for path in feeds([real]):
        differing.update(one.field for one in compare(path))
    assert set(differing) <= {"link", "summary", "content", "updated", "authors", "categories"}
    assert differing["link"] <= 68
    assert differing["summary"] + differing["content"] <= 100


def test_both_parsers_agree_on_the_sample_edition(tmp_path: Path) -> None:
    render_samples(tmp_path)
    paths = list(feeds([tmp_path]))
    assert len(paths) >= 12
    for path in paths:
        assert [one for one in compare(path) if one.field != "updated"] == [], path.name


@given(st.text(max_size=60))
def test_the_short_cut_through_the_gate_is_the_gate(text: str) -> None:
    if not any("\x80" <= ch <= "\x9f" for ch in text):  # these are read as windows-1252
        assert gated(text) == gate(text)
        assert one_line(text) == squeeze(gate(text))


_ZONES = st.sampled_from(["+0000", "GMT", "+0330", "-0500", "EST", "+9900", "Z", "nonsense"])


@given(st.datetimes(datetime(1985, 1, 1), datetime(2030, 1, 1)), _ZONES, st.sampled_from("yn"))
def test_the_short_cut_for_dates_is_the_long_way(when: datetime, zone: str, iso: str) -> None:
    text = (
        f"{when:%Y-%m-%dT%H:%M:%S}+03:00" if iso == "y" else f"{when:%a, %d %b %Y %H:%M:%S} {zone}"
    )
    assert date_of(text, now=NOW, language=None) == parse_date(text, now=NOW)
