"""The history of a feed: a reducer over its documents, and the resulting profile.

``remember`` is pure: the same documents in the same order give the same history, whether they
come from polls, an import or a replay. Texts are not kept: for each recent entry there are its
title and fingerprints of the sentences at both ends of its text, as written in the feed.
"""

from __future__ import annotations

import zlib

from aggregator.model import Document, Entry, FeedHistory, SeenEntry
from aggregator.text.boilerplate import FeedProfile, edges, is_short, learn, repeated
from aggregator.text.clean import plain
from aggregator.text.identity import content_hash
from aggregator.text.letters import fold
from aggregator.text.trust import added, headline, shared

ENTRIES = 200  # entries per feed, or per document, used for learning
SENTENCES = 500  # repeated sentences remembered per feed


def remember(history: FeedHistory, document: Document) -> FeedHistory:
    """``history`` extended by ``document``.

    An entry that was counted before, by guid or link and with the same title, is not counted
    again.
    """
    known = {key for entry in history.entries for key in entry.keys}
    seen = list(history.entries)
    texts: list[str] = []
    headlines: list[str] = []
    for entry in reversed(document.entries[:ENTRIES]):  # feeds list the newest first
        keys = entry_keys(entry)
        text = plain(entry.content or entry.summary)
        texts.append(text)
        headlines.append(headline(entry))
        if known.isdisjoint(keys):
            known.update(keys)
            marks = tuple(sorted(map(_mark, edges(text))))
            seen.append(SeenEntry(keys, entry.title, marks, is_short(text)))
    if len(seen) == len(history.entries):
        return history
    recent = tuple(seen[-ENTRIES:])
    shared_here = shared(document.entries, document.link, document.language)
    return FeedHistory(
        recent,
        _sentences(history, recent, texts, headlines),
        added(history.shared, shared_here),
    )


def profile_of(history: FeedHistory) -> FeedProfile:
    """The profile of what the recent entries of a feed have in common."""
    learned = learn([entry.title for entry in history.entries], ())
    return FeedProfile(
        learned.outlets, frozenset(history.sentences), learned.titles, history.shared
    )


def _sentences(
    history: FeedHistory,
    recent: tuple[SeenEntry, ...],
    texts: list[str],
    headlines: list[str],
) -> tuple[str, ...]:
    """The sentences known to be repeated, within this document or across recent ones."""
    new = set(learn((), texts, headlines).sentences)
    distinct = {entry.edges: entry.short for entry in recent if entry.edges}
    over_time = repeated([frozenset(marks) for marks in distinct], list(distinct.values()))
    if over_time:
        written = {sentence for text in texts for sentence in edges(text)}
        new |= {fold(sentence) for sentence in written if _mark(sentence) in over_time}
    return tuple(dict.fromkeys((*history.sentences, *sorted(new))))[-SENTENCES:]


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """Fingerprints that identify an entry when it appears again in its feed."""
    names = [name for name in (entry.guid, entry.link) if name]
    return tuple(dict.fromkeys(content_hash(name, entry.title) for name in names or [""]))


def _mark(sentence: str) -> int:
    return zlib.crc32(sentence.encode("utf-8", "surrogatepass"))
