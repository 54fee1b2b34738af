"""What people say of stories told in several languages, and what revisions do to them.

The encoder is made up: an event's number in the text is what the text means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aggregator import crosslingual
from aggregator.engine import story_corrections
from aggregator.engine.polls import Engine
from aggregator.model import Correction, Document, Entry, Feed
from aggregator.publish import editions
from aggregator.reading.stories import view
from aggregator.settings import ClusterSettings, DigestSettings, Settings
from storage import Store

pytestmark = pytest.mark.slow

DAM = {
    "en": (
        "Dam bursts above Orvale town after heavy rain floods valley",
        "Orvale dam burst: heavy rain floods valley town, rescuers say",
        "Rescuers search Orvale valley town after dam burst and heavy rain",
    ),
    "fr": (
        "Rupture du barrage au-dessus de la ville d'Orvale après de fortes pluies",
        "Orvale : la rupture du barrage inonde la ville après de fortes pluies",
        "Barrage rompu à Orvale, la ville inondée après de fortes pluies",
    ),
    "de": (
        "Staudamm oberhalb der Stadt Orvale bricht nach starkem Regen",
        "Orvale: Staudamm gebrochen, starker Regen überflutet die Stadt",
    ),
}
BUDGET = "Parliament of Kestria approves the new railway budget after long debate"


class MadeUp:
    """A text means the event whose number stands in it."""

    def encode(self, text: str) -> NDArray[Any]:
        number = re.search(r"event (\d+)", text)
        vector = np.zeros(512)
        vector[int(number[1]) if number else 511] = 1.0
        return vector


class World:
    """A store with stories across languages, and an outlet for each article."""

    def __init__(self, folder: Path, *, across: bool = True) -> None:
        self.settings = Settings(
            folder / "feeds.toml",
            f"sqlite:///{folder}/store.sqlite",
            stories=ClusterSettings(across_languages=across),
        )
        self.store = Store.open(self.settings.store)
        self.engine = Engine(self.store, self.settings)
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.count = 0
        self.published: dict[int, datetime] = {}  # a revision keeps the time of its article

    def take(self, language: str, title: str, event: int = 1, *, outlet: int = 0) -> str:
        """Store an article; its item's id. The same outlet again revises its article."""
        self.count += 1
        self.now += timedelta(minutes=1)
        number = outlet or self.count
        feed = Feed(f"f{number}", f"https://{number}.example/rss", language=language)
        entry = Entry(
            title=title,
            content=f"event {event}. {title}",
            guid=f"g{number}",
            link=f"https://{number}.example/a",
            published=self.published.setdefault(number, self.now),
            language=language,
        )
        document = Document((entry,), language=language)
        self.engine.take_document(feed, document, now=self.now)
        with self.store.reading() as tx:
            found = [p for p in tx.items.list(limit=100) if p.item.feed == feed.id]
            return found[0].item.id

    def told(self, *items: str) -> list[str]:
        """The ids that stand for the stories of these items; each of them is listed."""
        with self.store.reading() as tx:
            listed = {one.id for one in tx.stories.list(limit=100)}
            found = []
            for item in items:
                placed = tx.items.get(item)
                canonical = tx.canonicals.get(placed.canonical) if placed else None
                name = tx.stories.resolve(canonical.story or "") if canonical else None
                assert name in listed
                found.append(name or "")
        assert self.store.check() == []
        return found

    def own(self, item: str) -> str:
        """The story of an item's own language."""
        with self.store.reading() as tx:
            placed = tx.items.get(item)
            canonical = tx.canonicals.get(placed.canonical) if placed else None
            return (canonical.story if canonical else None) or ""

    def split(self, *items: str) -> list[Correction]:
        (story,) = set(self.told(items[0]))
        return story_corrections.split(self.engine, story, items, now=self.now)

    def same(self, one: str, other: str) -> list[Correction]:
        return story_corrections.same(self.engine, *self.told(one, other), now=self.now)

    def undo(self, *said: Correction) -> None:
        for correction in said:
            story_corrections.undo(self.engine, correction.id, now=self.now)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(crosslingual, "package_encoder", MadeUp)
    made = World(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def dam(world: World) -> dict[str, list[str]]:
    """One event: two articles in English, which led, two in French, one in German."""
    found = {language: [world.take(language, DAM[language][0])] for language in ("en", "fr", "de")}
    for language in ("en", "fr"):
        found[language].append(world.take(language, DAM[language][1]))
    assert len(set(world.told(*found["en"], *found["fr"], *found["de"]))) == 1
    assert world.own(found["fr"][0]) == world.own(found["fr"][1]) != world.own(found["en"][0])
    return found


def test_two_languages_leave_together_and_come_back(
    world: World, dam: dict[str, list[str]]
) -> None:
    said = world.split(*dam["en"], *dam["fr"])
    away = set(world.told(*dam["en"], *dam["fr"]))
    assert len(away) == 1 and away.isdisjoint(world.told(*dam["de"]))
    world.undo(*said)
    assert len(set(world.told(*dam["en"], *dam["fr"], *dam["de"]))) == 1


@pytest.mark.parametrize("last_first", [False, True])
def test_parts_of_two_languages_leave_each_as_a_story_of_its_language(
    world: World, dam: dict[str, list[str]], last_first: bool
) -> None:
    leaving = dam["en"][1], dam["fr"][1]
    said = world.split(*leaving)
    stays, away = set(world.told(dam["en"][0], dam["fr"][0], *dam["de"])), set(world.told(*leaving))
    assert len(stays) == len(away) == 1 and stays != away
    assert world.own(leaving[0]) != world.own(leaving[1])
    later = world.take("fr", DAM["fr"][2])
    assert world.told(later)[0] in stays | away
    assert world.told(dam["fr"][0]) != world.told(dam["fr"][1])
    world.undo(*(reversed(said) if last_first else said))
    assert world.own(dam["fr"][0]) == world.own(dam["fr"][1]) != world.own(dam["en"][0])
    assert world.own(dam["en"][0]) == world.own(dam["en"][1])


def test_a_part_of_one_language_stays_out_whatever_comes(
    world: World, dam: dict[str, list[str]]
) -> None:
    world.split(dam["fr"][1])
    world.take("fr", DAM["fr"][2])
    assert world.own(dam["fr"][0]) != world.own(dam["fr"][1])
    assert world.told(dam["fr"][0]) == world.told(dam["en"][0])


def test_a_language_that_left_comes_back_with_the_last_correction(
    world: World, dam: dict[str, list[str]]
) -> None:
    first, second = world.split(*dam["fr"])
    world.take("fr", DAM["fr"][2])
    assert world.told(*dam["fr"]) != world.told(*dam["en"])
    world.undo(second)
    assert world.told(dam["fr"][0]) != world.told(dam["en"][0]), "the other one still holds"
    world.undo(first)
    assert len(set(world.told(*dam["fr"], *dam["en"]))) == 1
    assert world.own(dam["fr"][0]) != world.own(dam["en"][0])


def test_same_joins_each_language_with_its_own_and_undo_parts_them(
    world: World, dam: dict[str, list[str]]
) -> None:
    other = world.take("fr", "Ventes de voitures neuves : le marché recule encore", 2)
    world.take("de", "Neuwagen: Verkauf geht zum dritten Mal zurück", 2)
    said = world.same(dam["en"][0], other)
    assert len(said) == 2, "one for each language"
    assert world.own(other) == world.own(dam["fr"][0])
    assert world.told(other) == world.told(dam["en"][0])
    later = world.take("fr", DAM["fr"][2])
    assert world.own(other) == world.own(later), "later articles obey"
    world.undo(*said)
    assert world.own(other) != world.own(dam["fr"][0])
    assert world.told(other) != world.told(dam["en"][0])


def test_what_a_person_said_before_it_was_switched_on_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crosslingual, "package_encoder", MadeUp)
    before = World(tmp_path, across=False)
    english, french = before.take("en", DAM["en"][0]), before.take("fr", DAM["fr"][0])
    other = before.take("de", DAM["de"][0])
    before.same(english, french)
    assert before.told(other) != before.told(english)
    after = World(tmp_path)
    after.now, after.count = before.now, before.count
    before.store.close()
    for language, event in (("en", 1), ("fr", 2), ("de", 3)):
        after.take(language, DAM[language][1], event)
    assert after.told(english) == after.told(french) != after.told(other)
    after.store.close()


