"""Selects and orders the stories of a digest: pure functions on plain data.

``publish`` gathers ``StoryView``s from storage; ``select`` makes an ``Edition`` from
them, which ``render`` turns into a document and ``deliver`` into files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

from aggregator.digest.filters import passes, speaks
from aggregator.digest.marks import is_advertisement
from aggregator.digest.outlets import by_domain, named
from aggregator.digest.place import Place
from aggregator.digest.preferences import Preferences, boosted, is_followed, unmuted
from aggregator.digest.rank import rank
from aggregator.digest.sections import arrange
from aggregator.digest.templating import NONE, UserTemplates
from aggregator.model import Flag, Item, Story
from aggregator.reading.story_view import Coverage, StoryView
from aggregator.settings import DigestSettings

_AHEAD = timedelta(hours=1)  # tolerated lead of an arrival time over the clock


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a digest lacks, as it says at its end."""

    failed: tuple[str, ...] = ()  # formats that could not be written
    unreadable: tuple[str, ...] = ()  # ids of stories that the store could not read
    beyond: int = 0  # stories that were not considered, because there were too many
    advertisements: int = 0  # left out, as the settings ask
    muted: int = 0  # stories left out, as all their news is muted

    def __bool__(self) -> bool:
        """Whether anything is lacking."""
        return self != Gaps()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Edition:
    """The content of one digest: the result of ``select``, the input of ``render``."""

    name: str
    title: str
    since: datetime  # start of the span (exclusive)
    until: datetime  # end of the span (inclusive)
    made: datetime  # not shown by any format, so that bytes stay the same
    stories: tuple[StoryView, ...] = ()
    headlines: tuple[StoryView, ...] = ()  # shown as bare headlines only
    dropped: tuple[StoryView, ...] = ()  # beyond all limits: shown as a number
    feeds_seen: int = 0  # feeds that were polled successfully within the span
    language: str = "en"  # language of the digest's own wording
    order: str = "importance"
    total: int = 0  # stories with news, before the limit
    items: int = 0  # items of the listed stories
    folded: int = 0  # duplicates among these items
    timezone: str | None = None  # for displayed times; None: UTC
    link: str | None = None  # public address of the digest's directory
    languages: tuple[str, ...] = field(default=())  # the reader's
    gaps: Gaps = field(default_factory=Gaps)
    lead: int = 0  # how many of the stories open the digest, before the first section
    section_headlines: int = 5  # bare headlines of a section that are shown at once
    place: Place | None = None  # among the files of its digest
    templates: UserTemplates = NONE  # in place of the program's own
    installation: str = ""  # id of the store


@dataclass(frozen=True, slots=True)
class _Span:
    """What counts as news: the span, and what was listed before."""

    since: datetime
    until: datetime
    made: datetime
    listed: Mapping[str, datetime | None]
    arrived_since: datetime  # not later than ``since``

    def arrived(self, item: Item) -> datetime:
        return item.seen if item.seen <= self.made + _AHEAD else self.made

    def told(self, coverage: Coverage) -> bool:
        """Whether an earlier digest accounted for an item of this canonical item."""
        return any(item.id in self.listed for item in coverage.members)

    def shown_at(self, coverage: Coverage) -> datetime | None:
        """When an item of this canonical item was last shown; None if never."""
        return max(filter(None, (self.listed.get(i.id) for i in coverage.members)), default=None)


def select(  # noqa: PLR0913 - what an edition depends on, each by its name
    settings: DigestSettings,
    stories: Iterable[StoryView],
    *,
    since: datetime,
    until: datetime,
    made: datetime,
    arrived_since: datetime | None = None,
    reader_languages: tuple[str, ...] = (),
    listed: Mapping[str, datetime | None] | None = None,
    feeds_seen: int = 0,
    timezone: str | None = None,
    outlets: Mapping[str, str] | None = None,
    preferences: Preferences | None = None,
    gaps: Gaps | None = None,
    installation: str = "",
) -> Edition:
    """The edition of the digest ``settings`` for the news in ``(since, until]``.

    ``stories`` may include stories without news, which are left out here. ``listed``
    maps item ids to when an *earlier* digest of this name last showed them (its
    ``until``; None if it only counted them): these are not news, and a story with nothing
    else new is left out.
    ``made`` is the time of making the edition: items with a later arrival time were
    stored under a wrong clock, and count as having arrived then. ``arrived_since`` is earlier
    than ``since`` where the last digest may have missed arrivals. ``outlets`` maps
    domains to the names to show, ``preferences`` are the reader's, ``gaps`` says what is
    missing from ``stories``, ``installation`` is the store's id. The same arguments give the
    same edition, regardless of the order of the stories.
    """
    names = by_domain((outlets or {}).items())
    span = _Span(since, until, made, listed or {}, arrived_since or since)
    wishes = (settings.personal and preferences) or Preferences()
    found: dict[str, StoryView] = {}
    muted: set[str] = set()
    for view in stories:
        shown = unmuted(view, wishes.mute, names)
        chosen = shown and _choose(settings, shown, span, reader_languages)
        if chosen is not None:
            found[view.story.id] = _renamed(_preferred(chosen, wishes, names), names)
        elif shown is not view and _choose(settings, view, span, reader_languages):
            muted.add(view.story.id)
    paid = {name for name, view in found.items() if is_advertisement(view)}
    gaps = replace(gaps or Gaps(), muted=len(muted))
    if settings.advertisements == "drop":
        gaps = replace(gaps, advertisements=len(paid))
        found = {name: view for name, view in found.items() if name not in paid}
    ordered = sorted(found.values(), key=_order(settings.order))
    if settings.advertisements == "last":
        ordered.sort(key=lambda view: view.story.id in paid)  # stable
    full, headlines, dropped = arrange(ordered, settings)
    copies = [len(coverage.copies) for view in full for coverage in view.coverage]
    return Edition(
        name=settings.name,
        title=settings.title or settings.name,
        since=since,
        until=until,
        made=made,
        stories=full,
        headlines=headlines,
        dropped=dropped,
        feeds_seen=feeds_seen,
        language=settings.language,
        order=settings.order,
        total=len(ordered),
        items=len(copies) + sum(copies),
        folded=sum(copies),
        timezone=timezone,
        link=settings.link,
        languages=reader_languages,
        gaps=gaps,
        installation=installation,
        lead=sum(not view.section for view in full[: settings.lead]),
        section_headlines=settings.section_headlines,
    )


