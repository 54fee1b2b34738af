"""The page without scripts: what is listed, marked, searched and corrected."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from aggregator.engine import story_corrections
from aggregator.engine.polls import Engine
from aggregator.model import Document, Entry, Feed
from aggregator.text.identity import feed_id
from aggregator.web.pages import reading
from aggregator.web.pages.words import LANGUAGES, _all
from tests.web.newsroom import DAM, FLOOD, NOW, RATES, TRIAL, Newsroom

pytestmark = pytest.mark.slow  # each starts a server and hashes passwords


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    page = re.sub(r"</?(bdi|span)\b[^>]*>", "", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_each_story_is_listed_once_with_its_outlets_and_copies(newsroom: Newsroom) -> None:
    first = newsroom.take(*DAM[0])
    newsroom.take(DAM[0][0].upper(), DAM[0][1])
    newsroom.take(*DAM[1])
    rates = newsroom.take(*RATES)
    browser = newsroom.reader()
    assert browser.stories() == [newsroom.story(rates), newsroom.story(first)]
    said = text_of(browser.page("/"))
    assert said.count(DAM[0][0]) + said.count(DAM[1][0]) == 1
    assert "1 copy folded" in said
    assert "2 articles" in said
    assert "Outlet 1, Outlet 2, Outlet 3" in said
    assert len(browser.page("/").encode()) < 100_000


def test_pages_follow_each_other_and_news_that_arrives_moves_nothing(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.reading.river.PAGE", 2)
    taken = [newsroom.take(*one) for one in (DAM[0], RATES, TRIAL, FLOOD)]
    browser = newsroom.reader()
    names = [newsroom.story(item) for item in reversed(taken)]
    assert browser.stories("/") == names[:2]
    (older,) = re.findall(r'rel="next" href="([^"]+)"', browser.page("/"))
    newsroom.take("Comet seen above the observatory of Tarn at dawn", "comet Tarn")
    assert browser.stories(unescape(older)) == names[2:]
    assert 'rel="next"' not in browser.page(unescape(older))


def test_lists_by_tag_feed_language_and_day(newsroom: Newsroom) -> None:
    dam, flood = newsroom.take(*DAM[0]), newsroom.take(*FLOOD)
    browser = newsroom.reader()
    both = [newsroom.story(flood), newsroom.story(dam)]
    with newsroom.store.reading() as view:
        placed = view.items.get(dam)
        assert placed is not None
    assert browser.stories("/?tag=World") == both
    assert browser.stories("/?tag=Nothing") == []
    assert browser.stories(f"/?feed={placed.item.feed}") == both[1:]
    assert browser.stories("/?language=ar") == both[:1]
    assert browser.stories("/?show=today") == []
    newsroom.now = NOW + timedelta(hours=1)
    assert browser.stories("/?show=today") == both
    for strange in ("after=1", "after=x.y", "after=-1.1", "after=9999999999999999999999.1"):
        assert browser.get(f"/?{strange}").status_code == 200
    assert browser.get("/?show=%00&tag=%F0%9F%98%80&language=%22&feed='").status_code == 200


def test_opening_a_story_marks_it_read_for_one_reader_only(newsroom: Newsroom) -> None:
    dam, rates = newsroom.take(*DAM[0]), newsroom.take(*RATES)
    browser, other = newsroom.reader(), newsroom.reader("other")
    browser.page(f"/story/{newsroom.story(dam)}")
    assert browser.stories("/?show=unread") == [newsroom.story(rates)]
    assert len(other.stories("/?show=unread")) == 2
    newsroom.take(*DAM[1])
    assert browser.stories("/?show=unread")[0] == newsroom.story(dam)  # it has grown
    assert "1 new" in text_of(browser.page("/"))


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}],
)
def test_a_story_that_no_person_opened_stays_unread(
    newsroom: Newsroom, headers: dict[str, str]
) -> None:
    story = newsroom.story(newsroom.take(*DAM[0]))
    browser = newsroom.reader()
    assert browser.get(f"/story/{story}", **headers).status_code == 200
    assert browser.stories("/?show=unread") == [story]


def test_star_follow_hide_and_unread(newsroom: Newsroom) -> None:
    story = newsroom.story(newsroom.take(*DAM[0]))
    browser = newsroom.reader()
    assert browser.press("/", r"star:\d+").headers["location"] == "/"
    browser.press("/", r"follow:\w+")
    assert browser.stories("/?show=starred") == browser.stories("/?show=followed") == [story]
    browser.press("/", r"read:[\d,]+")
    assert browser.stories("/?show=unread") == []
    browser.press("/", r"unread:[\d,]+")
    assert browser.stories("/?show=unread") == [story]
    browser.press("/", r"unstar:[\d,]+")
    browser.press("/", r"unfollow:\w+")
    assert browser.stories("/?show=starred") == browser.stories("/?show=followed") == []
    browser.press("/", r"hide:[\d,]+")
    assert browser.stories() == []
    scripted = browser.post("/mark", {"X-Requested-With": "fetch"}, mark="star:1")
    assert (scripted.status_code, scripted.content) == (204, b"")
    assert browser.post("/mark", mark="burn:1").status_code == 400


@pytest.mark.parametrize("pattern", [r"page:[\d,]+", "all"])
def test_marking_all_read_spares_what_came_after_and_can_be_undone(
    newsroom: Newsroom, pattern: str
) -> None:
    one = newsroom.story(newsroom.take(*DAM[0]))
    two = newsroom.story(newsroom.take(*RATES))
    browser = newsroom.reader()
    newsroom.now = NOW + timedelta(minutes=3)
    page = browser.page("/")
    (value,) = re.findall(rf'name="mark" value="({pattern})"', page)
    (until,) = re.findall(r'name="until" value="(\d+)"', page)
    newsroom.made += 60
    late = newsroom.story(newsroom.take(*TRIAL))
    newsroom.now = NOW + timedelta(hours=5)
    answer = browser.post("/mark", mark=value, until=until, back="/?show=unread")
    back = answer.headers["location"]
    assert browser.stories(back) == [late]
    text = browser.page(back)
    assert "2 articles marked as read." in text
    (at,) = re.findall(r'name="at" value="(\d+)"', text)
    answer = browser.post("/unmark", at=at, back=back)
    assert answer.headers["location"] == "/?show=unread"
    assert browser.stories("/?show=unread") == [late, two, one]


def test_a_story_shows_its_articles_their_texts_and_the_reasons(newsroom: Newsroom) -> None:
    dam = newsroom.take(*DAM[0])
    newsroom.take(DAM[0][0].upper(), DAM[0][1])
    newsroom.take(*DAM[1])
    said = text_of(newsroom.reader().page(f"/story/{newsroom.story(dam)}"))
    for title in (DAM[0][0], DAM[1][0]):
        assert title in said
    assert "Why it is in this story Same event as the items of this story" in said
    assert "1 copy folded" in said
    assert re.search(r"the titles (are the same|agree)", said)
    assert "Not the same article" in said


def test_a_wrong_fold_is_undone_by_a_button_and_stays_undone(newsroom: Newsroom) -> None:
    dam, copy = newsroom.take(*DAM[0]), newsroom.take(DAM[0][0].upper(), DAM[0][1])
    browser = newsroom.reader()
    story = f"/story/{newsroom.story(dam)}"
    (a, b) = re.findall(
        r'value="not_same">.*?name="a" value="(\w+)">.*?name="b" value="(\w+)"', browser.page(story)
    )[0]
    assert {a, b} == {dam, copy}
    answer = browser.post("/correct", what="not_same", a=a, b=b, back=story)
    assert answer.status_code == 303
    assert newsroom.canonical(dam) != newsroom.canonical(copy)
    said = text_of(browser.page(answer.headers["location"]))
    assert "Not the same article" in said
    assert "1 item moved:" in said
    assert "now an article of its own" in said
    refused = browser.post("/correct", what="same", a=a, b=b, back=story)
    assert refused.status_code == 409
    assert "says the opposite" in text_of(refused.text)
    listed = browser.page("/corrections")
    (name,) = re.findall(r'name="correction" value="(\w+)"', listed)
    assert browser.post("/undo", correction=name).headers["location"] == f"/correction/{name}"
    assert newsroom.canonical(dam) == newsroom.canonical(copy)
    assert "It no longer holds." in text_of(browser.page(f"/correction/{name}"))
    assert browser.post("/undo", correction=name).status_code == 409


def test_items_are_joined_and_stories_split_and_joined_by_buttons(newsroom: Newsroom) -> None:
    dam, other, rates = (newsroom.take(*one) for one in (DAM[0], DAM[1], RATES))
    browser = newsroom.reader()
    story = newsroom.story(dam)
    assert newsroom.story(other) == story
    answer = browser.post("/correct", what="part", a=story, b=other, back="/")
    assert newsroom.story(other) != story
    said = text_of(browser.page(answer.headers["location"]))
    assert "Not the same story" in said
    assert "Story split:" in said
    browser.post("/undo", correction=answer.headers["location"].rpartition("/")[2])
    assert newsroom.story(other) == story
    browser.post("/correct", what="same", a=dam, b=other, back="/")
    assert newsroom.canonical(dam) == newsroom.canonical(other)
    found = browser.page(f"/search?q=Norland&join={story}")
    assert "Join these two stories" in found
    answer = browser.post("/correct", what="join", a=story, b=newsroom.story(rates), back="/")
    assert "Stories joined:" in text_of(browser.page(answer.headers["location"]))
    assert newsroom.story(rates) == story
    for wrong in ({"what": "join", "a": "nope", "b": story}, {"what": "same", "a": dam, "b": "x"}):
        assert browser.post("/correct", None, **wrong).status_code == 409
    assert browser.post("/correct", what="burn", a=dam, b=other).status_code == 400


def test_an_old_id_leads_to_the_story_that_took_it_over(newsroom: Newsroom) -> None:
    dam, rates = newsroom.take(*DAM[0]), newsroom.take(*RATES)
    old, new = newsroom.story(rates), newsroom.story(dam)
    engine = Engine(newsroom.store, newsroom.settings)
    story_corrections.same(engine, new, old, now=NOW + timedelta(hours=1))
    answer = newsroom.reader().get(f"/story/{old}")
    assert answer.headers["location"] == f"/story/{new}"


def test_long_stories_are_shown_in_parts(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ARTICLES", 1)
    story = newsroom.story(newsroom.take(*DAM[0]))
    newsroom.take(*DAM[1])
    browser = newsroom.reader()
    text = browser.page(f"/story/{story}")
    (more,) = re.findall(r'rel="next" href="([^"]+)"', text)
    assert text.count('class="article"') == browser.page(more).count('class="article"') == 1
    assert 'rel="next"' not in browser.page(more)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("السارم", ["السارم", "السارم"]),
        ("السّارم قريٰ", ["السارم", "قرى", "السارم", "قرى"]),
        ("KESSLER", ["Kessler", "Kessler"]),
        ("<b>", []),
    ],
)
def test_searched_words_are_marked_in_every_form(
    newsroom: Newsroom, words: str, marked: list[str]
) -> None:
    newsroom.take(*FLOOD)
    newsroom.take(*DAM[0])
    answer = newsroom.reader().client.get("/search", params={"q": words})
    assert answer.status_code == 200
    assert re.findall("<mark>([^<]+)</mark>", answer.text) == marked


def test_the_interface_is_english_or_arabic(newsroom: Newsroom) -> None:
    newsroom.take(*FLOOD)
    browser = newsroom.reader()
    page = browser.get("/", **{"Accept-Language": "ar-IQ,en;q=0.5"}).text
    assert '<html lang="ar" dir="rtl">' in page
    assert '<span dir="rtl" lang="ar">' in browser.get("/", **{"Accept-Language": "en"}).text
    assert '<html lang="en" dir="ltr">' in browser.get("/", **{"Accept-Language": "xx"}).text
    answer = browser.post("/language", language="ar", back="/?show=unread")
    assert answer.headers["location"] == "/?show=unread"
    for path in ("/", "/feeds", "/corrections", "/search", "/login", "/start"):
        assert '<html lang="ar" dir="rtl">' in browser.get(path).text


def test_both_languages_have_the_same_words() -> None:
    english, *others = (_all()[language] for language in LANGUAGES)
    for other in others:
        assert english.keys() == other.keys()
        assert english["plural"].keys() == other["plural"].keys()


def test_imported_feeds_are_told_from_polled_ones_and_hits_are_sorted_by_date(
    newsroom: Newsroom,
) -> None:
    url = "import:papers"
    old = Entry(guid="a", title="Ferry runs aground off Solvik", published=NOW - timedelta(days=9))
    new = Entry(guid="b", title="Solvik opens a museum", published=NOW - timedelta(days=1))
    feed = Feed(feed_id(url), url, title="Papers")
    for entry in (new, old):  # the older one arrives last
        newsroom.engine.take_document(feed, Document((entry,)), now=NOW)
    reader = newsroom.reader()
    page = reader.page("/feeds")
    assert "imported, not polled" in page
    assert "/feeds/remove" not in page  # it is not in feeds.toml
    found = reader.page("/search?q=solvik")
    assert found.index("museum") < found.index("aground")
