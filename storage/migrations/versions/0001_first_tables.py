"""The first tables.

Do not change: existing stores were created by it. Later changes need new migrations.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, indexes and the word index of the first version."""
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE item_words USING fts5(words, tokenize = 'ascii')")
    else:
        _postgresql()


def _postgresql() -> None:
    op.execute(
        "CREATE TABLE item_words"
        " (seq BIGINT PRIMARY KEY REFERENCES items (seq), words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_item_words_words ON item_words USING gin (words)")


def _tables() -> None:

    op.create_table(
        "band_keys",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", _SEQ, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "item", name=op.f("pk_band_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "canonicals",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("representative", sa.Text(), nullable=False),
        sa.Column("founded", sa.BigInteger(), nullable=False),
        sa.Column("redirect", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["redirect"],
            ["canonicals.id"],
            name=op.f("fk_canonicals_redirect"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_canonicals")),
        sa.UniqueConstraint("id", name=op.f("uq_canonicals_id")),
    )
    op.create_index(
        op.f("ix_canonicals_redirect"),
        "canonicals",
        ["redirect"],
        unique=False,
        sqlite_where=sa.text("redirect IS NOT NULL"),
        postgresql_where=sa.text("redirect IS NOT NULL"),
    )
    op.create_table(
        "corrections",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_corrections")),
        sa.UniqueConstraint("id", name=op.f("uq_corrections_id")),
    )
    op.create_table(
        "digests",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_digests")),
    )
    op.create_index(op.f("ix_digests_name_seq"), "digests", ["name", "seq"], unique=False)
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("priority", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "stories",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("redirect", sa.Text(), nullable=True),
        sa.Column("headline", sa.Text(), server_default="", nullable=False),
        sa.Column("lead", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("outlets", sa.Text(), server_default="[]", nullable=False),
        sa.Column("languages", sa.Text(), server_default="[]", nullable=False),
        sa.Column("terms", sa.Text(), server_default="[]", nullable=False),
        sa.Column("state", sa.Text(), server_default="live", nullable=False),
        sa.Column("score", sa.Double(), server_default="0", nullable=False),
        sa.Column("score_parts", sa.Text(), server_default="[]", nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["redirect"],
            ["stories.id"],
            name=op.f("fk_stories_redirect"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stories")),
        sa.UniqueConstraint("id", name=op.f("uq_stories_id")),
    )
    op.create_index(op.f("ix_stories_changed_seq"), "stories", ["changed", "seq"], unique=False)
    op.create_index(op.f("ix_stories_last_seq"), "stories", ["last", "seq"], unique=False)
    op.create_index(
        op.f("ix_stories_redirect"),
        "stories",
        ["redirect"],
        unique=False,
        sqlite_where=sa.text("redirect IS NOT NULL"),
        postgresql_where=sa.text("redirect IS NOT NULL"),
    )
    op.create_table(
        "digest_stories",
        sa.Column("digest", _SEQ, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["digests.seq"], name=op.f("fk_digest_stories_digest")),
        sa.PrimaryKeyConstraint("digest", "position", name=op.f("pk_digest_stories")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_digest_stories_story"), "digest_stories", ["story"], unique=False)
    op.create_table(
        "items",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
        sa.Column("identity_key", sa.BigInteger(), nullable=False),
        sa.Column("title_hash", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("targets", sa.Text(), server_default="[]", nullable=False),
        sa.Column("flags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("title_raw", sa.Text(), server_default="", nullable=False),
        sa.Column("title_key", sa.Text(), server_default="", nullable=False),
        sa.Column("url_keys", sa.Text(), server_default="[]", nullable=False),
        sa.Column("bands", sa.LargeBinary(), nullable=False),
        sa.Column("lead", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["canonical"],
            ["canonicals.id"],
            name=op.f("fk_items_canonical"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_items_feed")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_items")),
        sa.UniqueConstraint("id", name=op.f("uq_items_id")),
    )
    op.create_index(op.f("ix_items_canonical_seq"), "items", ["canonical", "seq"], unique=False)
    op.create_index(op.f("ix_items_feed_seq"), "items", ["feed", "seq"], unique=False)
    op.create_index(op.f("ix_items_feed_time_seq"), "items", ["feed", "time", "seq"], unique=False)
    op.create_index(op.f("ix_items_identity_key"), "items", ["identity_key"], unique=False)
    op.create_index(op.f("ix_items_rule"), "items", ["rule"], unique=False)
    op.create_index(op.f("ix_items_seen_seq"), "items", ["seen", "seq"], unique=False)
    op.create_index(op.f("ix_items_time_seq"), "items", ["time", "seq"], unique=False)
    op.create_index(op.f("ix_items_title_hash_seq"), "items", ["title_hash", "seq"], unique=False)
    op.create_table(
        "poll_states",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_poll", sa.BigInteger(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_poll_states_feed")),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_poll_states")),
    )
    op.create_index(
        op.f("ix_poll_states_state_next_poll"), "poll_states", ["state", "next_poll"], unique=False
    )
    op.create_table(
        "polls",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("elapsed", sa.Double(), server_default="0", nullable=False),
        sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("new_items", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("parser", sa.Text(), server_default="", nullable=False),
        sa.Column("problems", sa.Text(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_polls_feed")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_feed_seq"), "polls", ["feed", "seq"], unique=False)
    op.create_table(
        "story_changes",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), server_default="[]", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["into"],
            ["stories.id"],
            name=op.f("fk_story_changes_into"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["story"],
            ["stories.id"],
            name=op.f("fk_story_changes_story"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_story_changes")),
    )
    op.create_index(
        op.f("ix_story_changes_into_seq"), "story_changes", ["into", "seq"], unique=False
    )
    op.create_index(
        op.f("ix_story_changes_story_seq"), "story_changes", ["story", "seq"], unique=False
    )
    op.create_table(
        "story_decisions",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("runner_up", sa.Text(), nullable=True),
        sa.Column("runner_up_score", sa.Double(), nullable=True),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["canonical"],
            ["canonicals.id"],
            name=op.f("fk_story_decisions_canonical"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["story"],
            ["stories.id"],
            name=op.f("fk_story_decisions_story"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_story_decisions")),
    )
    op.create_index(
        op.f("ix_story_decisions_canonical_seq"),
        "story_decisions",
        ["canonical", "seq"],
        unique=False,
    )
    op.create_table(
        "story_members",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["canonical"],
            ["canonicals.id"],
            name=op.f("fk_story_members_canonical"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["story"],
            ["stories.id"],
            name=op.f("fk_story_members_story"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_story_members")),
        sa.UniqueConstraint("canonical", name=op.f("uq_story_members_canonical")),
    )
    op.create_index(
        op.f("ix_story_members_story_seq"), "story_members", ["story", "seq"], unique=False
    )
    op.create_table(
        "decisions",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), server_default="[]", nullable=False),
        sa.Column("representative", sa.Text(), nullable=True),
        sa.Column("flags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["canonical"],
            ["canonicals.id"],
            name=op.f("fk_decisions_canonical"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["item"],
            ["items.id"],
            name=op.f("fk_decisions_item"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_item_seq"), "decisions", ["item", "seq"], unique=False)
    op.create_table(
        "representatives",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["canonical"],
            ["canonicals.id"],
            name=op.f("fk_representatives_canonical"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["item"],
            ["items.id"],
            name=op.f("fk_representatives_item"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_representatives")),
    )
    op.create_index(
        op.f("ix_representatives_canonical_seq"),
        "representatives",
        ["canonical", "seq"],
        unique=False,
    )
    op.create_table(
        "revisions",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("replaced", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_revisions_item")),
        sa.PrimaryKeyConstraint("item", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "url_keys",
        sa.Column("url", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", _SEQ, nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.seq"], name=op.f("fk_url_keys_item")),
        sa.PrimaryKeyConstraint("url", "item", name=op.f("pk_url_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_url_keys_item"), "url_keys", ["item"], unique=False)
