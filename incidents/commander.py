"""On-scene command (现场指挥): one commander at every instant, from the first report on."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Commander, Record
from plans.schema import Plan
from statecharts.command import COMMAND


class DeclareHandover(Command):
    """Command passed on scene and a liaison records it: who has it now, by which way, before whom. `true_at` is the
    declared instant; the giver's duty ends then."""

    verb: ClassVar[str] = "declare-handover"
    post: str
    by: str = Field(min_length=1, max_length=64)
    """The person who commands now."""
    way: Literal["arrived", "named", "declared", "ordered"]
    words: str = Field(default="", max_length=2000)
    witnesses: tuple[str, ...] = Field(default=(), max_length=20)
    number: str = Field(default="", max_length=64)


def declare_handover(plan: Plan, record: Record, command: DeclareHandover, now: datetime) -> Answer:
    post = plan.posts.get(command.post)
    if post is None:
        return Refusal(
            zh=f"post：应为预案中的岗位，现为 {command.post}",
            reason=f"post: expected a post of the plan, found {command.post}",
        )
    if "leader" not in post.roles:
        return Refusal(
            zh=f"post：{post.title}不担任现场指挥",
            reason=f"post: {post.title} commands no scene",
            kind="plan",
            clauses=plan.command.clauses,
        )
    if command.way in ("declared", "ordered") and not (command.witnesses or command.number):
        return Refusal(
            zh="witnesses：须有见证人，或命令文号", reason="witnesses: expected them, or the number of the order"
        )
    before = record.commander
    at = command.true_at or now
    if before is not None and at < before.since:
        return Refusal(
            zh=f"true_at：须晚于现任指挥接手的 {before.since.isoformat()}",
            reason=f"true_at: expected a time after {before.since.isoformat()}, when the present commander took over",
            kind="hard",
        )
    told = command.told("post", "by", "way", "words", "witnesses", "number")
    told["from"] = before.post if before else ""
    return (command.entry("command_passed", now, told, post.clauses),)


def presumed(record: Record, entry: Draft) -> Record:
    """Before anybody is named, the site government's leader on duty is presumed, from when the report came in."""
    since = record.known().received_at
    return record.but(commander=Commander(post=entry.data["presumed_commander"], since=since, how="presumed"))


def passed(record: Record, entry: Draft) -> Record:
    state = record.commander.state if record.commander else COMMAND.initial
    trigger = "arrive" if entry.data["way"] == "arrived" and state != "named" else "name"
    return record.but(
        commander=Commander(
            post=entry.data["post"],
            user=entry.data["by"],
            since=entry.true_at,
            how=entry.data["way"],
            state=COMMAND.step(state, trigger),
        )
    )
