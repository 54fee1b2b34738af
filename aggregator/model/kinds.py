"""The enumerations used in decisions; members are stored and printed by value."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """The rule that decided where something goes."""

    NEW = "new"  # no known item matches
    REVISION = "revision"  # a new version of the same entry of the same feed
    URL = "url"
    TITLE = "title"
    FUZZY = "fuzzy"  # titles that agree in all significant words
    BODY = "body"
    GROUP = "group"  # rejected because of another item of the canonical item
    MERGE = "merge"  # of canonical items, of stories
    MOVED = "moved"  # the representative was moved away
    REPRESENTATIVE = "representative"  # a better one arrived
    CORRECTION = "correction"
    STORY = "story"  # the same event as a story's items
    SPLIT = "split"  # of stories
    SAME = "same"  # an undone correction that had made one story of two
    COUNTERPART = "counterpart"  # the same event in another language
    LINK = "link"


class Guard(StrEnum):
    """What forbids calling two items the same, however similar they look."""

    NUMBER = "number"
    CALENDAR = "calendar"
    NEGATION = "negation"
    OPPOSED = "opposed"
    STAGE = "stage"
    REVERSAL = "reversal"
    SUBSTITUTION = "substitution"
    ROLES = "roles"
    EXCHANGE = "exchange"
    EXTRA = "extra"  # only one title has these words
    TYPOS = "typos"
    SHORT = "short"
    TELLING = "telling"  # the titles are too generic to prove anything
    TIME = "time"
    BODIES = "bodies"  # the texts differ
    LANGUAGE = "language"
    ADDRESS = "address"
    SHARED = "shared"  # the feed uses the title for several entries
    TEXT = "text"  # the text matches neither headline
    RECURRING = "recurring"
    LABEL = "label"  # a label reverses one headline
    FORM = "form"  # a template filled in with different names
    SUBJECT = "subject"  # each text is about its own title's subject
    CHAIN = "chain"  # matches only one member


class Flag(StrEnum):
    """Notable properties of an item. Parsers may add other names."""

    BACKLOG = "backlog"  # arrived with the first poll of its feed
    REPUBLISHED = "republished"  # an old text under a new date
    RECURRING = "recurring"  # its headline is a recurring format
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
    ADVERTISEMENT = "advertisement"  # a label in its title, category or address says so


class Level(StrEnum):
    """What a correction applies to."""

    ITEM = "item"
    STORY = "story"


class CorrectionKind(StrEnum):
    """What a correction says about two things."""

    SAME = "same"
    SPLIT = "split"


class ChangeKind(StrEnum):
    """How a story changes."""

    MERGE = "merge"
    SPLIT = "split"


class LinkKind(StrEnum):
    """Whether stories of two languages are linked or unlinked."""

    LINK = "link"
    UNLINK = "unlink"
