"""Notices (通知): a message to units, tried channel after channel until the responsible person answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft, Entry
from incidents.record import Notice, Part, Recipient, Record, Step
from statecharts.notice import NOTICE

Outcome = Literal["accepted", "uncertain", "failed"]
_TRIGGERS = {"accepted": "accept", "uncertain": "doubt", "failed": "fail"}


class Notify(Command):
    """Send `text` to `units`, by these steps. Empty targets fail closed."""

    verb: ClassVar[str] = "notify"
    units: tuple[str, ...] = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=2000)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=6)


class Answered(Part):
    """A machine event: the responsible person of a unit answered a notice. It may come twice, late or too early."""

    notice: str
    unit: str
    by: str
    at: AwareDatetime


class Sending(Part):
    """What must leave now: one notice to these units, at this step of the chase."""

    notice: str
    channel: str
    step: int
    text: str
    units: tuple[str, ...]


def notify(record: Record, command: Notify, now: datetime) -> Answer:
    if len(set(command.units)) != len(command.units):
        return Refusal(reason="units: each unit once")
    data = command.model_dump(mode="json", include={"units", "text", "steps"})
    return (command.entry("notice_issued", now, {"notice": f"N{len(record.notices) + 1}", **data}),)


def sent(record: Record, notice: str, step: int, outcomes: dict[str, Outcome], now: datetime) -> Iterator[Draft]:
    """The entry of a batch that came back. A result that arrives after the chase went on changes nothing."""
    known = record.notices[notice].recipients
    news = {
        unit: outcome
        for unit, outcome in outcomes.items()
        if known[unit].step == step and NOTICE.can(known[unit].state, _TRIGGERS[outcome])
    }
    if news:
        yield by_system("notice_sent", now, now, {"notice": notice, "step": step, "outcomes": news})


def answers(record: Record, events: tuple[Answered, ...], now: datetime) -> Iterator[Draft]:
    """One entry for each notice with new answers; repeated and unknown ones change nothing."""
    news: dict[str, dict[str, list[str]]] = {}
    for event in events:
        notice = record.notices.get(event.notice)
        recipient = notice.recipients.get(event.unit) if notice else None
        if recipient and NOTICE.can(recipient.state, "answer") and event.unit not in news.get(event.notice, {}):
            news.setdefault(event.notice, {})[event.unit] = [event.by, event.at.isoformat()]
    for name, units in news.items():
        yield by_system("notice_answered", now, now, {"notice": name, "units": units})


def chases(record: Record, now: datetime) -> Iterator[Draft]:
    """Those who kept silent are tried by the next channel; after the last they are unreached, and that is an entry."""
    for notice in record.notices.values():
        if notice.chase_at is None or notice.chase_at > now:
            continue
        silent = [r for r in notice.recipients.values() if r.state in ("accepted", "uncertain", "failed")]
        again = [r.unit for r in silent if r.step + 1 < len(notice.steps)]
        lost = [r.unit for r in silent if r.step + 1 >= len(notice.steps)]
        yield by_system("notice_chased", notice.chase_at, now, {"notice": notice.id, "again": again, "unreached": lost})


def sendings(record: Record) -> Iterator[Sending]:
    """The outbox: what waits to be sent, in batches by notice and step."""
    for notice in record.notices.values():
        batches: dict[int, list[str]] = {}
        for recipient in notice.recipients.values():
            if recipient.state == "waiting":
                batches.setdefault(recipient.step, []).append(recipient.unit)
        for step, units in batches.items():
            channel = notice.steps[step].channel
            yield Sending(notice=notice.id, channel=channel, step=step, text=notice.text, units=tuple(units))


def instants(record: Record) -> Iterator[datetime]:
    """When the next chase is due."""
    for notice in record.notices.values():
        if notice.chase_at is not None:
            yield notice.chase_at


def issued(record: Record, entry: Entry) -> Record:
    notice = Notice(
        id=entry.data["notice"],
        text=entry.data["text"],
        steps=tuple(Step.model_validate(step) for step in entry.data["steps"]),
        recipients={unit: Recipient(unit=unit) for unit in entry.data["units"]},
    )
    return _put(record, notice)


def went(record: Record, entry: Entry) -> Record:
    notice = record.notices[entry.data["notice"]]
    moves = {unit: _TRIGGERS[outcome] for unit, outcome in entry.data["outcomes"].items()}
    wait = notice.steps[entry.data["step"]].wait
    return _put(record, _moved(notice, moves).model_copy(update={"chase_at": entry.true_at + wait}))


def heard(record: Record, entry: Entry) -> Record:
    notice = _moved(record.notices[entry.data["notice"]], dict.fromkeys(entry.data["units"], "answer"))
    silent = any(r.state not in ("acknowledged", "unreached") for r in notice.recipients.values())
    return _put(record, notice if silent else notice.model_copy(update={"chase_at": None}))


def chased(record: Record, entry: Entry) -> Record:
    moves = dict.fromkeys(entry.data["again"], "chase") | dict.fromkeys(entry.data["unreached"], "give_up")
    return _put(record, _moved(record.notices[entry.data["notice"]], moves).model_copy(update={"chase_at": None}))


def _moved(notice: Notice, moves: dict[str, str]) -> Notice:
    recipients = dict(notice.recipients)
    for unit, trigger in moves.items():
        old = recipients[unit]
        step = old.step + 1 if trigger == "chase" else old.step
        recipients[unit] = old.model_copy(update={"state": NOTICE.step(old.state, trigger), "step": step})
    return notice.model_copy(update={"recipients": recipients})


def _put(record: Record, notice: Notice) -> Record:
    return record.model_copy(update={"notices": {**record.notices, notice.id: notice}})
