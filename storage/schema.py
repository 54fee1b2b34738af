"""The current schema; ``migrations/`` has its history.

``seq`` is the order of arrival: consecutive numbers assigned by the only writer. Ids
are strings derived from content. Times are integers (see ``codecs``). Long texts are
the last columns of a row, so that listings need not read past them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# In SQLite only a column declared INTEGER becomes the rowid.
_Seq = BigInteger().with_variant(Integer(), "sqlite")


def _seq() -> Column[int]:
    return Column("seq", _Seq, primary_key=True, autoincrement=False)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _list(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="[]", info={"list": True})


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, info={"time": True})


def _maybe_time(name: str) -> Column[int]:
    return Column(name, BigInteger, info={"time": True})


def _late(target: str) -> ForeignKey:
    """A deferred reference, checked at the end of the transaction, so row order is free."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def _redirects() -> Index:
    """Partial index for finding what redirects to an id, without rows that do not redirect.

    Tables are created by migrations. The PostgreSQL condition is only there, because here it
    would load that dialect at every startup (5% of the time).
    """
    return Index(None, "redirect", sqlite_where=text("redirect IS NOT NULL"))


meta = Table(
    "meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text),
    _list("tags"),
    Column("language", Text),
    Column("priority", BigInteger, nullable=False, server_default="0"),
    Column("weight", Double, nullable=False, server_default="1"),
    Column("position", Integer, nullable=False),
)

poll_states = Table(
    "poll_states",
    metadata,
    Column("feed", Text, ForeignKey("feeds.id"), primary_key=True),
    Column("state", Text, nullable=False),
    _maybe_time("next_poll"),
    # The rest is never searched, so it is stored as one JSON record.
    Column("record", Text, nullable=False),
    Index(None, "state", "next_poll"),
)

# The history of a feed's entries, for learning what it keeps repeating.
feed_histories = Table(
    "feed_histories",
    metadata,
    Column("feed", Text, ForeignKey("feeds.id"), primary_key=True),
    Column("record", Text, nullable=False),
)

polls = Table(
    "polls",
    metadata,
    _seq(),
    Column("feed", Text, ForeignKey("feeds.id"), nullable=False),
    _time("at"),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    _count("bytes"),
    Column("elapsed", Double, nullable=False, server_default="0"),
    _count("entries"),
    _count("new_items"),
    _count("duplicates"),
    Column("error", Text),
    _text("parser"),
    _list("problems"),
    Index(None, "feed", "seq"),
)

