"""A view offers reading only; a transaction is a view that can be written to."""

from __future__ import annotations

from storage import Store, View

WRITING = """
    apply
    canonicals.apply canonicals.touch
    api_tokens.add api_tokens.end
    corrections.add corrections.undo
    decisions.add
    digests.add digests.finish
    events.add
    feeds.mark_removed feeds.save_state feeds.upsert
    histories.save
    items.add items.move items.revise items.set_flags items.touch
    language_groups.apply language_groups.drop_vector language_groups.save_vector
    meta.set
    outbox.add outbox.begin outbox.claim outbox.end outbox.sent
    polls.add polls.prune
    session.number session.change session.write session.write_many
    retention.prune_polls retention.remove
    states.carry states.carry_story states.follow states.mark_read states.save
    stories.apply stories.summarise
    users.add users.save
    web_sessions.add web_sessions.end web_sessions.end_all
"""


def _offered(view: View) -> set[str]:
    """The public methods of a view, and of each of its groups as ``group.method``."""
    groups = {name: group for name, group in vars(view).items() if name[0] != "_"}
    methods = {name for name in dir(view) if name[0] != "_" and name not in groups}
    methods |= {
        f"{name}.{method}"
        for name, group in groups.items()
        for method in dir(group)
        if method[0] != "_"
    }
    return methods


def test_a_view_lacks_every_method_that_writes(store: Store) -> None:
    with store.reading() as view:
        read = _offered(view)
    with store.transaction() as tx:
        assert isinstance(tx, View)
        assert _offered(tx) - read == set(WRITING.split())
        assert read <= _offered(tx)