def test_a_revision_that_empties_the_leader_leaves_the_others_together(world: World) -> None:
    """Its only article turned out to be another one's copy."""
    budget = world.take("en", BUDGET, 3)
    primary = world.take("en", "Storm warning issued for coastal Belmora on Friday", outlet=50)
    french = world.take("fr", DAM["fr"][0])
    assert world.told(primary) == world.told(french)
    world.take("en", BUDGET, 3, outlet=50)
    assert world.told(primary) == world.told(budget) != world.told(french)
    german = world.take("de", DAM["de"][0])
    assert world.told(german) == world.told(french) != world.told(budget)
    with world.store.reading() as tx:
        found = tx.stories.get(world.told(french)[0])
    assert found is not None and set(found.languages) == {"fr", "de"}


def test_a_digest_tells_nothing_again_when_a_group_parts(
    world: World, dam: dict[str, list[str]], tmp_path: Path
) -> None:
    wanted = DigestSettings("daily", every="hourly", directory=tmp_path / "digests")
    ours = replace(world.settings, digests=(wanted,))
    later = world.now + timedelta(hours=1)
    (first,) = editions.write_due(world.store, ours, now=later).digests
    world.split(*dam["en"])
    assert world.told(*dam["en"]) != world.told(*dam["fr"])
    (second,) = editions.write_due(world.store, ours, now=later + timedelta(hours=1)).digests
    assert (first.stories, second.stories) == (1, 0)