items = Table(
    "items",
    metadata,
    _seq(),
    Column("id", Text, nullable=False, unique=True),
    Column("feed", Text, ForeignKey("feeds.id"), nullable=False),
    Column("canonical", Text, _late("canonicals.id"), nullable=False),
    Column("rule", Text, nullable=False),
    _time("time"),
    _time("seen"),
    _maybe_time("published"),
    _maybe_time("updated"),
    _time("touched"),
    Column("language", Text),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("priority", BigInteger, nullable=False, server_default="0"),
    Column("weight", Double, nullable=False, server_default="1"),
    Column("identity_key", BigInteger, nullable=False),
    Column("title_hash", BigInteger),
    _list("tags"),
    _list("targets"),
    _list("flags"),
    _text("source"),
    Column("credit", Text),
    _text("content_hash"),
    Column("identity", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("link", Text),
    _text("title_raw"),
    _text("title_key"),
    _list("url_keys"),
    Column("bands", LargeBinary, nullable=False),
    _text("lead"),
    _text("text"),
    Index(None, "feed", "seq"),
    Index(None, "feed", "time", "seq"),
    Index(None, "time", "seq"),
    Index(None, "seen", "seq"),
    Index(None, "canonical", "seq"),
    Index(None, "rule"),
    Index(None, "identity_key"),
    Index(None, "title_hash", "seq"),
)

url_keys = Table(
    "url_keys",
    metadata,
    Column("url", BigInteger, primary_key=True, autoincrement=False),
    Column("item", _Seq, ForeignKey("items.seq"), primary_key=True),
    Index(None, "item"),
    sqlite_with_rowid=False,
)

band_keys = Table(
    "band_keys",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("item", _Seq, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Separate from items, whose rows are long: startup reads these for every title in the window.
title_sketches = Table(
    "title_sketches",
    metadata,
    Column("item", _Seq, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    Column("sketch", LargeBinary, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("item", Text, ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    _time("replaced"),
    Column("snapshot", Text, nullable=False),
)

canonicals = Table(
    "canonicals",
    metadata,
    _seq(),
    Column("id", Text, nullable=False, unique=True),
    # No foreign key: it would form a cycle with items.canonical, and SQLite would then
    # scan whole tables at every insert. Store.check verifies it.
    Column("representative", Text, nullable=False),
    _time("founded"),
    Column("redirect", Text, _late("canonicals.id")),
    # For reading apps: an id that grows and never changes (``seq`` changes when it is restored),
    # the feed of the founding item, and when its items last changed.
    _count("number"),
    _text("feed"),
    _count("changed"),
    _redirects(),
    Index(None, "number", unique=True),
    Index(None, "feed", "number"),
    Index(None, "changed"),
)

representatives = Table(
    "representatives",
    metadata,
    _seq(),
    Column("canonical", Text, _late("canonicals.id"), nullable=False),
    Column("item", Text, _late("items.id"), nullable=False),
    _time("at"),
    Column("evidence", Text, nullable=False),
    Index(None, "canonical", "seq"),
)

decisions = Table(
    "decisions",
    metadata,
    _seq(),
    Column("item", Text, _late("items.id"), nullable=False),
    _time("at"),
    Column("canonical", Text, _late("canonicals.id"), nullable=False),
    Column("founded", Boolean, nullable=False),
    Column("rule", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    _list("refused"),
    Column("representative", Text),
    _list("flags"),
    _text("engine"),
    Index(None, "item", "seq"),
)

stories = Table(
    "stories",
    metadata,
    _seq(),
    Column("id", Text, nullable=False, unique=True),
    Column("redirect", Text, _late("stories.id")),
    _time("first"),
    _time("last"),
    _list("languages"),
    Column("follows", Text),
    _time("changed"),
    Index(None, "last", "seq"),
    Index(None, "changed", "seq"),
    _redirects(),
)

story_members = Table(
    "story_members",
    metadata,
    _seq(),
    Column("canonical", Text, _late("canonicals.id"), nullable=False, unique=True),
    Column("story", Text, _late("stories.id"), nullable=False),
    _time("seen"),
    Column("features", LargeBinary, nullable=False),
    Index(None, "story", "seq"),
    Index(None, "seen"),
)

story_decisions = Table(
    "story_decisions",
    metadata,
    _seq(),
    Column("canonical", Text, _late("canonicals.id"), nullable=False),
    Column("story", Text, _late("stories.id"), nullable=False),
    _time("at"),
    Column("founded", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("runner_up", Text),
    Column("runner_up_score", Double),
    Column("follows", Text),
    _text("engine"),
    Index(None, "canonical", "seq"),
)

story_changes = Table(
    "story_changes",
    metadata,
    _seq(),
    Column("kind", Text, nullable=False),
    Column("story", Text, _late("stories.id"), nullable=False),
    Column("into", Text, _late("stories.id"), nullable=False),
    _list("members"),
    _time("at"),
    Column("evidence", Text, nullable=False),
    Index(None, "story", "seq"),
    Index(None, "into", "seq"),
)

# Language-independent vectors of canonical items; empty if stories do not cross languages.
story_vectors = Table(
    "story_vectors",
    metadata,
    Column("canonical", Text, _late("canonicals.id"), primary_key=True),
    Column("language", Text, nullable=False),
    _time("time"),
    Column("vector", LargeBinary, nullable=False),
)

# Stories linked to a story of another language, whose id is used for all of them.
counterparts = Table(
    "counterparts",
    metadata,
    Column("story", Text, _late("stories.id"), primary_key=True),
    Column("leader", Text, _late("stories.id"), nullable=False),
    Index(None, "leader"),
)

story_links = Table(
    "story_links",
    metadata,
    _seq(),
    Column("kind", Text, nullable=False),
    Column("story", Text, _late("stories.id"), nullable=False),
    Column("into", Text, _late("stories.id"), nullable=False),
    _time("at"),
    Column("evidence", Text, nullable=False),
    Index(None, "story", "seq"),
    Index(None, "into", "seq"),
)

# Every effect in order; ``payload`` has ids and the rule, but not texts and evidence.
events = Table(
    "events",
    metadata,
    _seq(),
    _time("at"),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

# Items that were removed because of their age: a feed that still lists one must not bring it back.
forgotten_items = Table(
    "forgotten_items",
    metadata,
    Column("id", Text, primary_key=True),
    _time("at"),
    sqlite_with_rowid=False,
)

corrections = Table(
    "corrections",
    metadata,
    _seq(),
    Column("id", Text, nullable=False, unique=True),
    Column("level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("a", Text, nullable=False),
    Column("b", Text),
    _time("at"),
    _text("note"),
    _maybe_time("undone"),
)

digests = Table(
    "digests",
    metadata,
    _seq(),
    Column("name", Text, nullable=False),
    _time("at"),
    _time("since"),
    _time("until"),
    _list("files"),
    Column("written", Boolean, nullable=False, server_default=true()),
    Index(None, "name", "seq"),
)

digest_stories = Table(
    "digest_stories",
    metadata,
    Column("digest", _Seq, ForeignKey("digests.seq"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("story", Text, nullable=False),
    Index(None, "story"),
    sqlite_with_rowid=False,
)

digest_items = Table(
    "digest_items",
    metadata,
    Column("digest", _Seq, ForeignKey("digests.seq"), primary_key=True),
    Column("item", Text, primary_key=True),
    # Whether it was only counted: the digest was full.
    Column("dropped", Boolean, nullable=False, server_default=false()),
    Index(None, "item"),
    sqlite_with_rowid=False,
)

# Digests to send, each to one target; ``again``: when to try next.
outbox = Table(
    "outbox",
    metadata,
    _seq(),
    Column("digest", _Seq, ForeignKey("digests.seq"), nullable=False, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("message", Text, nullable=False, unique=True),
    _text("payload"),
    _time("made"),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    _time("again"),
    _text("problem"),
    Index(None, "state", "again"),
)

users = Table(
    "users",
    metadata,
    _seq(),
    Column("name", Text, nullable=False, unique=True),
    _text("password"),
    _text("api_password"),
    _text("fever_key"),
    _time("created"),
)

# What users have done with canonical items, by ``canonicals.number``; no row: nothing yet.
reading_states = Table(
    "reading_states",
    metadata,
    Column("user", _Seq, ForeignKey("users.seq"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("read", Boolean, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),
    _list("labels"),
    _time("changed"),
    Index(None, "number"),
    Index(None, "user", "starred", "number"),
    sqlite_with_rowid=False,
)

followed_stories = Table(
    "followed_stories",
    metadata,
    Column("user", _Seq, ForeignKey("users.seq"), primary_key=True, autoincrement=False),
    Column("story", Text, _late("stories.id"), primary_key=True),
    _time("changed"),
    Index(None, "story"),
    sqlite_with_rowid=False,
)

# Logins of the web page. The token itself is only in the browser's cookie.
web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user", _Seq, ForeignKey("users.seq"), nullable=False),
    _time("created"),
    _time("expires"),
    Index(None, "user"),
    sqlite_with_rowid=False,
)

# Tokens of programs that use the API. The token itself is only with its owner.
api_tokens = Table(
    "api_tokens",
    metadata,
    _seq(),
    Column("user", _Seq, ForeignKey("users.seq"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    _text("name"),
    Column("writes", Boolean, nullable=False),
    _time("created"),
    _text("feed"),
)
