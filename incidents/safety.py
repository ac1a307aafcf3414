"""Safety on scene (救援暂停与恢复): a danger stops the rescue until all are counted out; a named person resumes it.

Production Safety Accident Emergency Regulation (order 708) art. 22: measures at once, and rescuers withdrawn if needed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from incidents import approval, zones
from incidents.command import Answer, Command, Refusal
from incidents.conditions import people_inside
from incidents.logbook import Draft
from incidents.notices import clock_time, tell
from incidents.record import Record, Suspension
from incidents.speaking import Ordered, commands, no_order, power, speaker
from plans.schema import Plan
from statecharts.rescue import RESCUE


class SuspendRescue(Command):
    """A danger stops the rescue at once. Whoever sees it may stop it: nobody is asked first."""

    verb: ClassVar[str] = "suspend-rescue"
    danger: str = Field(min_length=1, max_length=400)
    by: str = Field(min_length=1, max_length=64)
    """Who stopped it."""
    post: str = Field(default="", max_length=200)
    """In that person's own words: a safety officer need not be a post of this plan."""
    scope: str = Field(default="", max_length=400)
    """Empty: the whole scene."""


class ConfirmAllOut(Command):
    """People were counted out. Fewer than went in leaves the count open."""

    verb: ClassVar[str] = "confirm-all-out"
    counted_by: str = Field(min_length=1, max_length=64)
    out: int = Field(ge=0, le=100_000)
    went_in: int | None = Field(default=None, ge=0, le=100_000)
    """Left out: by the zones' entry log; without one, everybody who signed in."""


class ResumeRescue(Ordered):
    """The rescue goes on: which condition is met, on what evidence, which expert said so, who decided."""

    verb: ClassVar[str] = "resume-rescue"
    condition: str = Field(min_length=1, max_length=400)
    evidence: str = Field(min_length=1, max_length=2000)
    expert: str = Field(min_length=1, max_length=200)


def suspend_rescue(plan: Plan, record: Record, command: SuspendRescue, now: datetime) -> Answer:
    name = f"S{len(record.suspensions) + 1}"
    data = {"suspension": name, **command.told("danger", "by", "post", "scope")}
    units = dict.fromkeys((*_at_work(record), *(unit for unit in record.forces if unit in plan.units)), "")
    at = clock_time(plan, command.true_at or now)
    return (
        command.entry("rescue_suspended", now, data),
        *tell(plan, record, now, f"N-{name}", "suspended", units, {"reason": command.danger, "from": at}),
    )


def confirm_all_out(plan: Plan, record: Record, command: ConfirmAllOut, now: datetime) -> Answer:
    if record.rescue != "suspending":
        return Refusal(
            zh=f"救援现为“{RESCUE.words(record.rescue)}”，无需清点",
            reason=f"the rescue is {record.rescue}: nobody is to be counted out",
            kind="plan",
        )
    went_in = command.went_in
    if went_in is None:
        went_in = zones.people_in(record) or None
    if went_in is None:
        if not record.forces:
            return Refusal(
                zh="went_in：须填进入人数，尚无人签到",
                reason="went_in: expected how many went in, since nobody signed in",
            )
        went_in = sum(force.people for force in record.forces.values())
    data = {"counted_by": command.counted_by, "out": command.out, "went_in": went_in}
    counted = command.entry("counted_out", now, {**data, "not_out": max(0, went_in - command.out)})
    return (counted, *(zones.all_out(record, command, now) if command.out >= went_in else ()))


def resume_rescue(plan: Plan, record: Record, command: ResumeRescue, now: datetime) -> Answer:
    if record.rescue == "working":
        return Refusal(zh="救援并未暂停", reason="the rescue is not suspended", kind="plan")
    if not RESCUE.can(record.rescue, "resume"):
        left = people_inside(record)
        people = f"{left} people are" if left is not None else "it is not known who is"
        return Refusal(
            zh=f"须先清点全部撤出（confirm-all-out），尚有 {'未清点的人' if left is None else f'{left} 人'}未出",
            reason=f"expected everybody counted out first: {people} still inside",
        )
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    if not commands(record, said.post) and power(plan, record, said.post) is None:
        return no_order(plan, record, said.post)
    stopped = [told.id for told in record.suspensions if told.resumed_at is None]
    data = {"suspensions": stopped, **command.told("condition", "evidence", "expert"), **command.heard(said)}
    units = dict.fromkeys((*_at_work(record), *(unit for unit in record.forces if unit in plan.units)), "")
    at, name = clock_time(plan, command.true_at or now), f"N-resumed-{stopped[-1]}"
    by = f"{plan.posts[said.post].title}{said.by}"
    return (
        command.entry("rescue_resumed", now, data),
        *tell(plan, record, now, name, "resumed", units, {"by": by, "from": at}),
    )


def _at_work(record: Record) -> tuple[str, ...]:
    """The units that work in groups on scene."""
    groups = record.onsite.groups.values() if record.onsite else ()
    return tuple(unit for team in groups for unit in (team.lead, *team.members) if unit)


# -- folding -----------------------------------------------------------------------------------------------------------


def suspended(record: Record, entry: Draft) -> Record:
    data = entry.data
    told = Suspension(
        id=data["suspension"], danger=data["danger"], scope=data["scope"], by=data["by"], at=entry.true_at
    )
    # Nobody ends what has just become dangerous: the end is proposed anew.
    return approval.superseded(record, "scene_end").but(
        rescue=RESCUE.step(record.rescue, "suspend"), suspensions=(*record.suspensions, told)
    )


def counted(record: Record, entry: Draft) -> Record:
    last = record.suspensions[-1].but(went_in=entry.data["went_in"], out=entry.data["out"])
    return record.but(
        rescue=RESCUE.step(record.rescue, "count_out", last), suspensions=(*record.suspensions[:-1], last)
    )


def resumed(record: Record, entry: Draft) -> Record:
    changes: dict[str, Any] = {"resumed_at": entry.true_at, "resumed_by": entry.data["by"]}
    stopped = tuple(told if told.resumed_at else told.but(**changes) for told in record.suspensions)
    return record.but(rescue=RESCUE.step(record.rescue, "resume"), suspensions=stopped)
