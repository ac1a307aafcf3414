"""A danger is assessed (预警研判) and opens an incident in which nothing has happened yet; the accident may come of it.

The warnings of other bodies are heard here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from incidents import accounts, facts, tasks
from incidents.accident import Facts
from incidents.assessment import Assessment, Elsewhere
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.notices import issue
from incidents.record import PublicWarning, Record, fresh
from incidents.warned import cited, moot, no_colour, ruled
from plans.grading import grade
from plans.schema import Colour, Plan, Role, WarningRules
from plans.vocabulary import WORDS
from statecharts.lifecycle import LIFECYCLE
from statecharts.warning import WARNING

INBOUND = "N-inbound"
"""How the notices of other bodies' warnings are named."""


class OpenWarning(facts.Opening):
    """A danger that was assessed opens an incident before anything has happened."""

    verb: ClassVar[str] = "open-warning"
    assessment: Assessment


class RecordInboundWarning(Command):
    """Another body's warning has arrived: those here weigh what it means for them. It publishes nothing here."""

    verb: ClassVar[str] = "record-inbound-warning"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    elsewhere: Elsewhere


class BecomeAccident(Command):
    """What was warned of has happened: the warning becomes an accident, with all its history."""

    verb: ClassVar[str] = "become-accident"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    facts: Facts


def open_warning(plan: Plan, record: Record, command: OpenWarning, now: datetime) -> Answer:
    told, rules = command.assessment, ruled(plan)
    if isinstance(rules, Refusal):
        return rules
    if refusal := facts.other_kind(record, command.kind):
        return refusal
    if record.phase != LIFECYCLE.initial:
        if facts.digest_of(told) == record.opening:
            return ()
        return Refusal(
            zh=f"{record.id} 已开启，所报情况不同",
            reason=f"incident {record.id} is already open with another report",
            kind="plan",
        )
    if refusal := facts.foreign(record, command.plan_hash):
        return refusal
    if told.received_at > now:
        at = told.received_at.isoformat()
        return Refusal(
            zh=f"assessment.received_at：不能晚于现在，现为 {at}",
            reason=f"assessment.received_at: expected a time that is not in the future, found {at}",
        )
    if told.colour not in rules.colours:
        return no_colour(rules, told.colour)
    known = {item.id: item for item in rules.basis}
    if unknown := [name for name in told.basis if name not in known]:
        return Refusal(
            zh=f"assessment.basis：应为 {', '.join(known)}，现为 {unknown[0]}",
            reason=f"assessment.basis: expected {', '.join(known)}, found {unknown[0]}",
        )
    if left := [item for item in rules.basis if item.id not in told.basis]:
        return Refusal(
            zh=f"assessment.basis：尚缺 {left[0].id}（{left[0].says}），不明的写“正在核实”",
            reason=f"assessment.basis: expected {left[0].id} as well, if only to say that it is not known",
            clauses=left[0].clauses,
        )
    data = {
        "kind": record.kind,
        "plan": command.plan,
        "plan_hash": command.plan_hash,
        "assessment": told.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "digest": facts.digest_of(told),
        "by_counts": _by_counts(plan, rules, told),
    }
    return (command.entry("warning_opened", now, data, cited(item.clauses for item in rules.basis)),)


def record_inbound_warning(plan: Plan, record: Record, command: RecordInboundWarning, now: datetime) -> Answer:
    rules = ruled(plan)
    if isinstance(rules, Refusal):
        return rules
    entry = command.entry("inbound_warning", now, command.told("elsewhere"))
    return (entry, *inbound(plan, rules, record, command.elsewhere, now))


def _by_counts(plan: Plan, rules: WarningRules, told: Assessment) -> Colour | None:
    """The colour of the grade that the expected harm would have; None where no harm was put into numbers."""
    figures = dict(told.expected.told())
    if not figures:
        return None
    would_be = grade(plan.grading, plan.national, figures, told.situation()).grade
    return next((colour for colour, rule in rules.colours.items() if rule.grade == would_be), None)


def inbound(plan: Plan, rules: WarningRules, record: Record, told: Elsewhere, now: datetime) -> Iterator[Draft]:
    """What a warning from elsewhere asks of those here."""
    yield from tasks.give(plan, record, rules.inbound, now, f"inbound warning of {told.issuer}")
    titles = tasks.titles(rules.inbound, record)
    if titles:
        said: dict[str, Any] = {"issuer": told.issuer, "colour": WORDS[told.colour], "matter": told.says}
        name = fresh(INBOUND, record.notices)
        yield issue(plan, record, now, name, "warning_inbound", titles, clauses=rules.clauses, **said)


def become_accident(plan: Plan, record: Record, command: BecomeAccident, now: datetime) -> Answer:
    warning = record.warning
    if warning is None or not LIFECYCLE.can(record.phase, "become_accident", record):
        return Refusal(
            zh=f"{LIFECYCLE.words(record.phase)}阶段没有可转为事故的预警",
            reason=f"no warning can become an accident in phase {record.phase}",
            kind="plan",
        )
    if refusal := facts.unfit(plan, command.facts, now):
        return refusal
    presumed = plan.posts[plan.command.presumed]
    data = {
        "facts": command.facts.model_dump(mode="json", exclude_none=True),
        "warning": warning.state,
        "colour": warning.colour,
        "presumed_commander": plan.command.presumed,
        "says": f"预警转为事故；尚未明确现场指挥，推定由{presumed.title}负责",
    }
    return (command.entry("became_accident", now, data, facts.opening_clauses(plan, command.facts)),)


# -- folding -----------------------------------------------------------------------------------------------------------


def opened(record: Record, entry: Draft) -> Record:
    told = Assessment.model_validate(entry.data["assessment"])
    return record.but(
        phase=LIFECYCLE.step(record.phase, "open_warning", record),
        kind=entry.data["kind"],
        plan=entry.data["plan"],
        plan_hash=entry.data["plan_hash"],
        opened_at=entry.known_at,
        opening=entry.data["digest"],
        warning=PublicWarning(assessment=told, by_counts=entry.data["by_counts"]),
    )


def became(record: Record, entry: Draft) -> Record:
    told = Facts.model_validate(entry.data["facts"])
    warning = record.warned()
    state = WARNING.step(warning.state, "become_accident", warning)
    draft = warning.edition(warning.draft)
    # What is with the platform already may still come out; what is not, does not.
    stays = warning.draft if draft is not None and draft.submitted_at else 0
    record = moot(record)
    return record.but(
        phase=LIFECYCLE.step(record.phase, "become_accident", record),
        facts=told,
        warning=warning.but(state=state, draft=stays),
        **accounts.stated(record, entry, told.told()),
    )
