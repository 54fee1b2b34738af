"""What the page refuses: other sites, guessing, old sessions, ways out, hostile feeds."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.pages.sessions import COOKIE, LIFETIME
from aggregator.web.pages.site import local
from aggregator.web.passwords import BY_USER
from tests.web.newsroom import DAM, INVITATION, NOW, PASSWORD, RATES, Newsroom

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "feeds" / "hostile"
PAGES = ("/", "/?show=unread", "/search", "/feeds", "/feeds.opml", "/corrections", "/story/s1")
CHANGES = ("/mark", "/unmark", "/correct", "/undo", "/feeds/add", "/feeds/remove", "/feeds/opml")

slow = pytest.mark.slow  # each starts a server and hashes passwords


@slow
def test_the_one_time_link_sets_the_first_password_and_then_never_again(
    newsroom: Newsroom,
) -> None:
    browser = newsroom.browser()
    for key in ("", "wrong", INVITATION + "x"):
        assert browser.get(f"/start?key={key}").status_code == 403
        assert browser.post("/start", key=key, name="evil", password=PASSWORD).status_code == 403
    assert 'value="reader"' in browser.page(f"/start?key={INVITATION}")
    fields = {"key": INVITATION, "name": "reader", "password": PASSWORD, "again": PASSWORD}
    for wrong in (
        {"again": "another one"},
        {"password": "short", "again": "short"},
        {"name": "a b"},
    ):
        assert browser.post("/start", None, **(fields | wrong)).status_code == 400
    answer = browser.post("/start", None, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").status_code == 200
    other = newsroom.browser()
    assert other.get(f"/start?key={INVITATION}").status_code == 403
    assert other.post("/start", None, **(fields | {"name": "evil"})).status_code == 403
    assert other.log_in().status_code == 303


@slow
def test_without_login_nothing_is_shown_or_changed(newsroom: Newsroom) -> None:
    newsroom.user()
    newsroom.take(*DAM[0])
    browser = newsroom.browser()
    for path in PAGES:
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?back=")
        assert "Kessler" not in answer.text
    for path in CHANGES:
        assert browser.post(path, mark="read:1").headers["location"].startswith("/login")
    assert newsroom.reader().stories("/?show=unread")


@slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
    ],
)
def test_forms_of_other_sites_are_refused(newsroom: Newsroom, headers: dict[str, str]) -> None:
    browser = newsroom.reader()
    for path in (*CHANGES, "/login", "/logout", "/language", "/start"):
        assert browser.client.post(path, data={"a": "b"}, headers=headers).status_code == 403
    assert browser.get("/").status_code == 200  # still logged in
    own = {"Origin": newsroom.url}
    assert browser.client.post("/mark", data={"mark": "read:1"}, headers=own).status_code == 303


@slow
def test_changes_are_not_made_by_get(newsroom: Newsroom) -> None:
    browser = newsroom.reader()
    for path in (*CHANGES, "/logout"):
        assert browser.get(path).status_code == 404
    assert browser.get("/").status_code == 200


@slow
def test_a_login_gets_a_new_token_and_ends_the_old_session(newsroom: Newsroom) -> None:
    newsroom.user()
    browser = newsroom.browser()
    browser.client.cookies.set(COOKIE, "planted")
    cookie = browser.log_in().headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    first = re.findall(f"{COOKIE}=([^;]+)", cookie)[0]
    assert first != "planted"
    assert len(first) >= 40
    other = newsroom.browser()
    other.client.cookies.set(COOKIE, "planted")
    assert other.get("/").status_code == 303
    again = newsroom.browser()
    again.client.cookies.set(COOKIE, first)
    assert again.get("/").status_code == 200
    secure = {"Origin": newsroom.url.replace("http:", "https:"), "Cookie": f"{COOKIE}={first}"}
    answer = newsroom.browser().client.post(
        "/login", data={"name": "reader", "password": PASSWORD}, headers=secure
    )
    assert "Secure" in answer.headers["set-cookie"]
    assert again.get("/").status_code == 303  # the session it came with has ended
    with newsroom.store.reading() as view:
        rows = view.session.connection.exec_driver_sql("SELECT * FROM web_sessions").all()
    assert len(rows) == 1
    assert first not in str(rows)


@slow
def test_sessions_expire_and_end_with_logout_or_a_new_password(newsroom: Newsroom) -> None:
    browser, other = newsroom.reader("one"), newsroom.reader("two")
    newsroom.now += LIFETIME - timedelta(seconds=1)
    assert browser.get("/").status_code == other.get("/").status_code == 200
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.get("/").status_code == 303
    newsroom.user("two")
    assert other.get("/").status_code == 303
    third = newsroom.reader("three")
    newsroom.now += LIFETIME
    assert third.get("/").status_code == 303


@slow
def test_guessing_is_slowed_down(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.user()
    monkeypatch.setattr("aggregator.web.passwords.matches", lambda *_: False)
    browser = newsroom.browser()
    for _ in range(BY_USER):
        assert browser.log_in(password="wrong").status_code == 401
    monkeypatch.undo()
    answer = browser.log_in()
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 60


@slow
def test_users_without_a_page_password_cannot_log_in(newsroom: Newsroom) -> None:
    with newsroom.store.transaction() as tx:
        tx.users.add("app", NOW)
    for name, password in (("app", ""), ("app", PASSWORD), ("nobody", ""), ("", "")):
        answer = newsroom.browser().log_in(name, password)
        assert answer.status_code == 401
        assert "wrong" in answer.text


OUT = (
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil",
    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " //evil.example",
    "/a\r\nSet-Cookie: a=b", "https:evil.example", "http:/\\evil", "evil.example", "",
)  # fmt: skip


@pytest.mark.parametrize("path", OUT)
def test_no_link_leads_out(path: str) -> None:
    assert local(path) == "/"


@given(st.text(st.sampled_from("/\\:?#@.ahtps \t\r\n%5Cc"), max_size=12))
def test_what_is_let_through_is_a_path_of_this_site(text: str) -> None:
    found = local(text)
    assert found.startswith("/")
    assert not re.match(r"/[/\\]", found)
    assert found.isprintable()


@slow
def test_redirects_stay_here(newsroom: Newsroom) -> None:
    newsroom.user()
    newcomer = newsroom.browser()
    for path in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = newcomer.post("/login", name="reader", password=PASSWORD, back=path)
        assert answer.headers["location"] == "/"
        assert "evil" not in newsroom.browser().client.get("/login?back=" + path).text
        for answer in (
            newcomer.post("/language", language="ar", back=path),
            newcomer.post("/mark", mark="read:1", back=path),
            newcomer.post("/unmark", at="1", back=path),
        ):
            assert answer.headers["location"] == "/"
        answer = newcomer.post("/correct", what="same", a="i1", b="i2", back=path)
        assert answer.status_code == 409
        assert "evil" not in answer.text


@slow
def test_only_the_files_of_the_page_are_served(newsroom: Newsroom) -> None:
    browser = newsroom.browser()
    for name in ("page.css", "page.js"):
        answer = browser.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in (
        "../app.py", "..%2fapp.py", "%2e%2e/app.py", "page.css/../../app.py", "/etc/passwd",
        "page.css%00", "", "page.html",
    ):  # fmt: skip
        assert browser.get(f"/static/{name}").status_code in (303, 404)
    for path in ("/story/..%2f..%2fetc%2fpasswd", "/correction/%00", "/story/" + "s" * 5000):
        assert newsroom.reader().get(path).status_code == 404


@slow
def test_every_answer_forbids_scripts_of_others_and_framing(newsroom: Newsroom) -> None:
    browser = newsroom.reader()
    answers = [browser.get(path) for path in (*PAGES, "/login", "/start", "/static/page.js")]
    answers += [browser.post(path) for path in (*CHANGES, "/login")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
    evil = {"Host": "evil.example"}
    assert browser.client.get("/login", headers=evil).status_code == 421


class Markup(HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def loaded(self) -> set[str]:
        """What a browser would load with the page, without being asked."""
        found = {attrs.get("src") for _, attrs in self.tags}
        found |= {attrs.get("href") for tag, attrs in self.tags if tag in ("link", "base", "image")}
        return {address.partition("?")[0] for address in found if address}


OWN = {"/static/page.css", "/static/page.js"}
_TAGS = """
    html head meta title link script body a header p form label input button nav main footer span
    bdi dialog h1 h2 h3 h4 dl div dt dd kbd details summary article section time strong small
    mark table thead tbody tr th td ul li select option br code
