"""Item -> canonical item: candidates, comparison, guards, decision. Pure, no I/O.

>>> state = DedupeState(DedupeSettings())  # doctest: +SKIP
>>> decision = decide(state, archive, item)  # doctest: +SKIP
>>> state.add(Placed(item, decision.canonical), decision.keys)  # doctest: +SKIP
"""

from aggregator.dedupe.archive import Archive, MemoryArchive, Overlay
from aggregator.dedupe.compare import Verdict, compare
from aggregator.dedupe.decide import RULES_VERSION, decide, materially_changed
from aggregator.dedupe.doubts import another_page
from aggregator.dedupe.keys import item_keys
from aggregator.dedupe.rulings import ruling
from aggregator.dedupe.state import DedupeState

__all__ = [
    "RULES_VERSION",
    "Archive",
    "DedupeState",
    "MemoryArchive",
    "Overlay",
    "Verdict",
    "another_page",
    "compare",
    "decide",
    "item_keys",
    "materially_changed",
    "ruling",
]
