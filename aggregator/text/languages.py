"""What language a text is in, and how that language is written."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_RTL = frozenset({"ar", "fa", "ur", "he", "yi", "ps", "sd", "ug", "dv", "ku", "ckb", "arc"})
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo"})
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("he", "\u0590-\u05ff"), ("el", "\u0370-\u03ff\u1f00-\u1fff"), ("hy", "\u0530-\u058f"),
    ("ka", "\u10a0-\u10ff"), ("th", "\u0e00-\u0e7f"), ("lo", "\u0e80-\u0eff"),
    ("km", "\u1780-\u17ff"), ("my", "\u1000-\u109f"), ("ko", "\uac00-\ud7a3\u1100-\u11ff"),
    ("ja", "\u3040-\u30ff"), ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"), ("kn", "\u0c80-\u0cff"), ("ml", "\u0d00-\u0d7f"),
    ("gu", "\u0a80-\u0aff"), ("pa", "\u0a00-\u0a7f"), ("si", "\u0d80-\u0dff"),
    ("am", "\u1200-\u137f"),
)  # fmt: skip
_BY_SCRIPT = tuple((code, re.compile(f"[{chars}]")) for code, chars in _SCRIPTS)
_LETTER = re.compile(r"[^\W\d_]")
_PLAIN_CODE = re.compile(r"[a-zA-Z]{2,3}(?=[-_]|$)")


def code(language: str | None) -> str | None:
    """``en`` of ``en-GB`` or ``EN_us``; None where it is no language code."""
    match = _PLAIN_CODE.match((language or "").strip())
    if not match:
        return None
    found = match[0].lower()
    return {"iw": "he", "in": "id", "nb": "no", "nn": "no"}.get(found, found)


def direction(language: str | None) -> str:
    """``rtl`` for languages written from right to left, else ``ltr``."""
    return "rtl" if code(language) in _RTL else "ltr"


def spaced(language: str | None) -> bool:
    """Whether the language puts spaces between words."""
    return code(language) not in _UNSPACED


@cache
def _model() -> Any:
    # Half a second and 40 MB: only loaded when a text without a known language comes.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=4096)
def _classified(text: str) -> tuple[str, float]:
    found, probability = _model().classify(text)
    return str(found), float(probability)


def identify(text: str, prior: str | None = None) -> str | None:
    """The language of ``text`` as ISO 639-1, or None when unsure.

    ``prior`` is what the feed or the document says; it wins unless the text
    clearly says otherwise.
    """
    prior = code(prior)
    sample = text[:300]
    letters = len(_LETTER.findall(sample))
    if letters < 3:
        return prior
    for language, pattern in _BY_SCRIPT:
        if len(pattern.findall(sample)) * (2 if language != "ja" else 4) > letters:
            return language
    found, probability = _classified(sample)
    if found == prior:
        return found
    needed = 0.95 if prior else 0.7
    if probability >= needed and letters >= (60 if prior else 12):
        return code(found)
    return prior
