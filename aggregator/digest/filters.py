"""What a digest is limited to: tags, languages, feeds and words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from aggregator.model import Item, Story
from aggregator.settings import DigestSettings
from aggregator.text.identity import feed_id

if TYPE_CHECKING:
    from aggregator.digest.selection import Coverage

_UNSPACED = re.compile(  # scripts written without spaces: a word is any run of them
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


def speaks(settings: DigestSettings, coverage: Coverage) -> bool:
    """Whether an article is in a language this digest is limited to."""
    return not settings.languages or coverage.item.language in settings.languages


def passes(settings: DigestSettings, story: Story, coverage: Sequence[Coverage]) -> bool:
    """Whether a story is for this digest.

    One new article must satisfy both the tags and the feeds; then the whole story
    is shown, because every outlet that carries it is what a digest is for. One of
    the words to include must occur in the headline, a title, or a lead, and none
    of the words to exclude.
    """
    items = [item for part in coverage if part.new for item in part.members]
    if not any(_tagged(settings, item) and _fed(settings, item) for item in items):
        return False
    if not settings.include and not settings.exclude:
        return True
    text = _text(story, coverage)
    if settings.include and not any(_occurs(word, text) for word in settings.include):
        return False
    return not any(_occurs(word, text) for word in settings.exclude)


def _tagged(settings: DigestSettings, item: Item) -> bool:
    if not settings.tags:
        return True
    return bool({tag.casefold() for tag in settings.tags} & {tag.casefold() for tag in item.tags})


def _fed(settings: DigestSettings, item: Item) -> bool:
    """Whether the item came by a feed that is named by its url, title or id."""
    if not settings.feeds:
        return True
    return any(item.feed in (name, feed_id(name)) or item.source == name for name in settings.feeds)


def _text(story: Story, coverage: Sequence[Coverage]) -> str:
    parts = [story.headline, story.lead]
    parts += [text for part in coverage for text in (part.item.title, part.item.lead)]
    return _fold("\n".join(parts))


def _fold(text: str) -> str:
    """Compatibility forms, case and combining marks taken away (é and e are one)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char != "ـ")


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    folded = re.escape(_fold(word.strip())).replace(r"\ ", r"\s+")
    if _UNSPACED.search(word):
        return re.compile(folded)
    if folded.endswith(r"\*"):  # 'elect*' finds election
        return re.compile(rf"(?<!\w){folded[:-2]}")
    return re.compile(rf"(?<!\w){folded}(?!\w)")


def _occurs(word: str, text: str) -> bool:
    """Whether a whole word (or, with ``*`` behind it, its beginning) occurs."""
    return bool(word.strip()) and _pattern(word).search(text) is not None
