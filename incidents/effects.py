"""What a deviation changes (偏离的效果): each kind a small model that checks itself, acts on the record, and names what
follows.

People did it, so it has full effect: the next regular step starts from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from incidents import approval, deadlines, onsite, reporting, response, tasks
from incidents.command import Command, Refusal
from incidents.commander import take, too_early
from incidents.conditions import people_left
from incidents.logbook import Draft
from incidents.record import Act, Form, Part, Record, Release, Task, fresh
from plans.schema import Grade, GroupId, Plan, severity
from statecharts.clock import OPEN as OPEN_CLOCKS
from statecharts.lifecycle import LIFECYCLE
from statecharts.notice import NOTICE
from statecharts.task import TASK

Name = Annotated[str, Field(min_length=1, max_length=200)]
OTHERWISE = "otherwise"
"""The rule of a task, and of a text, that no plan has."""


class _Effect(Part):
    """What every kind may say of itself; a plain one changes nothing but the first page."""

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        """What is missing, or what would be a lie."""
        return None

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        """What must be written down beside it; `record` is as it was before."""
        yield from ()

    def folded(self, record: Record, entry: Draft) -> Record:
        """The record since then."""
        return record


class Commands(_Effect):
    """Somebody commands on scene, in the place of this post."""

    kind: Literal["commands"]
    post: Name
    by: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if self.post not in plan.posts:
            return _unknown("post", "预案中的岗位", "a post of the plan", self.post)
        return too_early(record, at)

    def folded(self, record: Record, entry: Draft) -> Record:
        return take(record, entry, self.post, self.by, "deviation")


class Level(_Effect):
    """A level stands, whoever started, raised or lowered it."""

    kind: Literal["level"]
    level: Grade
    expected_duration: timedelta | None = Field(default=None, gt=timedelta(), le=timedelta(days=366))

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if self.level not in plan.response.levels:
            return _unknown("level", "预案有的级别", "a level of the plan", self.level)
        if record.level == self.level:
            return _unknown("level", "另一级别", "another level than the one that stands", self.level)
        if not LIFECYCLE.can(record.phase, "start_response", record):
            return Refusal(
                zh=f"level：{record.phase} 阶段不能启动响应，请先重新启动",
                reason=f"level: nothing is started in phase {record.phase}; reopen first",
            )
        return None

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        start = command.true_at or now
        yield from response.brings(plan, record, response.Change(self.level, start, self.expected_duration), now)

    def folded(self, record: Record, entry: Draft) -> Record:
        return approval.superseded(record, "level", "extension").but(
            phase=LIFECYCLE.step(record.phase, "start_response", record),
            level=self.level,
            ordered_at=entry.true_at,
            weighed=record.grades.computed if record.grades else None,
        )


class Graded(_Effect):
    """The standing grade was set by somebody whom the plan does not let."""

    kind: Literal["graded"]
    to: Grade

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if record.grades is not None and severity(self.to) < severity(record.grades.computed):
            return _unknown(
                "to", f"不低于计算等级 {record.grades.computed}", "no grade below the computed one", self.to
            )
        return None

    def folded(self, record: Record, entry: Draft) -> Record:
        return record.but(grades=record.grades.but(standing=self.to)) if record.grades else record


class Answered(_Effect):
    """A proposal was decided or signed by a post that the plan does not name for it."""

    kind: Literal["answered"]
    approval: Name
    stage: Literal["decide", "sign"]
    post: Name
    by: Name
    form: Form = "oral"

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if self.post not in plan.posts:
            return _unknown("post", "预案中的岗位", "a post of the plan", self.post)
        asked = record.approvals.get(self.approval)
        waiting = asked.stage() if asked else None
        if asked is None or waiting is None or waiting.stage != self.stage:
            return _unknown(
                "approval", f"待 {self.stage} 的审批", f"an approval that waits for {self.stage}", self.approval
            )
        if asked.what in approval.PUBLIC:
            # Who publishes without the approval has published: that is an effect of its own.
            return _unknown(
                "approval", "published（已发布）", "the effect 'published' for a public text", self.approval
            )
        if asked.what in approval.ENDS:
            return people_left(plan, record)
        return None

    def folded(self, record: Record, entry: Draft) -> Record:
        act = Act(
            stage=self.stage,
            answer="yes",
            post=self.post,
            user=self.by,
            form=self.form,
            at=entry.true_at,
            recorded_by=entry.user,
            words=entry.data["words"],
            hand="signed" if self.form == "in_system" else "unsigned",
        )
        return approval.taken(record, self.approval, act, entry.known_at)


class Ended(_Effect):
    """One act of the end came out of order, or from another than the plan says."""

    kind: Literal["ended"]
    act: Literal["scene_end", "withdrawn", "lifted", "archived"]

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if self._trigger(record) is None:
            return Refusal(
                zh=f"act：{record.phase} 阶段没有可{self.act}的",
                reason=f"act: nothing can be {self.act} in phase {record.phase}",
            )
        # Teams may have left; but this system ends nothing over the missing.
        return people_left(plan, record) if self.act in ("scene_end", "lifted") else None

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        if self.act == "lifted" and record.level is not None:
            yield from response.lifting(plan, record, command.true_at or now, now)
        elif self.act == "archived":
            yield from reporting.missed(record, now)

    def folded(self, record: Record, entry: Draft) -> Record:
        record = approval.superseded(record, "level", "extension", "scene_end", *self._settled())
        trigger = self._trigger(record)
        assert trigger is not None  # it was refused otherwise
        record = record.but(phase=LIFECYCLE.step(record.phase, trigger, record))
        if self.act == "lifted":
            record = onsite.dissolved(record, entry)
            return record.but(level=None, lifted_at=entry.true_at, told_figures=record.figures())
        return record

    def _settled(self) -> tuple[Literal["lift"], ...]:
        return ("lift",) if self.act == "lifted" else ()

    def _trigger(self, record: Record) -> str | None:
        """The regular move where it is one, else the early one."""
        moves = {
            "scene_end": ("approve_end",),
            "withdrawn": ("withdraw", "withdraw_early"),
            "lifted": ("lift", "lift_early"),
            "archived": ("archive",),
        }
        return next((move for move in moves[self.act] if LIFECYCLE.can(record.phase, move, record)), None)


class TaskDone(_Effect):
    """A task was done by another unit than owes it."""

    kind: Literal["task_done"]
    task: Name
    by: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        return _open_task(record, self.task, "finish")

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        yield from deadlines.done(record, command, tasks.limit(self.task), now)

    def folded(self, record: Record, entry: Draft) -> Record:
        return tasks.stepped(record, self.task, "finish")


class TaskNotTaken(_Effect):
    """A measure of the plan was not taken."""

    kind: Literal["task_not_taken"]
    task: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        return _open_task(record, self.task, "rule_out")

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        yield from deadlines.void(record, tasks.limit(self.task), now, "未采取该措施")

    def folded(self, record: Record, entry: Draft) -> Record:
        return tasks.stepped(record, self.task, "rule_out")


class TaskOrdered(_Effect):
    """A measure that the plan does not have was ordered: it is owed like any other."""

    kind: Literal["task_ordered"]
    unit: Name
    says: Name

    def folded(self, record: Record, entry: Draft) -> Record:
        task = Task(id=fresh(f"{OTHERWISE}-1", record.tasks), rule=OTHERWISE, says=self.says, owner=self.unit)
        return record.but(tasks={**record.tasks, task.id: task})


class GroupLed(_Effect):
    """A group is led by a unit that the plan does not name."""

    kind: Literal["group_led"]
    group: GroupId
    unit: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        if self.group not in plan.groups:
            return _unknown("group", "预案中的工作组", "a group of the plan", self.group)
        return None

    def folded(self, record: Record, entry: Draft) -> Record:
        return onsite.led(record, self.group, self.unit)


class HqFormed(_Effect):
    """The on-site headquarters was formed elsewhere, earlier, later or by others than the plan has it."""

    kind: Literal["hq_formed"]
    place: Name
    how: Literal["elsewhere", "earlier", "later", "by_others"]

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        hq = plan.command.onsite_hq
        if hq is not None and record.onsite is None:
            # It works like any other, and not by the clause.
            yield command.entry("onsite_hq_formed", now, {"unit": hq.unit, "place": self.place})

    def folded(self, record: Record, entry: Draft) -> Record:
        return record.but(onsite=record.onsite.but(place=self.place)) if record.onsite else record


class ReportSent(_Effect):
    """A report went out otherwise: to another, by another way, past a level."""

    kind: Literal["report_sent"]
    clock: Name
    to: Name
    via: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        return _open_report(record, self.clock)

    def brings(self, plan: Plan, record: Record, command: Command, now: datetime) -> Iterator[Draft]:
        for done in deadlines.done(record, command, self.clock, now, received_by=self.to):
            # It was done, and not by the clause: the deadline's own clause is not acted on.
            yield done.model_copy(update={"clauses": ()})


class ReportSkipped(_Effect):
    """Somebody decided to leave out a report. Nobody waives its deadline: it runs on, and its end says what became."""

    kind: Literal["report_skipped"]
    clock: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        return _open_report(record, self.clock)


class Published(_Effect):
    """A warning or a text went to the public before its approval, or from another body."""

    kind: Literal["published"]
    what: Literal["warning", "text"]
    by: Name
    text: str = Field(default="", max_length=4000)

    def folded(self, record: Record, entry: Draft) -> Record:
        if self.what == "warning":
            return record
        name = fresh("R1", record.releases)
        release = Release(id=name, rule=OTHERWISE, text=self.text, publisher=self.by, published_at=entry.true_at)
        return record.but(releases={**record.releases, name: release})


class Notified(_Effect):
    """A unit was told by another way than the notice's own channels, and answered."""

    kind: Literal["notified"]
    notice: Name
    unit: Name
    by: Name
    via: Name

    def refused(self, plan: Plan, record: Record, at: datetime) -> Refusal | None:
        notice = record.notices.get(self.notice)
        recipient = notice.recipients.get(self.unit) if notice else None
        if recipient is None or not NOTICE.can(recipient.state, "answer"):
            return _unknown("notice、unit", "尚未答复的通知对象", "a recipient that has not answered", self.unit)
        return None

    def folded(self, record: Record, entry: Draft) -> Record:
        notice = record.notices[self.notice]
        old = notice.recipients[self.unit]
        told = old.but(state=NOTICE.step(old.state, "answer"), answered_by=self.by)
        changed = notice.but(recipients={**notice.recipients, self.unit: told})
        return record.but(notices={**record.notices, notice.id: changed})


