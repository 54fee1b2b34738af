"""The page in a real browser: first run, keys, corrections, search, phones, hostile feeds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.web.newsroom import DAM, FLOOD, INVITATION, PASSWORD, RATES, TRIAL, Newsroom

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect, sync_playwright  # only where it is installed

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
HOSTILE = '"><script>document.title="ran"</script><img src=https://evil.example/x onerror=alert(1)>'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A tab of a browser of its own; it notes what it was refused and whom it asked."""

    def __init__(self, chromium: Any, newsroom: Newsroom, **options: Any) -> None:
        values = {"locale": "en", "reduced_motion": "reduce"} | options
        self.context = chromium.new_context(base_url=newsroom.url, **values)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.context.on("request", lambda request: self.asked.add(request.url.split("/")[2]))
        self.host = newsroom.url.split("/")[2]

    def log_in(self) -> None:
        self.page.goto("/login")
        self.page.fill("#name", "reader")
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/")

    def titles(self) -> list[str]:
        return [text.strip() for text in self.page.locator(".story h2").all_inner_texts()]

    def close(self) -> None:
        """Nothing was refused, and nobody else was asked."""
        self.context.close()
        assert self.complaints == []
        assert self.asked == {self.host}


def test_first_run_reading_by_keys_and_correcting_a_wrong_fold(
    newsroom: Newsroom, chromium: Any
) -> None:
    for one in (TRIAL, RATES, DAM[0]):
        newsroom.take(*one)
    newsroom.take(DAM[0][0].upper(), DAM[0][1])
    tab = Tab(chromium, newsroom)
    page = tab.page
    page.goto(f"/start?key={INVITATION}")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")
    titles = tab.titles()
    assert len(titles) == 3

    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.querySelector('h2').innerText") == titles[1]
    for key, mark in (("m", "read"), ("s", "star")):
        with page.expect_response("**/mark") as answer:
            page.keyboard.press(key)
        assert answer.value.status == 204
        button = page.locator(f".story >> nth=1 >> [data-mark={mark}]")
        expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    classes = page.locator(".story").nth(1).get_attribute("class")
    assert {"read", "starred"} <= set(classes.split())

    newsroom.now += timedelta(seconds=1)  # what is undone is known by its moment
    page.keyboard.press("Shift+A")
    page.wait_for_selector("#undo")
    page.goto("/?show=unread")
    assert tab.titles() == []
    page.go_back()
    page.keyboard.press("u")
    page.wait_for_selector("#undo", state="detached")
    page.goto("/?show=unread")
    assert tab.titles() == [titles[0], titles[2]]

    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/story/*")
    assert "Why it was folded" in page.inner_text("main") or "It came first" in page.inner_text(
        "main"
    )
    page.click("text=Not the same article")
    page.wait_for_url("**/correction/*")
    assert "1 item moved:" in page.inner_text("main")
    assert "now an article of its own" in page.inner_text("main")
    page.keyboard.press("/")
    page.keyboard.type("Kessler")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Kessler")
    assert page.locator("mark").count() >= 2
    tab.close()


def test_arabic_on_a_phone_in_the_dark(newsroom: Newsroom, chromium: Any) -> None:
    newsroom.user()
    newsroom.take(*FLOOD)
    newsroom.take(*DAM[0], outlet="A very long name of an outlet " * 3)
    newsroom.take("x" * 300 + " Kessler Ridge dam", "y" * 500)
    size = {"width": 390, "height": 844}
    tab = Tab(chromium, newsroom, viewport=size, locale="ar", color_scheme="dark", has_touch=True)
    tab.log_in()
    page = tab.page
    page.fill("#q", "السّارم")
    page.press("#q", "Enter")
    page.wait_for_url("**/search**")
    assert page.locator("mark").all_inner_texts() == ["السارم", "السارم"]
    page.click(".story a.open")
    page.wait_for_url("**/story/*")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    for path in ("/", page.url, "/search?q=Kessler", "/feeds", "/feeds-out", "/corrections"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert page.evaluate("document.documentElement.dir") == "rtl"
    for button in page.locator("button:visible").all():
        assert button.bounding_box()["height"] >= 24
    tab.close()


def test_all_of_it_works_without_scripts(newsroom: Newsroom, chromium: Any) -> None:
    newsroom.user()
    newsroom.take(*DAM[0])
    tab = Tab(chromium, newsroom, java_script_enabled=False)
    tab.log_in()
    page = tab.page
    page.click("button:has-text('Star')")
    page.wait_for_selector(".story.starred")
    page.click("a:has-text('Starred')")
    assert len(tab.titles()) == 1
    page.click("text=Mark this page as read")
    page.wait_for_selector(".story.read")
    page.click("#undo")
    page.wait_for_selector(".story:not(.read)")
    page.click("button:has-text('Hide')")
    page.wait_for_selector(".empty")
    tab.close()


def test_hostile_fields_run_nothing_and_ask_nobody(newsroom: Newsroom, chromium: Any) -> None:
    newsroom.user()
    texts = {"content": HOSTILE, "source_title": HOSTILE, "credit": HOSTILE, "guid": HOSTILE}
    item = newsroom.take(
        f"{HOSTILE} Kessler Ridge dam", HOSTILE, outlet=HOSTILE, link="javascript:alert(1)", **texts
    )
    tab = Tab(chromium, newsroom)
    tab.log_in()
    for path in ("/", f"/story/{newsroom.story(item)}", "/search?q=Kessler", "/feeds"):
        tab.page.goto(path)
        assert "Every story once" in tab.page.title()
        assert tab.page.locator("img, iframe, object, [onerror]").count() == 0
    tab.close()


ACCESS = """() => {
  const named = (e) => (e.getAttribute('aria-label') || e.textContent).trim()
  const seen = new Set(), found = []
  for (const e of document.querySelectorAll('[id]')) {
    if (seen.has(e.id)) found.push('id twice: ' + e.id)
    seen.add(e.id)
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]), select'))
    if (!e.labels.length) found.push('no label: ' + e.outerHTML)
  for (const e of document.querySelectorAll('button, a[href], summary'))
    if (!named(e)) found.push('no name: ' + e.outerHTML)
  for (const e of document.querySelectorAll('[aria-labelledby]'))
    if (!document.getElementById(e.getAttribute('aria-labelledby'))) found.push(e.outerHTML)
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((e) => +e.tagName[1])
  if (levels.filter((l) => l === 1).length !== 1) found.push('not one h1')
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) found.push('a level is skipped') })
  const rgb = (c) => c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
    v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 })
  const light = (c) => { const [r, g, b] = rgb(c); return .2126 * r + .7152 * g + .0722 * b }
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor
      if (!/, 0\\)$/.test(c) && c !== 'transparent') return c
    }
    return 'rgb(255, 255, 255)'
  }
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility())
      continue
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x)
    if ((a + .05) / (b + .05) < 4.5) found.push('contrast: ' + e.outerHTML.slice(0, 200))
  }
  return found
}"""


def test_pages_can_be_used_by_everyone(newsroom: Newsroom, chromium: Any) -> None:
    """Headings in order, names and labels, contrast of at least 4.5."""
    newsroom.user()
    dam = newsroom.take(*DAM[0])
    newsroom.take(DAM[0][0].upper(), DAM[0][1])
    newsroom.take(*DAM[1])
    tab = Tab(chromium, newsroom)
    tab.page.goto("/login")
    assert tab.page.evaluate(ACCESS) == []
    tab.log_in()
    lists = ["/", "/search?q=Kessler", "/feeds", "/feeds-out", "/corrections"]
    paths = [*lists, f"/story/{newsroom.story(dam)}"]
    for path in paths:
        tab.page.goto(path)
        for scheme in ("light", "dark"):
            tab.page.emulate_media(color_scheme=scheme)
            assert tab.page.evaluate(ACCESS) == [], (path, scheme)
    tab.close()
