"""What a case expects, and whether it came so: judged from the log and the refusals alone.

An expectation is data. It speaks of one thing (`what`), and where it is about an instant, of what stood then.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from incidents import timeline
from incidents.command import Refusal
from incidents.incident import fold
from incidents.logbook import Entry
from incidents.record import Form, Record
from plans.schema import Frozen, Grade, Measure, Plan, PostId, UnitId
from statecharts.approval import HAND
from statecharts.clock import CLOCK
from statecharts.lifecycle import LIFECYCLE
from statecharts.notice import NOTICE
from statecharts.task import TASK

_STAGES = {"decide": "决定", "sign": "签发"}


class Log(NamedTuple):
    """What was played: the log, what it adds up to, what was refused, and by how much the case's times were moved."""

    entries: Sequence[Entry]
    record: Record
    refused: Sequence[tuple[str, Refusal]]
    """Each with the verb that was refused."""
    shift: timedelta

    def as_of(self, at: datetime) -> Record:
        """The record as it was known at an instant of the case."""
        known = [entry for entry in self.entries if entry.known_at <= at + self.shift]
        return fold(Record(id=self.record.id, kind=self.record.kind), known)


class Expectation(Frozen, ABC):
    """One thing that is expected; `objective` says for which objective of the exercise it stands."""

    objective: str = ""

    @abstractmethod
    def found(self, log: Log) -> Any:
        """What was found instead or as well, for people."""

    @abstractmethod
    def met(self, log: Log) -> bool:
        """Whether it came so."""

    @abstractmethod
    def words(self, plan: Plan) -> tuple[str, str]:
        """In Chinese and in English."""


class AtInstant(Expectation):
    """What stood at an instant of the case."""

    at: AwareDatetime

    def _clock(self, plan: Plan) -> str:
        return _local(plan, self.at)


class LevelIs(AtInstant):
    """The response level at an instant."""

    what: Literal["level"]
    level: Grade | None = None

    def found(self, log: Log) -> Grade | None:
        told = [one.level for one in timeline.levels(log.entries) if one.at <= self.at + log.shift]
        return told[-1] if told else None

    def met(self, log: Log) -> bool:
        return bool(self.found(log) == self.level)

    def words(self, plan: Plan) -> tuple[str, str]:
        at = self._clock(plan)
        return f"{at} 响应级别 {self.level or '未启动'}", f"{at} response level {self.level or 'none'}"


class GradeIs(AtInstant):
    """The grades at an instant; what is left out is not asked."""

    what: Literal["grade"]
    computed: Grade | None = None
    standing: Grade | None = None

    def found(self, log: Log) -> Mapping[str, Grade | None]:
        told = [one for one in timeline.levels(log.entries) if one.at <= self.at + log.shift]
        return {"computed": told[-1].computed, "standing": told[-1].standing} if told else {}

    def met(self, log: Log) -> bool:
        found = self.found(log)
        asked = {"computed": self.computed, "standing": self.standing}
        return bool(found) and all(found[name] == grade for name, grade in asked.items() if grade is not None)

    def words(self, plan: Plan) -> tuple[str, str]:
        at = self._clock(plan)
        return (
            f"{at} 等级 计算 {self.computed or '不论'} 现行 {self.standing or '不论'}",
            f"{at} grade computed {self.computed or 'any'}, standing {self.standing or 'any'}",
        )


class CommanderIs(AtInstant):
    """Who commands on scene at an instant."""

    what: Literal["commander"]
    post: PostId

    def found(self, log: Log) -> str:
        told = log.record.commander_at(self.at + log.shift)
        return told.post if told else ""

    def met(self, log: Log) -> bool:
        return self.found(log) == self.post

    def words(self, plan: Plan) -> tuple[str, str]:
        title = plan.posts[self.post].title if self.post in plan.posts else self.post
        return f"{self._clock(plan)} 现场指挥 {title}", f"{self._clock(plan)} on-scene command {title}"


class PhaseIs(AtInstant):
    """The phase at an instant, as it was known then."""

    what: Literal["phase"]
    phase: str

    def found(self, log: Log) -> str:
        return log.as_of(self.at).phase

    def met(self, log: Log) -> bool:
        return self.found(log) == self.phase

    def words(self, plan: Plan) -> tuple[str, str]:
        words = LIFECYCLE.words(self.phase) if self.phase in LIFECYCLE.states else self.phase
        return f"{self._clock(plan)} 阶段 {words}", f"{self._clock(plan)} phase {self.phase}"


class FiguresAre(AtInstant):
    """The verified or official counts at an instant, as they were known then."""

    what: Literal["figures"]
    figures: Mapping[Measure, int]

    def found(self, log: Log) -> Mapping[Measure, int]:
        return log.as_of(self.at).figures()

    def met(self, log: Log) -> bool:
        found = self.found(log)
        return all(found.get(measure) == n for measure, n in self.figures.items())

    def words(self, plan: Plan) -> tuple[str, str]:
        told = " ".join(f"{measure}={n}" for measure, n in self.figures.items())
        return f"{self._clock(plan)} 数据 {told}", f"{self._clock(plan)} figures {told}"


