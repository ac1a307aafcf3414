"""Leaders' instructions (批示、指示): a register that is closed, not remembered.

An instruction may bring tasks. It never changes level, command or figures by itself: those need their own decision,
which it names. Two that contradict each other both stand, until the commander settles it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.orders import Split, due, put, shared_out
from incidents.record import Clock, Instruction, Record
from incidents.speaking import Ordered, commands, no_order, speaker
from plans.schema import Plan
from statecharts.instruction import INSTRUCTION

Touches = Literal["level", "command", "figures"]
DECIDED_BY: dict[Touches, str] = {"level": "propose-level", "command": "offer-handover", "figures": "report-facts"}
"""What an instruction does not change by itself, and the verb by which it is decided."""


class Instruct(Command):
    """A leader's instruction is registered in the words that were said. `true_at` is when it was received."""

    verb: ClassVar[str] = "instruct"
    leader: str = Field(min_length=1, max_length=64)
    post: str = Field(min_length=1, max_length=200)
    """In the leader's own words: it need not be a post of this plan."""
    government: Literal["county", "city", "region", "national"]
    body: str = ""
    """The body of the plan in whose name it is handed down; empty: the leader's own."""
    form: Literal["written", "phone", "sms", "on_scene", "video", "elsewhere"]
    words: str = Field(min_length=1, max_length=4000)
    on: str = Field(default="", max_length=200)
    """On which report or paper it was written."""
    read_back: bool | None = None
    feedback_due: AwareDatetime | None = None
    tasks: tuple[Split, ...] = Field(default=(), max_length=50)
    contradicts: tuple[str, ...] = Field(default=(), max_length=20)
    touches: tuple[Touches, ...] = ()


class ConveyInstruction(Command):
    """It was passed on: to whom, by which means."""

    verb: ClassVar[str] = "convey-instruction"
    instruction: str
    to: str = Field(min_length=1, max_length=200)
    via: str = Field(min_length=1, max_length=200)
    read_back: bool | None = None


class ReportBack(Command):
    """What was done was told to the leader."""

    verb: ClassVar[str] = "report-back"
    instruction: str
    to: str = Field(min_length=1, max_length=200)
    via: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=4000)


class CloseInstruction(Command):
    """Nothing more is owed on it."""

    verb: ClassVar[str] = "close-instruction"
    instruction: str
    result: str = Field(min_length=1, max_length=2000)


class SettleInstructions(Ordered):
    """The commander says what is done where instructions contradict each other. All of them stand in the register."""

    verb: ClassVar[str] = "settle-instructions"
    instructions: tuple[str, ...] = Field(min_length=2, max_length=20)
    words: str = Field(min_length=1, max_length=2000)


def instruct(plan: Plan, record: Record, command: Instruct, now: datetime) -> Answer:
    at = command.true_at or now
    if command.body and command.body not in plan.units:
        return Refusal(
            zh=f"body：应为预案中的单位，现为 {command.body}",
            reason=f"body: expected a unit of the plan, found {command.body}",
        )
    name = f"I{len(record.instructions) + 1}"
    given = shared_out(plan, record, "tasks", command.tasks, at, instruction=name)
    if isinstance(given, Refusal):
        return given
    if missing := [name for name in command.contradicts if name not in record.instructions]:
        return _unknown(record, "contradicts", missing[0])
    if command.feedback_due is not None and command.feedback_due <= at:
        return Refusal(
            zh="feedback_due：须晚于收到时刻", reason="feedback_due: expected an instant after it was received"
        )
    data = {
        "instruction": name,
        **command.told(
            "leader", "post", "government", "body", "form", "words", "on", "read_back", "contradicts", "touches"
        ),
        "tasks": [task.model_dump(mode="json", exclude_none=True) for task in given],
        "decided_by": [DECIDED_BY[one] for one in command.touches],
    }
    clocks = [clock for task in given for clock in due(task, at)]
    if command.feedback_due is not None:
        clocks.append(_feedback(name, command, at, command.feedback_due))
    clauses = plan.units[command.body].clauses if command.body else ()
    return (command.entry("instruction_received", now, data, clauses), *deadlines.begin(clocks, now))


