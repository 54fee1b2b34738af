"""The suites of feedparser, the W3C validator and others, read from their archives in place."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from aggregator.parse import ParseError, parse
from aggregator.parse.decode import decode
from tests.conformance.suites import NOW, failure_class, feedparser_cases, members, result

pytestmark = pytest.mark.slow

# Shares of feedparser's expectations that we meet; docs/parse.md tells what the others are.
FLOORS = {"title": 0.65, "link": 0.85, "id": 0.8, "published": 0.7, "updated": 0.6,
          "summary": 0.94, "content": 0.85}  # fmt: skip


@pytest.fixture(scope="session")
def archives(shared: Path) -> Path:
    return shared / "feeds" / "conformance"


def test_the_expectations_of_feedparsers_suite(archives: Path) -> None:
    asked: Counter[str] = Counter()
    met: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for case in feedparser_cases(archives / "feedparser.tar.gz"):
        good, said = result(case)
        asked[case.field] += 1
        met[case.field] += good
        if not good:
            classes[failure_class(case, said)] += 1
    assert sum(asked.values()) > 700
    for field, floor in FLOORS.items():
        assert met[field] >= floor * asked[field], (field, met[field], asked[field], classes)


@pytest.mark.parametrize("archive", ["feedparser", "feedvalidator", "miniflux-parser"])
def test_no_document_does_worse_than_being_refused(archives: Path, archive: str) -> None:
    """Good and bad ones alike: a document, or a reason in plain words; nothing else, and soon."""
    count = 0
    for path, body in members(archives / f"{archive}.tar.gz"):
        if not path.endswith((".xml", ".json", ".rss", ".atom", ".html", ".htm")):
            continue
        count += 1
        try:
            document = parse(body[:300_000], url="http://127.0.0.1/feed", now=NOW)
        except ParseError as problem:
            assert str(problem), path
            continue
        for entry in document.entries:
            assert entry.title or entry.content or entry.summary or entry.link, path
            assert entry.link is None or entry.link.startswith(("http://", "https://")), path
            assert "<script" not in (entry.title + entry.summary + entry.content).lower() or (
                "<script" in entry.title.lower()  # a title is text, escaped where it is shown
            ), path
    assert count > 5


def test_broken_json_is_refused_and_good_json_is_read(archives: Path) -> None:
    """JSONTestSuite, each value put into a feed: y_ is read, n_ is refused or read in part."""
    count = 0
    for path, body in members(archives / "JSONTestSuite.tar.gz", "test_parsing/"):
        name = path.rpartition("/")[2]
        if not name.endswith(".json"):
            continue
        count += 1
        feed = b'{"version": "https://jsonfeed.org/version/1.1", "extra": %s, "items": []}' % body
        try:
            document = parse(feed, now=NOW)
        except ParseError:
            assert not name.startswith("y_"), name
        else:
            assert document.entries == ()
        try:
            parse(body, now=NOW)
        except ParseError as problem:
            assert str(problem)
    assert count > 250


def test_encodings_are_sniffed_as_browsers_do(archives: Path) -> None:
    """html5lib's encoding tests: the declared encoding is the one that the bytes are read in."""
    asked = met = 0
    for path, body in members(archives / "html5lib-encoding-tokenizer.tar.gz", "encoding/"):
        if not path.endswith(".dat"):
            continue
        for part in body.split(b"#data\n")[1:]:
            data, _, name = part.partition(b"\n#encoding\n")
            wanted = name.strip().split(b"\n")[0].decode("ascii", "replace").lower()
            sample = data + b"\xe9\xe0\xe8"  # what each encoding reads in its own way
            asked += 1
            try:
                met += decode(sample).text[-2:] == sample.decode(wanted, "replace")[-2:]
            except LookupError:
                asked -= 1
    if not asked:
        pytest.skip("the archive holds no encoding tests")
    assert met >= 0.45 * asked, (met, asked)


def test_entities_of_the_tokenizer_tests(archives: Path) -> None:
    """html5lib's named entities, each in a title: resolved as HTML resolves it."""
    wrong = []
    count = 0
    for path, body in members(archives / "html5lib-encoding-tokenizer.tar.gz", "tokenizer/"):
        if not path.endswith("namedEntities.test"):
            continue
        for test in json.loads(body)["tests"]:
            if not test["input"].endswith(";") or test["output"] == [["Character", test["input"]]]:
                continue
            count += 1
            item = {"id": "1", "title": f"x{test['input']}y"}
            feed = {"version": "https://jsonfeed.org/version/1", "items": [item]}
            (entry,) = parse(json.dumps(feed).encode(), now=NOW).entries
            wanted = "x" + test["output"][0][1] + "y"
            if "".join(entry.title.split()) != "".join(wanted.split()):
                wrong.append(test["input"])
    if not count:
        pytest.skip("the archive holds no entity tests")
    assert len(wrong) <= count // 50, wrong[:20]
