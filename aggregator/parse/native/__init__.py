"""The compiled reader of simple feeds: optional, built by ``setup.py``, equal to the Python one.

Each function handles simple cases and returns None or NotImplemented for all others,
which the caller then passes to the Python code, the reference. Tests compare the two.
Like all parsing, it runs in a worker process that can be killed. It is not used with
``AGGREGATOR_PURE_PYTHON=1``, or if it was built from different sources or for a
different lxml.
"""

from __future__ import annotations

import os

from aggregator.parse.native.sources import digest

if os.environ.get("AGGREGATOR_PURE_PYTHON", "0") not in ("", "0"):
    raise ImportError("the compiled reader is switched off by AGGREGATOR_PURE_PYTHON")

from aggregator.parse.native.tree import BUILT_FROM

if (_here := digest()) and _here != BUILT_FROM:  # an installed package brings no sources
    raise ImportError("the compiled reader was built from other sources: run make")
