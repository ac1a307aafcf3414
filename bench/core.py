"""The pure core alone: what one answer costs on a log of 200 entries, and what it costs to fold them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import NamedTuple

from bench.incident import NAME, OFFICER, PLAN, PLAN_HASH, opening, steps
from incidents.command import Command, Refusal
from incidents.incident import fold, handle
from incidents.logbook import Entry, seal
from incidents.notes import Note
from incidents.record import Record

ENTRIES = 200
BATCH = 100


class Core(NamedTuple):
    """Microseconds of `handle()` by verb, and of folding the whole log."""

    handle: dict[str, float]
    fold: float


def core(batches: int = 20) -> Core:
    """Measure. Each figure is the median of its calmest batch: other work on the machine only ever adds."""
    empty = Record(id="bench", kind="drill", plan=NAME, plan_hash=PLAN_HASH)
    record, log = _filled(empty)
    asked: list[Command] = [OFFICER.sign("bench", command, "last", **fields) for command, fields in steps()]
    now = datetime.now(UTC)
    took: dict[str, float] = {}
    folding = inf
    for _ in range(batches):
        for command in asked:
            median = _median(partial(handle, PLAN, record, command, now), BATCH)
            took[command.verb] = min(took.get(command.verb, inf), median)
        folding = min(folding, _median(partial(fold, empty, log), 3))
    return Core(took, folding)


def _filled(record: Record) -> tuple[Record, list[Entry]]:
    """An incident with 200 entries in its log."""
    log: list[Entry] = []
    while len(log) < ENTRIES:
        command, fields = Note if log else opening().command, {"words": "现场情况"} if log else opening().fields
        now = datetime.now(UTC)
        answer = handle(PLAN, record, OFFICER.sign(record.id, command, str(len(log)), **fields), now)
        if isinstance(answer, Refusal):
            raise RuntimeError(answer.reason)
        entries = seal(record.head, answer)
        log += entries
        record = fold(record, entries)
    return record, log


def _median(act: Callable[[], object], times: int) -> float:
    """Microseconds of this thread's own time: what is measured neither waits nor writes."""
    took = []
    for _ in range(times):
        began = time.thread_time()
        act()
        took.append(time.thread_time() - began)
    return statistics.median(took) * 1e6
