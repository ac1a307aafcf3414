"""What the holder of a post orders on scene: in an own session, or said aloud and written down by the watch."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import Field

from incidents.command import Command, Refusal
from incidents.facts import holds
from incidents.record import Form, Record
from plans.schema import Plan, Power


class Ordered(Command):
    """Said in a post. In an own session the envelope tells who speaks; else the watch says whom it heard, and how."""

    post: str | None = Field(default=None, max_length=64)
    by: str | None = Field(default=None, min_length=1, max_length=64)
    form: Form = "in_system"
    read_back: bool | None = None

    def heard(self, speaker: Speaker) -> dict[str, Any]:
        """Who spoke, in which post and form, as JSON."""
        told = {"post": speaker.post, "by": speaker.by, "form": self.form}
        return told if self.read_back is None else {**told, "read_back": self.read_back}


class Speaker(NamedTuple):
    """A person in a post of the plan."""

    post: str
    by: str


def speaker(plan: Plan, command: Ordered) -> Speaker | Refusal:
    """Who speaks in `command`. Nobody acts in a post that is another's: that is refused, hard."""
    envelope = command.envelope
    if command.form == "in_system":
        told = Speaker(command.post or envelope.post, command.by or envelope.user)
        if told != (envelope.post, envelope.user):
            return Refusal(
                zh=f"post：本次登录的岗位是 {envelope.post}，不能以 {told.post} 行事；他人所说请填 form 由值班员记录",
                reason=f"post: this session acts as {envelope.post}, not as {told.post}; what others said is recorded "
                "by the watch, with its form",
                kind="hard",
            )
        return told
    if command.post is None or command.by is None:
        return Refusal(
            zh="post、by：须填由谁、以何岗位下令", reason="post, by: expected who said it, and in which post"
        )
    if command.post not in plan.posts:
        return Refusal(
            zh=f"post：应为预案中的岗位，现为 {command.post}",
            reason=f"post: expected a post of the plan, found {command.post}",
        )
    if "watch" not in plan.posts[envelope.post].roles:
        return Refusal(
            zh="form：口头、书面命令由值班员记录；本人请登录下令",
            reason="form: what was said or written is recorded by the watch; in an own session expected in_system",
            kind="plan",
        )
    return Speaker(command.post, command.by)


def power(plan: Plan, record: Record, post: str, name: str | None = None) -> Power | None:
    """The first power, or the one called `name`, that the holder of `post` has as things stand."""
    return next(
        (
            power
            for power in plan.command.powers
            if name in (None, power.id) and holds(power.when, record) and _bears(plan, record, post, power.holder)
        ),
        None,
    )


def commands(record: Record, post: str) -> bool:
    """Whether the holder of `post` commands on scene now."""
    return record.commander is not None and record.commander.post == post


def no_order(plan: Plan, record: Record, post: str) -> Refusal:
    """The refusal of an order by somebody who neither commands nor has a power for it."""
    now = record.commander.post if record.commander else plan.command.presumed
    by = power(plan, record, now)
    return Refusal(
        zh=f"post：{plan.posts[post].title}现无现场指令权；现场由{plan.posts[now].title}指挥",
        reason=f"post: {post} orders nothing at the scene now; {now} commands",
        kind="plan",
        clauses=by.clauses if by else (),
    )


def _bears(plan: Plan, record: Record, post: str, holder: str) -> bool:
    """Whether `post` has what the plan gives to `holder`: a post, a body whose post it is, or a function on scene."""
    hq = plan.command.onsite_hq
    if hq is not None and holder == hq.head:
        return commands(record, post)
    if hq is not None and holder in hq.deputies:
        return post == holder and holder in record.deputies and record.deputies[holder].confirmed
    return holder in (post, plan.posts[post].unit)
