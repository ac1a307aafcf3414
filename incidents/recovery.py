"""Recovery (后期处置): what is owed after the end, the archive, and the window in which new deaths still count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import reporting, tasks
from incidents.accident import CASUALTIES
from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Record, Revise
from plans.schema import Plan, TaskRule, WindowRule
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN

_SHORT = "false-alarm-record"
"""All that is owed after a false alarm."""


class Requisition(Command):
    """Goods were taken for the rescue: whose, what, on whose order, who pays. Nothing is closed before it is paid."""

    verb: ClassVar[str] = "requisition"
    ordered_by: str = Field(min_length=1, max_length=64)
    """The unit of the plan that ordered it."""
    owner: str = Field(min_length=1, max_length=200)
    items: str = Field(min_length=1, max_length=2000)
    paid_by: str = Field(default="", max_length=64)
    """Left out: whom the plan has pay."""


class OpenRevision(Command):
    """What came to light here calls for the plan to be revised: on which of the plan's grounds, and what is wrong."""

    verb: ClassVar[str] = "open-revision"
    ground: str
    words: str = Field(min_length=1, max_length=2000)


class Archive(Command):
    """The file is complete: it leaves for the archive. Deaths within the casualty window can still be reported."""

    verb: ClassVar[str] = "archive"
    keeper: str = Field(min_length=1, max_length=200)
    number: str = Field(default="", max_length=64)


def requisition(plan: Plan, record: Record, command: Requisition, now: datetime) -> Answer:
    rule = plan.preparedness.requisition if plan.preparedness else None
    if rule is None:
        return Refusal(zh="本预案没有征用的规定", reason="this plan says nothing of requisition", kind="plan")
    if command.ordered_by not in rule.ordered_by:
        able = "、".join(plan.units[name].name for name in rule.ordered_by)
        return Refusal(
            zh=f"ordered_by：应为{able}之一，现为 {command.ordered_by}",
            reason=f"ordered_by: expected one of {', '.join(rule.ordered_by)}, found {command.ordered_by}",
            kind="plan",
            clauses=rule.clauses,
        )
    paid_by = command.paid_by or next(iter(rule.paid_by), "")
    if paid_by not in plan.units:
        return Refusal(
            zh="paid_by：须写明由预案中哪个单位补偿", reason="paid_by: expected the unit of the plan that pays"
        )
    data = {**command.told("ordered_by", "owner", "items"), "paid_by": paid_by}
    return (command.entry("requisitioned", now, data, rule.clauses),)


def open_revision(plan: Plan, record: Record, command: OpenRevision, now: datetime) -> Answer:
    told = plan.preparedness
    grounds = {one.id: one for one in told.revisions} if told else {}
    ground = grounds.get(command.ground)
    if told is None or ground is None:
        known = ", ".join(grounds) or "none"
        return Refusal(
            zh=f"ground：应为预案规定的修订情形 {known}，现为 {command.ground}",
            reason=f"ground: expected one of the plan's grounds for a revision, {known}; found {command.ground}",
        )
    # A revision outlives the incident: it is laid before its owner, and the archive does not wait for it.
    data = {**command.told("ground", "words"), "says": ground.says, "owner": told.revised_by or ""}
    return (command.entry("revision_opened", now, data, ground.clauses),)


