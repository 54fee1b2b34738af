"""Every row of the table of hostile documents: from a file, through a worker, to its guard."""
# ruff: noqa: E501 - documents read best on one line

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.model import Document
from aggregator.parse import ParseError, ParserCrashed, ParserPool, parse
from aggregator.parse.limits import HTML, TITLE

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(1, seconds=20, memory=1_000_000_000) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path, pool: ParserPool):  # type: ignore[no-untyped-def]  # a function
    def read(body: bytes | str, content_type: str | None = None) -> Document:
        path = tmp_path / "feed.xml"
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return pool.parse(path.read_bytes(), content_type=content_type, now=NOW)

    return read


def feed(items: str, prolog: str = "", head: str = "") -> str:
    return f'{prolog}<rss version="2.0"><channel><title>News</title>{head}{items}</channel></rss>'


ITEM = "<item><title>The bridge opens</title><link>https://news.example/1</link></item>"


@pytest.mark.slow
def test_many_small_items(served) -> None:
    found = served(
        feed("".join(f"<item><title>Story number {i}</title></item>" for i in range(100_000)))
    )
    assert len(found.entries) == 1_000
    assert any("only" in problem for problem in found.problems)


def test_one_title_of_many_megabytes(served) -> None:
    found = served(feed(f"<item><title>{'word ' * 1_000_000}</title></item>"))
    assert len(found.entries[0].title) <= TITLE


def test_one_tag_with_many_attributes(served) -> None:
    attributes = " ".join(f'a{i}="{i}"' for i in range(50_000))
    start = time.monotonic()
    try:
        served(feed(f"<item {attributes}><title>The bridge opens</title></item>"))
    except (ParseError, ParserCrashed) as problem:
        assert str(problem)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE r [<!ENTITY a "' + "x" * 90_000 + '">]>',
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/canary">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/canary"> %p;]>',
        '<!DOCTYPE r [ <!entity a "x"> ]>',
    ],
)
def test_entities_in_a_dtd_are_refused(served, dtd: str) -> None:
    with pytest.raises(ParseError, match="entities"):
        served(
            feed("<item><title>&a; &x; &c;</title></item>", prolog='<?xml version="1.0"?>' + dtd)
        )


def test_a_dtd_without_entities_and_xinclude_fetch_nothing(served) -> None:
    dtd = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">'
    xi = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    found = served(
        feed(f"<item><title>The bridge opens</title><description>{xi}</description></item>", dtd)
    )
    assert "root:" not in repr(found)
    assert found.entries[0].title == "The bridge opens"


@pytest.mark.slow
@pytest.mark.parametrize("depth", [300, 100_000])
def test_nested_elements(served, depth: int) -> None:
    body = feed(
        f"<item><title>The bridge opens</title><x>{'<d>' * depth}{'</d>' * depth}</x></item>" + ITEM
    )
    try:
        found = served(body)
    except (ParseError, ParserCrashed) as problem:
        assert str(problem)
    else:
        assert found.entries


@pytest.mark.parametrize(
    "soup", ["&lt;div&gt;", "&lt;b&gt;", "&lt;a ", "&lt;!--", "&lt;", "&amp;lt;div&amp;gt;"]
)
def test_tag_soup_is_bounded(served, soup: str) -> None:
    start = time.monotonic()
    found = served(
        feed(
            f"<item><title>The bridge opens</title><description>{soup * 60_000}</description></item>"
        )
    )
    assert time.monotonic() - start < 15
    assert len(found.entries[0].summary) <= HTML * 6


@pytest.mark.parametrize("author", ["a" * 50_000 + "@", "(" * 20_000, "a@" * 20_000])
def test_authors_are_bounded(served, author: str) -> None:
    found = served(feed(f"<item><title>The bridge opens</title><author>{author}</author></item>"))
    assert all(len(name) <= 200 for name in found.entries[0].authors)


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\x00\x00"])
def test_empty_bodies(served, body: bytes) -> None:
    with pytest.raises(ParseError):
        served(body)


@pytest.mark.parametrize(
    "bad", ["&#xD800;", "&#xDFFF;", "&#0;", "&#x1B;", "&#xFFFF;", "\x07", "\x1b", "\x00"]
)
def test_characters_that_xml_forbids(served, bad: str) -> None:
    found = served(feed(f"<item><title>The {bad}bridge opens</title></item>"))
    assert found.entries[0].title == "The bridge opens"


def test_invisible_characters_are_taken_out(served) -> None:
    found = served(feed("<item><title>a\u202eb\u2066c\u200bd e\u2028f</title></item>"))
    assert found.entries[0].title == "abcd e f"


ARABIC = "مجلس المدينة يقرر توسيع الجسر القديم فوق النهر"


def arabic(encoding: str, declared: str) -> bytes:
    text = feed(
        f"<item><title>{ARABIC}</title></item>", f'<?xml version="1.0" encoding="{declared}"?>'
    )
    return text.encode(encoding)


