"""Why a report was late (迟报情况说明), drawn from the log: each instant of the leg, and who had it in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from incidents.logbook import Entry
from incidents.record import Clock, Record
from statecharts.clock import OPEN


class Instant(NamedTuple):
    """One instant of the way that a report took, and who acted: Chinese, English."""

    at: datetime
    says: str
    en: str
    by: str = ""


class Statement(NamedTuple):
    """The facts of a statement. What the cause was and what is done about it, people write."""

    clock: Clock
    late_by: timedelta | None
    """None: it is not sent yet."""
    instants: tuple[Instant, ...]
    longest: tuple[Instant, Instant] | None
    """Between which two instants most of the time went."""
    remedy: str


_TOLD: dict[str, tuple[str, str]] = {
    "report_sent": ("报出", "sent"),
    "receipt_confirmed": ("对方确认收到", "receipt confirmed"),
    "receipt_disputed": ("回执有争议", "receipt disputed"),
    "receipt_settled": ("争议已定", "dispute settled"),
    "clock_due_soon": ("提醒将到期", "due soon"),
    "clock_overdue": ("到期未报", "due and not sent"),
    "chaser_received": ("上级催报", "chased from above"),
    "report_signed": ("补签", "signed"),
}
"""Entries that name a leg."""


def late(record: Record) -> Iterator[Clock]:
    """The reports that were late, are overdue, or never went."""
    for clock in record.clocks.values():
        if clock.rule and clock.verdict in ("late", "overdue", "missed"):
            yield clock


def statement(record: Record, entries: Sequence[Entry], clock: Clock) -> Statement:
    """The statement on one leg."""
    instants = sorted(_instants(record, entries, clock))
    pairs = list(pairwise(instants))
    longest = max(pairs, key=lambda pair: pair[1].at - pair[0].at) if pairs else None
    faults = [fault for fault in record.report_faults if fault.report == clock.id]
    done = clock.done_at if clock.verdict not in OPEN else None
    return Statement(
        clock=clock,
        late_by=done - clock.due_at if done else None,
        instants=tuple(instants),
        longest=longest,
        remedy="；".join(fault.remedy for fault in faults if fault.remedy),
    )


def _instants(record: Record, entries: Sequence[Entry], clock: Clock) -> Iterator[Instant]:
    facts = record.known()
    for at, says, en in (
        (facts.occurred_at, "事发", "the event"),
        (facts.heard_at, "单位获知", "the enterprise heard of it"),
        (facts.received_at, "接报", "received here"),
        (clock.starts_at, "时限起算", "the limit starts"),
        (clock.due_at, "时限届满", "due"),
    ):
        if at is not None:
            yield Instant(at, says, en)
    bodies = {report.id for report in record.reports.values() if clock.id in report.legs}
    for entry in entries:
        if entry.kind in _TOLD and entry.data.get("clock") == clock.id:
            yield Instant(entry.true_at, *_TOLD[entry.kind], entry.user)
        elif entry.kind == "report_drafted" and entry.data["report"] in bodies:
            yield Instant(entry.true_at, "拟成报告", "drafted", entry.user)
        elif entry.kind == "time_corrected" and any(told["clock"] == clock.id for told in entry.data["moved"]):
            yield Instant(entry.true_at, "起算事实更正", "the start was corrected", entry.user)
