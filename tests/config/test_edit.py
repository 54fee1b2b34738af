"""Commands that change feeds.toml keep its comments."""

import tomllib

import pytest

from aggregator.config import edit

TEXT = """# my feeds
[fetch]
contact = "me" # keep me

[[feeds]] # first
url = "https://a.example/rss"

# [[feeds]]
# url = "https://ar.example/rss"
# title = "Arabic"
# language = "ar"

# [[feeds]]
# url = "https://fr.example/rss"
# language = "fr"
"""


def test_add_then_remove_gives_the_feeds_back() -> None:
    added = edit.add_feeds(TEXT, [edit.NewFeed("https://b.example/x", 'B "q"', ("t",), "de")])
    feeds = tomllib.loads(added)["feeds"]
    assert feeds[1] == {
        "url": "https://b.example/x",
        "title": 'B "q"',
        "tags": ["t"],
        "language": "de",
    }
    removed = edit.remove_feed(added, "https://b.example/x")
    assert [feed["url"] for feed in tomllib.loads(removed)["feeds"]] == ["https://a.example/rss"]
    for comment in ("# my feeds", "# keep me", "# first", "# title = "):
        assert comment in removed


def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        edit.remove_feed(TEXT, "https://none.example")


def test_starter_feeds_are_enabled_by_language() -> None:
    assert edit.starter_languages(TEXT) == {"ar": 1, "fr": 1}
    text, count = edit.enable_starter(TEXT, ["ar", "xx"])
    assert count == 1
    assert [f["url"] for f in tomllib.loads(text)["feeds"]] == [
        "https://a.example/rss",
        "https://ar.example/rss",
    ]
    assert edit.starter_languages(text) == {"fr": 1}
    assert "# keep me" in text


def test_a_feed_is_changed_where_it_stands() -> None:
    key = "https://a.example/rss"
    text = edit.change_feed(TEXT, key, title='A "q"', tags=("news", "قصة"))
    assert tomllib.loads(text)["feeds"] == [{"url": key, "title": 'A "q"', "tags": ["news", "قصة"]}]
    assert edit.change_feed(text, key, title="", tags=()) == TEXT
    with pytest.raises(KeyError):
        edit.change_feed(TEXT, "https://none.example", title="x")
