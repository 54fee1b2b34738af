"""When what failed is tried again: later each time, by the monotonic clock."""

from __future__ import annotations

FIRST = 30.0  # seconds after the first failure
LONGEST = 3_600.0  # seconds between two tries at the most


class Retries:
    """Remembers how often things, known by name, have failed in a row."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}  # how often, and when it is tried again

    def failed(self, name: str, now: float) -> float:
        """Note a failure at ``now`` (monotonic seconds); the seconds until it is tried again."""
        times = self._failures.get(name, (0, 0.0))[0] + 1
        pause = min(LONGEST, FIRST * 2.0 ** min(times - 1, 16))
        self._failures[name] = (times, now + pause)
        return pause

    def succeeded(self, name: str) -> None:
        """Forget the failures of ``name``."""
        self._failures.pop(name, None)

    def waiting(self, now: float) -> frozenset[str]:
        """What is not to be tried yet at ``now``."""
        return frozenset(name for name, (_, again) in self._failures.items() if again > now)
