"""Task orders (任务单): what the commander, or who has a power for it, orders a unit to do, where, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.notices import clock_time, tell
from incidents.record import Clock, Part, Record, Task, fresh
from incidents.speaking import Ordered, commands, no_order, power, speaker
from incidents.tasks import limit, stepped
from plans.schema import Plan
from statecharts.task import OPEN, TASK


class Split(Part):
    """One task that an instruction, a meeting or a special plan is split into: who, what, until when."""

    owner: str
    what: str = Field(min_length=1, max_length=400)
    due_at: AwareDatetime | None = None


class AssignTask(Ordered):
    """One unit is ordered to do one thing."""

    verb: ClassVar[str] = "assign-task"
    to: str
    what: str = Field(min_length=1, max_length=400)
    where: str = Field(default="", max_length=200)
    due_at: AwareDatetime | None = None
    power: str | None = None
    """By which power of the plan; left out, the first that the orderer has."""
    basis: str = Field(default="", max_length=200)
    """Order, minutes or report that it rests on."""
    instruction: str | None = None


class ReportProgress(Command):
    """How far a task has come."""

    verb: ClassVar[str] = "report-progress"
    task: str
    step: Literal["received", "departed", "arrived", "half", "difficulty"]
    by: str = Field(min_length=1, max_length=64)
    words: str = Field(default="", max_length=2000)


def assign_task(plan: Plan, record: Record, command: AssignTask, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    if command.to not in plan.units:
        return Refusal(
            zh=f"to：应为预案中的单位，现为 {command.to}",
            reason=f"to: expected a unit of the plan, found {command.to}",
        )
    at = command.true_at or now
    if command.due_at is not None and command.due_at <= at:
        return Refusal(zh="due_at：须晚于下达时刻", reason="due_at: expected an instant after the order")
    if command.instruction is not None and command.instruction not in record.instructions:
        known = ", ".join(record.instructions) or "none"
        return Refusal(
            zh=f"instruction：没有 {command.instruction}；现有 {known}",
            reason=f"instruction: no '{command.instruction}' here; known: {known}",
        )
    by = power(plan, record, said.post, command.power)
    if by is None and (command.power is not None or not commands(record, said.post)):
        return no_order(plan, record, said.post)
    clauses = by.clauses if by else ()
    task = Task(
        id=fresh("T1", record.tasks),
        rule="",
        says=command.what,
        owner=command.to,
        due_at=command.due_at,
        ordered_by=said.post,
        instruction=command.instruction,
    )
    told = task.model_dump(mode="json", exclude_none=True)
    data = {"task": told, **command.told("where", "basis"), "power": by.id if by else "", **command.heard(said)}
    words = {
        "by": plan.posts[said.post].title,
        "what": f"{command.what}（{command.where}）" if command.where else command.what,
        "until": f"，{clock_time(plan, command.due_at)}前" if command.due_at else "",
    }
    return (
        command.entry("task_assigned", now, data, clauses),
        *deadlines.begin(due(task, at), now),
        *tell(plan, record, now, f"N-{task.id}", "task", {command.to: ""}, words),
    )


def report_progress(plan: Plan, record: Record, command: ReportProgress, now: datetime) -> Answer:
    task = record.tasks.get(command.task)
    if task is None or task.state not in OPEN:
        known = ", ".join(one.id for one in record.tasks.values() if one.state in OPEN) or "none"
        return Refusal(
            zh=f"task：没有未办结的 {command.task}；未办结 {known}",
            reason=f"task: no open '{command.task}' here; open: {known}",
        )
    return (command.entry("task_progress", now, command.told("task", "step", "by", "words")),)


def shared_out(
    plan: Plan,
    record: Record,
    field: str,
    splits: Iterable[Split],
    at: datetime,
    ordered_by: str | None = None,
    instruction: str | None = None,
) -> tuple[Task, ...] | Refusal:
    """The tasks that something is split into at an instant; `field` is how the command calls them."""
    given, taken = [], dict(record.tasks)
    for split in splits:
        if split.owner not in plan.units:
            return Refusal(
                zh=f"{field}.owner：应为预案中的单位，现为 {split.owner}",
                reason=f"{field}.owner: expected a unit of the plan, found {split.owner}",
            )
        if split.due_at is not None and split.due_at <= at:
            return Refusal(
                zh=f"{field}.due_at：须晚于 {at.isoformat()}",
                reason=f"{field}.due_at: expected an instant after {at.isoformat()}",
            )
        task = Task(
            id=fresh("T1", taken),
            rule="",
            says=split.what,
            owner=split.owner,
            due_at=split.due_at,
            ordered_by=ordered_by,
            instruction=instruction,
        )
        taken[task.id] = task
        given.append(task)
    return tuple(given)


def by_owner(tasks: Iterable[Task]) -> dict[str, str]:
    """What each unit owes of these tasks, in one line: one call tells it all."""
    owed: dict[str, list[str]] = {}
    for task in tasks:
        owed.setdefault(task.owner, []).append(task.says)
    return {unit: "；".join(says) for unit, says in owed.items()}


def due(task: Task, at: datetime) -> tuple[Clock, ...]:
    """The soft deadline under an ordered task: its passing is an entry at its own instant."""
    if task.due_at is None:
        return ()
    warn_at = max(at, task.due_at - (task.due_at - at) / 4)
    clock = Clock(
        id=limit(task.id), says=task.says, sender=task.owner, addressee=task.ordered_by or "", soft=True,
        starts_at=at, due_at=task.due_at, warn_at=warn_at,
    )  # fmt: skip
    return (clock,)


def assigned(record: Record, entry: Draft) -> Record:
    return put(record, entry.data["task"])


def put(record: Record, told: Any) -> Record:
    """The record with one more task, as an entry told it."""
    task = Task.model_validate(told)
    if task.instruction is not None:
        instruction = record.instructions[task.instruction]
        instruction = instruction.but(tasks=(*instruction.tasks, task.id))
        record = record.but(instructions={**record.instructions, instruction.id: instruction})
    return record.but(tasks={**record.tasks, task.id: task})


def progressed(record: Record, entry: Draft) -> Record:
    task = record.tasks[entry.data["task"]]
    if TASK.can(task.state, "take_up"):
        record = stepped(record, task.id, "take_up")
    moved = record.tasks[task.id].but(progress=entry.data["step"])
    return record.but(tasks={**record.tasks, task.id: moved})
