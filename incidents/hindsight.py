"""As of an instant (回溯): an incident as it was known then, or as it was true then by what is known now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from incidents import deadlines
from incidents.incident import fold, fold_one
from incidents.logbook import Entry, Head
from incidents.record import Clock, Record
from statecharts.chart import Refused

CORRECTING = ("time_corrected", "receipt_settled", "command_time_corrected")
"""Entries that say how it had been all the time, whenever they were written."""


class Then(NamedTuple):
    """An incident as of an instant. `left_out` are entries that were true by then and rest on others that were not."""

    record: Record
    left_out: tuple[int, ...] = ()


def as_known(entries: Iterable[Entry], at: datetime) -> Then:
    """What the log said at `at`: the fold of what had been written by then."""
    known = [entry for entry in entries if entry.known_at <= at]
    return Then(fold(Record(id=""), known))


def as_true(entries: Sequence[Entry], at: datetime) -> Then:
    """What was the case at `at`, by everything that is known now: written down late or corrected since."""
    record, left_out = Record(id=""), []
    for entry in entries:
        if entry.true_at > at and entry.kind not in CORRECTING:
            continue
        try:
            record = fold_one(record, entry)
        except (KeyError, IndexError, ValueError, AssertionError, AttributeError, Refused):
            left_out.append(entry.seq)
        record = record.but(head=Head(seq=entry.seq, hash=entry.hash))
    clocks = {name: _then(clock, at) for name, clock in record.clocks.items() if clock.starts_at <= at}
    return Then(record.but(clocks=clocks), tuple(left_out))


def _then(clock: Clock, at: datetime) -> Clock:
    """A clock as it stood: what was done later was not done yet."""
    if clock.done_at is None or clock.done_at <= at:
        return clock
    before = clock.but(done_at=None, received_by="")
    return before.but(verdict=deadlines.verdict(before, at))
