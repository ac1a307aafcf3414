"""The host's clock: deadlines are judged by it, so a step of it is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

STEP = timedelta(seconds=30)
"""A step beyond this is told; less is what time servers correct every day."""


class HostClock:
    """Compares the clock that people set with the one that only runs, both in seconds."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def stepped(self) -> timedelta | None:
        """By how much the clock was set since it last stepped, forward or back, where that is worth telling."""
        step = timedelta(seconds=self._wall() - self._steady() - self._offset)
        if abs(step) <= STEP:
            return None
        self._offset += step.total_seconds()
        return step
