"""What response headers say: pure functions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.headers import (
    RETRY_LEAST,
    RETRY_MOST,
    http_date,
    links,
    max_age,
    retry_after,
    validator,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def headers(**fields):
    return [(name.replace("_", "-"), value) for name, value in fields.items()]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"cache_control": "max-age=600"}, 600),
        ({"cache_control": "public, Max-Age = 600"}, 600),
        ({"cache_control": 'max-age="600"'}, 600),
        ({"cache_control": "max-age=600", "age": "100"}, 500),
        ({"cache_control": "max-age=600", "age": "900"}, None),
        ({"cache_control": "max-age=600", "age": "old"}, 600),
        ({"cache_control": "s-maxage=600"}, None),
        ({"cache_control": "max-age=0"}, None),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "no-cache"}, None),
        ({"cache_control": "max-age=0", "expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, None),
        ({"expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, 3_600),
        (
            {
                "expires": "Tue, 24 Nov 2026 13:00:00 GMT",
                "date": "Tue, 24 Nov 2026 12:30:00 GMT",
            },
            1_800,
        ),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(fields, seconds):
    assert max_age(headers(**fields), NOW) == seconds


@given(st.text() | st.integers().map(str) | st.floats().map(str))
def test_any_retry_after_is_within_bounds_or_nothing(value):
    found = retry_after([("retry-after", value)], NOW)
    assert found is None or RETRY_LEAST <= found <= RETRY_MOST


@given(st.text())
def test_no_header_raises(value):
    for name in ("cache-control", "expires", "date", "age", "link", "etag"):
        found = [(name, value), ("expires", value)]
        max_age(found, NOW)
        links(found, "hub")
        validator(found, name)
    http_date(value)


def test_a_validator_of_absurd_length_is_not_kept():
    assert validator([("etag", "x" * 1_024)], "etag") == "x" * 1_024
    assert validator([("etag", "x" * 1_025)], "etag") is None
    assert validator([("etag", "")], "etag") is None


@pytest.mark.parametrize(
    ("value", "hubs"),
    [
        ('<https://hub.example/>; rel="hub"', ["https://hub.example/"]),
        ("<https://hub.example/>; rel=hub", ["https://hub.example/"]),
        ('<https://a.example/>; rel="self", <https://b.example/?x=1,2>; rel="hub"', ["https://b.example/?x=1,2"]),
        ('<https://b.example/>; title="x"; REL="Preconnect HUB"', ["https://b.example/"]),
        ('<https://b.example/>; rel="hubs"', []),
        ("https://b.example/; rel=hub", []),
        ("<https://b.example/", []),
        ("", []),
    ],
)  # fmt: skip
def test_links(value, hubs):
    assert links([("link", value)], "hub") == hubs
