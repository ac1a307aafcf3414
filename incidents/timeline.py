"""The course of an incident (时间线): how grade and level moved, and who commanded on scene, from instant to instant.

Read from the log alone and told by true times: the dossier, an inquiry and a drill's evaluation read the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from incidents.incident import fold
from incidents.logbook import Entry
from incidents.record import Commander, Record
from plans.schema import Grade


class Standing(NamedTuple):
    """The grades and the level from an instant on, until the next; None: not graded, no response."""

    at: datetime
    computed: Grade | None
    standing: Grade | None
    level: Grade | None


class Tenure(NamedTuple):
    """One commander's time on scene, `[since, until)`; `until` None: it goes on."""

    since: datetime
    until: datetime | None
    commander: Commander


class _Track:
    """One value over time. What was written down later and is true earlier begins no earlier than the value before."""

    def __init__(self) -> None:
        self.instants: list[datetime] = []
        self._values: list[Grade | None] = [None]

    def note(self, at: datetime, value: Grade | None) -> None:
        if value != self._values[-1]:
            self.instants.append(max([at, *self.instants[-1:]]))
            self._values.append(value)

    def at(self, instant: datetime) -> Grade | None:
        return self._values[bisect_right(self.instants, instant)]


def levels(entries: Iterable[Entry]) -> Iterator[Standing]:
    """The course of grade and level, one item for each instant at which one of them changed."""
    computed, standing, level = tracks = (_Track(), _Track(), _Track())
    record = Record(id="")
    for entry in entries:
        record = fold(record, (entry,))
        computed.note(entry.true_at, record.grades.computed if record.grades else None)
        standing.note(entry.true_at, record.grades.standing if record.grades else None)
        level.note(entry.true_at, record.level)
    for at in sorted({instant for track in tracks for instant in track.instants}):
        yield Standing(at, computed.at(at), standing.at(at), level.at(at))


def commanders(record: Record) -> Iterator[Tenure]:
    """Who commanded on scene, one after the other, from the first report until the response, or early disposal, was
    over: there is one at every instant, be it a presumed one."""
    told = record.commands
    until: list[datetime | None] = [later.since for later in told[1:]]
    over = max(record.lifted_at, told[-1].since) if told and record.lifted_at else None
    for commander, end in zip(told, [*until, over], strict=False):
        yield Tenure(commander.since, end, commander)
