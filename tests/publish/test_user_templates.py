"""Templates of the user's own: one block or all, mistakes named, texts of feeds escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.digest import Edition, render, render_mail, select, template_mistakes
from aggregator.model.errors import UserError
from aggregator.publish.deliveries.delivery import PartlyDeliveredError
from aggregator.publish.deliveries.files import deliver
from aggregator.publish.deliveries.mail import content
from aggregator.publish.templates import read_templates
from aggregator.settings import DigestSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def edition(make: Any, folder: Path, title: str = "Harbour <b>bridge</b> closes") -> Edition:
    found = select(
        DigestSettings(name="daily", title="The day"),
        [make.view("a", make.coverage("herald", title))],
        since=make.now - timedelta(hours=24),
        until=make.now,
        made=make.now,
    )
    return replace(found, templates=read_templates(folder))


def test_one_block_is_replaced_and_the_rest_stays(make: Any, folder: Path):
    own = (
        '{% extends "default/digest.html.j2" %}{% block footer %}<p>Mine: {{ page.title.text }}</p>'
    )
    (folder / "digest.html.j2").write_text(own + "{% endblock %}")
    (folder / "style.css").write_text("p { color: red }")
    html = render(edition(make, folder), "html")
    assert "<p>Mine: The day</p>" in html and "Every Story Once" not in html
    assert "Harbour &lt;b&gt;bridge&lt;/b&gt; closes" in html
    assert "<style>p { color: red }</style>" in html
    plain = render(replace(edition(make, folder), templates=read_templates(None)), "html")
    assert "Every Story Once" in plain and "color: red" not in plain


def test_a_page_of_ones_own_from_the_same_values(make: Any, folder: Path):
    own = "{% for block in page.blocks %}<h2>{{ block.headline.text }}</h2>{% endfor %}"
    (folder / "digest.html.j2").write_text(own)
    assert (
        render(edition(make, folder), "html")
        == "<h2>Harbour &lt;b&gt;bridge&lt;/b&gt; closes</h2>\n"
    )
    (folder / "mail.html.j2").write_text("<p>{{ page.day }}</p>")
    assert render_mail(edition(make, folder)) == "<p>Tuesday, November 24, 2026</p>\n"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("<p>\n{% if %}", 2, "Expected an expression"),
        ("\n\n{{ page.nothing.at_all }}", 3, "nothing"),
        ("{% for block in page.blocks %}\n{{ block.headline.text | safe }}{% endfor %}", 2, "safe"),
        ("\n{% autoescape false %}{{ page.title.text }}{% endautoescape %}", 2, "escaped"),
        ("{{ page.title.__class__.__mro__ }}", 1, "unsafe"),
        ('\n{% include "missing.j2" %}', 2, "missing.j2"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
        ("{% for n in range(999999999) %}{% endfor %}", 1, "Range too big"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    make: Any, folder: Path, text: str, line: int, why: str
):
    file = folder / "digest.html.j2"
    file.write_text(text)
    with pytest.raises(UserError, match=f"line {line}: ") as told:
        render(edition(make, folder), "html")
    assert str(file) in str(told.value) and why in str(told.value)


@pytest.mark.parametrize(
    "expression",
    [
        "text | forceescape | replace('&lt;', '<')",
        "text | replace('x', 'y')",
        "'%s' | format(text)",
        "text | indent | title",
        "[text] | join('<br>' | escape)",
        "text | urlize",
        "text | tojson",
        "{'class': text} | xmlattr",
        "text | wordwrap | trim",
        "('{}' | escape).format(text)",
        "text | escape | striptags",
        "(text | escape).unescape()",
    ],
)
def test_no_filter_lets_markup_of_a_feed_through(make: Any, folder: Path, expression: str):
    own = "{% for block in page.blocks %}{% set text = block.headline.text %}{{ " + expression
    (folder / "digest.html.j2").write_text(own + " }}{% endfor %}")
    try:
        html = render(edition(make, folder, "<script>alert(1)</script>"), "html")
    except UserError:
        return  # refused
    assert "<script" not in html.casefold()


def test_a_mistake_stops_no_other_format_and_no_mail(make: Any, folder: Path, tmp_path: Path):
    for name in ("digest.html.j2", "mail.html.j2", "index.html.j2"):
        (folder / name).write_text("{{ nothing }}")
    settings = DigestSettings(
        name="daily", formats=("md", "html", "json"), directory=tmp_path / "out", templates=folder
    )
    made = edition(make, folder)
    with pytest.raises(PartlyDeliveredError, match=r"digest\.html\.j2, line 1") as told:
        deliver(made, settings)
    assert sorted({path.suffix for path in told.value.files}) == [".json", ".md"]
    assert "Could not be written in this format: html" in (
        tmp_path / "out" / "daily" / "latest.md"
    ).read_text().replace("\\", "")
    assert "Harbour" in content(made, settings)
    (folder / "digest.html.j2").unlink()
    deliver(edition(make, folder), settings)
    assert (tmp_path / "out" / "daily" / "index.html").exists()


def test_a_folder_that_is_not_there_stops_the_formats_with_templates_only(
    make: Any, tmp_path: Path
):
    settings = DigestSettings(name="daily", formats=("md", "html"), directory=tmp_path / "out")
    with pytest.raises(PartlyDeliveredError, match="No such file or directory"):
        deliver(edition(make, tmp_path / "none"), settings)


def test_mistakes_are_found_without_a_digest(folder: Path):
    (folder / "digest.html.j2").write_text("\n{% endfor %}")
    (folder / "mail.html.j2").write_text("{{ page.day }}")
    (told,) = template_mistakes(read_templates(folder))
    assert told.startswith(f"{folder}/digest.html.j2, line 2: ")
    assert list(template_mistakes(read_templates(None))) == []
    assert "No such file" in next(template_mistakes(read_templates(folder / "none")))