class ClockEnds(Expectation):
    """How a deadline ends; where told, when it was due and when it was done, to the minute."""

    what: Literal["clock"]
    clock: str
    verdict: Literal["running", "due_soon", "overdue", "met", "late", "missed", "not_due", "stood_down"]
    due: AwareDatetime | None = None
    done: AwareDatetime | None = None

    def found(self, log: Log) -> str:
        clock = log.record.clocks.get(self.clock)
        if clock is None:
            return "—"
        done = f" done {(clock.done_at - log.shift).isoformat(timespec='minutes')}" if clock.done_at else ""
        return f"{clock.verdict} due {(clock.due_at - log.shift).isoformat(timespec='minutes')}{done}"

    def met(self, log: Log) -> bool:
        clock = log.record.clocks.get(self.clock)
        if clock is None or clock.verdict != self.verdict:
            return False
        told = ((self.due, clock.due_at), (self.done, clock.done_at))
        return all(asked is None or _same_minute(asked + log.shift, at) for asked, at in told)

    def words(self, plan: Plan) -> tuple[str, str]:
        rule = next((rule for rule in plan.reporting.rules if rule.id == self.clock), None)
        zh, en = (rule.says, rule.en or rule.says) if rule else (self.clock, self.clock)
        due = _local(plan, self.due) if self.due else ""
        return (
            f"时限 {zh} {CLOCK.words(self.verdict)}" + (f"，应于 {due}" if due else ""),
            f"deadline '{en}' {self.verdict}" + (f", due {due}" if due else ""),
        )


class SignatureIs(Expectation):
    """Who said what at a stage of an approval, in what form, with what hand under it."""

    what: Literal["signature"]
    approval: str
    stage: Literal["decide", "sign"]
    by: PostId
    answer: Literal["yes", "no"] = "yes"
    form: Form | None = None
    hand: Literal["unsigned", "signed", "disputed"] | None = None

    def found(self, log: Log) -> str:
        told = log.record.approvals.get(self.approval)
        act = next((act for act in told.acts if act.stage == self.stage), None) if told else None
        return f"{act.post} {act.answer} {act.form} {act.hand}" if act else "—"

    def met(self, log: Log) -> bool:
        told = log.record.approvals.get(self.approval)
        act = next((act for act in told.acts if act.stage == self.stage), None) if told else None
        if act is None or (act.post, act.answer) != (self.by, self.answer):
            return False
        return self.form in (None, act.form) and self.hand in (None, act.hand)

    def words(self, plan: Plan) -> tuple[str, str]:
        title = plan.posts[self.by].title if self.by in plan.posts else self.by
        yes = "同意" if self.answer == "yes" else "不同意"
        form = {"in_system": "系统内", "oral": "口头", "paper": "纸面", "elsewhere": "别处"}.get(self.form or "", "")
        hand = HAND.words(self.hand) if self.hand else ""
        zh = " ".join(filter(None, (self.approval, title, _STAGES[self.stage], yes, form, hand)))
        en = " ".join(filter(None, (self.approval, self.stage, title, self.answer, self.form, self.hand)))
        return f"审批 {zh}", f"approval {en}"


class NoSignature(Expectation):
    """Nobody ever answers a stage of an approval: silence is never a yes."""

    what: Literal["no-signature"]
    approval: str
    stage: Literal["decide", "sign"]

    def found(self, log: Log) -> str:
        told = log.record.approvals.get(self.approval)
        return ",".join(f"{act.stage} {act.post}" for act in told.acts) if told else "—"

    def met(self, log: Log) -> bool:
        told = log.record.approvals.get(self.approval)
        return told is not None and all(act.stage != self.stage for act in told.acts)

    def words(self, plan: Plan) -> tuple[str, str]:
        zh = f"审批 {self.approval} {_STAGES[self.stage]}无人答复"
        return zh, f"approval {self.approval} {self.stage}: nobody answers"


class NoticeReaches(Expectation):
    """Where one unit or post stands in a notice at the end."""

    what: Literal["notice"]
    notice: str
    unit: UnitId | PostId
    state: Literal["waiting", "accepted", "uncertain", "failed", "acknowledged", "unreached", "withdrawn"]

    def found(self, log: Log) -> str:
        told = log.record.notices.get(self.notice)
        return told.recipients[self.unit].state if told and self.unit in told.recipients else "—"

    def met(self, log: Log) -> bool:
        return self.found(log) == self.state

    def words(self, plan: Plan) -> tuple[str, str]:
        who = _name(plan, self.unit)
        zh = f"通知 {self.notice} {who} {NOTICE.words(self.state)}"
        return zh, f"notice {self.notice} {who} {self.state}"


