"""Lists of stories by user: each once, page by page, narrowed; and logins of the web page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.model import LinkKind, StoryLink
from aggregator.model.reading_state import ReadingState
from storage import ListPosition, Store, StoryListFilter, story_lists
from storage.story_lists import StoryList


def canonical(number: int) -> str:
    return f"c{number:016x}"


def story(number: int) -> str:
    return f"s{number:016x}"


def fill(store: Store, make: Any) -> int:
    """Twelve stories; 1 to 4 have a second item, which is of the other feed and later."""
    with store.transaction() as tx:
        user = tx.users.add("reader", make.at())
        for number in range(1, 17):
            first = number <= 12
            language = "ar" if number % 3 == 0 else "en"
            item = make.item(number, feed="f1" if first else "f2", language=language)
            make.save(tx, item)
            into = story(number if first else number - 12)
            make.story(tx, canonical(number), into if not first else None)
            tx.stories.summarise(into)
        return user.id


def whole(store: Store, user: int, limit: int = 3, **narrow: Any) -> list[str]:
    """A list page by page, to its end."""
    found: list[str] = []
    before: ListPosition | None = None
    while True:
        with store.reading() as view:
            page: StoryList = view.story_lists.page(
                user, StoryListFilter(**narrow), limit=limit, before=before
            )
        found += page.stories
        if page.following is None:
            return found
        before = page.following


def numbers(store: Store, *made: int) -> set[int]:
    with store.reading() as view:
        rows = view.session.connection.exec_driver_sql("SELECT id, number FROM canonicals")
        of = {row[0]: row[1] for row in rows}
    return {of[canonical(one)] for one in made}


def mark(store: Store, make: Any, user: int, state: ReadingState, *made: int) -> None:
    wanted = dict.fromkeys(numbers(store, *made), state)
    with store.transaction() as tx:
        tx.states.save(user, wanted, make.at(100))


LATEST = [story(n) for n in (4, 3, 2, 1, 12, 11, 10, 9, 8, 7, 6, 5)]


@pytest.mark.parametrize("limit", [1, 5, 12, 50])
def test_every_story_is_listed_once_the_latest_first(store: Store, make: Any, limit: int) -> None:
    user = fill(store, make)
    assert whole(store, user, limit) == LATEST


def test_of_a_feed_by_its_own_latest_item(
    store: Store, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = fill(store, make)
    assert whole(store, user, feeds=("f2",)) == LATEST[:4]
    monkeypatch.setattr(story_lists, "_LEAST", 2)
    for size in (2, 120):
        monkeypatch.setattr(story_lists, "_PER_FEED", size)
        assert whole(store, user, feeds=("f1", "f2")) == LATEST
        assert whole(store, user, feeds=("f1",)) == [story(n) for n in range(12, 0, -1)]
    assert whole(store, user, feeds=()) == []


def test_by_language_and_time(store: Store, make: Any) -> None:
    user = fill(store, make)
    assert whole(store, user, language="ar") == [story(n) for n in (3, 12, 9, 6)]
    assert whole(store, user, language="xx") == []
    assert whole(store, user, since=make.at(11)) == LATEST[:6]


def test_unread_starred_followed_and_hidden(store: Store, make: Any) -> None:
    user = fill(store, make)
    mark(store, make, user, ReadingState(read=True), 1, 2, 14, *range(5, 13))
    assert whole(store, user, unread=True) == [story(n) for n in (4, 3, 1)]  # 1: 13 is unread
    mark(store, make, user, ReadingState(hidden=True), 3, 15, 16)
    assert whole(store, user, unread=True) == [story(n) for n in (4, 1)]
    assert story(3) not in whole(store, user)
    mark(store, make, user, ReadingState(read=True, starred=True), 7, 13)
    assert whole(store, user, starred=True) == [story(1), story(7)]
    with store.transaction() as tx:
        tx.states.follow(user, story(9), make.at(101))
        tx.states.follow(user, story(2), make.at(102))
    assert whole(store, user, followed=True) == [story(2), story(9)]
    with store.reading() as view:
        marks = view.story_lists.marks(user, [story(1), story(3)])
    assert marks[story(1)].read == numbers(store, 1, 13)
    assert marks[story(1)].starred == numbers(store, 13)
    assert not marks[story(1)].is_unread
    assert not marks[story(3)].shown


def test_a_list_that_lets_little_through_ends_early_and_goes_on(
    store: Store, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = fill(store, make)
    mark(store, make, user, ReadingState(read=True), 4, 16, 3, 15, 2, 14, 1, 13, 12, 11)
    monkeypatch.setattr(story_lists, "_JUDGED", 2)
    monkeypatch.setattr(story_lists, "_CHUNK", 2)
    with store.reading() as view:
        page = view.story_lists.page(user, StoryListFilter(unread=True), limit=1)
    assert (page.stories, page.following is None) == ((), False)
    assert whole(store, user, limit=1, unread=True) == [story(n) for n in range(10, 4, -1)]


def test_stories_of_several_languages_are_one(store: Store, make: Any) -> None:
    user = fill(store, make)
    with store.transaction() as tx:
        make.link(tx, StoryLink(LinkKind.LINK, story(12), story(5)), make.at(50))
        tx.stories.summarise(story(5))
    assert story(12) not in whole(store, user)
    assert whole(store, user, language="ar").count(story(5)) == 1
    mark(store, make, user, ReadingState(read=True), 5)
    assert story(5) in whole(store, user, unread=True)
    mark(store, make, user, ReadingState(read=True), 12)
    assert story(5) not in whole(store, user, unread=True)
    assert whole(store, user, feeds=("f1",)).count(story(5)) == 1


def test_sessions_end_expire_and_belong_to_one_user(store: Store, make: Any) -> None:
    with store.transaction() as tx:
        one, other = tx.users.add("one", make.at()), tx.users.add("other", make.at())
        for token, user in (("a", one), ("b", one), ("c", other)):
            tx.web_sessions.add(token, user.id, now=make.at(), expires=make.at(60))
    with store.reading() as view:
        assert [view.web_sessions.user(token, make.at(59)) for token in "abcx"] == [1, 1, 2, None]
        assert view.web_sessions.user("a", make.at(60)) is None
    with store.transaction() as tx:
        tx.web_sessions.end("a")
        assert [tx.web_sessions.user(token, make.at()) for token in "abc"] == [None, 1, 2]
        tx.web_sessions.end_all(one.id)
        assert [tx.web_sessions.user(token, make.at()) for token in "abc"] == [None, None, 2]
        later = make.at(60) + timedelta(seconds=1)
        tx.web_sessions.add("d", one.id, now=later, expires=make.at(90))
        assert tx.web_sessions.user("c", make.at()) is None  # deleted, as it had expired


def test_what_was_read_at_one_moment_can_be_found_again(store: Store, make: Any) -> None:
    user = fill(store, make)
    mark(store, make, user, ReadingState(read=True), 1, 2)
    with store.transaction() as tx:
        (three,) = numbers(store, 3)
        tx.states.save(user, {three: ReadingState(read=True)}, make.at(99))
        assert set(tx.states.read_at(user, make.at(100))) == numbers(store, 1, 2)
        assert tx.states.read_at(user + 1, make.at(100)) == []
