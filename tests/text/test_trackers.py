"""The lists of trackers and address twins: every line does something, and no more than it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import address_twins
from aggregator.text.data import table
from aggregator.text.trackers import is_tracker
from aggregator.text.urls import canonical_url

LISTED = table("trackers")
NAMES = LISTED["names"].split()
TWINS = table("address_twins")["twin"]
PAGE = "https://paper.example/story?id=7"


@pytest.mark.parametrize("name", NAMES)
def test_a_tracker_is_no_part_of_the_page(name: str) -> None:
    assert canonical_url(f"{PAGE}&{name}=Ab9") == PAGE
    assert canonical_url(f"{PAGE}&{name}=Ab9&{name.upper()}=c") == PAGE


@pytest.mark.parametrize("family", LISTED["families"])
def test_a_family_of_trackers_is_known_by_its_beginning(family: str) -> None:
    assert not any(name.startswith(family) for name in NAMES)  # else one of the two is of no use
    assert canonical_url(f"{PAGE}&{family}any=3") == PAGE
    assert canonical_url(f"{PAGE}&x{family}any=3") != PAGE


@pytest.mark.parametrize("word", LISTED["values"]["words"].split())
def test_a_way_of_coming_is_no_page(word: str) -> None:
    for name in LISTED["values"]["names"].split():
        assert canonical_url(f"{PAGE}&{name}={word}") == PAGE


@pytest.mark.parametrize("row", LISTED["site"], ids=lambda row: row["host"])
def test_what_one_site_means_is_meant_nowhere_else(row: dict[str, list[str]]) -> None:
    for name in row["names"]:
        assert is_tracker(name, "3", str(row["host"]))
        assert is_tracker(name, "3", f"www2.{row['host']}")
        assert not is_tracker(name, "3", "paper.example")


@pytest.mark.parametrize(
    "name",
    ["ref", "source", "SourceCode", "cid", "cId", "eid", "uid", "gameId", "gallery", "reference",
     "clid", "campaign", "session", "sid", "medium", "keyword", "aff", "affiliate", "referral",
     "partnerid", "ga", "gl", "ad_id", "gs_id", "mc_id", "pk", "pk_id", "oly_x", "vero"],
)  # fmt: skip
@given(number=st.integers(1, 10**9))
def test_what_may_say_which_article_it_is_stays(name: str, number: int) -> None:
    one = canonical_url(f"https://paper.example/view?{name}={number}")
    other = canonical_url(f"https://paper.example/view?{name}={number + 1}")
    assert one != other


def test_a_session_is_no_page_but_a_short_number_is() -> None:
    token = "0123456789abcdef" * 2
    assert canonical_url(f"{PAGE}&sid={token}") == PAGE
    assert canonical_url(f"{PAGE}&sid=4711") != PAGE
    assert canonical_url("https://paper.example/a;jsessionid=A1.node2?id=7") == (
        "https://paper.example/a?id=7"
    )


@pytest.mark.parametrize("row", TWINS, ids=lambda row: str(row["pair"][0]))
def test_two_addresses_of_one_page_are_one(
    row: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = row["pair"]
    assert canonical_url(one) == canonical_url(other) is not None
    assert canonical_url(str(canonical_url(one))) == canonical_url(one)
    without = {"twin": [other for other in TWINS if other is not row]}
    monkeypatch.setattr(address_twins, "table", lambda _: without)
    address_twins._by_host.cache_clear()
    try:
        assert canonical_url(one) != canonical_url(other), "the line is of no use"
    finally:
        monkeypatch.undo()
        address_twins._by_host.cache_clear()


@pytest.mark.parametrize("row", TWINS, ids=lambda row: str(row["pair"][0]))
def test_every_host_of_a_twin_is_used(row: dict[str, list[str]]) -> None:
    for host in row["hosts"]:
        if host != "*":  # what is cut from every host can stand in no list
            assert canonical_url(f"https://{host}/") == f"https://{host}/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://youtu.be/5rm7nO6hMkA", "https://youtu.be/nRqFYSNivT4"),
        ("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/playlist?list=PL2"),
        ("https://www.youtube.com/@harbour/live", "https://www.youtube.com/@lighthouse/live"),
        ("https://www.youtube.com/watch?list=PL1", "https://www.youtube.com/watch?list=PL2"),
        ("https://x.com/a/status/1", "https://x.com/a/status/2"),
        ("https://reddit.com/r/a/comments/1h/x/k1", "https://reddit.com/r/a/comments/1h/x/k2"),
        ("https://podcasts.apple.com/us/podcast/x/id15?i=1", "https://podcasts.apple.com/us/podcast/x/id15?i=2"),
        ("https://arxiv.org/abs/2611.01234v1", "https://arxiv.org/abs/2611.01234v2"),
        ("https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1", "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=2"),
        ("https://app.example/read#!/wall", "https://app.example/read#!/museum"),
        ("https://app.example/#/wall", "https://app.example/#/museum"),
    ],
)  # fmt: skip
def test_two_pages_of_a_big_site_stay_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_a_place_in_a_page_counts_where_it_is_asked_for() -> None:
    page = "https://paper.example/days/24.html"
    assert canonical_url(f"{page}#wall") == page
    assert canonical_url(f"{page}#wall", fragment=True) == f"{page}#wall"
    assert canonical_url(f"{page}#xtor=RSS-1", fragment=True) == page
    assert canonical_url(f"{page}#comments", fragment=True) == page
