"""The data types of this project: no logic, no I/O.

All other packages use these types (see ``docs/architecture.md``). All times are
timezone-aware datetimes in UTC. All ids are strings derived from content (see
``aggregator.text.identity``), so the same input gives the same ids on any machine.
"""

from aggregator.model.feeds import (
    Document,
    Entry,
    Feed,
    FeedHistory,
    FeedState,
    Outcome,
    PollOutcome,
    PollState,
    SeenEntry,
    Shared,
    Trust,
)
from aggregator.model.items import (
    Canonical,
    CanonicalMerge,
    Correction,
    Decision,
    Details,
    Evidence,
    Item,
    Keys,
    KnownTitle,
    Placed,
)
from aggregator.model.kinds import (
    ChangeKind,
    CorrectionKind,
    Flag,
    Guard,
    Level,
    LinkKind,
    Rule,
)
from aggregator.model.stories import (
    Story,
    StoryChange,
    StoryDecision,
    StoryLink,
    StoryMember,
    StoryVector,
)

__all__ = [
    "Canonical",
    "CanonicalMerge",
    "ChangeKind",
    "Correction",
    "CorrectionKind",
    "Decision",
    "Details",
    "Document",
    "Entry",
    "Evidence",
    "Feed",
    "FeedHistory",
    "FeedState",
    "Flag",
    "Guard",
    "Item",
    "Keys",
    "KnownTitle",
    "Level",
    "LinkKind",
    "Outcome",
    "Placed",
    "PollOutcome",
    "PollState",
    "Rule",
    "SeenEntry",
    "Shared",
    "Story",
    "StoryChange",
    "StoryDecision",
    "StoryLink",
    "StoryMember",
    "StoryVector",
    "Trust",
]