def convey(plan: Plan, record: Record, command: ConveyInstruction, now: datetime) -> Answer:
    if refusal := _moves(record, command.instruction, "convey"):
        return refusal
    return (command.entry("instruction_conveyed", now, command.told("instruction", "to", "via", "read_back")),)


def report_back(plan: Plan, record: Record, command: ReportBack, now: datetime) -> Answer:
    if refusal := _moves(record, command.instruction, "report_back"):
        return refusal
    told = command.entry("instruction_reported", now, command.told("instruction", "to", "via", "words"))
    return (told, *deadlines.done(record, command, limit(command.instruction), now))


def close(plan: Plan, record: Record, command: CloseInstruction, now: datetime) -> Answer:
    if refusal := _moves(record, command.instruction, "close"):
        return refusal
    body = record.instructions[command.instruction].body
    cited = dict.fromkeys(
        clause
        for unit in plan.units.values()
        for duty in unit.duties
        if body and duty.handed_down_by == body
        for clause in duty.clauses
    )
    return (command.entry("instruction_closed", now, command.told("instruction", "result"), tuple(cited)),)


def settle(plan: Plan, record: Record, command: SettleInstructions, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    if missing := [name for name in command.instructions if name not in record.instructions]:
        return _unknown(record, "instructions", missing[0])
    if not commands(record, said.post):
        return no_order(plan, record, said.post)
    data = {**command.told("instructions", "words"), **command.heard(said)}
    return (command.entry("instructions_settled", now, data),)


def limit(instruction: str) -> str:
    """The soft deadline of the feedback that is owed on an instruction."""
    return f"feedback-{instruction}"


def _feedback(name: str, command: Instruct, at: datetime, due_at: datetime) -> Clock:
    return Clock(
        id=limit(name),
        says=f"向{command.post}{command.leader}反馈落实情况",
        addressee=command.post,
        soft=True,
        starts_at=at,
        due_at=due_at,
        warn_at=max(at, due_at - max(timedelta(), due_at - at) / 4),
    )


def _moves(record: Record, name: str, trigger: str) -> Refusal | None:
    told = record.instructions.get(name)
    if told is None:
        return _unknown(record, "instruction", name)
    if not INSTRUCTION.can(told.state, trigger):
        return Refusal(
            zh=f"instruction：{name} 是“{INSTRUCTION.words(told.state)}”，须先{_FIRST[trigger]}",
            reason=f"instruction: {name} is {told.state}; expected it to be {_BEFORE[trigger]}",
        )
    return None


_FIRST = {"convey": "登记", "report_back": "登记", "close": "反馈（report-back）"}
_BEFORE = {"convey": "open", "report_back": "open", "close": "reported back first"}


def _unknown(record: Record, field: str, name: str) -> Refusal:
    known = ", ".join(record.instructions) or "none"
    return Refusal(zh=f"{field}：没有 {name}；现有 {known}", reason=f"{field}: no '{name}' here; known: {known}")


# -- folding -----------------------------------------------------------------------------------------------------------


def received(record: Record, entry: Draft) -> Record:
    data = entry.data
    told = Instruction(
        id=data["instruction"],
        leader=data["leader"],
        post=data["post"],
        government=data["government"],
        body=data["body"],
        words=data["words"],
        received_at=entry.true_at,
        read_back=data.get("read_back"),
        contradicts=tuple(data["contradicts"]),
    )
    record = record.but(instructions={**record.instructions, told.id: told})
    for task in data["tasks"]:
        record = put(record, task)
    return record


def conveyed(record: Record, entry: Draft) -> Record:
    return _step(record, entry, "convey")


def reported(record: Record, entry: Draft) -> Record:
    return _step(record, entry, "report_back")


def closed(record: Record, entry: Draft) -> Record:
    return _step(record, entry, "close")


def settled(record: Record, entry: Draft) -> Record:
    news = {name: record.instructions[name].but(settled=entry.data["words"]) for name in entry.data["instructions"]}
    return record.but(instructions={**record.instructions, **news})


def _step(record: Record, entry: Draft, trigger: str) -> Record:
    told = record.instructions[entry.data["instruction"]]
    moved = told.but(state=INSTRUCTION.step(told.state, trigger))
    return record.but(instructions={**record.instructions, told.id: moved})
