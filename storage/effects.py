"""Effects as the store applies them: each is a few statements, without any rule."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from aggregator.model.effects import (
    CanonicalFounded,
    CanonicalRedirected,
    CanonicalRestored,
    CorrectionMade,
    CorrectionUndone,
    Effect,
    ItemFlagged,
    ItemKept,
    ItemMoved,
    ItemRevised,
    ItemStored,
    RepresentativeChanged,
    StoriesLinked,
    StoryGrouped,
    StoryInherited,
    StoryLeft,
    VectorKept,
)
from storage.canonicals import Canonicals
from storage.corrections import Corrections
from storage.cross_language_groups import CrossLanguageGroups
from storage.decisions import Decisions
from storage.items import Items
from storage.statements import WriteSession
from storage.stories import Stories

T = TypeVar("T")


class Effects:
    """Writes what effects say into the tables."""

    def __init__(self, session: WriteSession) -> None:
        self._items = Items(session)
        self._decisions = Decisions(session)
        self._canonicals = Canonicals(session)
        self._stories = Stories(session)
        self._language_groups = CrossLanguageGroups(session)
        self._corrections = Corrections(session)

    def apply(self, effect: Effect, at: datetime) -> None:
        """Write one effect, made at ``at``."""
        match effect:
            case ItemStored() | ItemRevised() | ItemKept() | ItemMoved() | ItemFlagged():
                self._item(effect, at)
            case (
                CanonicalFounded()
                | CanonicalRestored()
                | CanonicalRedirected()
                | RepresentativeChanged()
            ):
                self._canonicals.apply(effect, at)
            case StoriesLinked() | StoryGrouped():
                self._language_groups.apply(effect, at)
            case VectorKept(_, vector):
                self._language_groups.save_vector(_whole(effect, vector))
            case CorrectionMade(_, record):
                self._corrections.add(_whole(effect, record))
            case CorrectionUndone(name):
                self._corrections.undo(name, at)
            case _:
                self._stories.apply(effect, at)
                if isinstance(effect, StoryLeft | StoryInherited):
                    self._language_groups.drop_vector(effect.canonical)

    def _item(
        self, effect: ItemStored | ItemRevised | ItemKept | ItemMoved | ItemFlagged, at: datetime
    ) -> None:
        match effect:
            case ItemStored(_, _, _, record, decision):
                decided = _whole(effect, decision)
                self._items.add(_whole(effect, record), decided)
                self._decisions.add(decided, at, first=True)
            case ItemRevised(_, _, record, keys):
                self._items.revise(_whole(effect, record), keys, at=at)
            case ItemKept():
                self._decisions.add(_whole(effect, effect.decision), at)
            case ItemMoved(item, _, canonical):
                self._items.move(item, canonical)
                self._decisions.add(_whole(effect, effect.decision), at)
            case ItemFlagged(item, flags):
                self._items.set_flags(item, flags)


def _whole(effect: Effect, part: T | None) -> T:
    """What an effect must carry to be written; ValueError where it was read from an event."""
    if part is None:
        raise ValueError(f"an effect without its text or decision cannot be written: {effect}")
    return part
