"""Facts: what was reported, and the grade that follows from it (事故分级)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

import rfc8785
from pydantic import Field

from incidents.accident import Count, Facts, Findings
from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Grades, Kind, Record
from plans.grading import Situation, Verdict, grade
from plans.schema import Grade, Measure, Plan, Role, Sector, When, severity
from statecharts.lifecycle import LIFECYCLE


class Open(Command):
    """The first report of an accident opens the incident. The same report again changes nothing."""

    verb: ClassVar[str] = "open"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    kind: Kind
    plan: str = Field(min_length=1, max_length=200)
    plan_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    facts: Facts


class ReportFacts(Command):
    """New findings: what is given replaces what was known, what is left out stays."""

    verb: ClassVar[str] = "report-facts"
    findings: Findings
    source: str = Field(min_length=1, max_length=200)


class LowerGrade(Command):
    """The standing grade falls to the computed one: by a named person, with a reason, never by itself."""

    verb: ClassVar[str] = "lower-grade"
    roles: ClassVar[tuple[Role, ...]] = ("decider", "signatory")
    reason: str = Field(min_length=1, max_length=400)


def open_(plan: Plan, record: Record, command: Open, now: datetime) -> Answer:
    told = command.facts.model_dump(mode="json", exclude_none=True)
    if record.phase != LIFECYCLE.initial:
        if digest_of(command.facts) == record.opening:
            return ()
        return Refusal(reason=f"incident {record.id} is already open with other facts", kind="plan")
    if (command.plan_hash, command.kind) != (record.plan_hash, record.kind):
        return Refusal(reason="plan_hash: expected the plan and kind that this incident was started with", kind="hard")
    for name in ("received_at", "occurred_at", "heard_at"):
        at = getattr(command.facts, name)
        if at is not None and at > now:
            return Refusal(reason=f"facts.{name}: expected a time that is not in the future, found {at.isoformat()}")
    presumed = plan.posts[plan.command.presumed]
    return (
        command.entry(
            "opened",
            now,
            {
                "kind": record.kind,
                "plan": command.plan,
                "plan_hash": command.plan_hash,
                "facts": told,
                "digest": digest_of(command.facts),
                "presumed_commander": plan.command.presumed,
                "says": f"尚未明确现场指挥，推定由{presumed.title}负责",
            },
            plan.command.clauses,
        ),
    )


def report_facts(plan: Plan, record: Record, command: ReportFacts, now: datetime) -> Answer:
    # By value, not by what was set: over the wire everything is.
    findings = command.findings.model_dump(mode="json", exclude_defaults=True)
    if not findings.keys() - {"verified"}:
        return Refusal(reason="findings: expected at least one")
    return (command.entry("facts_reported", now, {"source": command.source, "findings": findings}),)


def lower_grade(plan: Plan, record: Record, command: LowerGrade, now: datetime) -> Answer:
    assert record.grades is not None  # every open incident is graded
    if record.grades.computed == record.grades.standing:
        return Refusal(reason=f"the standing grade is the computed one already: {record.grades.standing}", kind="plan")
    data = {"from": record.grades.standing, "to": record.grades.computed, "reason": command.reason}
    return (command.entry("grade_lowered", now, data),)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The grade, whenever the counts give another one than the log says."""
    grades, clauses = graded(plan, record)
    if grades != record.grades:
        yield by_system("graded", now, now, grades.model_dump(mode="json"), clauses)


def graded(plan: Plan, record: Record) -> tuple[Grades, tuple[str, ...]]:
    """The grades by what is known now, and the clauses that were met."""
    facts = record.known()
    given = _Rules(plan), facts.sector, facts.source_kind, facts.equipment_event, facts.medium
    sure = {measure: count.n for measure, count in record.counts.items()}
    every: dict[Measure, int] = dict(sure)
    for measure, count in record.hearsay.items():
        every[measure] = max(count.n, sure.get(measure, 0))
    verdict = _verdict(*given, tuple(sure.items()))
    may_be = _verdict(*given, tuple(every.items()))
    standing = max(verdict.grade, record.grades.standing if record.grades else verdict.grade, key=severity)
    return Grades(
        computed=verdict.grade, standing=standing, statutory=verdict.statutory_grade, may_be=may_be.grade
    ), tuple(dict.fromkeys(hit.clause for hit in verdict.criteria))


