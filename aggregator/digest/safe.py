"""The last gate before a text or a link is written into a digest.

Texts were bounded and cleaned when they came in. They are cleaned again here,
because what leaves must not depend on which version stored it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

_DROPPED = re.compile(
    "[\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufff0-\uffff\ufdd0-\ufdef"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
"""Bidi overrides and isolates, invisible and unassigned marks, surrogates, private use."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"[\w.-]+|\[[0-9a-fA-F:.]+\]")
_MAX_MARKS = 4  # combining marks on one letter; more is a prank that covers its neighbours
_MAX_URL = 2_000
_URL_SAFE = "/%:@!$&*+,;=~-._?"


def line(text: str, limit: int = 300) -> str:
    """One line of harmless plain text, at most ``limit`` characters.

    Controls and white space become single blanks; marks that reorder, hide or
    overprint other text are dropped; what is too long ends in an ellipsis at a
    word's end. Markup stays as it is: each format escapes it its own way.
    """
    # Bound the work before doing any, but leave room for what is dropped.
    text = _DROPPED.sub("", _CONTROLS.sub(" ", text[: limit * 8]))
    if not text.isascii():
        text = _few_marks(text)
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > limit // 2 else cut).rstrip() + "…"


def _few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def link(url: str | None) -> str | None:
    """``url`` as an address that may be clicked, or None.

    Only http and https, with a host, without credentials. Whatever could end an
    attribute, a tag or a Markdown link is percent-encoded.
    """
    if not url or len(url) > _MAX_URL or _CONTROLS.search(url) or _DROPPED.search(url):
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    name = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(name):
        return None
    place = name if port is None else f"{name}:{port}"
    path = quote(parts.path, safe=_URL_SAFE) or "/"
    query = "?" + quote(parts.query, safe=_URL_SAFE) if parts.query else ""
    fragment = "#" + quote(parts.fragment, safe=_URL_SAFE) if parts.fragment else ""
    return f"{parts.scheme}://{place}{path}{query}{fragment}"
