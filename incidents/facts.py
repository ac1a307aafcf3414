"""Facts: what was reported, and the grade that follows from it (事故分级)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

import rfc8785
from pydantic import Field

from incidents import accounts
from incidents.accident import Facts, Findings
from incidents.assessment import Assessment
from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Grades, Kind, Record
from plans.grading import Figure, Situation, Verdict, grade
from plans.schema import Grade, Measure, Plan, Role, Scope, Sector, When, severity
from plans.vocabulary import WORDS
from statecharts.lifecycle import LIFECYCLE


class Opening(Command):
    """What an incident begins with, whatever is told: as live or drill, by which plan."""

    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    kind: Kind
    plan: str = Field(min_length=1, max_length=200)
    plan_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class Open(Opening):
    """The first report of an accident opens the incident. The same report again changes nothing."""

    verb: ClassVar[str] = "open"
    facts: Facts


class ReportFacts(Command):
    """New findings: what is given replaces what was known, what is left out stays."""

    verb: ClassVar[str] = "report-facts"
    findings: Findings
    source: str = Field(min_length=1, max_length=200)
    named: str = Field(default="", max_length=64)
    """Which of several sources of one kind its counts are of: 县医院, 市医院."""
    differs: str = Field(default="", max_length=400)
    """Why its counts contradict what the same source told before."""


class RaiseGrade(Command):
    """The standing grade rises above the numbers: an authorised person weighs a factor that has none, with a reason."""

    verb: ClassVar[str] = "raise-grade"
    roles: ClassVar[tuple[Role, ...]] = ("decider", "signatory")
    to: Grade
    factor: str = Field(min_length=1, max_length=64)
    """One of the factors that the plan names, by its id."""
    reason: str = Field(min_length=1, max_length=400)


class LowerGrade(Command):
    """The standing grade falls to the computed one: by a named person, with a reason, never by itself."""

    verb: ClassVar[str] = "lower-grade"
    roles: ClassVar[tuple[Role, ...]] = ("decider", "signatory")
    reason: str = Field(min_length=1, max_length=400)


def open_(plan: Plan, record: Record, command: Open, now: datetime) -> Answer:
    told = command.facts.model_dump(mode="json", exclude_none=True)
    if refusal := other_kind(record, command.kind):
        return refusal
    if record.phase != LIFECYCLE.initial:
        if digest_of(command.facts) == record.opening:
            return ()
        return Refusal(
            zh=f"{record.id} 已开启，所报事实不同",
            reason=f"incident {record.id} is already open with other facts",
            kind="plan",
        )
    if refusal := foreign(record, command.plan_hash):
        return refusal
    if refusal := unfit(plan, command.facts, now):
        return refusal
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
            opening_clauses(plan, command.facts),
        ),
    )


def opening_clauses(plan: Plan, facts: Facts) -> tuple[str, ...]:
    """What an accident begins by: whose command is presumed, and the scope that it falls into by itself."""
    scope = plan.about.scope
    return (*plan.command.presumed_clauses, *(scope.clauses if facts.sector in scope.accepts else ()))


def other_kind(record: Record, kind: Kind) -> Refusal | None:
    """Why an incident that was started as `record` says is not opened as this kind, first or again."""
    if kind == record.kind:
        return None
    return Refusal(
        zh="kind：演练与实战不得混用",
        reason="kind: expected the kind that this incident was started with; drill and live never mix",
        kind="hard",
    )


def foreign(record: Record, plan_hash: str) -> Refusal | None:
    """Why an incident that was started as `record` says does not begin by this plan."""
    if plan_hash == record.plan_hash:
        return None
    return Refusal(
        zh="plan_hash：与该事故开启时的预案不符",
        reason="plan_hash: expected the plan that this incident was started with",
    )


def unfit(plan: Plan, facts: Facts, now: datetime) -> Refusal | None:
    """Why no accident can begin with these facts."""
    for name in ("received_at", "occurred_at", "heard_at"):
        at = getattr(facts, name)
        if at is not None and at > now:
            return Refusal(
                zh=f"facts.{name}：不能晚于现在，现为 {at.isoformat()}",
                reason=f"facts.{name}: expected a time that is not in the future, found {at.isoformat()}",
            )
    if plan.grading.default_grade is None:
        return Refusal(
            zh="本预案未规定各条均不符合时的等级：请先作出决定",
            reason="this plan leaves an accident ungraded that meets no criterion: decide it first",
            kind="plan",
        )
    return _beyond_scope(plan.about.scope, facts)


def _beyond_scope(scope: Scope, facts: Facts) -> Refusal | None:
    """Why the plan does not take this sector, or takes it only once a named person has confirmed it."""
    if facts.sector in scope.accepts or (facts.sector in scope.confirm and facts.scope_accepted is not None):
        return None
    name = WORDS[facts.sector]
    if facts.sector in scope.confirm:
        return Refusal(
            zh=f"facts.scope_accepted：{name}不在本预案直接受理之列，须填由谁（by）确认受理、理由（reason）",
            reason=f"facts.scope_accepted: the plan takes '{facts.sector}' only once a person confirms it; expected "
            "by whom, and the reason",
            clauses=scope.clauses,
        )
    takes = ", ".join((*scope.accepts, *scope.confirm))
    return Refusal(
        zh=f"facts.sector：本预案不受理{name}事故",
        reason=f"facts.sector: this plan takes {takes}, found {facts.sector}",
        kind="plan",
        clauses=scope.clauses,
    )


def report_facts(plan: Plan, record: Record, command: ReportFacts, now: datetime) -> Answer:
    # By value, not by what was set: a client may write out as empty what it knows nothing of.
    findings = command.findings.model_dump(mode="json", exclude_defaults=True)
    if not findings.keys() - {"verified"}:
        return Refusal(zh="findings：至少填一项", reason="findings: expected at least one")
    told = tuple(command.findings.told())
    if not command.differs and (refusal := accounts.contradiction(record, told, command.named)):
        return refusal
    more = {name: text for name in ("named", "differs") if (text := getattr(command, name))}
    data: dict[str, Any] = {"source": command.source, "findings": findings, **more}
    late = accounts.after_window(record, told, command.true_at or now, now)
    return (command.entry("facts_reported", now, *accounts.marked(plan, record, data, late)),)


def raise_grade(plan: Plan, record: Record, command: RaiseGrade, now: datetime) -> Answer:
    factors, standing = plan.grading.factors, record.standing()
    if factors is None or factors.may != "raise":
        return Refusal(
            zh="本预案未授权任何人在数字之上提高等级",
            reason="the plan lets nobody raise a grade above its numbers",
            kind="plan",
        )
    names = {factor.id: factor.says for factor in factors.named}
    if command.factor not in names:
        known = ", ".join(names)
        return Refusal(
            zh=f"factor：应为 {known} 之一，现为 {command.factor}",
            reason=f"factor: expected one of {known}, found {command.factor}",
        )
    if severity(command.to) <= severity(standing):
        return Refusal(
            zh=f"to：须高于现行等级 {standing}，现为 {command.to}",
            reason=f"to: expected a grade above the standing one, {standing}; found {command.to}",
            kind="plan",
            clauses=factors.clauses,
        )
    data = {"from": standing, "to": command.to, "factor": command.factor, "reason": command.reason}
    says = f"因{names[command.factor]}提高现行等级"
    return (command.entry("grade_raised", now, {**data, "says": says}, factors.clauses),)


def lower_grade(plan: Plan, record: Record, command: LowerGrade, now: datetime) -> Answer:
    assert record.grades is not None  # every open incident is graded
    if record.grades.computed == record.grades.standing:
        return Refusal(
            zh=f"现行等级已与计算等级一致：{record.grades.standing}",
            reason=f"the standing grade is the computed one already: {record.grades.standing}",
            kind="plan",
        )
    data = {"from": record.grades.standing, "to": record.grades.computed, "reason": command.reason}
    return (command.entry("grade_lowered", now, data),)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The grade, whenever the counts give another one than the log says."""
    grades, verdict = graded(plan, record)
    if grades is not record.grades:
        why = [hit.model_dump(exclude={"low", "high"}, exclude_defaults=True) for hit in verdict.criteria]
        data = {**grades.model_dump(mode="json"), "criteria": why}
        yield by_system("graded", now, now, data, verdict.clauses)


