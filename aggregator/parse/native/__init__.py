"""The compiled reader of plain feeds: optional, built by ``setup.py``, equal to the Python one.

Each function here takes what is plain and says so where it is not: None, or
NotImplemented, sends the caller the long way, which is the reference. Tests hold
the two to each other. It runs where all parsing runs, in a worker process that can
be killed. With ``AGGREGATOR_PURE_PYTHON=1`` it is left alone, and so it is where it was
built from other sources, or for another lxml, than those that are here.
"""

from __future__ import annotations

import os

from aggregator.parse.native.sources import digest

if os.environ.get("AGGREGATOR_PURE_PYTHON", "0") not in ("", "0"):
    raise ImportError("the compiled reader is switched off by AGGREGATOR_PURE_PYTHON")

from aggregator.parse.native.tree import BUILT_FROM

if (_here := digest()) and _here != BUILT_FROM:  # an installed package brings no sources
    raise ImportError("the compiled reader was built from other sources: run make")
