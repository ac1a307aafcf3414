"""Notices (通知): a message to units, tried channel after channel until the responsible person answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Notice, Part, Recipient, Record, Step, fresh
from plans.schema import Plan
from statecharts.notice import NOTICE

Outcome = Literal["accepted", "uncertain", "failed"]
PLAIN = "{place}{enterprise}事故：{matter}"
"""What is said on an occasion for which a plan has no text."""
_TRIGGERS = {"accepted": "accept", "uncertain": "doubt", "failed": "fail"}


class Notify(Command):
    """Send `text` to units or posts of the plan, by its own steps or these. Empty targets fail closed."""

    verb: ClassVar[str] = "notify"
    units: tuple[str, ...] = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=2000)
    steps: tuple[Step, ...] = Field(default=(), max_length=6)


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
    duties: Mapping[str, str] = {}

    def text_for(self, unit: str) -> str:
        """What this unit is told: the text, and its own duty."""
        duty = self.duties.get(unit)
        return f"{self.text}（{duty}）" if duty else self.text


def notify(plan: Plan, record: Record, command: Notify, now: datetime) -> Answer:
    if len(set(command.units)) != len(command.units):
        return Refusal(zh="units：每个单位只写一次", reason="units: each unit once")
    for name in command.units:
        if name not in plan.units and name not in plan.posts:
            return Refusal(
                zh=f"units：应为预案中的单位或岗位，现为 {name}",
                reason=f"units: expected units or posts of the plan, found {name}",
            )
    steps = command.steps or tuple(Step(channel=s.channel, wait=s.wait) for s in plan.notices.chase)
    data = _issued(fresh("N1", record.notices), command.text, dict.fromkeys(command.units, ""), steps, True, {})
    return (command.entry("notice_issued", now, data),)


def issue(
    plan: Plan,
    record: Record,
    now: datetime,
    name: str,
    occasion: str,
    duties: Mapping[str, str],
    chased: bool = True,
    clauses: tuple[str, ...] = (),
    cites: Mapping[str, tuple[str, ...]] | None = None,
    **fields: str,
) -> Draft:
    """The entry of a notice that a rule brings: the plan's text for this occasion, filled from the facts.

    `cites` has the clauses by which each unit is called: its answer cites them.
    """
    told = {**dict(record.scene()), **fields}
    if record.grades is not None:
        told.setdefault("level_or_grade", f"{record.grades.standing}级")
    # One pass: a fact that looks like a field is never expanded.
    text = re.sub(r"\{(\w+)\}", lambda field: told.get(field[1], field[0]), plan.notices.texts.get(occasion, PLAIN))
    steps = tuple(Step(channel=step.channel, wait=step.wait) for step in plan.notices.chase)
    data = _issued(name, text, duties, steps, chased, cites or {})
    return by_system("notice_issued", now, now, data, clauses)


def tell(
    plan: Plan,
    record: Record,
    now: datetime,
    name: str,
    occasion: str,
    duties: Mapping[str, str],
    said: Mapping[str, Any],
    chased: bool = True,
    clauses: tuple[str, ...] = (),
) -> Iterator[Draft]:
    """As `issue`, filled with what is `said`; nothing where nobody is called, or the plan has no text for it."""
    if duties and occasion in plan.notices.texts:
        yield issue(plan, record, now, name, occasion, duties, chased=chased, clauses=clauses, **said)


def clock_time(plan: Plan, at: datetime) -> str:
    """An instant as people there read it."""
    return f"{at.astimezone(ZoneInfo(plan.about.jurisdiction.time_zone)):%m月%d日%H:%M}"


def _issued(
    name: str,
    text: str,
    duties: Mapping[str, str],
    steps: tuple[Step, ...],
    chased: bool,
    cites: Mapping[str, tuple[str, ...]],
) -> dict[str, object]:
    return {
        "notice": name,
        "text": text,
        "units": dict(duties),
        "cites": {unit: list(clauses) for unit, clauses in cites.items() if clauses and unit in duties},
        "chased": chased,
        "steps": [step.model_dump(mode="json") for step in steps],
    }


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
        known = record.notices[name].recipients
        cited = tuple(dict.fromkeys(clause for unit in units for clause in known[unit].clauses))
        yield by_system("notice_answered", now, now, {"notice": name, "units": units}, cited)


def chases(record: Record, now: datetime) -> Iterator[Draft]:
    """Those who kept silent are tried by the next channel; after the last they are unreached, and that is an entry."""
    for notice in record.notices.values():
        if notice.chase_at is None or notice.chase_at > now:
            continue
        silent = [r for r in notice.recipients.values() if r.state in _unheard(notice)]
        again = [r.unit for r in silent if r.step + 1 < len(notice.steps)]
        lost = [r.unit for r in silent if r.step + 1 >= len(notice.steps)]
        yield by_system("notice_chased", notice.chase_at, now, {"notice": notice.id, "again": again, "unreached": lost})


def withdraw(record: Record, now: datetime, reason: str, those: Iterable[Notice] | None = None) -> Iterator[Draft]:
    """One entry that ends every chase and every sending that has not left yet, of all notices or of `those`."""
    open_ = {
        notice.id: units
        for notice in (record.notices.values() if those is None else those)
        if (units := [r.unit for r in notice.recipients.values() if NOTICE.can(r.state, "withdraw")])
    }
    if open_:
        yield by_system("notices_withdrawn", now, now, {"notices": open_, "reason": reason})


def everybody_told(record: Record) -> tuple[str, ...]:
    """Everybody to whom any notice has left, in the order in which they were told."""
    reached = (r.unit for notice in record.notices.values() for r in notice.recipients.values() if r.state != "waiting")
    return tuple(dict.fromkeys(reached))


def sendings(record: Record) -> Iterator[Sending]:
    """The outbox: what waits to be sent, in batches by notice and step."""
    for notice in record.notices.values():
        batches: dict[int, list[str]] = {}
        for recipient in notice.recipients.values():
            if recipient.state == "waiting":
                batches.setdefault(recipient.step, []).append(recipient.unit)
        for step, units in batches.items():
            channel = notice.steps[step].channel
            duties = {unit: notice.recipients[unit].duty for unit in units if notice.recipients[unit].duty}
            yield Sending(
                notice=notice.id, channel=channel, step=step, text=notice.text, units=tuple(units), duties=duties
            )


def instants(record: Record) -> Iterator[datetime]:
    """When the next chase is due."""
    for notice in record.notices.values():
        if notice.chase_at is not None:
            yield notice.chase_at


def issued(record: Record, entry: Draft) -> Record:
    notice = Notice(
        id=entry.data["notice"],
        text=entry.data["text"],
        chased=entry.data["chased"],
        steps=tuple(Step.model_validate(step) for step in entry.data["steps"]),
        recipients={
            unit: Recipient(unit=unit, duty=duty, clauses=tuple(entry.data["cites"].get(unit, ())))
            for unit, duty in entry.data["units"].items()
        },
    )
    return _put(record, notice)


def went(record: Record, entry: Draft) -> Record:
    notice = record.notices[entry.data["notice"]]
    notice = _moved(notice, {unit: _TRIGGERS[outcome] for unit, outcome in entry.data["outcomes"].items()})
    wait = notice.steps[entry.data["step"]].wait
    return _put(record, notice.but(chase_at=entry.true_at + wait if _open(notice) else None))


def heard(record: Record, entry: Draft) -> Record:
    told = entry.data["units"]
    notice = _moved(record.notices[entry.data["notice"]], dict.fromkeys(told, "answer"))
    named = {unit: notice.recipients[unit].but(answered_by=by) for unit, (by, _) in told.items()}
    notice = notice.but(recipients={**notice.recipients, **named})
    return _put(record, notice if _open(notice) else notice.but(chase_at=None))


def chased(record: Record, entry: Draft) -> Record:
    moves = dict.fromkeys(entry.data["again"], "chase") | dict.fromkeys(entry.data["unreached"], "give_up")
    return _put(record, _moved(record.notices[entry.data["notice"]], moves).but(chase_at=None))


def withdrawn(record: Record, entry: Draft) -> Record:
    for name, units in entry.data["notices"].items():
        moved = _moved(record.notices[name], dict.fromkeys(units, "withdraw"))
        record = _put(record, moved.but(chase_at=None))
    return record


def _unheard(notice: Notice) -> tuple[str, ...]:
    """The states that call for another attempt: for information, what was accepted is enough."""
    return ("accepted", "uncertain", "failed") if notice.chased else ("failed",)


def _open(notice: Notice) -> bool:
    return any(recipient.state in ("waiting", *_unheard(notice)) for recipient in notice.recipients.values())


def _moved(notice: Notice, moves: Mapping[str, str]) -> Notice:
    recipients = dict(notice.recipients)
    for unit, trigger in moves.items():
        old = recipients[unit]
        step = old.step + 1 if trigger == "chase" else old.step
        recipients[unit] = old.but(state=NOTICE.step(old.state, trigger), step=step)
    return notice.but(recipients=recipients)


def _put(record: Record, notice: Notice) -> Record:
    return record.but(notices={**record.notices, notice.id: notice})