def graded(plan: Plan, record: Record) -> tuple[Grades, Verdict]:
    """The grades by what is known now, the record's own where they are the same, and why the computed one is so."""
    facts = record.known()
    given = _Rules(plan), facts.sector, facts.source_kind, facts.equipment_event, facts.medium
    sure: dict[Measure, Figure] = dict(record.counts)
    every = dict(sure)
    for measure, count in record.hearsay.items():
        every[measure] = max(count, sure.get(measure, count), key=lambda told: told.n)
    for measure, before in record.frozen.items():
        del sure[measure]
        sure |= {measure: before} if before else {}
    verdict = _verdict(*given, _told(sure))
    may_be = _verdict(*given, _told(every)).may_be
    old = record.grades
    standing = max(verdict.grade, old.standing if old else verdict.grade, key=severity)
    told = (verdict.grade, standing, verdict.statutory_grade, may_be)
    if old is not None and (old.computed, old.standing, old.statutory, old.may_be) == told:
        return old, verdict
    computed, standing, statutory, may_be = told
    return Grades(computed=computed, standing=standing, statutory=statutory, may_be=may_be), verdict


Told = tuple[Measure, int, bool, bool]
"""A count as a key of the cache: measure, number, at least, about."""


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
    counts: tuple[Told, ...],
) -> Verdict:
    """Every command asks for the grade, and few change what it follows from."""
    situation = Situation(sector=sector, source_kind=source_kind, equipment_event=equipment_event, medium=medium)
    figures = {measure: Figure(n=n, at_least=least, about=about) for measure, n, least, about in counts}
    return grade(rules.plan.grading, rules.plan.national, figures, situation)


