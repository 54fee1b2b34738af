"""Stories with hostile texts and links: payloads of the shared folder, syntax of Markdown."""

from __future__ import annotations

import json
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from aggregator.digest import Edition, select
from aggregator.reading.story_view import Earlier, StoryView
from aggregator.settings import DigestSettings

DAY = timedelta(hours=24)
OURS = "ours.example"


def payloads(shared: Path) -> list[str]:
    """Some 7,300 texts that were written to come alive where text is not escaped."""
    hostile = shared / "feeds" / "hostile"
    found = list(json.loads((hostile / "naughty_strings.json").read_text("utf-8")))
    found += [
        one["payload"]
        for one in json.loads((hostile / "dompurify_payloads.json").read_text("utf-8"))
    ]
    for name, pattern in (
        ("xss-payloadbox.tar.gz", "Intruder/"),
        ("bleach-tests-data.tar.gz", "data/"),
    ):
        with tarfile.open(hostile / name) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is None or pattern not in member.name:
                    continue
                text = file.read().decode("utf-8", "replace")
                found += text.splitlines() if pattern == "Intruder/" else [text]
    return list(dict.fromkeys(payload for payload in found if payload))


MARKUP = [  # beyond the payloads: syntax of Markdown and its dialects, each with a link
    "[click](https://evil.example/)",
    "![image](https://evil.example/x.png)",
    "<https://evil.example/>",
    "https://evil.example/ and www.evil.example and evil.example",
    "someone@evil.example mailto:someone@evil.example",
    "[ref][1]",
    "[1]: https://evil.example/",
    "[^1]: https://evil.example/",
    "`code` **bold** __bold__ *em* _em_ ~~gone~~ ==mark== ^sup^",
    "# heading",
    "> quote",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "2) item",
    "    code",
    "```",
    "~~~",
    "---",
    "===",
    "***",
    "| a | b |",
    "$$x$$ and $`x`$",
    "&lt;script&gt; &#60;script&#62; &copy;",
    "\\[click](https://evil.example/)",
    "\\\\[click](https://evil.example/)",
    "]( https://evil.example/ ) [",
    "{: onclick=x } {{ 7*7 }} {% include x %}",
    "*[HTML]: x",
    ": definition",
    "!!! note",
    "title\n\n# second line\u2028[x](https://evil.example/)\r\n<script>",
    "\u202emoc.live\u2066 \u2067 \ud800 \x00 \x1b[31m",
]


def stories(make: Any, payloads: list[str]) -> list[StoryView]:
    """Each payload in every text of a story, with links that are ours."""
    return [story(make, f"{n}", payload) for n, payload in enumerate(payloads)]


def story(make: Any, key: str, text: str) -> StoryView:
    link = f"https://{OURS}/{key}"
    said = {
        "lead": text,
        "source": text,
        "credit": text,
        "tags": (text,),
        "link": link,
        "url": link,
        "flags": (text,),
        "identity": text,
    }
    copy = make.item(f"copy{key}", text, **said)
    lead = make.coverage(key, text, copy, **said, first_published=make.now - 40 * DAY)
    related = make.coverage(f"r{key}", text, **(said | {"language": "ar"}))
    earlier = Earlier(text, text, link)
    return make.view(
        key,
        lead,
        related,
        earlier=earlier,
        terms=(text,),
        outlets=(text,),
        follows=text,
        state=text,
    )


def linked(make: Any, key: str, href: str) -> StoryView:
    """A story whose links are all ``href``."""
    copy = make.item(f"copy{key}", "Plain", link=href, url=href)
    lead = make.coverage(key, "Plain", copy, link=href, url=href)
    return make.view(key, lead, earlier=Earlier("sx", "Earlier", href))


def edition_of(make: Any, stories: list[StoryView], **said: Any) -> Edition:
    """An edition in which all of them are shown in full."""
    limits = {"limit": 10_000, "section_limit": 10_000} | said
    chosen = DigestSettings(name="daily", link=f"https://{OURS}/digests", **limits)
    return select(chosen, stories, since=make.now - DAY, until=make.now, made=make.now)
