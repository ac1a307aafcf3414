"""The pure core: `handle` answers a command, `fold` adds entries up, `pass_time` writes what silence brought.

Nothing here waits, and nothing here knows the engine. The workflow performs what `follow_ups` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from incidents import closing, deadlines, notes, notices
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft, Entry, Head
from incidents.record import Record

COMMANDS: dict[type[Command], Callable[[Record, Any, datetime], Answer]] = {
    notes.Note: notes.note,
    notes.Correct: notes.correct,
    deadlines.SetDeadline: deadlines.set_deadline,
    deadlines.MeetDeadline: deadlines.meet_deadline,
    deadlines.StandDown: deadlines.stand_down,
    notices.Notify: notices.notify,
    closing.Close: closing.close,
}
"""Every command of the core, with the rule that answers it."""

_FOLDS: dict[str, Callable[[Record, Entry], Record]] = {
    "noted": lambda record, _: record,
    "corrected": lambda record, _: record,
    "closed": closing.closed,
    "clock_started": deadlines.started,
    "clock_due_soon": deadlines.moved,
    "clock_overdue": deadlines.moved,
    "clock_done": deadlines.moved,
    "clock_stood_down": deadlines.moved,
    "notice_issued": notices.issued,
    "notice_sent": notices.went,
    "notice_answered": notices.heard,
    "notice_chased": notices.chased,
}


class FollowUps(NamedTuple):
    """What must now be done: batches to send, and the instant at which time alone changes something."""

    sendings: tuple[notices.Sending, ...]
    next_due: datetime | None


def handle(record: Record, command: Command, now: datetime) -> Answer:
    """The entries that `command` brings, or a refusal in words. Changes nothing."""
    if record.closed:
        return Refusal(reason="this incident is closed", kind="plan")
    if command.true_at is not None and command.true_at > now:
        return Refusal(reason=f"true_at: expected a time that is not in the future (now {now.isoformat()})")
    return COMMANDS[type(command)](record, command, now)


def pass_time(record: Record, now: datetime) -> tuple[Draft, ...]:
    """What the passing of time alone has brought by `now`: clocks warned of and overdue, silent units chased."""
    return (*deadlines.passing(record, now), *notices.chases(record, now))


def follow_ups(record: Record) -> FollowUps:
    """What the shell must do next, read from the record alone."""
    due = [*deadlines.instants(record), *notices.instants(record)]
    return FollowUps(tuple(notices.sendings(record)), min(due, default=None))


def fold(record: Record, entries: Iterable[Entry]) -> Record:
    """The record after `entries`; they must follow its head."""
    for entry in entries:
        if entry.prev != record.head.hash:
            raise ValueError(f"entry {entry.seq} does not follow entry {record.head.seq}")
        record = _FOLDS[entry.kind](record, entry).model_copy(update={"head": Head(seq=entry.seq, hash=entry.hash)})
    return record
