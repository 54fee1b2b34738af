"""Retry times with growing intervals, by the monotonic clock."""

from __future__ import annotations

FIRST = 30.0  # seconds after the first failure
LONGEST = 3_600.0  # maximum seconds between two tries


class Retries:
    """Counts consecutive failures by name."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}  # failures, next try

    def failed(self, name: str, now: float) -> float:
        """Record a failure at ``now`` (monotonic seconds); the seconds until the next try."""
        times = self._failures.get(name, (0, 0.0))[0] + 1
        pause = min(LONGEST, FIRST * 2.0 ** min(times - 1, 16))
        self._failures[name] = (times, now + pause)
        return pause

    def succeeded(self, name: str) -> None:
        """Forget the failures of ``name``."""
        self._failures.pop(name, None)

    def waiting(self, now: float) -> frozenset[str]:
        """Names that are not to be retried yet at ``now``."""
        return frozenset(name for name, (_, again) in self._failures.items() if again > now)
