"""The stories that the reader of digests follows."""

from __future__ import annotations

from aggregator.settings import Settings
from storage import View

READER = "reader"
"""The user of a store in which nobody has a password yet."""


def reader_name(view: View, settings: Settings) -> str:
    """The user whose stories digests show: the one of ``[reader]``, else the first of the store."""
    first = next(iter(view.users.list()), None)
    return settings.reader or (first.name if first else READER)


def of(view: View, name: str) -> list[str]:
    """The current ids of the stories that a user follows, the latest last; none if unknown."""
    user = view.users.named(name)
    if user is None:
        return []
    followed = view.states.followed(user.id)
    stands = view.stories.resolve_all(followed)
    return list(dict.fromkeys(stands[story] for story in followed if story in stands))
