"""The endpoints that change something: states and corrections."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from aggregator.engine import item_corrections, reading_states, story_corrections
from aggregator.engine.polls import Engine
from aggregator.engine.standing_corrections import CorrectionError
from aggregator.model import Correction, CorrectionKind, Level
from aggregator.model.reading_state import Mark
from aggregator.reading.json_text import line
from aggregator.web.responses import JSON
from aggregator.web.rest.asked import Asked, ProblemError

_LONGEST_NOTE = 1_000


def set_state(asked: Asked) -> Response:
    """Mark canonical items: read, starred, hidden, labels; what is not given stays."""
    call = asked.call
    names = call.all("canonical")
    if not names:
        raise ProblemError(400, "canonical is missing")
    read, starred, hidden = (asked.flag(name) for name in ("read", "starred", "hidden"))
    change = Mark(read, starred, hidden, call.all("add_label"), call.all("remove_label"))
    with asked.service.store.reading() as view:
        numbers = view.lists.named(names)
    store, now = asked.service.store, asked.service.now()
    reading_states.mark(store, asked.user.id, numbers.values(), change, now=now)
    return Response(status_code=204)


def follow(asked: Asked) -> Response:
    """Follow a story."""
    return _follow(asked, followed=True)


def unfollow(asked: Asked) -> Response:
    """No longer follow a story."""
    return _follow(asked, followed=False)


def correct(asked: Asked) -> Response:
    """Say that two items or stories are, or are not, the same; it always wins."""
    level, kind = asked.text("level"), asked.text("kind")
    if level not in ("item", "story") or kind not in ("same", "split"):
        raise ProblemError(400, "level must be item or story, kind same or split")
    try:
        made = _item(asked, kind) if level == "item" else _story(asked, kind)
    except CorrectionError as error:
        raise ProblemError(409, str(error)) from None
    body = line({"data": [{"id": correction.id} for correction in made]})
    return Response(body, 201, media_type=JSON)


def undo(asked: Asked) -> Response:
    """Undo a correction; what it moved is decided again."""
    name, now = asked.path["correction"], asked.service.now()
    with asked.service.store.reading() as view:
        found = view.corrections.get(name)
    if found is None:
        raise ProblemError(404, f"no correction {name}")
    engine = Engine(asked.service.store, asked.settings)
    module = item_corrections if found.correction.level is Level.ITEM else story_corrections
    try:
        module.undo(engine, name, now=now)
    except CorrectionError as error:
        raise ProblemError(409, str(error)) from None
    return Response(status_code=204)


def _follow(asked: Asked, *, followed: bool) -> Response:
    name = asked.path["story"]
    store, now = asked.service.store, asked.service.now()
    with store.reading() as view:
        if view.stories.resolve(name) is None:
            raise ProblemError(404, f"no story {name}")
    reading_states.follow(store, asked.user.id, name, followed=followed, now=now)
    return Response(status_code=204)


def _item(asked: Asked, kind: str) -> Sequence[Correction]:
    other = asked.call.first("b") or None
    if kind == "same" and other is None:
        raise ProblemError(400, "b is missing")
    now, note = asked.service.now(), asked.call.first("note")[:_LONGEST_NOTE]
    made = item_corrections.make(
        Level.ITEM, CorrectionKind(kind), asked.text("a"), other, at=now, note=note
    )
    item_corrections.apply(Engine(asked.service.store, asked.settings), made, now=now)
    return [made]


def _story(asked: Asked, kind: str) -> Sequence[Correction]:
    engine = Engine(asked.service.store, asked.settings)
    now, note = asked.service.now(), asked.call.first("note")[:_LONGEST_NOTE]
    if kind == "same":
        return story_corrections.same(engine, asked.text("a"), asked.text("b"), now=now, note=note)
    items = asked.call.all("item")
    if not items:
        raise ProblemError(400, "item is missing")
    return story_corrections.split(engine, asked.text("a"), items, now=now, note=note)
