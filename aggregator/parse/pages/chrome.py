"""Page furniture around an article: buttons, counts, links, captions, copyright notices."""

from __future__ import annotations

import re

from aggregator.parse.pages.words import (
    begins,
    closings,
    ends_sentence,
    is_paragraph,
    key,
    size,
    whole,
)

_COUNTS = re.compile(r"[\d٠-٩۰-۹]+[.,]?[\d٠-٩۰-۹]*\s*[kKмk]?")
_CRUMBS = re.compile(r"\s*(?:[>›»/\\|]|→|»)\s*")
READING_TIME = re.compile(
    r"(?:(?:[^\W\d_]+\s+){0,3}[^\W\d_]+\s*[:：]\s*)?\d+\s*(?:min(?:uten?|utes?|utos?|uti|ut)?\.?|мин\w*\.?|хв\.?|dk\.?|dakika"
    r"|دقائق|دقيقة|دقیقه|分钟|分鐘|分|분)"
    r"(?:\s*(?:read|de lecture|lesezeit|de lectura|de leitura|di lettura|чтения|читання|okuma"
    r"|قراءة|خواندن|阅读|閱讀))?",
    re.IGNORECASE,
)
"""The reading time."""


def is_machinery(line: str) -> bool:
    """Share and print buttons, comment counts, addresses, rows of such words."""
    if len(line) > 160:
        return False
    bare = key(_COUNTS.sub(" ", line))
    if not bare:
        return True  # only digits and signs
    if bare in whole("machinery") or READING_TIME.fullmatch(line):
        return True
    if re.fullmatch(r"(?:https?://|www\.)\S+", line) or re.fullmatch(r"@\w+", line):
        return True
    parts = [key(p) for p in re.split(r"\s*[|·•/،,–—]\s*|\s{2,}", line) if key(p)]
    if len(parts) > 1 and all(p in whole("machinery") for p in parts):
        return True
    words = bare.split()
    return 1 < len(words) <= 12 and all(w in whole("machinery") for w in words)


def is_caption(line: str) -> bool:
    """A picture caption, recognised by the photo credit: 'The old bridge. Photo: Jane Doe'."""
    if len(line) > 250:
        return False
    for match in re.finditer(r"([^\W_]+(?:\s[^\W_]+)?)\s*[:：]\s*(\S.*)$", line):
        label = key(match[1]).split()
        named = " ".join(label) in whole("photo") or label[-1] in whole("photo")
        if named and size(match[2]) <= 6 and not ends_sentence(match[2].rstrip(".")):
            return match.start() == 0 or not is_paragraph(line[: match.start()])
    return False


def is_age(line: str) -> bool:
    """'Updated 2 hours ago', 'Published yesterday at 8:30': meaningless in a saved page."""
    if len(line) > 60 or ends_sentence(line):
        return False
    end = begins(line, "updated") or begins(line, "published")
    clock = re.search(rf"\d\s?[:.hH]\s?\d\d\b|\d\s?{_UNITS}\b", line, re.IGNORECASE)
    if end > 4 and size(line) <= 10 and clock:
        return True
    rest = key(line[end:])
    return bool(re.fullmatch(rf"(?:{_AGO})", rest))


_UNITS = r"""(?:sec\w*|min\w*|hours?|hrs?|h|days?|weeks?|heures?|jours?|stunden?|tage?n?|horas?
    |dias?|ore|ora|giorni|час\w*|мин\w*|годин\w*|хвилин\w*|saat|dakika|gun|jam|menit|hari|uur|dagen|godz\w*
    |dni|timmar|timer|dager|ساعه|ساعات|دقيقه|دقائق|يوم|ايام|ساعت|دقيقه|روز|שעות|דקות|ימים
    |小时|小時|分钟|分鐘|天|時間|分|日|시간|분|일|घंटे|मिनट|दिन|ঘণ্টা|মিনিট)"""
_UNITS = re.sub(r"\s+", "", _UNITS)
_AGO = (
    rf"(?:il y a|vor|hace|ha|منذ|قبل|לפני|pred|przed|for|for lidt)\s?\d+\s?{_UNITS}(?:\s\w+)?"
    rf"|\d+\s?{_UNITS}\s?(?:ago|fa|atras|назад|тому|once|lalu|yang lalu|geleden|temu|sedan|siden"
    r"|پيش|قبل|前|전|पहले|আগে)"
)


def is_related(line: str) -> bool:
    """A line that only announces other articles."""
    return len(line) <= 80 and key(line) in whole("related")


def is_pointer(line: str) -> bool:
    """'Read also: …' with one other article on the same line."""
    end = begins(line, "pointer")
    return bool(end) and len(line) <= 300 and bool(re.match(r"\s*[:：|»>›]|\s+[-–—]\s", line[end:]))


def is_closing(line: str, *, last: bool) -> bool:
    """A line of labels, copyright or invitations; without a colon only among the ``last`` lines."""
    if len(line) > 300:
        return False
    folded = line.casefold()
    for phrase in closings():
        if not folded.startswith(phrase):
            continue
        label = phrase[-1] in ":："
        if ends_sentence(line) and size(line) >= 6 and (label or not last):
            return False
        rest = folded[len(phrase) : len(phrase) + 1]
        if phrase[-1] in ":：©ⓒ" or (rest in (":", "：") and not is_paragraph(line)):
            return True
        return last and not rest.isalnum()
    return False


def is_breadcrumb(line: str) -> bool:
    """'Home > World > Asia'."""
    parts = [p for p in _CRUMBS.split(line) if p]
    return (
        len(parts) >= 2
        and len(line) <= 120
        and any(sign in line for sign in "›»>/→")
        and all(size(p) <= 3 for p in parts)
    )
