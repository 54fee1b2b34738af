"""HTML elements that are kept, and those removed with their content; others lose only tags."""

from __future__ import annotations

from typing import Final

# Strings for readability.
KEPT: Final = frozenset(
    """a abbr b blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3
    h4 h5 h6 hr i ins kbd li ol p pre q s samp small strong sub sup table tbody td tfoot th thead
    tr u ul""".split()  # noqa: SIM905
)
GONE: Final = frozenset(
    """applet audio button canvas embed form frame frameset head iframe input link math meta
    noembed noframes noscript object picture script select style svg template textarea title
    video""".split()  # noqa: SIM905
)
