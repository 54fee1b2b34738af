"""Limits and cleans untrusted HTML; converts titles to plain text."""

from __future__ import annotations

import html
import re
from base64 import b64decode
from functools import lru_cache
from typing import Literal

import nh3

from aggregator.parse import limits
from aggregator.parse.feeds.allowed import GONE, KEPT
from aggregator.parse.feeds.fast_scalars import gated, one_line
from aggregator.text.clean import squeeze, strip_tags, unescape, without_cdata

try:  # the compiled cleaner handles nearly everything
    from aggregator.parse.native.markup import clean_at_once as _at_once
except ImportError:

    def _at_once(markup: str, base: str | None) -> str | None:
        return None  # nh3 cleans all


_VOID = frozenset(
    """br img hr input meta link wbr area base col embed param source track""".split()  # noqa: SIM905
)
_SELF_CLOSING = _VOID | frozenset(
    """p li td th tr dt dd option tbody thead tfoot""".split()  # noqa: SIM905
)  # closed by what follows
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_CREDENTIALS = re.compile(r'(<a href="https?://)[^"/?#]*@')  # in nh3's output
_VOID_STARTS = "<br>", "<br/", "<br ", "<img "

_Relative = Literal["pass_through", "deny"] | tuple[Literal["rewrite_with_base"], str]


def _new_cleaner(relative: _Relative) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(KEPT),
        clean_content_tags=set(GONE),
        attributes={"a": {"href"}, "*": set()},  # otherwise lang and title are kept everywhere
        url_schemes={"http", "https"},
        link_rel=None,
        url_relative=relative,
    )


@lru_cache(maxsize=16)
def _cleaner(base: str | None) -> nh3.Cleaner:
    """A cleaner for texts with relative links (cached: making one costs 5 to 10 texts)."""
    try:
        return _new_cleaner(("rewrite_with_base", base) if base else "deny")
    except ValueError:  # the base, which may come from the feed, is not an address
        return _new_cleaner("deny")


_ABSOLUTE = _new_cleaner("pass_through")  # for nearly all texts
_RELATIVE = re.compile(r' href="(?!https?://)')
_MAYBE_RELATIVE = re.compile(r"""\bhref=["']?(?![h"'])""")


def clean_html(markup: str, base: str | None = None) -> str:
    """``markup`` reduced to text, its structure, and absolute http(s) links.

    It is cut to ``limits.HTML`` characters first; if nested deeper than ``limits.DEPTH``
    it loses all tags. Pictures are dropped, because a digest must not cause requests.
    """
    if "<" not in markup and "&" not in markup:
        return gated(markup, limits.HTML).strip()
    return clean_gated(_cut(gated(markup, limits.HTML * 2)), base)


def clean_gated(markup: str, base: str | None = None) -> str:
    """``clean_html`` for markup that has passed the gate and is not too long."""
    if "<" not in markup:
        return unescaped_text(markup)
    markup = without_cdata(markup)
    if (cleaned := _at_once(markup, base)) is not None:
        return cleaned.strip()
    if _many_open(markup) and _depth(markup) > limits.DEPTH:
        return html.escape(squeeze(unescape(_ANY_TAG.sub(" ", markup))), quote=False)
    cleaned = "" if _MAYBE_RELATIVE.search(markup) else _ABSOLUTE.clean(markup)
    if not cleaned or (' href="' in cleaned and _RELATIVE.search(cleaned)):
        cleaned = _cleaner(base).clean(markup)
    cleaned = cleaned.strip()
    if "@" in cleaned:
        cleaned = _CREDENTIALS.sub(r"\1", cleaned)
    return cleaned


def unescaped_text(text: str) -> str:
    """Text without tags and with resolved entities, as HTML."""
    return html.escape(gated(html.unescape(text)), quote=False).strip()


def text_as_html(text: str) -> str:
    """Plain text as HTML that shows the same."""
    return html.escape(gated(text, limits.HTML), quote=False).strip()


def _cut(markup: str) -> str:
    if len(markup) <= limits.HTML:
        return markup
    markup = markup[: limits.HTML]
    start = markup.rfind("<")
    return markup[:start] if start > markup.rfind(">") else markup


def _many_open(markup: str) -> bool:
    """Whether enough tags are opened to be nested too deep."""
    opened = markup.count("<")
    return (
        opened > limits.DEPTH
        and opened - markup.count("</") - sum(map(markup.count, _VOID_STARTS)) > limits.DEPTH
    )


def _depth(markup: str) -> int:
    """The maximum nesting depth of elements, closed or not."""
    depth = deepest = 0
    for match in _TAG.finditer(markup):
        name = match[2].lower()
        if name in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def title_text(title: str, kind: str = "guess") -> str:
    """A title as plain text on one line.

    ``kind`` is ``html`` or ``text`` as declared by the feed, or ``guess`` for RSS, whose
    titles may be either. Doubly escaped entities are resolved in all cases, because no
    headline means ``&amp;``.
    """
    title = without_cdata(title[: limits.TITLE * 4])
    if "&" not in title and "<" not in title:
        return one_line(title)[: limits.TITLE].rstrip()
    if "<" in title and kind != "text":
        title = strip_tags(title, html_known=kind == "html")
    if "&" in title:
        once = unescape(title)
        # Markup escaped twice: RSS titles written in an HTML editor.
        title = strip_tags(once, html_known=False) if kind == "guess" and "<" in once else once
    return one_line(title)[: limits.TITLE].rstrip()


def base64_text(value: str) -> str:
    """The text of a base64 construct; empty if it is invalid or not text."""
    try:
        return b64decode(value, validate=False).decode("utf-8")
    except ValueError:
        return ""
