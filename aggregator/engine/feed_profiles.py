"""What is learned of a feed, kept from poll to poll.

Stored texts have lost what was cut from them, so it cannot be learned from them
again: what each new document shows is added to what was known, within bounds.
"""

from __future__ import annotations

import json

from aggregator.model import Document, Feed
from aggregator.text.boilerplate import FeedProfile, learn
from aggregator.text.clean import plain
from storage import Transaction

ITEMS = 200  # how many titles a profile is learned from
SENTENCES = 500  # how many repeated sentences, and names, are remembered of a feed


def learned(tx: Transaction, feed: Feed, document: Document) -> FeedProfile:
    """The profile of ``feed`` with ``document`` counted in; it is stored again.

    A function of the documents that the feed brought so far, in their order.
    """
    key = f"profile {feed.id}"
    stored = tx.meta.get(key) or "{}"
    known = json.loads(stored)
    titles = tx.items.recent_titles(feed.id, ITEMS)
    old = set(titles)  # an entry that is still in the document must not count twice
    titles += [entry.title for entry in document.entries[:ITEMS] if entry.title not in old]
    texts = [plain(entry.content or entry.summary) for entry in document.entries[:ITEMS]]
    new = learn(titles, texts)
    profile = FeedProfile(
        outlets=_merged(known.get("outlets", []), new.outlets),
        sentences=frozenset(_merged(known.get("sentences", []), sorted(new.sentences))),
        titles=new.titles,
    )
    remembered = {"outlets": profile.outlets, "sentences": sorted(profile.sentences)}
    if (text := json.dumps(remembered, ensure_ascii=False)) != stored:
        tx.meta.set(key, text)
    return profile


def _merged(old: list[str], new: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))[-SENTENCES:]
