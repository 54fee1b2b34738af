"""The filters of a digest: tags, languages, feeds and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from aggregator.model import Item, Story
from aggregator.settings import DigestSettings
from aggregator.text.identity import feed_id
from aggregator.text.languages import spaced
from aggregator.text.titles import normal_form

if TYPE_CHECKING:
    from aggregator.reading.story_view import Coverage

_UNSPACED = re.compile(  # scripts written without spaces: a word is any run of them
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


def speaks(settings: DigestSettings, coverage: Coverage) -> bool:
    """Whether an article is in a language this digest is limited to."""
    return not settings.languages or coverage.item.language in settings.languages


def passes(settings: DigestSettings, story: Story, coverage: Sequence[Coverage]) -> bool:
    """Whether a story passes the filters of this digest.

    One new article must satisfy both the tags and the feeds; then the whole story is
    shown, with every outlet. One of the words to include must occur in the headline,
    a title, or a lead, and none of the words to exclude.
    """
    items = [item for part in coverage if part.new for item in part.members]
    if not any(_tagged(settings, item) and _fed(settings, item) for item in items):
        return False
    if not settings.include and not settings.exclude:
        return True
    texts = searched(_texts(story, coverage))
    if settings.include and not any(occurs(word, texts) for word in settings.include):
        return False
    return not any(occurs(word, texts) for word in settings.exclude)


def _tagged(settings: DigestSettings, item: Item) -> bool:
    if not settings.tags:
        return True
    return bool({tag.casefold() for tag in settings.tags} & {tag.casefold() for tag in item.tags})


def _fed(settings: DigestSettings, item: Item) -> bool:
    """Whether the item's feed is listed in the settings, by url, title or id."""
    if not settings.feeds:
        return True
    return any(item.feed in (name, feed_id(name)) or item.source == name for name in settings.feeds)


def _texts(story: Story, coverage: Sequence[Coverage]) -> list[tuple[str, str | None]]:
    """The texts in which words are searched, with their languages."""
    raw = [(story.headline, story.language), (story.lead, story.language)]
    raw += [(text, p.item.language) for p in coverage for text in (p.item.title, p.item.lead)]
    return raw


def searched(texts: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Texts and their languages, in the spelling in which ``occurs`` finds words."""
    return [(normal_form(text, language), language) for text, language in texts]


@lru_cache(maxsize=512)
def _pattern(word: str, language: str | None) -> re.Pattern[str] | None:
    beginning = word.endswith("*")  # 'elect*' matches election
    form = normal_form(word.removesuffix("*"), language)
    if not form:
        return None
    escaped = re.escape(form)
    if not spaced(language) or _UNSPACED.search(form):
        return re.compile(escaped)
    return re.compile(rf"(?<!\w){escaped}" if beginning else rf"(?<!\w){escaped}(?!\w)")


def occurs(word: str, texts: Sequence[tuple[str, str | None]]) -> bool:
    """Whether a word (or, with a trailing ``*``, a prefix) occurs in what ``searched`` made."""
    for text, language in texts:
        pattern = _pattern(word.strip(), language)
        if pattern is not None and pattern.search(text):
            return True
    return False
