"""Decodes bytes to text before any parser sees them.

The order: byte order mark; UTF-16 and UTF-32 by their pattern; strict UTF-8,
regardless of the declaration (apart from short texts, no other encoding passes by
chance); mostly UTF-8 with single bad bytes; the declared encoding or that in the
header; a guess by the resulting letters.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from aggregator.parse.legacy import guess

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PATTERNS = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00{\x00", "utf-16-be"),
    (b"{\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})""")
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE
)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Declared names for which publishers use a larger encoding (WHATWG Encoding Standard).
_WIDER = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252",
    "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs", "ks_c_5601-1987": "cp949",
}  # fmt: skip
_BAD = re.compile("[\udc80-\udcff]")
_BAD_RUN = re.compile("[\udc80-\udcff]+")
_MARKS_1252 = frozenset((*range(0x80, 0xA0), 0xA0, 0xAB, 0xB0, 0xBB))  # quotes, dashes, degrees
_TWICE = re.compile(
    rb"\xc3(?:[\x82-\x9f]\xc2[\x80-\xbf]|[\xa0-\xaf](?:\xc2[\x80-\xbf]){2}"
    rb"|[\xb0-\xb4](?:\xc2[\x80-\xbf]){3})"
)
"""A letter of two to four bytes, each encoded again; an accent before a space does not count."""
_LATIN = re.compile("[\x80-\x9f\xa1-\xff]")
_SEQUENCE = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WIDE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


class Decoded(NamedTuple):
    """A text, its encoding, its problems, and whether it equals the bytes read as UTF-8."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()
    same: bool = False


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of ``body``. Never raises; unreadable bytes become U+FFFD.

    UTF-8 texts that were read as Latin-1 and encoded again are repaired.
    """
    found = _decoded(body, content_type)
    if _TWICE.search(body) is None or found.encoding != "utf-8":
        return found
    whole = body if found.same else found.text.encode("utf-8", "replace")
    text = (_repaired_runs(whole) or "").lstrip("\ufeff")
    if not text or len(text) >= len(found.text):
        return found
    return Decoded(text, "utf-8", (*found.problems, "texts encoded twice were repaired"))


def _repaired_runs(body: bytes) -> str | None:
    """The text of UTF-8 ``body`` with its doubly encoded texts repaired; None if it has none."""
    parts: list[str] = []
    done = 0
    for match in _TWICE.finditer(body):
        if match.start() < done:
            continue
        start = (
            max(body.rfind(b">", done, match.start()), body.rfind(b"<", done, match.start())) + 1
        )
        start = max(start, done)
        end = body.find(b"<", match.start())
        end = len(body) if end < 0 else end
        run = body[start:end].decode("utf-8")
        parts += (body[done:start].decode("utf-8"), _once(run))
        done = end
    if not parts:
        return None
    return "".join(parts) + body[done:].decode("utf-8")


def _once(run: str) -> str:
    """One text between tags, repaired if all its Latin-1 letters are misread UTF-8."""
    try:  # nearly all such runs are entirely Latin-1
        return run.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    rest = _SEQUENCE.sub("", run)
    if _LATIN.search(rest):
        return run
    try:
        return _SEQUENCE.sub(lambda one: one[0].encode("latin-1").decode("utf-8"), run)
    except UnicodeDecodeError:
        return run


def _decoded(body: bytes, content_type: str | None) -> Decoded:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(*_lossy(body[len(bom) :], name))
    for pattern, name in _PATTERNS:
        if body.startswith(pattern):
            return Decoded(*_lossy(body, name))
    declared = _declared(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, declared)
    if declared is None or body.isascii():
        return _seven_bit(body, text, declared)
    if _normal(declared) != "utf-8" and len(_WIDE.findall(body[:200_000])) < 3:
        try:  # one or two sequences may be valid UTF-8 by chance
            return Decoded(body.decode(_codec(declared) or "utf-8"), declared)
        except (UnicodeDecodeError, LookupError):
            pass
    wrong = _normal(declared) not in ("utf-8", "ascii")
    problems = (f"declared {declared}, is utf-8",) if wrong else ()
    return Decoded(text, "utf-8", problems, same=True)


def _seven_bit(body: bytes, text: str, declared: str | None) -> Decoded:
    """Bytes below 128 are ASCII, except in the old mail encodings."""
    name = _normal(declared or "")
    if name.startswith(("iso2022", "utf-7", "hz")) and (
        b"\x1b" in body or b"+" in body or b"~{" in body
    ):
        try:
            return Decoded(body.decode(name), name)
        except (UnicodeDecodeError, LookupError):
            pass
    return Decoded(text, "utf-8", same=True)


def _declared(body: bytes, content_type: str | None) -> str | None:
    """The encoding in the declaration, or in the header."""
    match = _DECLARED.match(body[:400]) or _META.search(body[:2000])
    if match:
        return match[1].decode("ascii")
    header = _HEADER.search(content_type or "")
    return header[1] if header else None


def _normal(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return name.lower()


def _codec(name: str) -> str | None:
    """Python's text codec for a declared name, widened; None if there is none."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not found._is_text_encoding:
        return None
    return _WIDER.get(found.name, found.name)


def _lossy(body: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    text = body.decode(name, "replace")
    bad = text.count("\ufffd")
    return text, name, (f"{bad} bytes are not {name}",) if bad else ()


def _not_utf8(body: bytes, declared: str | None) -> Decoded:
    """Decode bytes that are not, or not entirely, UTF-8."""
    sample = body[:400_000]
    text = sample.decode("utf-8", "surrogateescape")
    bad = len(_BAD.findall(text))
    good = len(_WIDE.findall(sample))
    if good >= 2 * bad or (good and bad * 100 < len(sample) and good > bad):
        if bad == 0:
            bad = 1
        return Decoded(_repaired(body), "utf-8", (f"{bad} bytes are not utf-8",))
    name = _codec(declared) if declared else None
    if name and _normal(name) != "utf-8":
        try:
            return Decoded(body.decode(name), name)
        except (UnicodeDecodeError, LookupError):
            pass
    found = guess(body)
    problem = f"declared {declared or 'nothing'}, read as {found}"
    return Decoded(body.decode(found, "replace"), found, (problem,))


def _repaired(body: bytes) -> str:
    """UTF-8 whose bad bytes are read as windows-1252, or become U+FFFD.

    A letter from a pasted windows-1252 text is a single byte that begins no letter of the
    UTF-8 around it; other bad bytes are letters that lost a part.
    """
    leads = {match[0][0] for match in _WIDE.finditer(body)} | {0xC2, 0xC3}

    def one(match: re.Match[str]) -> str:
        byte = ord(match[0][0]) - 0xDC00
        alone = len(match[0]) == 1
        letter = alone and (byte in _MARKS_1252 or (byte >= 0xC0 and byte not in leads))
        return bytes([byte]).decode("cp1252", "replace") if letter else "\ufffd" * len(match[0])

    return _BAD_RUN.sub(one, body.decode("utf-8", "surrogateescape"))
