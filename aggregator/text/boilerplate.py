"""What a feed keeps repeating: learned from its recent entries, then cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.text.letters import fold

_SENTENCE = re.compile(r"(?<=[.!?؟。！？…])\s+|\n")
_PHRASES = re.compile(
    r"(?im)^\s*(?:The post .{0,300} appeared first on .*|Read more\b.{0,20}|أخبار ذات صلة)\s*$"
)


@dataclass(frozen=True, slots=True)
class FeedProfile:
    """What the recent entries of one feed have in common."""

    outlets: tuple[str, ...] = ()  # names that its titles keep ending or beginning with
    sentences: frozenset[str] = frozenset()  # folded sentences that its bodies repeat
    titles: frozenset[str] = frozenset()  # folded titles that come again and again

    def recurring(self, title: str) -> bool:
        """Whether the feed keeps giving this title to different articles."""
        return fold(title) in self.titles


def _repeated(values: Iterable[str], total: int) -> frozenset[str]:
    needed = max(3, total // 10)
    return frozenset(value for value, count in Counter(values).items() if count >= needed)


def learn(titles: Sequence[str], texts: Sequence[str]) -> FeedProfile:
    """The profile of a feed, from its recent titles and bodies (one of each per link)."""
    ends: list[str] = []
    for title in titles:
        parts = re.split(r"\s+[-–—|]\s+", title)
        if len(parts) > 1:
            ends += {parts[0], parts[-1]}
    sentences = [
        s for text in texts for s in {fold(p.strip()) for p in _SENTENCE.split(text)} if len(s) >= 8
    ]
    return FeedProfile(
        tuple(sorted(_repeated(ends, len(titles)))),
        _repeated(sentences, len(texts)),
        _repeated((fold(title) for title in titles), 0),
    )


def cut(text: str, profile: FeedProfile | None) -> str:
    """``text`` without known phrases and without what its feed repeats."""
    text = _PHRASES.sub("", text)
    if profile and profile.sentences:
        text = "\n".join(
            " ".join(s for s in _SENTENCE.split(line) if fold(s.strip()) not in profile.sentences)
            for line in text.split("\n")
        )
    return "\n".join(line for line in text.split("\n") if line.strip())
