"""The incident that is measured: six commands with the opening, 30 units told and answering, three waits that pass."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

RECIPIENTS = 30
COMMANDS = 6
WORDS = "三号井发生冒顶事故，已通知各单位按职责到位"


class Scene(NamedTuple):
    """How fast it goes."""

    waits: tuple[timedelta, timedelta, timedelta] = (
        timedelta(milliseconds=300),
        timedelta(milliseconds=375),
        timedelta(milliseconds=450),
    )
    """From the command that sets them: a plan pressed for time, so that nobody sleeps until a real deadline."""
    pause: float = 0.02
    """Seconds before each command but the first: long enough for each to be a turn of its own, on both sides."""


SCENE = Scene()

MOST_EVENTS = 78
MOST_BYTES = 31_000
MOST_BYTES_OPEN = 251_000
"""Of an open incident in the worker's memory."""
MOST_CPU_RATIO = 1.3
MOST_MICROSECONDS = 100
"""Of `handle()` at 200 entries."""
