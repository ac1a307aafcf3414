"""What another plan, or another version, would mean for an incident that is open. It keeps the one it began with.

Only what is open is looked at: the level that stands, approvals that wait, deadlines that run, tasks that are owed, and
who commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from incidents import response
from incidents.command import Refusal
from incidents.facts import holds
from incidents.record import Approval, Clock, Record, Task
from incidents.reporting import start_of
from incidents.warning import needed
from plans import walk
from plans.schema import ApprovalRule, Plan, PostId, Stage, TaskRule, Work
from plans.sheets.reader import Reader
from plans.vocabulary import span
from statecharts.approval import OPEN as WAITING
from statecharts.clock import OPEN as RUNNING
from statecharts.task import OPEN as OWED


class Touched(NamedTuple):
    """Something open that the other plan has otherwise, in words. `due_at`: until when it would be owed."""

    what: Literal["level", "approval", "clock", "task", "post"]
    id: str
    zh: str
    en: str
    due_at: datetime | None = None


def touched(record: Record, kept: Plan, other: Plan) -> tuple[Touched, ...]:
    """What `other` would change for this incident, which runs by `kept`. Empty: nothing that is open."""
    return tuple(_Open(record, kept, other).told())


class _Owed(NamedTuple):
    """Work of a plan, and the unit that owes it there."""

    work: Work
    owner: str | None


class _Open:
    """One incident between two plans."""

    def __init__(self, record: Record, kept: Plan, other: Plan) -> None:
        self.record, self.kept, self.other = record, kept, other

    def told(self) -> Iterator[Touched]:
        if self.record.closed:
            return
        yield from self.level()
        for approval in self.record.approvals.values():
            if approval.state in WAITING:
                yield from self.approval(approval)
        for clock in self.record.clocks.values():
            if clock.verdict in RUNNING:
                yield from self.clock(clock)
        were, would = _works(self.kept), _works(self.other)
        for task in self.record.tasks.values():
            if task.state in OWED and task.rule in were:
                yield from self.task(task, were[task.rule], would.get(task.rule))
        for post in self.posts():
            yield from self.post(post)

    def level(self) -> Iterator[Touched]:
        """The level that stands: who would decide, sign and lift it, who would command."""
        level = self.record.level
        if level is None or level not in self.kept.response.levels:
            return
        rule, would = self.kept.response.levels[level], self.other.response.levels.get(level)
        if would is None:
            yield Touched("level", level, f"没有{level}级响应", f"there is no level {level}")
            return
        pairs = [("", "", rule.approval, would.approval)]
        if rule.lift or would.lift:
            pairs.append(("解除的", "lifting: ", rule.lift or rule.approval, would.lift or would.approval))
        for zh, en, was, now in pairs:
            for what_zh, what_en, name_zh, name_en in self.hands(was.stages, now.stages):
                yield Touched(
                    "level", level, f"{level}级响应{zh}{what_zh}{name_zh}", f"level {level}: {en}{what_en} {name_en}"
                )
        names = [Reader(plan, "zh").names(told.commander) for plan, told in ((self.kept, rule), (self.other, would))]
        if names[0] != names[1]:
            who = names[1] or "未写"
            yield Touched(
                "level", level, f"{level}级响应的现场指挥将是{who}", f"level {level}: commanded on scene by {who}"
            )

    def hands(self, was: tuple[Stage, ...], now: tuple[Stage, ...]) -> Iterator[tuple[str, str, str, str]]:
        """Each step that others would take: what it is, and who would."""
        for stage, zh, en in (("decide", "决定人将是", "decided by"), ("sign", "签发人将是", "signatory")):
            old, new = Reader(self.kept, "zh").stage(was, stage), Reader(self.other, "zh").stage(now, stage)
            if old != new:
                yield zh, en, new or "（无）", new or "nobody"

    def approval(self, approval: Approval) -> Iterator[Touched]:
        """An approval that waits: who would be asked at each step that nobody has answered."""
        answered = {act.stage for act in approval.acts}
        rule = self.rule(approval)
        open_ = [
            tuple(stage for stage in stages if stage.stage not in answered)
            for stages in (approval.stages, rule.stages if rule else ())
        ]
        for zh, en, name_zh, name_en in self.hands(*open_):
            yield Touched(
                "approval", approval.id, f"待批 {approval.id}：{zh}{name_zh}", f"approval {approval.id}: {en} {name_en}"
            )

    def rule(self, approval: Approval) -> ApprovalRule | None:
        """Whose yes the same proposal would need there; None: the other plan has no such rule."""
        plan, record, rules = self.other, self.record, self.other.response.levels
        match approval.what:
            case "level" if approval.level in rules and record.level in (None, *rules):
                authority = response.authority(plan, record, approval.level)
                return None if isinstance(authority, Refusal) else authority
            case "extension" if record.level in rules:
                return rules[record.level].approval
            case "lift" if record.level in rules:
                return rules[record.level].lift or rules[record.level].approval
            case "scene_end":
                return plan.termination.scene_end_for(record.level)
            case "release":
                drafted = next((told for told in record.releases.values() if told.approval == approval.id), None)
                known = plan.release.rules if plan.release else ()
                rule = next((rule for rule in known if drafted and rule.id == drafted.rule), None)
                return (
                    ApprovalRule(stages=(Stage(stage="decide", posts=rule.approved_by, clauses=()),)) if rule else None
                )
            case "warning_ahead" if plan.warning:
                colours = [colour for colour in approval.asks["colours"] if colour in plan.warning.colours]
                return plan.warning.colours[colours[0]].approval if colours else None
            case "warning" | "warning_adjust" | "warning_lift" if plan.warning:
                edition = record.warned().on_its_way
                known_colours = {edition.colour, edition.was or edition.colour} <= plan.warning.colours.keys()
                asked = needed(plan.warning, edition) if known_colours else ()
                place = edition.approvals.index(approval.id)
                return asked[place] if place < len(asked) else None
        return None

    def clock(self, clock: Clock) -> Iterator[Touched]:
        """A deadline that runs: when it would be due, who would owe it to whom."""
        if not clock.rule:
            was, now = (_limit(plan, clock.id) for plan in (self.kept, self.other))
            if was != now:
                yield self.due(clock, clock.starts_at + now if now else None)
            return
        rules = [{rule.id: rule for rule in plan.reporting.rules} for plan in (self.kept, self.other)]
        rule, would = (known.get(clock.rule) for known in rules)
        if would is None or not holds(would.when, self.record):
            yield Touched(
                "clock", clock.id, f"时限“{clock.says}”：不再要求", f"deadline {clock.id}: would not be owed", None
            )
            return
        first = clock.id == clock.rule
        start = start_of(would, self.record) if first else clock.starts_at
        within = would.within if first else would.every
        due = start + within if start and within else None
        same = rule is not None and (rule.within, rule.every, rule.starts) == (would.within, would.every, would.starts)
        if not same and due != clock.due_at:
            yield self.due(clock, due)
        for was_end, end, zh, en in (
            (clock.sender, would.sender, "由", "owed by"),
            (clock.addressee, would.addressee, "报", "owed to"),
        ):
            old, new = self.called(self.kept, was_end), self.called(self.other, end)
            if old != new:
                yield Touched(
                    "clock", clock.id, f"时限“{clock.says}”：改{zh}{new}", f"deadline {clock.id}: {en} {new}", due
                )

    def due(self, clock: Clock, due: datetime | None) -> Touched:
        """When it would be due."""
        zh = f"止于 {self.at(due)}，现为 {self.at(clock.due_at)}" if due else "没有时限"
        en = f"due {self.at(due)}, now {self.at(clock.due_at)}" if due else "no limit"
        return Touched("clock", clock.id, f"时限“{clock.says}”：{zh}", f"deadline {clock.id}: {en}", due)

    def task(self, task: Task, was: _Owed, would: _Owed | None) -> Iterator[Touched]:
        """A task that is owed: by whom and until when it would be."""
        head_zh, head_en = f"任务“{task.says}”：", f"task {task.id}: "
        if would is None or not holds(would.work.when, self.record):
            yield Touched("task", task.id, head_zh + "不再要求", head_en + "would not be asked")
            return
        old, new = self.called(self.kept, was.owner), self.called(self.other, would.owner)
        if old != new:
            yield Touched("task", task.id, f"{head_zh}责任单位将是{new}", f"{head_en}owed by {new}")
        if was.work.within != would.work.within:
            # When it was given stands in no field of the record: its own limit says it.
            given = task.due_at - was.work.within if task.due_at and was.work.within else None
            due = given + would.work.within if given and would.work.within else None
            if due is not None:
                zh, en = f"止于 {self.at(due)}", f"due {self.at(due)}"
            elif would.work.within is not None:
                zh, en = f"时限 {span(would.work.within, 'zh')}", f"within {span(would.work.within, 'en')}"
            else:
                zh, en = "没有时限", "no limit"
            yield Touched("task", task.id, head_zh + zh, head_en + en, due)

    def posts(self) -> tuple[PostId, ...]:
        """The posts that command, or stand in, on scene."""
        commander = self.record.commander
        named = [commander.post] if commander else []
        return tuple(dict.fromkeys([*named, *(deputy.post for deputy in self.record.deputies.values())]))

    def post(self, name: PostId) -> Iterator[Touched]:
        """A post on scene: whether it would be there, and who would hold it or stand in."""
        was, would = self.kept.posts.get(name), self.other.posts.get(name)
        if was is None:
            # A superior's post, in its own words.
            return
        if would is None:
            yield Touched("post", name, f"没有岗位{was.title}", f"there is no post {name}")
            return
        for zh, en, old, new in (
            ("名称将是", "called", was.title, would.title),
            ("任职将是", "held by", was.held_by, would.held_by),
            ("单位将是", "of", self.called(self.kept, was.unit), self.called(self.other, would.unit)),
            (
                "替代人将是",
                "substitutes",
                Reader(self.kept, "zh").names(was.substitutes),
                Reader(self.other, "zh").names(would.substitutes),
            ),
        ):
            if old != new:
                yield Touched(
                    "post", name, f"{was.title}：{zh}{new or '（无）'}", f"post {name}: {en} {new or 'nobody'}"
                )

    def called(self, plan: Plan, unit: str | None) -> str:
        """A unit's name; in an incident another than the plan's may stand there."""
        return plan.units[unit].name if unit in plan.units else unit or "（未写明）"

    def at(self, instant: datetime) -> str:
        """An instant as people at the incident's place read it."""
        return f"{instant.astimezone(ZoneInfo(self.kept.about.jurisdiction.time_zone)):%m-%d %H:%M}"


def _limit(plan: Plan, clock: str) -> timedelta | None:
    """The plan's limit of a deadline that no reporting rule started; None: it was set by hand, or has none."""
    warning, pace = plan.warning, plan.response.pace
    match clock.partition("-")[0]:
        case "hand":
            return pace.ratify_within if pace else None
        case "handover":
            return plan.command.acceptance_within
        case "determine":
            return warning.ahead.determined_within if warning and warning.ahead else None
        case "second":
            return warning.publisher.corrected_within if warning else None
    return None


def _works(plan: Plan) -> dict[str, _Owed]:
    """All work of a plan by its id. A group's lead owes the group's work, the on-site headquarters its own."""
    told: dict[str, _Owed] = {}
    for path, part in walk.elements(plan):
        if isinstance(part, Work):
            told[part.id] = _Owed(part, _owner(plan, path.split("/"), part))
    return told


def _owner(plan: Plan, way: list[str], work: Work) -> str | None:
    if isinstance(work, TaskRule):
        return work.owner
    match way:
        case ["units", unit, *_]:
            return unit
        case ["groups", group, *_]:
            return plan.groups[group].lead
    return plan.command.onsite_hq.unit if plan.command.onsite_hq else None
