"""Corrections: made by a button, listed, shown with what they changed, undone."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.engine import item_corrections, story_corrections
from aggregator.engine.polls import Engine
from aggregator.engine.standing_corrections import CorrectionError
from aggregator.model import Correction, CorrectionKind, Level
from aggregator.reading import corrections as read
from aggregator.web.pages.site import Visit

_ITEMS = {"same": CorrectionKind.SAME, "not_same": CorrectionKind.SPLIT}


def listed(visit: Visit) -> Response:
    """All corrections, the newest first."""
    with visit.site.store.reading() as view:
        found = read.listed(view)
    return visit.page("corrections.html", found=found)


def shown(visit: Visit) -> Response:
    """One correction, and what it changed."""
    with visit.site.store.reading() as view:
        found = read.shown(view, visit.args["correction"])
    if found is None:
        return visit.message(visit.words["no_correction"], 404, back="/corrections")
    return visit.page("correction.html", one=found)


def correct(visit: Visit) -> Response:
    """Make the correction that a button asks for, and show what it changed."""
    try:
        made = _made(visit)
    except CorrectionError as error:
        return visit.message(str(error), 409, back=visit.call.first("back", "/"))
    if made is None:
        return visit.message(visit.words["not_understood"], 400)
    return visit.to(f"/correction/{made.id}")


def undo(visit: Visit) -> Response:
    """Undo a correction, and show where its items are now."""
    name = visit.call.first("correction")
    with visit.site.store.reading() as view:
        record = view.corrections.get(name)
    if record is None:
        return visit.message(visit.words["no_correction"], 404, back="/corrections")
    item = record.correction.level == Level.ITEM
    take_back = item_corrections.undo if item else story_corrections.undo
    try:
        take_back(_engine(visit), name, now=visit.now)
    except CorrectionError as error:
        return visit.message(str(error), 409, back=f"/correction/{name}")
    return visit.to(f"/correction/{name}")


def _made(visit: Visit) -> Correction | None:
    """The correction, made and applied; None where the button is unknown."""
    call, now = visit.call, visit.now
    what, a, b = call.first("what"), call.first("a"), call.first("b")
    if what in _ITEMS and a and b:
        made = item_corrections.make(Level.ITEM, _ITEMS[what], a, b, at=now)
        item_corrections.apply(_engine(visit), made, now=now)
        return made
    if what == "join" and a and b:
        return story_corrections.same(_engine(visit), a, b, now=now)[0]
    if what == "part" and a and b:
        return story_corrections.split(_engine(visit), a, [b], now=now)[0]
    return None


def _engine(visit: Visit) -> Engine:
    return Engine(visit.site.store, visit.site.settings)