class _Rules:
    """A plan as a key of the cache: a loaded plan is one object, and comparing two by content would cost more."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rules) and other.plan is self.plan

    def __hash__(self) -> int:
        return id(self.plan)


@lru_cache(maxsize=4096)
def _verdict(
    rules: _Rules,
    sector: Sector,
    source_kind: str | None,
    equipment_event: str | None,
    medium: str | None,
    counts: tuple[tuple[Measure, int], ...],
) -> Verdict:
    """Every command asks for the grade, and few change what it follows from."""
    told = Situation(sector=sector, source_kind=source_kind, equipment_event=equipment_event, medium=medium)
    return grade(rules.plan.grading, rules.plan.national, dict(counts), told)


def holds(when: When | None, record: Record) -> bool:
    """Whether a rule's condition holds for this incident as it stands."""
    if when is None or when.always:
        return True
    facts = record.known()
    return (
        (not when.grades or record.standing() in when.grades)
        and (not when.levels or record.level in when.levels)
        and (not when.sectors or facts.sector in when.sectors)
        and (not when.circumstances or bool(set(when.circumstances) & set(facts.circumstances)))
        and (not when.any_count or any(m in record.counts and record.counts[m].n for m in when.any_count))
    )


def unaccounted(record: Record) -> int:
    """How many people are still missing, out of contact or trapped, by any report."""
    missing: tuple[Measure, ...] = ("missing", "out_of_contact", "trapped")
    return sum(
        max((told[measure].n for told in (record.counts, record.hearsay) if measure in told), default=0)
        for measure in missing
    )


def opened(record: Record, entry: Draft) -> Record:
    facts = Facts.model_validate(entry.data["facts"])
    return record.but(
        phase=LIFECYCLE.step(record.phase, "open", record),
        kind=entry.data["kind"],
        plan=entry.data["plan"],
        plan_hash=entry.data["plan_hash"],
        opened_at=entry.known_at,
        opening=entry.data["digest"],
        facts=facts,
        **_counted(record, facts),
    )


def reported(record: Record, entry: Draft) -> Record:
    findings = Findings.model_validate(entry.data["findings"])
    news = {name: getattr(findings, name) for name in entry.data["findings"]}
    if "circumstances" in news:
        news["circumstances"] = tuple(dict.fromkeys((*record.known().circumstances, *news["circumstances"])))
    return record.but(facts=record.known().model_copy(update=news), **_counted(record, findings))


def regraded(record: Record, entry: Draft) -> Record:
    return record.but(grades=Grades.model_validate(dict(entry.data)))


def lowered(record: Record, entry: Draft) -> Record:
    assert record.grades is not None
    to: Grade = entry.data["to"]
    return record.but(grades=record.grades.but(standing=to))


def _counted(record: Record, findings: Findings) -> dict[str, dict[Measure, Count]]:
    counts, hearsay = dict(record.counts), dict(record.hearsay)
    for measure, count in findings.told():
        if count.moves_the_grade:
            counts[measure] = count
            # What is known for sure settles what was only heard.
            hearsay.pop(measure, None)
        else:
            hearsay[measure] = count
    return {"counts": counts, "hearsay": hearsay}


def digest_of(facts: Facts) -> str:
    """The SHA-256 of a report as it was told: the same report twice is one incident."""
    return hashlib.sha256(rfc8785.dumps(facts.model_dump(mode="json", exclude_none=True))).hexdigest()
