"""Persistent storage; ``Store`` is the only entry point."""

from storage.backups import read_lines, write_lines
from storage.canonical_lists import CanonicalFilter, CanonicalNumber, UnreadCount
from storage.codecs import Unreadable
from storage.errors import (
    StoreAway,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreNewer,
)
from storage.records import (
    CorrectionRecord,
    Counts,
    DecisionRecord,
    DigestRecord,
    ItemFilter,
    OutboxMessage,
    OutboxState,
    PollRecord,
    RepresentativeRecord,
    Revision,
    StoryChangeRecord,
    StoryContents,
    StoryDecisionRecord,
    StoryFilter,
    StoryLinkRecord,
    StoryPart,
    StoryRecord,
)
from storage.restoring import Backup, dated_backup, restore_store, write_backup
from storage.retention import Policy, Step
from storage.sizes import TableSize
from storage.store import Store
from storage.story_lists import ListPosition, StoryList, StoryListFilter
from storage.story_marks import StoryMarks
from storage.transaction import Transaction
from storage.view import View

__all__ = [
    "Backup",
    "CanonicalFilter",
    "CanonicalNumber",
    "CorrectionRecord",
    "Counts",
    "DecisionRecord",
    "DigestRecord",
    "ItemFilter",
    "ListPosition",
    "OutboxMessage",
    "OutboxState",
    "Policy",
    "PollRecord",
    "RepresentativeRecord",
    "Revision",
    "Step",
    "Store",
    "StoreAway",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreMissing",
    "StoreNewer",
    "StoryChangeRecord",
    "StoryContents",
    "StoryDecisionRecord",
    "StoryFilter",
    "StoryLinkRecord",
    "StoryList",
    "StoryListFilter",
    "StoryMarks",
    "StoryPart",
    "StoryRecord",
    "TableSize",
    "Transaction",
    "UnreadCount",
    "Unreadable",
    "View",
    "dated_backup",
    "read_lines",
    "restore_store",
    "write_backup",
    "write_lines",
]