def test_what_one_of_its_languages_follows_the_story_follows(world: World) -> None:
    before = world.take("fr", DAM["fr"][0], 1)
    world.now += timedelta(days=6)
    english = world.take("en", "Director of the Orvale dam stands trial in Merrow", 2)
    french = world.take("fr", DAM["fr"][2], 2)
    assert world.told(english) == world.told(french)
    with world.store.reading() as tx:
        found = view(tx, world.told(english)[0], world.settings, now=world.now)
    assert found is not None and found.earlier is not None
    assert found.earlier.story == world.told(before)[0]


_STREAM = st.lists(
    st.tuples(
        st.sampled_from(["en", "fr", "de", "sv"]),
        st.integers(1, 3),  # the event
        st.integers(0, 5),  # which words of the language tell of it
        st.sampled_from([0, 0, 0, 90, 91]),  # an outlet that revises its one article
    ),
    min_size=4,
    max_size=14,
)
_WORDS = {
    "en": "dam flood valley rescue storm parliament railway budget strike mayor bridge museum",
    "fr": "barrage inondation secours tempête parlement chemin budget grève maire pont musée port",
    "de": "Staudamm Flut Rettung Sturm Parlament Bahn Haushalt Streik Meister Brücke Museum Hafen",
    "sv": "damm flod räddning storm riksdag järnväg budget strejk borgmästare bro museum hamn",
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STREAM)
def test_a_process_for_each_article_decides_as_one_for_all(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    stream: list[tuple[str, int, int, int]],
) -> None:
    """With revisions that move articles and empty stories; and no story is lost or twice."""
    monkeypatch.setattr(crosslingual, "package_encoder", MadeUp)
    found = []
    for restarts in (False, True):
        made = World(tmp_path_factory.mktemp("stream"))
        items = []
        for language, event, words, outlet in stream:
            chosen = (_WORDS[language].split() * 2)[event * 3 + words :][:5]
            title = f"Name{event}{language} " + " ".join(chosen)
            items.append(made.take(language, title, event, outlet=outlet))
            if restarts:
                made.engine = Engine(made.store, made.settings)
        found.append((made.told(*items), [made.own(item) for item in items]))
        made.store.close()
    assert found[0] == found[1]
