"""The closed sets of names that decisions speak in; each is stored and printed as its value."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """What put something where it is."""

    NEW = "new"  # nothing known is the same
    REVISION = "revision"  # the same entry of the same feed again
    URL = "url"
    TITLE = "title"
    FUZZY = "fuzzy"  # titles that are the same in all words that matter
    BODY = "body"
    GROUP = "group"  # a member of the canonical item forbids it
    MERGE = "merge"  # of canonical items, of stories
    MOVED = "moved"  # the representative went elsewhere
    REPRESENTATIVE = "representative"  # a better one came
    CORRECTION = "correction"
    STORY = "story"  # the same event as a story's items
    SPLIT = "split"  # of stories
    SAME = "same"  # an undone correction that had made one story of two
    COUNTERPART = "counterpart"  # the same event in another language
    LINK = "link"


class Guard(StrEnum):
    """What forbids calling two items the same, however alike they look."""

    NUMBER = "number"
    CALENDAR = "calendar"
    NEGATION = "negation"
    OPPOSED = "opposed"
    STAGE = "stage"
    REVERSAL = "reversal"
    SUBSTITUTION = "substitution"
    ROLES = "roles"
    EXCHANGE = "exchange"
    EXTRA = "extra"  # words that only one title has
    TYPOS = "typos"
    SHORT = "short"
    TELLING = "telling"  # the titles are too general to prove anything
    TIME = "time"
    BODIES = "bodies"  # each has a text of its own
    LANGUAGE = "language"
    ADDRESS = "address"
    SHARED = "shared"  # a feed gives the title to several entries
    TEXT = "text"  # about neither headline
    RECURRING = "recurring"
    LABEL = "label"  # a label turns one headline round
    FORM = "form"  # one text filled in with other names
    SUBJECT = "subject"  # each text names what its own title names
    CHAIN = "chain"  # it agrees with one member only


class Flag(StrEnum):
    """What is remarkable about an item. Whoever parses entries may add names of its own."""

    BACKLOG = "backlog"  # came with the first poll of its feed
    REPUBLISHED = "republished"  # an old text under a new date
    RECURRING = "recurring"  # its headline is a format
    UNTITLED = "untitled"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    BAD_LINK = "bad_link"
    ZONE_ASSUMED = "zone_assumed"
    FOLDED_TITLE = "folded_title"
    COMPLETED_TITLE = "completed_title"
    CUT_TAG = "cut_tag"
    CUT_OUTLET = "cut_outlet"
    SHARED_GUID = "shared_guid"
    SHARED_LINK = "shared_link"
    SHARED_TITLE = "shared_title"
    SHARED_TEXT = "shared_text"
    RETRACTION = "retraction"  # a label before its headline says so; so for the next four
    CORRECTION = "correction"
    CHECK = "check"
    SATIRE = "satire"
    REPLY = "reply"


class Level(StrEnum):
    """What a correction is about."""

    ITEM = "item"
    STORY = "story"


class CorrectionKind(StrEnum):
    """What a correction says of two things."""

    SAME = "same"
    SPLIT = "split"


class ChangeKind(StrEnum):
    """How a story changes."""

    MERGE = "merge"
    SPLIT = "split"


class LinkKind(StrEnum):
    """Whether stories of two languages are linked from now on."""

    LINK = "link"
    UNLINK = "unlink"