class Requisitioned(_Effect):
    """Goods were taken without an order of those who may give it; they are paid for all the same."""

    kind: Literal["requisitioned"]
    owner: Name
    items: Name

    def folded(self, record: Record, entry: Draft) -> Record:
        return record.but(requisitions=(*record.requisitions, record.head.seq + 1))


Effect = Annotated[
    Commands
    | Level
    | Graded
    | Answered
    | Ended
    | TaskDone
    | TaskNotTaken
    | TaskOrdered
    | GroupLed
    | HqFormed
    | ReportSent
    | ReportSkipped
    | Published
    | Notified
    | Requisitioned,
    Field(discriminator="kind"),
]
EFFECTS: TypeAdapter[tuple[Effect, ...]] = TypeAdapter(tuple[Effect, ...])


def _unknown(field: str, zh: str, en: str, found: str) -> Refusal:
    return Refusal(zh=f"{field}：应为{zh}，现为 {found}", reason=f"{field}: expected {en}, found {found}")


def _open_task(record: Record, name: str, trigger: str) -> Refusal | None:
    task = record.tasks.get(name)
    if task is None or not TASK.can(task.state, trigger):
        return _unknown("task", "未办结的任务", "an open task", name)
    return None


def _open_report(record: Record, name: str) -> Refusal | None:
    clock = record.clocks.get(name)
    if clock is None or not clock.rule or clock.verdict not in OPEN_CLOCKS:
        return _unknown("clock", "未报的报告", "a report that is still owed", name)
    return None