def test_one_bad_byte_spoils_one_letter(served) -> None:
    body = arabic("utf-8", "utf-8").replace(
        "المدينة".encode(), "المدي".encode() + b"\xff" + "نة".encode()
    )
    title = served(body).entries[0].title
    assert title.startswith("مجلس المدي")
    assert title.endswith("فوق النهر")


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("cp1256", "utf-8", None),
        ("cp1256", "windows-1256", None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-8-sig", "utf-8", None),
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", "no-such-encoding", None),
        ("iso8859_6", "iso-8859-6", None),
    ],
)
def test_encodings(served, encoding: str, declared: str, header: str | None) -> None:
    assert served(arabic(encoding, declared), header).entries[0].title == ARABIC


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1251", "Городской совет решил расширить старый мост через реку"),
     ("gb18030", "市议会投票决定拓宽河上的旧桥以应对冬季的洪水"),
     ("cp932", "市議会は冬の洪水を前に古い橋を広げることを決めた")],
)  # fmt: skip
def test_old_encodings_that_claim_to_be_utf8(served, encoding: str, text: str) -> None:
    body = feed(f"<item><title>{text}</title></item>" * 3, '<?xml version="1.0" encoding="utf-8"?>')
    assert served(body.encode(encoding)).entries[0].title == text


def test_a_document_that_breaks_off(served) -> None:
    found = served(feed(ITEM * 3)[: -len("</item></channel></rss>") - 30])
    assert [e.title for e in found.entries] == ["The bridge opens"] * 2
    assert found.partial


@pytest.mark.parametrize(
    "page", ["<!doctype html><html><body>Parked</body></html>", "<html><head></head></html>"]
)
def test_a_page_instead_of_a_feed(served, page: str) -> None:
    with pytest.raises(ParseError, match="HTML"):
        served(page)


def test_a_warning_before_the_xml_and_bare_ampersands(served) -> None:
    warning = "<br />\n<b>Warning</b>: include() failed in <b>/srv/x.php</b><br />\n"
    found = served(
        warning
        + feed(
            "<item><title>Q & A at the bridge</title><link>https://a.example/?a=1&b=2</link></item>"
        )
    )
    assert found.entries[0].title == "Q & A at the bridge"
    assert found.entries[0].link == "https://a.example/?a=1&b=2"


@pytest.mark.parametrize(
    "body",
    ['{"version": "https://jsonfeed.org/version/1.1", "items": 5}',
     '{"version": "https://jsonfeed.org/version/1.1", "items": [5, null, {"id": {}, "title": [1]}]}',
     '{"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "a b", "tags": 7, "authors": 3}]}',
     "[" * 100_000, '{"a":' * 100_000, '{"items": [{"title": "a"', "nul"],
)  # fmt: skip
def test_wrong_types_and_depths_in_json(served, body: str) -> None:
    try:
        found = served(body)
    except ParseError as problem:
        assert str(problem)
    else:
        assert all(isinstance(e.title, str) for e in found.entries)


HOSTILE = (
    "<svg/onload=alert(1)>", "<iframe/onload=alert(1)>", "<img src=x onerror=alert(1)", "<form action=x><input></form>",
    "<script>alert(1)</script>", "<a href='javascript:alert(1)'>x</a>", "<a onclick=alert(1) href=/x>x</a>",
    "<style>@import 'x'</style>", "<math><mi//xlink:href='data:x,y'>", "<object data=x>", "<meta http-equiv=refresh>",
)  # fmt: skip


@pytest.mark.parametrize("payload", HOSTILE)
def test_markup_is_cleaned(served, payload: str) -> None:
    found = served(
        feed(
            f"<item><title>The bridge opens</title><description><![CDATA[before {payload}]]></description></item>"
        )
    )
    text = found.entries[0].summary.lower()
    for word in (
        "onload",
        "onerror",
        "onclick",
        "javascript:",
        "<script",
        "<form",
        "<iframe",
        "<svg",
        "<style",
        "<object",
        "<meta",
    ):
        assert word not in text.replace("&lt;", "")


def test_a_large_document_is_bounded_in_time(served) -> None:
    start = time.monotonic()
    text = "<p>" + "It opened on Tuesday, she said. " * 300 + "</p>"
    found = served(
        feed(
            "".join(
                f"<item><title>Story number {i}</title><description><![CDATA[{text}]]></description></item>"
                for i in range(900)
            )
        )
    )
    assert len(found.entries) == 900
    assert time.monotonic() - start < 20


def test_the_same_in_this_process() -> None:
    assert parse(feed(ITEM).encode(), now=NOW).entries[0].link == "https://news.example/1"


@pytest.mark.slow
@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+05:00", "31 Dec 9999 23:59:59 -0500"])
def test_the_first_and_last_day_there_is_cost_no_document(served, date: str) -> None:
    item = f"<item><title>One</title><pubDate>{date}</pubDate></item>"
    document = served(f"<rss><channel>{item}<item><title>Two</title></item></channel></rss>")
    assert [entry.title for entry in document.entries] == ["One", "Two"]
    assert document.entries[0].published is None
