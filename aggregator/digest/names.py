"""Names of a digest's folder and files."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

_REST = re.compile(r"[^\w-]+")
_MAX = 160  # bytes in UTF-8, so that the longest file name stays below the usual 255


def file_name(name: str) -> str:
    """``name`` as one harmless path component: letters, digits, ``-`` and ``_``.

    If the name has to be changed, six digits of its hash are appended, so that two
    different names never share a folder.
    """
    text = unicodedata.normalize("NFC", name)
    plain = _REST.sub("-", text).encode()[:_MAX].decode("utf-8", "ignore").strip("-")
    if plain and plain == name:
        return plain
    tail = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{plain}-{tail}" if plain else f"digest-{tail}"


def dated_name(name: str, until: datetime, timezone: str | None) -> str:
    """``NAME-2026-11-24T0700``, in the reader's time zone (or UTC).

    In an hour that occurs twice, ``b`` is appended the second time.
    """
    zone: tzinfo = ZoneInfo(timezone) if timezone else UTC
    local = until.astimezone(zone)
    return f"{file_name(name)}-{local:%Y-%m-%dT%H%M}{'b' if local.fold else ''}"
