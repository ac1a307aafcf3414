"""Recovery (后期处置): what is owed after the end, the archive, and the window in which new deaths still count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents import reporting, tasks
from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Record
from plans.schema import Plan
from statecharts.lifecycle import LIFECYCLE
from statecharts.task import OPEN


class Archive(Command):
    """The file is complete: it leaves for the archive. Deaths within the casualty window can still be reported."""

    verb: ClassVar[str] = "archive"
    keeper: str = Field(min_length=1, max_length=200)
    number: str = Field(default="", max_length=64)


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
        rules = [rule for rule in plan.recovery.tasks if rule.id not in known]
        yield from tasks.give(plan, record, rules, now, "recovery")
    elif record.phase == "archived" and record.window_ends is not None and record.window_ends <= now:
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


def written(record: Record, manifest: str, seq: int, now: datetime) -> Iterator[Draft]:
    """The entry of a dossier that was written."""
    if not record.archive:
        yield by_system("archive_written", now, now, {"manifest": manifest, "seq": seq}, ("N-ERL-94",))


def instants(record: Record) -> Iterator[datetime]:
    """When an archived incident closes."""
    if record.phase == "archived" and record.window_ends is not None:
        yield record.window_ends


def archived(record: Record, entry: Draft) -> Record:
    return record.but(phase=LIFECYCLE.step(record.phase, "archive", record))


def kept(record: Record, entry: Draft) -> Record:
    return record.but(archive=entry.data["manifest"])


def window_opened(record: Record, entry: Draft) -> Record:
    return record.but(window_ends=datetime.fromisoformat(entry.data["ends"]))


def closed(record: Record, entry: Draft) -> Record:
    return record.but(phase=LIFECYCLE.step(record.phase, "close", record))
