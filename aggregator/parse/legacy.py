"""Guesses the legacy encoding of bytes by the resulting letters."""

from __future__ import annotations

import re

# The most frequent letters of the languages that used each encoding; finding them
# where another reading has symbols is evidence.
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюіїє"
_ARABIC = "اليمونرتبعهدسفكقحجةأىشصطخذضءئإ"
_COMMON: tuple[tuple[str, str], ...] = (
    ("cp1252", "éèêàâäöüßñóíáúçãõôîïëåøæÉÜÖÄ–—’‘“”«»…€£°º"),
    ("cp1251", _CYRILLIC),
    ("koi8_u", _CYRILLIC),
    ("cp1256", _ARABIC),
    ("iso8859_6", _ARABIC),
    ("cp1255", "אבגדהוזחטיכלמנסעפצקרשתםןךףץ"),
    ("cp1253", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ"),
    ("cp1250", "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîșțđ„”–"),
    ("cp1254", "ığşçöüİâî’“”"),
    ("cp1257", "āčēģīķļņšūžąęėįųõäöü"),
    ("cp874", "กขคงจชซญดตถทธนบปผพฟมยรลวศสหอะาิีืุูเแโใไ่้์ั"),
    ("cp866", _CYRILLIC),
)
_WIDE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_SAMPLE = 60_000
_TAGS = re.compile(rb"<[^<>]*>")
_FREQUENT = {
    "gb18030": "的一是不了在人有我他这中大来上国和到说们为子时年会对生",
    "big5hkscs": "的一是不了在人有我他這中大來上國和到說們為子時年會對生",
    "cp932": "のにはをたがでてとしれさあいなるもっすら日本年大人一国",
    "euc_jp": "のにはをたがでてとしれさあいなるもっすら日本年大人一国",
    "cp949": "이다는의에을가고하를한지로은기사도인대정서",
}
_SUSPECT = re.compile(r"[\ufffd\x80-\x9f\ue000-\uf8ff]")
_LOWER_UPPER = re.compile(r"[а-яіїєa-zà-ÿα-ω][А-ЯІЇЄÀ-ÞΑ-Ω]")


def guess(body: bytes) -> str:
    """The most likely legacy encoding of ``body``, as a Python codec (decoding may be lossy).

    Each candidate's score is the share of its frequent letters among all non-ASCII
    characters, minus the share of what does not occur in texts: undefined bytes, C1
    controls, private characters, a capital after a small letter.
    """
    sample = _TAGS.sub(b" ", body[:_SAMPLE])
    if sample.isascii():
        sample = body
    best, top = "cp1252", 0.0
    for name in _WIDE:
        score = _wide_score(sample, name)
        if score > top:
            best, top = name, score
    for name, letters in _COMMON:
        score = _narrow_score(sample, name, letters)
        if score > top + 0.02:
            best, top = name, score
    return best


def _wide_score(sample: bytes, name: str) -> float:
    text = sample.decode(name, "replace")
    foreign = [ch for ch in text if ch > "\x7f"]
    if len(foreign) < 4:
        return 0.0
    bad = sum(1 for ch in foreign if _SUSPECT.match(ch))
    if bad * 50 > len(foreign):
        return 0.0
    frequent = sum(1 for ch in foreign if ch in _FREQUENT[name])
    share = frequent / len(foreign)
    # A right reading has 10 to 40 % of these few letters, a wrong one almost none.
    return min(1.0, share * 6) - bad / len(foreign) * 10 if share > 0.04 else 0.0


def _narrow_score(sample: bytes, name: str, letters: str) -> float:
    text = sample.decode(name, "replace")
    foreign = [ch for ch in text if ch > "\x7f" and ch != "\xa0"]
    if not foreign:
        return 0.0
    known = sum(1 for ch in foreign if ch.lower() in letters)
    bad = sum(1 for ch in foreign if _SUSPECT.match(ch))
    case = len(_LOWER_UPPER.findall(text))
    return (known - 3 * bad - 2 * case) / len(foreign)