"""
TAGS = frozenset(_TAGS.split())


def harmless(page: str) -> None:
    """The page has only our own tags, loads only our own files, and runs nothing of a feed."""
    markup = Markup(page)
    assert {tag for tag, _ in markup.tags} <= TAGS
    assert markup.loaded() == OWN
    for _, attrs in markup.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "action", "formaction", "src"):
            value = attrs.get(name) or "/"
            assert re.match(r"(/(?![/\\])|https?://|#)", value), value
        assert (attrs.get("action") or "/").startswith("/")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)


PAYLOADS = (
    "<script>alert(1)</script>", "&lt;img src=x onerror=alert(1)&gt;", '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)", "\u202eevil\u2066", "a\x00b\x1b[31m", "{{ 7 * 7 }}{% raw %}",
    "</span></a><iframe src=//evil.example>", "javascript:alert(1)", "]]><!--", "&#0;&#x202e;",
)  # fmt: skip


def show(newsroom: Newsroom, payloads: list[str]) -> None:
    """Put payloads into every field of entries and look at every page that shows them."""
    taken = []
    for payload in payloads:
        title = f"{payload} {len(taken)} Kessler Ridge dam"
        texts = {"content": payload, "source_title": payload, "credit": payload, "link": payload}
        more = {"authors": (payload,), "categories": (payload,), "language": payload}
        guid = f"{len(taken)} {payload}"
        taken.append(newsroom.take(title, payload, outlet=payload, guid=guid, **texts, **more))
    browser = newsroom.reader()
    stories = [newsroom.story(item) for item in taken]
    paths = ["/", "/feeds", "/search?q=Kessler", *(f"/story/{story}" for story in set(stories))]
    for path in paths:
        harmless(browser.page(path))
    for payload in payloads[:20]:
        harmless(browser.client.get("/search", params={"q": payload, "join": payload}).text)
        harmless(browser.client.get("/", params={"tag": payload, "feed": payload}).text)
        harmless(browser.client.get("/login", params={"back": payload}).text)
    other = newsroom.take(*RATES)
    answer = browser.post("/correct", what="join", a=stories[0], b=newsroom.story(other))
    if answer.status_code == 303:
        harmless(browser.page(answer.headers["location"]))
    harmless(browser.page("/corrections"))


@slow
def test_hostile_fields_are_only_text(newsroom: Newsroom) -> None:
    show(newsroom, list(PAYLOADS))


@slow
@pytest.mark.skipif(not HOSTILE.exists(), reason="the collections of payloads are not here")
def test_the_payloads_of_others_are_only_text(newsroom: Newsroom) -> None:
    found = json.loads((HOSTILE / "dompurify_payloads.json").read_text(encoding="utf-8"))
    payloads = [one["payload"] if isinstance(one, dict) else str(one) for one in found]
    payloads += json.loads((HOSTILE / "naughty_strings.json").read_text(encoding="utf-8"))
    step = max(1, len(payloads) // 30)  # each takes a decision of the engine
    show(newsroom, payloads[::step])