class MessageLeaves(Expectation):
    """A channel took a message with these words for a unit by an instant; or, with `never`, no channel ever did."""

    what: Literal["message"]
    to: UnitId | PostId
    says: Annotated[str, Field(min_length=1)]
    by: AwareDatetime | None = None
    never: bool = False

    def found(self, log: Log) -> str:
        left = [at - log.shift for at in self._left(log)]
        return f"{left[0]:%m-%d %H:%M}" if left else "—"

    def met(self, log: Log) -> bool:
        until = self.by + log.shift if self.by else None
        left = [at for at in self._left(log) if until is None or at <= until]
        return bool(left) != self.never

    def _left(self, log: Log) -> Iterator[datetime]:
        issued = {entry.data["notice"]: entry.data for entry in log.entries if entry.kind == "notice_issued"}
        for entry in log.entries:
            taken = entry.kind == "notice_sent" and entry.data["outcomes"].get(self.to) == "accepted"
            told = issued[entry.data["notice"]] if taken else {}
            # A unit is told the text and its own duty.
            if taken and (self.says in told["text"] or self.says in told["units"][self.to]):
                yield entry.true_at

    def words(self, plan: Plan) -> tuple[str, str]:
        who, by = _name(plan, self.to), f" {_local(plan, self.by)} 前" if self.by else ""
        if self.never:
            return f"从未向{who}发出“{self.says}”", f"{who} is never told '{self.says}'"
        return f"{who}{by}收到“{self.says}”", f"{who} is told '{self.says}'"


class TaskStands(Expectation):
    """Where a task stands at the end."""

    what: Literal["task"]
    task: str
    state: Literal["asked", "held", "given", "done", "not_applicable", "withdrawn"]

    def found(self, log: Log) -> str:
        return log.record.tasks[self.task].state if self.task in log.record.tasks else "—"

    def met(self, log: Log) -> bool:
        return self.found(log) == self.state

    def words(self, plan: Plan) -> tuple[str, str]:
        return f"任务 {self.task} {TASK.words(self.state)}", f"task {self.task} {self.state}"


class IsRefused(Expectation):
    """A command met a refusal of this class."""

    what: Literal["refusal"]
    verb: str
    class_: Literal["hard", "plan", "form"] = Field(alias="class")

    def found(self, log: Log) -> str:
        return ",".join(f"{verb} {refusal.kind}" for verb, refusal in log.refused) or "—"

    def met(self, log: Log) -> bool:
        return any((verb, refusal.kind) == (self.verb, self.class_) for verb, refusal in log.refused)

    def words(self, plan: Plan) -> tuple[str, str]:
        return f"{self.verb} 未受理（{self.class_}）", f"{self.verb} is refused ({self.class_})"


class EntryStands(Expectation):
    """So many entries of a kind, with these data, between two instants."""

    what: Literal["entry"]
    kind: str
    data: Mapping[str, Any] = {}
    after: AwareDatetime | None = None
    by: AwareDatetime | None = None
    times: Annotated[int, Field(ge=0)] | None = None
    """None: at least one."""

    def found(self, log: Log) -> int:
        return sum(self._is(entry, log.shift) for entry in log.entries)

    def _is(self, entry: Entry, shift: timedelta) -> bool:
        at = entry.true_at - shift
        in_time = (self.after is None or at >= self.after) and (self.by is None or at <= self.by)
        return entry.kind == self.kind and in_time and all(entry.data.get(k) == v for k, v in self.data.items())

    def met(self, log: Log) -> bool:
        found = self.found(log)
        return found >= 1 if self.times is None else found == self.times

    def words(self, plan: Plan) -> tuple[str, str]:
        told = " ".join(f"{key}={value}" for key, value in self.data.items())
        by = f" {_local(plan, self.by)} 前" if self.by else ""
        times = f" {self.times} 条" if self.times is not None else ""
        return f"日志有 {self.kind} {told}{by}{times}".replace("  ", " "), f"the log has {self.kind} {told}".rstrip()


Expected = Annotated[
    LevelIs
    | GradeIs
    | CommanderIs
    | PhaseIs
    | FiguresAre
    | ClockEnds
    | SignatureIs
    | NoSignature
    | NoticeReaches
    | MessageLeaves
    | TaskStands
    | IsRefused
    | EntryStands,
    Field(discriminator="what"),
]


class Judged(NamedTuple):
    """One expectation, judged."""

    expected: Expectation
    met: bool
    found: str


def judge(expected: Sequence[Expectation], log: Log) -> list[Judged]:
    """Each expectation against what was played."""
    return [Judged(one, one.met(log), str(one.found(log))) for one in expected]


def _name(plan: Plan, who: str) -> str:
    return plan.units[who].name if who in plan.units else plan.posts[who].title if who in plan.posts else who


def _local(plan: Plan, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(plan.about.jurisdiction.time_zone)):%m-%d %H:%M}"


def _same_minute(asked: datetime, at: datetime | None) -> bool:
    # A jump ends half a second behind its instant, and a busy machine takes a while for an act.
    return at is not None and abs(at - asked) <= timedelta(seconds=59)
