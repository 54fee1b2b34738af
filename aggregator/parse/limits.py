"""Limits on the parts of a document, in characters unless stated otherwise.

They are far above what news feeds contain and far below what does harm: in 157 real
documents the longest title has 250 characters, the longest text 60,000.
"""

from __future__ import annotations

TITLE = 1_000
HTML = 100_000  # per summary or content; nh3 and html parsers are not linear
DEPTH = 64  # open elements within one text; nh3 is quadratic in nesting
GUID = 1_000
NAME = 200  # per author, category, outlet
LINK = 2_000
NAMES = 30  # authors or categories per entry
ENCLOSURES = 20
DOCUMENT = 20_000_000  # per document, decoded
SLOW_DOCUMENT = 2_000_000  # input of feedparser, which takes 1 to 10 us per character
PROBLEMS = 20  # reported problems per document
