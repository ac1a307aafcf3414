"""Receipts (收文回执): the other end has a report, or says that it has not; what is disputed is settled by evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Clock, Record
from plans.schema import Plan


class ConfirmReceipt(Command):
    """The other end has it: by whom, when."""

    verb: ClassVar[str] = "confirm-receipt"
    clock: str
    received_by: str = Field(min_length=1, max_length=200)


class DisputeReceipt(Command):
    """Somebody says that a report did not come, or came at another time than is recorded. Nothing moves by it."""

    verb: ClassVar[str] = "dispute-receipt"
    clock: str
    by: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=2000)


class SettleReceipt(Command):
    """What a disputed receipt turned out to be, by which evidence: the deadline is judged by that, and both stand."""

    verb: ClassVar[str] = "settle-receipt"
    clock: str
    sent_at: AwareDatetime | None = None
    """When it was sent in fact; left out: it never was."""
    received_by: str = Field(default="", max_length=200)
    by: str = Field(min_length=1, max_length=200)
    """Who settled it."""
    evidence: str = Field(min_length=1, max_length=2000)


def confirm_receipt(plan: Plan, record: Record, command: ConfirmReceipt, now: datetime) -> Answer:
    clock = _sent(record, command.clock)
    if isinstance(clock, Refusal):
        return clock
    return (command.entry("receipt_confirmed", now, command.told("clock", "received_by")),)


def dispute_receipt(plan: Plan, record: Record, command: DisputeReceipt, now: datetime) -> Answer:
    clock = _leg(record, command.clock)
    if isinstance(clock, Refusal):
        return clock
    if clock.disputed:
        return Refusal(
            zh=f"clock：{clock.id} 已有争议在案",
            reason=f"clock: the receipt of {clock.id} is disputed already",
            kind="plan",
        )
    clauses = (clock.clause,) if clock.clause else ()
    return (command.entry("receipt_disputed", now, command.told("clock", "by", "words"), clauses),)


def settle_receipt(plan: Plan, record: Record, command: SettleReceipt, now: datetime) -> Answer:
    clock = _leg(record, command.clock)
    if isinstance(clock, Refusal):
        return clock
    if not clock.disputed:
        return Refusal(
            zh=f"clock：{clock.id} 没有待定的争议", reason=f"clock: no dispute of {clock.id} is open", kind="plan"
        )
    if command.sent_at is not None and command.sent_at > now:
        return Refusal(
            zh=f"sent_at：不能晚于现在，现为 {command.sent_at.isoformat()}",
            reason=f"sent_at: expected a time that is not in the future, found {command.sent_at.isoformat()}",
        )
    after = clock.but(done_at=command.sent_at, received_by=command.received_by)
    data: dict[str, Any] = {
        **command.told("clock", "sent_at", "received_by", "by", "evidence"),
        "before": {"done_at": clock.done_at and clock.done_at.isoformat(), "verdict": clock.verdict},
        "verdict": deadlines.verdict(after, now),
    }
    clauses = (clock.clause,) if clock.clause else ()
    return (command.entry("receipt_settled", now, data, clauses),)


def _leg(record: Record, name: str) -> Clock | Refusal:
    clock = record.clocks.get(name)
    if clock is None or not clock.rule:
        return Refusal(zh=f"clock：没有报告 {name}", reason=f"clock: no report '{name}' here")
    return clock


def _sent(record: Record, name: str) -> Clock | Refusal:
    clock = _leg(record, name)
    if isinstance(clock, Clock) and clock.done_at is None:
        return Refusal(zh=f"clock：{clock.id} 尚未报出", reason=f"clock: {clock.id} was not sent yet", kind="plan")
    return clock


def confirmed(record: Record, entry: Draft) -> Record:
    return _put(record, record.clocks[entry.data["clock"]].but(received_by=entry.data["received_by"]))


def disputed(record: Record, entry: Draft) -> Record:
    told = f"{entry.data['by']}：{entry.data['words']}"
    return _put(record, record.clocks[entry.data["clock"]].but(disputed=told))


def settled(record: Record, entry: Draft) -> Record:
    data = entry.data
    clock = record.clocks[data["clock"]]
    at = datetime.fromisoformat(data["sent_at"]) if "sent_at" in data else None
    known = clock.but(done_at=at, received_by=data["received_by"], disputed="")
    return _put(record, deadlines.judged_anew(known, data["verdict"]))


def _put(record: Record, clock: Clock) -> Record:
    return record.but(clocks={**record.clocks, clock.id: clock})
