"""Formats by name: those of the program, and one that an installed package adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import ConfigError, load
from aggregator.digest import Edition, render, select
from aggregator.digest.formats import Format, format_named
from aggregator.extensions import FORMATS
from aggregator.model.errors import UserError
from aggregator.publish.deliveries.files import deliver
from aggregator.settings import DigestSettings
from tests.digest.conftest import NOW, coverage, view

MODULE = """
from aggregator.digest import Format, lay_out

def render(edition):
    return "".join(f"{block.headline.text}\\n" for block in lay_out(edition).blocks)

FORMAT = Format("titles", ".titles", "text/plain", render)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on sys.path that looks like an installed package with three formats."""
    folder = tmp_path / "site"
    info = folder / "titles_format-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: titles-format\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[every_story_once.formats]\ntitles = titles_format:FORMAT\n"
        "broken = titles_format_missing:FORMAT\nwrong = titles_format:render\n"
        "md = titles_format:FORMAT\n"
    )
    (folder / "titles_format.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def edition() -> Edition:
    story = view("bridge", coverage("bridge", "Bridge <b>closes</b> for repairs"))
    start = NOW.replace(day=23)
    return select(DigestSettings("news"), [story], since=start, until=NOW, made=NOW)


@pytest.mark.parametrize("name", FORMATS.built_in)
def test_every_built_in_format_goes_by_its_name(name: str) -> None:
    found = format_named(name)
    assert found.name == name
    assert found.suffix == f".{name}"
    if name == "epub":  # a zip file; tests/digest/test_digest_epub.py reads it
        assert found.content(edition()).startswith(b"PK")
    else:
        assert b"Bridge" in found.content(edition())


def test_plain_text_has_no_markup_and_the_address() -> None:
    lines = render(edition(), "txt").splitlines()
    assert "Bridge <b>closes</b> for repairs" in lines
    assert "  https://bridge.example/news/1" in lines


@pytest.mark.usefixtures("package")
def test_a_package_adds_a_format(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('[[digests]]\nname = "news"\nformats = ["titles"]\n')
    settings = load(file).digests[0]
    assert [path.name for path in deliver(edition(), settings)][-1] == "latest.titles"
    text = (settings.directory / "news" / "latest.titles").read_text()
    assert text == "Bridge <b>closes</b> for repairs\n"


@pytest.mark.usefixtures("package")
def test_a_package_cannot_replace_a_built_in_format() -> None:
    assert format_named("md").media_type == "text/markdown"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(("name", "said"), [("broken", "titles-format"), ("wrong", "not a Format")])
def test_a_format_that_cannot_be_used_is_named(name: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        format_named(name)


def test_the_configuration_refuses_an_unknown_format(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('[[digests]]\nname = "news"\nformats = ["pdf"]\n')
    with pytest.raises(
        ConfigError, match='unknown format "pdf"; available: md, html, json, atom, txt'
    ):
        load(file)


def test_a_format_is_plain_data() -> None:
    one = Format("x", ".x", "text/x", lambda found: found.name)
    assert one.render(edition()) == "news"


def test_built_in_formats_do_not_search_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: str) -> None:
        raise AssertionError("the installed packages are searched")

    monkeypatch.setattr("aggregator.extensions.registry.entry_points", refuse)
    assert all(name in FORMATS and format_named(name) for name in FORMATS.built_in)
