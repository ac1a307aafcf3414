"""Tasks (任务): work that one unit owes, from any chapter of the plan, until it is done or ruled out with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal, by_system
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import clock_time, tell
from incidents.record import Record, Support, Task, fresh
from plans.schema import Plan, TaskRule, Work
from statecharts.task import OPEN, TASK


class CompleteTask(Command):
    """What became of a task. Ruling one out needs a reason; a task that was asked about may be started."""

    verb: ClassVar[str] = "complete-task"
    task: str
    outcome: Literal["done", "started", "not_applicable"] = "done"
    words: str = Field(default="", max_length=2000)
    evidence: tuple[str, ...] = Field(default=(), max_length=20)
    """Files by SHA-256."""


class RequestSupport(Command):
    """A request for support from below or aside; it releases the tasks that wait for one."""

    verb: ClassVar[str] = "request-support"
    by: str = Field(min_length=1, max_length=200)
    need: str = Field(min_length=1, max_length=2000)


class AnswerSupport(Command):
    """Whoever was asked says whether support comes: who sends what, until when; or why not. Who sends is called."""

    verb: ClassVar[str] = "answer-support"
    request: str
    answer: Literal["yes", "no"]
    by: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=2000)
    """What comes, or why nothing does."""
    units: tuple[str, ...] = Field(default=(), max_length=100)
    """Those of the plan that send it."""
    resources: tuple[str, ...] = Field(default=(), max_length=20)
    """What stands ready that it comes from: teams, stocks, experts, by their ids in the plan."""
    eta: AwareDatetime | None = None


def complete_task(plan: Plan, record: Record, command: CompleteTask, now: datetime) -> Answer:
    task = record.tasks.get(command.task)
    if task is None:
        return Refusal(
            zh=f"task：没有 {command.task}；未办结 {', '.join(_open(record)) or '无'}",
            reason=f"task: no '{command.task}' here; open: {', '.join(_open(record)) or 'none'}",
        )
    trigger = _TRIGGERS[command.outcome]
    if not TASK.can(task.state, trigger):
        return Refusal(
            zh=f"task：{task.id} 已是 {task.state}",
            reason=f"task: {task.id} is {task.state} already",
            kind="plan",
            clauses=task.clauses,
        )
    if command.outcome == "not_applicable" and not command.words:
        return Refusal(
            zh="words：须写明为何不适用",
            reason="words: expected the reason why it does not apply",
            clauses=task.clauses,
        )
    if missing := [digest for digest in command.evidence if digest not in record.evidence]:
        return Refusal(
            zh=f"evidence：请先登记文件，{missing[0][:12]} 尚无记录",
            reason=f"evidence: attach the file first, {missing[0][:12]} is unknown",
        )
    moved = command.entry("task_moved", now, command.told("task", "outcome", "words", "evidence"), task.clauses)
    if command.outcome == "started":
        return (moved,)
    if command.outcome == "done":
        return (moved, *deadlines.done(record, command, limit(task.id), now))
    return (moved, *deadlines.void(record, limit(task.id), now, command.words))


def limit(task: str) -> str:
    """The deadline under a task that somebody ordered."""
    return f"task-{task}"


def request_support(plan: Plan, record: Record, command: RequestSupport, now: datetime) -> Answer:
    data = {"request": f"Q{len(record.support) + 1}", **command.told("by", "need")}
    asked = command.entry("support_requested", now, data)
    released = [task.id for task in record.tasks.values() if task.state == "held"]
    entry = [by_system("tasks_released", now, now, {"tasks": released})] if released else []
    return (asked, *entry)


def answer_support(plan: Plan, record: Record, command: AnswerSupport, now: datetime) -> Answer:
    request = record.support.get(command.request)
    if request is None or request.answer:
        waiting = ", ".join(one.id for one in record.support.values() if not one.answer) or "none"
        return Refusal(
            zh=f"request：没有待答复的 {command.request}；待答复 {waiting}",
            reason=f"request: no '{command.request}' waits for an answer; waiting: {waiting}",
        )
    if unknown := [unit for unit in command.units if unit not in plan.units]:
        return Refusal(
            zh=f"units：应为预案中的单位，现为 {unknown[0]}",
            reason=f"units: expected units of the plan, found {unknown[0]}",
        )
    ready = {one.id: one for one in plan.preparedness.resources} if plan.preparedness else {}
    if missing := [name for name in command.resources if name not in ready]:
        known = ", ".join(ready) or "none"
        return Refusal(
            zh=f"resources：应为预案中的应急保障 {known}，现为 {missing[0]}",
            reason=f"resources: expected what the plan keeps ready, {known}; found {missing[0]}",
        )
    if command.answer == "no" and (command.units or command.resources or command.eta):
        return Refusal(
            zh="units、resources、eta：答复为不派时不填",
            reason="units, resources, eta: expected none of them where the answer is no",
        )
    data = command.told("request", "answer", "by", "words", "units", "resources", "eta")
    cited = dict.fromkeys(clause for name in command.resources for clause in ready[name].clauses)
    said = {
        "by": request.by,
        "what": command.words,
        "until": f"，{clock_time(plan, command.eta)}前到位" if command.eta else "",
    }
    called = dict.fromkeys(command.units, "")
    return (
        command.entry("support_answered", now, data, tuple(cited)),
        *tell(plan, record, now, f"N-support-{request.id}", "support", called, said),
    )


def duties(
    plan: Plan,
    unit: str,
    phase: Literal["incident", "warning", "release"] = "incident",
    but: Collection[str] = (),
) -> Iterator[TaskRule]:
    """What a unit owes when it is called to an incident, while a warning is in force, or when the public is told; `but`
    those with these ids."""
    for duty in plan.units[unit].duties if unit in plan.units else ():
        if duty.phase == phase and duty.id not in but:
            yield TaskRule(owner=unit, **{name: getattr(duty, name) for name in Work.model_fields})


def titles(rules: Iterable[TaskRule], record: Record) -> dict[str, str]:
    """The titles of the tasks that `rules` bring, joined by unit, for the notice that calls it."""
    told: dict[str, list[str]] = {}
    for rule in rules:
        if holds(rule.when, record):
            told.setdefault(rule.owner, []).append(rule.says)
    return {unit: "；".join(says) for unit, says in told.items()}


def give(
    plan: Plan, record: Record, rules: Iterable[TaskRule], now: datetime, why: str, group: str | None = None
) -> Iterator[Draft]:
    """One entry for the tasks that `rules` bring now, to a group on scene or to each unit by itself."""
    told: list[dict[str, Any]] = []
    taken = dict(record.tasks)
    for rule in rules:
        if not holds(rule.when, record):
            continue
        name = fresh(rule.id, taken)
        start = record.known().happened_at() if rule.starts == "occurred" else now
        state = "asked" if rule.conditional else "held" if rule.on_request and not record.support else "given"
        task = Task(
            id=name,
            rule=rule.id,
            says=rule.says,
            owner=rule.owner,
            clauses=rule.clauses,
            due_at=start + rule.within if rule.within else None,
            group=group,
            state=state,
        )
        taken[name] = task
        told.append(task.model_dump(mode="json", exclude_none=True))
    if told:
        clauses = tuple(dict.fromkeys(clause for task in told for clause in task["clauses"]))
        yield by_system("tasks_given", now, now, {"why": why, "tasks": told}, clauses)


def standing(record: Record) -> set[str]:
    """The rules whose task is not given again: it was given, and not withdrawn."""
    return {task.rule for task in record.tasks.values() if task.state != "withdrawn"}


def withdraw(names: Iterable[str], now: datetime, reason: str) -> Iterator[Draft]:
    """One entry for tasks that nobody asks for any more."""
    if withdrawn := list(names):
        yield by_system("tasks_withdrawn", now, now, {"tasks": withdrawn, "reason": reason})


def given(record: Record, entry: Draft) -> Record:
    news = {task["id"]: Task.model_validate(task) for task in entry.data["tasks"]}
    return record.but(tasks={**record.tasks, **news})


def moved(record: Record, entry: Draft) -> Record:
    return stepped(record, entry.data["task"], _TRIGGERS[entry.data["outcome"]])


def ended(record: Record, names: Iterable[str]) -> Record:
    """The record once these tasks are no longer owed, because what asked for them is over."""
    for name in names:
        record = stepped(record, name, "rule_out")
    return record


def requested(record: Record, entry: Draft) -> Record:
    asked = Support(id=entry.data["request"], by=entry.data["by"], need=entry.data["need"], at=entry.true_at)
    return record.but(support={**record.support, asked.id: asked})


def answered(record: Record, entry: Draft) -> Record:
    data = entry.data
    eta = datetime.fromisoformat(data["eta"]) if "eta" in data else None
    told = record.support[data["request"]].but(
        answer=data["answer"], answered_by=data["by"], what=data["words"], eta=eta
    )
    return record.but(support={**record.support, told.id: told})


def withdrawn(record: Record, entry: Draft) -> Record:
    for name in entry.data["tasks"]:
        record = stepped(record, name, "withdraw")
    return record


def released(record: Record, entry: Draft) -> Record:
    for name in entry.data["tasks"]:
        record = stepped(record, name, "take_up")
    return record


_TRIGGERS = {"done": "finish", "started": "take_up", "not_applicable": "rule_out"}


def _open(record: Record) -> list[str]:
    return [task.id for task in record.tasks.values() if task.state in OPEN]


def stepped(record: Record, name: str, trigger: str) -> Record:
    """The record after one task has moved."""
    task = record.tasks[name]
    return record.but(tasks={**record.tasks, name: task.but(state=TASK.step(task.state, trigger))})
