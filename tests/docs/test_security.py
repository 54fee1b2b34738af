"""SECURITY.md names code and tests that exist."""

from __future__ import annotations

import re

from tests.support import ROOT


def test_every_file_it_names_exists() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:aggregator|storage|tests)/[^`]*)`", text)
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / name).exists()]