def archive(plan: Plan, record: Record, command: Archive, now: datetime) -> Answer:
    if not LIFECYCLE.can(record.phase, "archive", record):
        return Refusal(
            zh=f"{record.phase} 阶段不能归档", reason=f"nothing to archive in phase {record.phase}", kind="plan"
        )
    if owed := [task.id for task in record.tasks.values() if task.state in OPEN]:
        return Refusal(
            zh=f"还有任务未办结：{', '.join(owed)}", reason=f"tasks are still open: {', '.join(owed)}", kind="plan"
        )
    running = [c.id for c in record.clocks.values() if c.verdict in ("running", "due_soon")]
    if running:
        return Refusal(
            zh=f"还有时限在走：{', '.join(running)}", reason=f"deadlines still run: {', '.join(running)}", kind="plan"
        )
    return (
        *reporting.missed(record, now),
        command.entry("archived", now, command.told("keeper", "number"), ("N-ERL-94", "N-708-24")),
    )


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The tasks of recovery once the response is over, and the end of the casualty window."""
    if record.facts is None:
        yield from _without_accident(plan, record, now)
        return
    window = plan.recovery.casualty_window
    if record.window_ends is None and window is not None:
        facts = record.known()
        ends = facts.happened_at() + window.sectors.get(facts.sector, window.length)
        yield by_system("window_opened", facts.happened_at(), now, {"ends": ends.isoformat()}, window.clauses)
    if record.phase == "recovery":
        known = {task.rule for task in record.tasks.values()}
        rules = [_owed(plan, record, rule) for rule in plan.recovery.tasks if rule.id not in known]
        yield from tasks.give(plan, record, rules, now, "recovery")
    if window is not None and record.phase in ("recovery", "archived") and record.told_figures is not None:
        yield from _changed(plan, record, window, now)
    if record.phase == "false_alarm" and plan.watch is not None and _SHORT not in tasks.standing(record):
        rule = TaskRule(id=_SHORT, owner=plan.watch, says="记录误报经过，核对已告知的单位", clauses=())
        yield from tasks.give(plan, record, [rule], now, "false alarm")
    if record.phase == "archived" and not _owes(record) and record.window_ends and record.window_ends <= now:
        clauses = window.clauses if window else ()
        yield by_system("closed", max(record.window_ends, now), now, {}, clauses)


def _without_accident(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """A warning that nothing came of: its papers go to the archive, and it is closed; no casualty can follow."""
    if record.phase == "warning_over":
        known = {task.rule for task in record.tasks.values()}
        rules = [rule for rule in plan.recovery.tasks if rule.makes == "archive" and rule.id not in known]
        yield from tasks.give(plan, record, rules, now, "warning over")
    elif record.phase == "archived" and record.archive:
        yield by_system("closed", now, now, {})


def _owed(plan: Plan, record: Record, rule: TaskRule) -> TaskRule:
    """Whether to pay for what was taken is no question once something was taken."""
    taken = plan.preparedness.requisition if plan.preparedness else None
    if record.requisitions and taken is not None and set(rule.clauses) & set(taken.payment_clauses):
        return rule.model_copy(update={"conditional": False})
    return rule


def _changed(plan: Plan, record: Record, window: WindowRule, now: datetime) -> Iterator[Draft]:
    """Within the window new figures are told again; the grade has followed them already."""
    figures = {measure: n for measure, n in record.figures().items() if measure in CASUALTIES}
    told = {measure: n for measure, n in (record.told_figures or {}).items() if measure in CASUALTIES}
    if figures == told or record.window_ends is None or now > record.window_ends:
        return
    data = {"was": told, "figures": figures, "grade": record.standing()}
    yield by_system("casualties_changed", now, now, data, window.clauses)
    if window.told is not None:
        yield from tasks.give(plan, record, [window.told], now, "casualties changed")


def _owes(record: Record) -> bool:
    """Whether something is still to be told after the archive: the file does not close over it."""
    return any(task.state in OPEN for task in record.tasks.values())


def written(record: Record, manifest: str, seq: int, now: datetime) -> Iterator[Draft]:
    """The entry of a dossier that was written."""
    if not record.archive:
        yield by_system("archive_written", now, now, {"manifest": manifest, "seq": seq}, ("N-ERL-94",))


def instants(record: Record) -> Iterator[datetime]:
    """When an archived incident closes."""
    if record.phase == "archived" and record.window_ends is not None and not _owes(record):
        yield record.window_ends


def requisitioned(record: Record, entry: Draft) -> Record:
    return record.but(requisitions=(*record.requisitions, record.head.seq + 1))


def revised(record: Record, entry: Draft) -> Record:
    told = Revise(ground=entry.data["ground"], words=entry.data["words"], owner=entry.data["owner"])
    return record.but(revisions=(*record.revisions, told))


def changed(record: Record, entry: Draft) -> Record:
    return record.but(told_figures=record.figures())


def archived(record: Record, entry: Draft) -> Record:
    return record.but(phase=LIFECYCLE.step(record.phase, "archive", record))


def kept(record: Record, entry: Draft) -> Record:
    return record.but(archive=entry.data["manifest"])


def window_opened(record: Record, entry: Draft) -> Record:
    return record.but(window_ends=datetime.fromisoformat(entry.data["ends"]))


def closed(record: Record, entry: Draft) -> Record:
    return record.but(phase=LIFECYCLE.step(record.phase, "close", record))
