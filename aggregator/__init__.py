"""Feeds in, every story once, digests out; ``docs/architecture.md`` gives an overview.

The names in ``__all__`` are public (``docs/python.md``). Each is imported on first use, so
importing this package is cheap.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.dedupe import Verdict
    from aggregator.engine.plain_documents import PlainDocument
    from aggregator.library.aggregator import Aggregator
    from aggregator.library.deduper import Deduper, compare
    from aggregator.model import Decision, Evidence
    from aggregator.model.errors import UserError
    from aggregator.reading.story_view import StoryView

__all__ = [
    "Aggregator",
    "Decision",
    "Deduper",
    "Evidence",
    "PlainDocument",
    "StoryView",
    "UserError",
    "Verdict",
    "__version__",
    "compare",
]

__version__ = "0.1.0"

# Must be set before numpy is first imported. Its products here are small, so more threads only
# wait for each other; on a busy machine they made the story engine four times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_HOMES = {
    "Aggregator": "aggregator.library.aggregator",
    "Decision": "aggregator.model",
    "Deduper": "aggregator.library.deduper",
    "Evidence": "aggregator.model",
    "PlainDocument": "aggregator.engine.plain_documents",
    "StoryView": "aggregator.reading.story_view",
    "UserError": "aggregator.model.errors",
    "Verdict": "aggregator.dedupe",
    "compare": "aggregator.library.deduper",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
