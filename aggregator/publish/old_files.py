"""Finds dated digest files that are older than they are to be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from aggregator.digest import file_name
from aggregator.settings import Settings

_DATE = "%Y-%m-%d"


def old_digest_files(settings: Settings, now: datetime) -> Iterator[Path]:
    """The dated files of digests that are older than they are kept, in order; no ``latest.*``."""
    if settings.retention.digests is None:
        return
    before = (now - settings.retention.digests).strftime(_DATE)
    for digest in settings.digests:
        name = file_name(digest.name)
        folder = digest.directory / name
        dated = re.compile(re.escape(name) + r"-(\d{4}-\d\d-\d\d)(?:T\d{4})?\.[a-z]+")
        if not folder.is_dir() or folder.is_symlink():
            continue
        for path in sorted(folder.iterdir()):
            match = dated.fullmatch(path.name)
            if match and match[1] < before and path.is_file():
                yield path
