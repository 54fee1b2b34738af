"""The rendered feeds: the same bytes for the same moment, well formed, nothing in the future."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples.reading import read

Documents = dict[int, dict[str, bytes]]


def test_the_edition_is_as_large_and_as_mixed_as_promised(outlets: tuple[Any, ...]) -> None:
    languages = {outlet.language for outlet in outlets}
    assert len(outlets) >= 16
    assert languages >= {"ar", "en", "fr", "de", "es", "fa", "ru", "zh"}
    assert {outlet.format for outlet in outlets} == {"rss20", "rss10", "atom10", "json11"}
    assert sum(len(outlet.entries) for outlet in outlets) >= 280


def test_a_moment_gives_the_same_bytes_again(
    renderer: ModuleType, outlets: tuple[Any, ...], documents: Documents, end: datetime
) -> None:
    for outlet in outlets:
        assert renderer.render(outlet, end, 2) == documents[2][outlet.file]


@pytest.mark.parametrize("day", [1, 2, 3])
def test_every_document_is_well_formed_and_whole(
    renderer: ModuleType, outlets: tuple[Any, ...], documents: Documents, day: int, end: datetime
) -> None:
    for outlet in outlets:
        kind, said = read(documents[day][outlet.file])
        wanted = [renderer.dated_on(outlet, entry, end, day) for entry in outlet.entries]
        titles = Counter(one.title for one in wanted if one is not None)
        assert kind == outlet.format, outlet.file
        if outlet.titles != "double":  # a title that is escaped twice reads so
            assert Counter(one.title for one in said) == titles, outlet.file
        assert len(said) == titles.total(), outlet.file


def test_an_ordinary_reader_reads_all_but_json(documents: Documents) -> None:
    for file, content in documents[3].items():
        if file.endswith(".xml"):
            found = feedparser.parse(content, sanitize_html=False)
            assert not found.bozo, (file, found.get("bozo_exception"))
            assert len(found.entries) == len(read(content)[1]), file


def test_documents_are_written_in_the_encoding_that_they_declare(
    outlets: tuple[Any, ...], documents: Documents
) -> None:
    old = {outlet.file: outlet.encoding for outlet in outlets if outlet.encoding != "utf-8"}
    assert set(old.values()) == {"iso-8859-1", "windows-1251"}
    for file, encoding in old.items():
        with pytest.raises(UnicodeDecodeError):
            documents[3][file].decode("utf-8")
        assert f'encoding="{encoding}"' in documents[3][file].decode(encoding)


@pytest.mark.parametrize("day", [1, 2, 3])
def test_nothing_is_dated_after_its_day(documents: Documents, end: datetime, day: int) -> None:
    latest = end - timedelta(days=3 - day)
    dates = [
        date
        for content in documents[day].values()
        for one in read(content)[1]
        for date in one.dates
    ]
    assert max(dates) <= latest
    assert max(dates) > latest - timedelta(hours=6)  # and the day reaches up to its end


def test_days_are_cumulative_and_ids_stay(documents: Documents) -> None:
    for file in documents[3]:
        seen = [{one.name: one for one in read(documents[day][file])[1]} for day in (1, 2, 3)]
        for before, after in ((seen[0], seen[1]), (seen[1], seen[2])):
            assert before.keys() <= after.keys(), file
            for name, one in before.items():
                assert (one.link, one.dates[:1]) == (after[name].link, after[name].dates[:1])


def test_ids_do_not_depend_on_the_moment(
    renderer: ModuleType, outlets: tuple[Any, ...], documents: Documents
) -> None:
    other = datetime(2040, 1, 1, tzinfo=UTC)
    for outlet in outlets:
        then = [(one.name, one.link) for one in read(renderer.render(outlet, other))[1]]
        now = [(one.name, one.link) for one in read(documents[3][outlet.file])[1]]
        if not any("{" in entry.forms[0].title for entry in outlet.entries):
            assert then == now, outlet.file


def test_no_feed_names_an_entry_twice(documents: Documents) -> None:
    for file, content in documents[3].items():
        names = Counter(one.name for one in read(content)[1])
        assert names.most_common(1)[0][1] == 1, file


def test_every_address_is_a_made_up_one(outlets: tuple[Any, ...], documents: Documents) -> None:
    sites = {outlet.file: outlet.site for outlet in outlets}
    for file, content in documents[3].items():
        for one in read(content)[1]:
            name = urlsplit(urljoin(sites[file], one.link)).hostname or ""
            assert name.endswith((".example", ".test")), one.link


def test_a_correction_keeps_the_guid_and_changes_the_title(
    outlets: tuple[Any, ...], documents: Documents
) -> None:
    corrected = [entry for outlet in outlets for entry in outlet.entries if len(entry.forms) > 1]
    assert len(corrected) >= 3
    for entry in corrected:
        before, after = entry.forms
        assert before.day < after.day, "both in one day: nobody would see the first"
        for form in entry.forms:
            said = {one.name: one for one in read(documents[form.day][entry.feed])[1]}
            assert said[entry.guid].title == form.title


def test_a_second_run_keeps_the_moment_and_writes_nothing(
    renderer: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert renderer.main(["--out", str(tmp_path), "--now", "2031-05-17T09:30:40+03:00"]) == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert renderer.main(["--out", str(tmp_path), "--now", "2032-01-01T00:00:00"]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert json.loads(first["edition.json"]) == {"end": "2031-05-17T06:30:00+00:00"}
    assert ", 0 written" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"end": 3}', '{"end": "soon"}'])
def test_a_broken_memory_is_made_anew(renderer: ModuleType, tmp_path: Path, broken: str) -> None:
    memory = tmp_path / "edition.json"
    memory.write_text(broken)
    now = datetime(2030, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert renderer.edition_end(memory, now) == datetime(2030, 2, 3, 4, 5, tzinfo=UTC)
    assert renderer.edition_end(memory, now + timedelta(days=1)) == now.replace(second=0)


@given(
    end=st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)),
    day=st.integers(1, 3),
    minutes=st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
)
def test_the_editions_clock_runs_forward_and_ends_now(
    renderer: ModuleType, end: datetime, day: int, minutes: tuple[int, int]
) -> None:
    early, late = (renderer.moment(end, day, minute) for minute in sorted(minutes))
    assert end - timedelta(days=3) <= early <= late < end
    assert renderer.moment(end, 3, 1440) == end


def test_weekdays_are_those_of_the_entrys_own_date(
    outlets: tuple[Any, ...], renderer: ModuleType
) -> None:
    saturday = datetime(2026, 3, 7, 23, 59, tzinfo=UTC)
    radio = next(outlet for outlet in outlets if outlet.file == "coastline-radio.xml")
    titles = {one.name: one.title for one in read(renderer.render(radio, saturday))[1]}
    weather = {titles[name] for name in titles if "cr-weather" in name}
    assert weather == {"Weather for Friday", "Weather for Saturday", "Weather for Sunday"}
