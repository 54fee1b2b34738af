"""Identifies the language of a text, and properties of its script."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from aggregator.text.tokens import stopwords

_RTL = frozenset({"ar", "fa", "ur", "he", "yi", "ps", "sd", "ug", "dv", "ku", "ckb", "arc"})
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo"})
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("he", "\u0590-\u05ff"), ("el", "\u0370-\u03ff\u1f00-\u1fff"), ("hy", "\u0530-\u058f"),
    ("ka", "\u10a0-\u10ff"), ("th", "\u0e00-\u0e7f"), ("lo", "\u0e80-\u0eff"),
    ("km", "\u1780-\u17ff"), ("my", "\u1000-\u109f"), ("ko", "\uac00-\ud7a3\u1100-\u11ff"),
    ("ja", "\u3040-\u30ff"), ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"), ("kn", "\u0c80-\u0cff"), ("ml", "\u0d00-\u0d7f"),
    ("gu", "\u0a80-\u0aff"), ("pa", "\u0a00-\u0a7f"), ("si", "\u0d80-\u0dff"),
    ("am", "\u1200-\u137f"), ("or", "\u0b00-\u0b7f"), ("dv", "\u0780-\u07bf"),
)  # fmt: skip
_BY_SCRIPT = tuple((code, re.compile(f"[{chars}]")) for code, chars in _SCRIPTS)
_OWN_SCRIPT = re.compile(f"[{''.join(chars for _, chars in _SCRIPTS)}]")
_LETTER = re.compile(r"[^\W\d_]")
_PLAIN_CODE = re.compile(r"[a-zA-Z]{2,3}(?=[-_]|$)")


def code(language: str | None) -> str | None:
    """``en`` for ``en-GB`` or ``EN_us``; None if it is not a language code."""
    match = _PLAIN_CODE.match((language or "").strip())
    if not match:
        return None
    found = match[0].lower()
    return {"iw": "he", "in": "id", "nb": "no", "nn": "no"}.get(found, found)


def direction(language: str | None) -> str:
    """``rtl`` for languages written from right to left, otherwise ``ltr``."""
    return "rtl" if code(language) in _RTL else "ltr"


def spaced(language: str | None) -> bool:
    """Whether the language puts spaces between words."""
    return code(language) not in _UNSPACED


# Codes from the model that are not otherwise used for a written language.
_MEANT = {
    "nb": "no", "nn": "no", "wuu": "zh", "yue": "zh", "lzh": "zh", "arz": "ar", "ary": "ar",
    "apc": "ar", "ckb": "ku", "azb": "az", "pes": "fa", "prs": "fa", "fil": "tl", "zsm": "ms",
}  # fmt: skip
# Scripts shared by several languages: a prior in another script means nothing.
_SHARED = (
    (re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
     frozenset({"ar", "fa", "ur", "ps", "ku", "ug", "sd", "ks", "az"})),
    (re.compile("[\u0400-\u052f]"),
     frozenset({"ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn", "uz", "tt", "ba"})),
    (re.compile("[\u0900-\u097f]"), frozenset({"hi", "mr", "ne", "sa"})),
    (re.compile("[\u3400-\u9fff]"), frozenset({"zh", "ja", "ko"})),
)  # fmt: skip
# Languages so similar that a title often fits both: the prior decides.
_NEAR = tuple(
    map(
        frozenset,
        (
            {"hr", "sr", "bs", "sh", "sl"}, {"no", "da", "sv"}, {"id", "ms"}, {"zh", "ja"},
            {"cs", "sk"}, {"pt", "gl", "es", "ca"}, {"bg", "mk", "ru"}, {"ru", "uk", "be"},
            {"nl", "af", "fy"}, {"hi", "mr", "ne"}, {"tr", "az"}, {"fa", "ku", "ps", "ur"},
            {"de", "lb"}, {"it", "co", "la"}, {"en", "pcm"},
        ),
    )
)  # fmt: skip
_FOREIGN = {
    "ru": "іїєґўјњљџћђѓќѕ", "uk": "ыэёўъјњљџћђѓќѕ", "be": "ищъїєґјњљџћђѓќѕ",
    "bg": "ыэёіїєґўјњљџћђѓќѕ", "mk": "ыэёйщъьюяіїєґўћђ", "sr": "ыэёйщъьюяіїєґўѓќѕ",
    "sv": "æø", "da": "äö", "no": "äö", "pt": "ñ", "es": "ãõ", "ca": "ñãõ", "cs": "ľĺŕôä",
    "sk": "ěřů", "tr": "ə", "it": "ñçßä",
}  # fmt: skip
"""Letters that a language does not write, by language, of those that are near to each other."""
SAMPLE = 160
"""Characters examined; more do not improve the result for short texts."""
_FEW_LETTERS = 8  # fewer show nothing
_SMALL_WORDS = 2
_ALONE = 0.4  # minimum probability without a prior; correct titles have .43 and more
_AGAINST_PRIOR = 0.75  # minimum probability against the feed's declaration


@cache
def _model() -> Any:
    # Takes a second and 40 MB: loaded only for a text whose script is not distinctive.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=4096)
def _classified(text: str) -> tuple[str, float]:
    found, probability = _model().classify(text)
    return _MEANT.get(str(found), str(found)), float(probability)


def _by_script(sample: str, letters: int) -> str | None:
    """The language whose distinctive script has most letters of ``sample``."""
    if not _OWN_SCRIPT.search(sample):
        return None
    for language, pattern in _BY_SCRIPT:
        if len(pattern.findall(sample)) * (2 if language != "ja" else 4) > letters:
            return language
    return None


def _other_script(sample: str, letters: int, prior: str) -> bool:
    return any(
        prior not in languages and len(pattern.findall(sample)) * 2 > letters
        for pattern, languages in _SHARED
    )


def _reads_like(sample: str, prior: str) -> bool:
    """Whether enough words are function words of ``prior`` to skip the model."""
    common = stopwords(prior)
    words = sample.lower().split()
    known = sum(word in common or (prior == "ar" and word.startswith("ال")) for word in words)
    return known >= 3 and known * 4 >= len(words)


def _near(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _NEAR)


def _contradicted(sample: str, prior: str, found: str) -> bool:
    """Whether a text shows that it is in ``found`` and not in ``prior``, which is near to it.

    By a letter that ``prior`` does not write, or by two small words of ``found`` alone where
    none of ``prior`` alone is seen.
    """
    text = sample.casefold()
    if not set(_FOREIGN.get(prior, "")).isdisjoint(text):
        return True
    used = set(text.split())
    here, there = stopwords(found), stopwords(prior)
    return len(used & here - there) >= _SMALL_WORDS and not used & there - here


def identify(text: str, prior: str | None = None) -> str | None:
    """The language of ``text`` as ISO 639-1, or None when unsure.

    ``prior`` is the language declared by the feed or the document; it wins unless the
    text clearly contradicts it. Feeds are often wrong (the default of site builders is
    English), so a dozen words in another language are enough.
    """
    prior = code(prior)
    sample = text[:SAMPLE]
    letters = len(_LETTER.findall(sample))
    if letters < 3:
        return prior
    own = _by_script(sample, letters)
    if own:
        return prior if prior and _near(own, prior) and own != "ja" else own
    if prior and _other_script(sample, letters, prior):
        prior = None
    foreign = _FOREIGN.get(prior or "", "")
    if (
        prior
        and (letters < _FEW_LETTERS or _reads_like(sample, prior))
        and (set(foreign).isdisjoint(sample.casefold()))
    ):
        return prior
    found, probability = _classified(sample)
    if found == prior:
        return found
    if prior is None:
        return found if probability >= _ALONE and len(found) == 2 else None
    if letters < 20 or len(found) != 2:
        return prior
    if _near(found, prior) and not _contradicted(sample, prior, found):
        return prior
    return found if probability >= _AGAINST_PRIOR else prior
