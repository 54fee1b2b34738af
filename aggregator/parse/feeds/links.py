"""Makes links of a feed absolute and safe."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from aggregator.parse import limits
from aggregator.text.urls import safe_link

# Fast path: no credentials, port, escapes in the host name, or unusual characters.
# Letters of all scripts may follow the host name.
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?:[/?#][\w.~:/?#\[\]@!$&()*+,;=%-]*)?")


def link(value: str | None, base: str | None) -> str | None:
    """An absolute http(s) link without credentials, or None."""
    if not value:
        return None
    value = value.strip()
    if len(value) > limits.LINK:
        return None
    if "&" in value and "&amp;" in value:  # escaped twice
        value = value.replace("&amp;", "&")
    if _PLAIN.fullmatch(value):
        return value
    if "\n" in value or "\t" in value or "\r" in value:
        value = re.sub(r"[\n\r\t]+\s*", "", value)
    return safe_link(value, base)


def join(base: str | None, reference: str | None) -> str | None:
    """``reference`` resolved against ``base``, as for nested xml:base; never raises."""
    if not reference:
        return base
    if not base:
        return reference
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        return base


def web(url: str | None) -> str | None:
    """``url`` if it can be a base for links (http or https), otherwise None."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