def is_news(coverage: Coverage, since: datetime, arrived_since: datetime | None = None) -> bool:
    """Whether a canonical item makes its story news after ``since``.

    It does if it was founded after ``arrived_since`` (by default ``since``) by an item that
    is neither a republished old text nor backlog (from a feed's first poll) dated before
    ``since``.
    """
    return (
        coverage.new
        and _arrived(coverage) > (arrived_since or since)
        and any(_fresh(i, since) for i in coverage.members)
    )


def _fresh(item: Item, since: datetime) -> bool:
    if Flag.REPUBLISHED in item.flags:
        return False
    return Flag.BACKLOG not in item.flags or item.time > since


def _arrived(coverage: Coverage) -> datetime:
    """When the first of its items was seen."""
    return min(item.seen for item in coverage.members)


def _choose(
    settings: DigestSettings,
    view: StoryView,
    span: _Span,
    reader_languages: tuple[str, ...],
) -> StoryView | None:
    """The story as shown in this digest, or None if it is not listed."""
    seen = [part for part in (_as_of(c, span) for c in view.coverage) if part is not None]
    marked = [
        part if part.new == (new := _is_new(part, span)) else replace(part, new=new)
        for part in seen
    ]
    shown = max(filter(None, map(span.shown_at, seen)), default=None)
    readable = [part for part in marked if speaks(settings, part)]
    if not any(part.new for part in readable) or not passes(settings, view.story, readable):
        return None
    ordered = tuple(_lead_first(view.story, readable, reader_languages))
    chosen = replace(view, coverage=ordered, listed=shown)
    half_life = min(max(settings.span / 2, timedelta(hours=3)), timedelta(hours=48))
    score, parts = rank(chosen, now=span.until, half_life=half_life, languages=reader_languages)
    head = ordered[0].item
    story = replace(
        view.story,
        headline=head.title,
        lead=head.lead,
        language=head.language,
        score=score,
        score_parts=parts,
    )
    return replace(chosen, story=story)


def _is_new(part: Coverage, span: _Span) -> bool:
    return not span.told(part) and is_news(part, span.since, span.arrived_since)


def _preferred(view: StoryView, wishes: Preferences, names: Mapping[str, str]) -> StoryView:
    """The story with the reader's boosts in its score, and whether the reader follows it."""
    followed = is_followed(view, wishes.follow, wishes.followed, names)
    factor = boosted(view.coverage, wishes.boost, names)
    if factor == 1:
        return replace(view, followed=True) if followed else view
    parts = (*view.story.score_parts, ("boost", round(factor, 4)))
    score = round(view.story.score * factor, 4)
    return replace(
        view, story=replace(view.story, score=score, score_parts=parts), followed=followed
    )


def _renamed(view: StoryView, outlets: Mapping[str, str]) -> StoryView:
    """The story with the names that the user gave to its outlets."""
    if not outlets:
        return view
    coverage = tuple(
        replace(
            part,
            item=named(part.item, outlets),
            copies=tuple(named(item, outlets) for item in part.copies),
        )
        for part in view.coverage
    )
    return replace(view, coverage=coverage)


def _as_of(coverage: Coverage, span: _Span) -> Coverage | None:
    """The coverage as of the end of the span; None if nothing had arrived yet."""
    members = [item for item in coverage.members if span.arrived(item) <= span.until]
    if not members:
        return None
    rest = tuple(sorted(members[1:], key=attrgetter("seen", "id")))
    if rest == coverage.copies and members[0] is coverage.item:
        return coverage
    return replace(coverage, item=members[0], copies=rest)


def _lead_first(
    story: Story, coverage: list[Coverage], reader_languages: tuple[str, ...]
) -> list[Coverage]:
    """The main article, then the rest: news first, newest first.

    The main article is always news: of the new articles, one that is no advertisement, in a
    language of the reader, with the story's headline, else the newest.
    """
    if len(coverage) == 1:
        return coverage

    def claim(part: Coverage) -> tuple[bool, bool, int, bool, float, str]:
        item = part.item
        known = reader_languages.index(item.language) if item.language in reader_languages else 99
        headline = item.title == story.headline
        paid = Flag.ADVERTISEMENT in item.flags
        return (not part.new, paid, known, not headline, -item.time.timestamp(), part.canonical)

    lead = min(coverage, key=claim)
    rest = [part for part in coverage if part is not lead]
    rest.sort(key=lambda part: part.canonical)
    rest.sort(key=lambda part: (part.new, part.item.time), reverse=True)
    return [lead, *rest]


def newest(view: StoryView) -> datetime:
    """When the newest news of a story was published (or seen)."""
    times = [part.item.time for part in view.coverage if part.new]
    return max(times or [part.item.time for part in view.coverage])


def _order(order: str) -> Callable[[StoryView], tuple[float, float, str]]:
    """The sort key of an order: importance or newest, ties broken by id."""
    if order == "newest":
        return lambda view: (-newest(view).timestamp(), -view.story.score, view.story.id)
    return lambda view: (-view.story.score, -newest(view).timestamp(), view.story.id)
