"""The simulated people of a case (模拟人员): what each would do next, and when, read from the record as it stands.

Nothing is planned ahead. After every change the cast looks at what waits for whom; whoever is waited for acts so long
after that was first seen as the case says, or never. So a case stays right when the plan brings other tasks or notices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from drills.case import Case
from incidents.approval import STEPS
from incidents.record import Act, Approval, Record, Task
from plans.schema import Plan, PostId
from statecharts.clock import OPEN as OPEN_CLOCKS
from statecharts.task import OPEN as OPEN_TASKS

_PUBLIC = ("release", "warning", "warning_adjust", "warning_lift", "warning_ahead")
"""What the public is told needs the speaker's own number, rung by the second person."""
_TAKEN = ("accepted", "uncertain")
"""The states of a notice that a channel took: from then on its reader can answer."""


ANSWERS_AS = "值班负责人"
"""Who answers a notice for a simulated unit: the responsible person, by no name."""


class Says(NamedTuple):
    """The holder of a post gives a command."""

    post: PostId
    verb: str
    fields: Mapping[str, Any]
    paper: bytes = b""
    """The document that goes with it, which the home must keep."""


class Answers(NamedTuple):
    """The responsible person of a unit answers a notice."""

    notice: str
    unit: str


Deed = Says | Answers

Key = tuple[str, ...]


class Reaction(NamedTuple):
    """What somebody does at an instant; `key` tells it from all others of the incident."""

    at: datetime
    key: Key
    deeds: tuple[Deed, ...]


class _Wait(NamedTuple):
    """Somebody is waited for: since when (left out: since it was first seen), and how long they take."""

    key: Key
    after: timedelta
    deeds: tuple[Deed, ...]
    since: datetime | None = None


class Cast:
    """Everybody in a case; `holders` says who holds a post."""

    def __init__(self, case: Case, plan: Plan, holders: Mapping[PostId, str]) -> None:
        self._case, self._holders = case, holders
        self._first, self._second = case.watch.first, case.watch.second
        self._handovers = {rule.id: rule.kind for rule in plan.command.handovers}
        self._again = {rule.id for rule in plan.reporting.rules if rule.every}
        self._seen: dict[Key, datetime] = {}

    def reactions(self, record: Record, now: datetime) -> list[Reaction]:
        """What is to come, the earliest first."""
        told: list[Reaction] = []
        for wait in self._waits(record, now):
            since = wait.since or self._seen.setdefault(wait.key, now)
            told.append(Reaction(since + wait.after, wait.key, wait.deeds))
        return sorted(told, key=lambda reaction: reaction.at)

    def _waits(self, record: Record, now: datetime) -> Iterator[_Wait]:
        for approval in record.approvals.values():
            yield from self._approval(approval, now)
            yield from (self._sheet(record, approval, act) for act in approval.acts if act.hand == "unsigned")
        yield from self._notices(record)
        yield from self._legs(record, now)
        for task in record.tasks.values():
            # Command passes by an act of those who give and take it, never because time has gone by.
            passes = self._handovers.get(task.rule) == "command"
            if task.state in OPEN_TASKS and task.state != "held" and not passes:
                yield _Wait(("task", task.id), self._case.tasks, (self._done(task),))

    def _approval(self, approval: Approval, now: datetime) -> Iterator[_Wait]:
        """A leader's answer: given in an own session; or spoken, written down and stood by."""
        stage = approval.stage()
        above = approval.upward if approval.reached == len(STEPS) else ()
        asked = (*stage.posts, *above) if stage else ()
        post = next((post for post in self._case.leaders if post in asked), None)
        if stage is None or post is None:
            return
        leader = self._case.leaders[post]
        about = {"approval": approval.id, "stage": stage.stage}
        deeds: tuple[Deed, ...]
        if leader.form == "in_system":
            deeds = (Says(post, stage.stage, {"approval": approval.id, "answer": leader.answer}),)
        else:
            heard: dict[str, Any] = {**about, "answer": leader.answer, "post": post, "by": self._holders[post]}
            heard |= {"said_at": now.isoformat(), "via": "电话", "words": leader.words, "read_back": True}
            second = Says(self._second, "confirm-oral", about)
            if approval.what in _PUBLIC:
                rung = {**about, "number": "000 0000", "same": True, "words": leader.words}
                second = Says(self._second, "call-back", rung)
            deeds = (Says(self._first, "record-oral", heard), second)
        yield _Wait(("approval", approval.id, stage.stage), leader.after, deeds)

    def _sheet(self, record: Record, approval: Approval, act: Act) -> _Wait:
        paper = f"【演练】签批单（虚构）：{record.id} {approval.id} {act.stage} {act.user}\n".encode()
        sheet = {"approval": approval.id, "stage": act.stage, "sha256": hashlib.sha256(paper).hexdigest()}
        deeds = (Says(self._first, "attach-signature", {**sheet, "name": f"签批单-{approval.id}.txt"}, paper),)
        return _Wait(("sheet", approval.id, act.stage), self._case.papers, deeds, since=act.at)

    def _notices(self, record: Record) -> Iterator[_Wait]:
        units = self._case.units
        for notice in record.notices.values():
            for unit, recipient in notice.recipients.items() if notice.chased else ():
                key = ("notice", notice.id, unit)
                # Given up on after a channel took it, they still answer, late; what no channel took nobody reads.
                late = recipient.state == "unreached" and key in self._seen
                if (recipient.state in _TAKEN or late) and unit not in units.silent:
                    yield _Wait(key, units.own.get(unit, units.after), (Answers(notice.id, unit),))

    def _legs(self, record: Record, now: datetime) -> Iterator[_Wait]:
        legs = self._case.legs
        for clock in record.clocks.values():
            if clock.rule and clock.verdict in OPEN_CLOCKS and clock.rule not in legs.never:
                via = "传真" if clock.leg == "paper" else "电话"
                told = {"clock": clock.id, "via": via, "as_at": now.isoformat(), "received_by": "对方值班员"}
                told |= {"signed_by": "带班领导"} if clock.leg == "paper" else {}
                usual = clock.due_at - clock.starts_at - legs.ahead if clock.rule in self._again else legs.after
                after = legs.own.get(clock.rule, usual)
                yield _Wait(("leg", clock.id), after, (Says(self._first, "send-report", told),), since=clock.starts_at)

    def _done(self, task: Task) -> Says:
        """What the watch writes down when a unit has done its task; some are done by an act of their own."""
        match self._handovers.get(task.rule):
            case "check_in":
                force = {"unit": task.owner, "leader": "带队人", "people": 20, "vehicles": 4}
                return Says(self._first, "check-in", force)
            case "relieve" | "function":
                passed = {"handover": task.rule, "giver": "移交人", "taker": "接手人"}
                return Says(self._first, "hand-over-function", passed)
            case _:
                return Says(self._first, "complete-task", {"task": task.id, "words": "已落实"})