def _told(figures: Mapping[Measure, Figure]) -> tuple[Told, ...]:
    return tuple((measure, figure.n, figure.at_least, figure.about) for measure, figure in figures.items())


def holds(when: When | None, record: Record) -> bool:
    """Whether a rule's condition holds for this incident as it stands."""
    if when is None or when.always:
        return True
    facts = record.facts
    if facts is None:
        # No condition on an accident holds before there is one.
        return False
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
        **accounts.stated(record, entry, facts.told()),
    )


def reported(record: Record, entry: Draft) -> Record:
    findings = Findings.model_validate(entry.data["findings"])
    news = {name: getattr(findings, name) for name in entry.data["findings"]}
    if "circumstances" in news:
        news["circumstances"] = tuple(dict.fromkeys((*record.known().circumstances, *news["circumstances"])))
    figures = accounts.stated(record, entry, findings.told())
    return record.but(facts=record.known().model_copy(update=news), **figures)


def regraded(record: Record, entry: Draft) -> Record:
    return record.but(grades=Grades.model_validate({name: entry.data[name] for name in Grades.model_fields}))


def moved(record: Record, entry: Draft) -> Record:
    assert record.grades is not None
    to: Grade = entry.data["to"]
    return record.but(grades=record.grades.but(standing=to))


def digest_of(facts: Facts | Assessment) -> str:
    """The SHA-256 of a report as it was told: the same report twice is one incident."""
    return hashlib.sha256(rfc8785.dumps(facts.model_dump(mode="json", exclude_none=True))).hexdigest()
