"""Canonical URLs, safe links, and link targets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from aggregator.text.address_twins import Page, one_address
from aggregator.text.clean import visible
from aggregator.text.redirectors import unwrapped
from aggregator.text.trackers import is_tracker

LIMIT = 2_000
"""Maximum characters, as usual in browsers and servers."""

_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069<>\"`\\^{}|]"
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp|cfm|shtml)$", re.IGNORECASE)
_MOBILE = re.compile(r"^(?:www\d?|m|mobile|amp|touch|wap|3g)\.(?=.*\.)")
_MOBILE_INSIDE = re.compile(r"^([a-z]{2,3})\.m\.(?=.*\.)")  # en.m.wikipedia.org
_AMP_END = re.compile(r"(?:/amp(?:\.html?)?)+/?$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?:\.amp)+(\.html?)?$", re.IGNORECASE)
_AMP_FRONT = re.compile(r"^(?:/amp)+/(?=.)", re.IGNORECASE)
_AMP_KEYS = frozenset(("amp", "_amp", "__amp", "isamp"))
_AMP_VIEWER = frozenset(("amp_js_v", "amp_gsa", "usqp", "aoh"))
_PRINT_KEYS = frozenset(("print", "printable", "printpage", "printview", "printmode"))
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[\w.!-]+", re.IGNORECASE)
_ROUTE = re.compile(r"!?/[^/]")  # in the fragment: a page of a browser application
_TRACKING = re.compile(
    r"(?:xtor|utm_\w+|ref|source|at_\w+|ftag|comments?|respond)(?:=|$)", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)  # an entry's address is split for each form of it
def _split(url: str | None, base: str | None) -> SplitResult | None:
    """The parts of an http(s) URL, or None for anything else."""
    if not url:
        return None
    url = visible(url).strip()
    if not url or len(url) > LIMIT:
        return None
    try:
        if base:
            url = urljoin(base, url)
        elif url.startswith("//"):
            url = "https:" + url
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return None
    return parts


def _ascii_host(name: str) -> str | None:
    name = name.rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", name) else None


def safe_link(url: str | None, base: str | None = None) -> str | None:
    """``url`` made absolute and safe for use as a link, or None.

    Only http and https, without credentials; characters that could end an attribute or
    hide something are percent-encoded.
    """
    parts = _split(url, base)
    if parts is None:
        return None
    name = _ascii_host(parts.hostname or "")
    if name is None:
        return None
    netloc = f"[{name}]" if ":" in name else name
    if parts.port is not None and parts.port != _PORTS[parts.scheme.lower()]:
        netloc += f":{parts.port}"
    rest = parts._replace(scheme=parts.scheme.lower(), netloc=netloc).geturl()
    return _UNSAFE.sub(lambda m: quote(m[0], safe="", errors="ignore"), rest.replace("'", "%27"))


def host(url: str | None) -> str:
    """The host of ``url`` without ``www.`` and mobile prefixes; empty if there is none."""
    parts = _split(url, None)
    name = _ascii_host(parts.hostname or "") if parts else None
    return re.sub(r"^(?:www\d?|m|mobile|amp|rss|feeds?)\.(?=.*\.)", "", name) if name else ""


def canonical_url(
    url: str | None, base: str | None = None, *, fragment: bool = False
) -> str | None:
    """The form of ``url`` in which different addresses of a page are equal, or None.

    A redirector is replaced by the target in its address. ``fragment`` keeps the fragment, if
    that distinguishes entries of a document; a route ('#!/page') is always kept.
    """
    given = _split(url, base)
    if given is None:
        return None
    parts = _split(unwrapped(given.geturl()), None) or given
    name = _ascii_host(parts.hostname or "")
    if name is None:
        return None
    name = _MOBILE.sub("", _MOBILE_INSIDE.sub(r"\1.", name))
    path = quote(unquote(parts.path, errors="replace"), safe="/:@!$&()*+,;=~-._'")
    path = _SESSION.sub("", path)
    path = _INDEX.sub("/", re.sub(r"/{2,}", "/", path))
    path = _AMP_FRONT.sub("/", _AMP_SUFFIX.sub(r"\1", _AMP_END.sub("/", path))).rstrip("/")
    query = tuple(
        sorted(
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if not is_tracker(key, value, name) and not _variant(key, value, name)
        )
    )
    page = one_address(Page(name, path or "/", query))
    name = page.host
    if parts.port is not None and parts.port not in (80, 443):
        name += f":{parts.port}"
    asked = f"?{urlencode(page.query)}" if page.query else ""
    return f"https://{name}{page.path}{asked}{_place(parts.fragment, keep=fragment)}"


def _place(fragment: str, *, keep: bool) -> str:
    """The kept part of a fragment: a route, or any fragment if ``keep``."""
    fragment = quote(unquote(fragment, errors="replace"), safe="/:@!$&()*+,;=~-._'?")
    route = _ROUTE.match(fragment)
    if route is None and (not keep or _TRACKING.match(fragment)):
        return ""
    fragment = fragment.rstrip("/") if route else fragment
    return f"#{fragment}" if fragment else ""


def _variant(key: str, value: str, name: str) -> bool:
    """Whether a parameter only selects the AMP, mobile or print variant of a page."""
    key, value = key.lower(), value.lower()
    if key in _AMP_VIEWER:
        return True
    if key in _AMP_KEYS:
        return value in ("", "1", "true", "yes", "amp")
    if key in _PRINT_KEYS:
        return value in ("", "1", "true", "yes", "y", "print")
    if key in ("outputtype", "output", "view", "format", "mode", "type", "pagewanted"):
        return value in ("amp", "print")
    return key == "m" and value in "01" and ".blogspot." in f"{name}."


def targets(markup: str, base: str | None) -> tuple[str, ...]:
    """Canonical URLs of the pages on other hosts that ``markup`` links to, at most ten."""
    own = host(base)
    found: dict[str, None] = {}
    for link in _links(markup):
        url = canonical_url(link, base)
        if url and host(url) != own:
            found.setdefault(url)
        if len(found) == 10:
            break
    return tuple(found)


def _links(markup: str) -> Iterable[str]:
    for match in re.finditer(
        r"<a\b[^<>]{0,2000}?\bhref\s*=\s*[\"']([^\"'<>]{1,2000})", markup[:200_000]
    ):
        yield match[1].replace("&amp;", "&")
