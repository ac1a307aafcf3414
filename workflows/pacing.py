"""Every time-out and retry, by purpose. Each wait has an end, and the workflow says what happens then."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class Pace(TypedDict, total=False):
    """Keyword arguments of an activity call."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


SILENT_FOR = timedelta(seconds=5)
"""A worker that says nothing of its work for so long is dead: its batch or dossier is given to another."""

# The log must reach the store however long that is away: entries wait in the workflow meanwhile, nothing is lost.
SYNC = Pace(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=10)),
)

# Two minutes in all, then the batch counts as uncertain and the chase goes on by the next channel.
DELIVER = Pace(
    start_to_close_timeout=timedelta(seconds=30),
    schedule_to_close_timeout=timedelta(minutes=2),
    heartbeat_timeout=SILENT_FOR,
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=4),
)

# The dossier must be written, however long the disk is full.
ARCHIVE = Pace(
    start_to_close_timeout=timedelta(minutes=2),
    heartbeat_timeout=SILENT_FOR,
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

ROLL_OVER_AFTER_EVENTS = 1200
"""Continue as new at about this many events: a command costs about ten of them."""

REMEMBERED_COMMANDS = 300
"""So many handled command ids ride along across continue-as-new."""

OPEN_WITHIN = timedelta(minutes=1)
"""An incident that nobody opened ends itself after this."""

SHORTEST_WAIT = timedelta(milliseconds=1)
"""A due instant that has passed is waited for this long: a timer of no length is refused by the engine."""
