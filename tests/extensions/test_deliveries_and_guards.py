"""Deliveries and guards by name: those of the program, and ones that an installed package adds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from aggregator.config import ConfigError, load
from aggregator.dedupe.guards import GUARDS, guards
from aggregator.dedupe.titles import judge_titles
from aggregator.model.errors import UserError
from aggregator.publish.deliveries.delivery import Delivery, deliver_all, delivery_named
from aggregator.settings import DigestSettings
from tests.extensions.test_formats import edition

MODULE = """
from aggregator.dedupe.guards import TitleGuard
from aggregator.publish.deliveries.delivery import Delivery

SENT = []

def deliver(edition, settings, *, formats=None, latest=True):
    SENT.append(edition.name)
    return ()

def colour(alignment):
    words = [{term.text for term in side.terms} for side in (alignment.a, alignment.b)]
    return "one title is red" if ("red" in words[0]) != ("red" in words[1]) else None

DELIVERY = Delivery("post", deliver)
GUARD = TitleGuard("colour", colour)
"""


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: str) -> None:
    folder = tmp_path / "site"
    info = folder / "post_office-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: post-office\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entries)
    (folder / "post_office.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture(autouse=True)
def _fresh_guards() -> Iterator[None]:
    guards.cache_clear()
    yield
    guards.cache_clear()


def test_digests_go_to_files_unless_told_otherwise(tmp_path: Path) -> None:
    settings = DigestSettings("news", formats=("txt",), directory=tmp_path)
    assert settings.deliver == ("files",)
    assert [path.name for path in deliver_all(edition(), settings)][-1] == "latest.txt"


def test_a_package_adds_a_delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "[every_story_once.deliveries]\npost = post_office:DELIVERY\n")
    file = tmp_path / "feeds.toml"
    file.write_text('[[digests]]\nname = "news"\ndeliver = ["files", "post"]\n')
    settings = load(file).digests[0]
    paths = deliver_all(edition(), settings)
    assert paths[-1].name == "latest.atom"
    assert import_module("post_office").SENT == ["news"]


def test_an_unknown_delivery_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('[[digests]]\nname = "news"\ndeliver = ["pigeon"]\n')
    with pytest.raises(ConfigError, match='unknown delivery "pigeon"; available: files'):
        load(file)
    with pytest.raises(ValueError, match="unknown delivery 'pigeon'"):
        delivery_named("pigeon")


def test_a_delivery_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "[every_story_once.deliveries]\nodd = post_office:GUARD\n")
    with pytest.raises(UserError, match="not a Delivery"):
        delivery_named("odd")
    assert isinstance(delivery_named("files"), Delivery)


def test_a_guard_of_a_package_keeps_titles_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = "The red ferry sinks off Greece", "Ferry sinks off Greece in red storm light"
    assert len(guards()) == len(GUARDS)
    pair = "Mayor opens a new bridge in Leeds", "Mayor opens new red bridge in Leeds"
    assert all("colour" not in veto.guard for veto in judge_titles(*pair, "en").vetoes)
    guards.cache_clear()
    install(tmp_path, monkeypatch, "[every_story_once.guards]\ncolour = post_office:GUARD\n")
    assert "one title is red" in [veto.reason for veto in judge_titles(*pair, "en").vetoes]
    assert "one title is red" not in [veto.reason for veto in judge_titles(*titles, "en").vetoes]


def test_a_guard_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "[every_story_once.guards]\nodd = post_office:DELIVERY\n")
    with pytest.raises(UserError, match="not a TitleGuard"):
        guards()
