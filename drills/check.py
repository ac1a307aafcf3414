"""What keeps a case from being played, or an expectation from ever being met, found before anybody plays it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from drills.case import VERBS, Case, moved
from drills.expect import (
    AtInstant,
    ClockEnds,
    CommanderIs,
    EntryStands,
    Expectation,
    IsRefused,
    MessageLeaves,
    NoticeReaches,
    PhaseIs,
    SignatureIs,
    TaskStands,
)
from incidents.envelope import Envelope
from incidents.incident import _FOLDS
from plans import walk
from plans.schema import Handover, Plan, Work
from statecharts.lifecycle import LIFECYCLE

_ENVELOPE = Envelope(
    user="-",
    post="-",
    session="-",
    command_id="-",
    issued=datetime.min.replace(tzinfo=UTC),
    expires=datetime.max.replace(tzinfo=UTC),
)
"""A command that is never sent needs one too."""


def faults(case: Case, plan: Plan) -> Iterator[tuple[str, str]]:
    """Each fault as (place, what was expected), the place as a path: `script/3/by`."""
    posts, everybody = set(plan.posts), {*plan.posts, *plan.units}
    for at, post in _posts(case):
        if post not in posts:
            yield at, f"expected a post of {plan.name}, found '{post}'"
    for name, unit in (*((f"units/own/{u}", u) for u in case.units.own), *_numbered("units/silent", case.units.silent)):
        if unit not in everybody:
            yield name, f"expected a unit or post of {plan.name}, found '{unit}'"
    rules = {rule.id for rule in plan.reporting.rules}
    for name, rule in (*((f"legs/own/{r}", r) for r in case.legs.own), *_numbered("legs/never", case.legs.never)):
        if rule not in rules:
            yield name, f"expected a report of {plan.name}, found '{rule}'"
    channels = {step.channel for step in plan.notices.chase}
    for number, outage in enumerate(case.outages):
        if outage.channel not in channels:
            yield (
                f"outages/{number}/channel",
                f"expected one of {', '.join(sorted(channels))}, found '{outage.channel}'",
            )
        if outage.until <= outage.since:
            yield f"outages/{number}/until", f"expected a time after {outage.since.isoformat()}"
    yield from _misspoken(case)
    for number, expected in enumerate(case.expect):
        for field, words in _never_met(case, plan, expected):
            yield f"expect/{number}/{field}", words


def _posts(case: Case) -> Iterator[tuple[str, str]]:
    yield "watch/first", case.watch.first
    yield "watch/second", case.watch.second
    yield from ((f"leaders/{post}", post) for post in case.leaders)
    yield from ((f"script/{number}/by", line.by) for number, line in enumerate(case.script))


def _misspoken(case: Case) -> Iterator[tuple[str, str]]:
    """The opening and the lines of the script whose fields are not those of their command."""
    verb, told = case.opening
    begun = {"kind": "drill", "plan": case.plan, "plan_hash": "0" * 64}
    yield from _unfit("", verb, begun | told, case)
    for number, line in enumerate(case.script):
        yield from _unfit(f"script/{number}/with/", line.do, line.given, case)


def _unfit(at: str, verb: str, fields: Mapping[str, Any], case: Case) -> Iterator[tuple[str, str]]:
    digests = {f"#{name}": document.sha256 for name, document in case.documents.items()}
    try:
        VERBS[verb].model_validate({"envelope": _ENVELOPE, **moved(fields, timedelta(), digests)})
    except ValidationError as error:
        first = error.errors()[0]
        yield at + "/".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")


def _never_met(case: Case, plan: Plan, expected: Expectation) -> Iterator[tuple[str, str]]:
    """Why this expectation can't be met, by field."""
    ends = case.starts_at + case.lasts
    if isinstance(expected, AtInstant) and not case.starts_at <= expected.at <= ends:
        yield "at", f"expected a time from {case.starts_at.isoformat()} to {ends.isoformat()}"
    match expected:
        case CommanderIs() if expected.post not in plan.posts:
            yield "post", f"expected a post of {plan.name}, found '{expected.post}'"
        case SignatureIs() if expected.by not in plan.posts:
            yield "by", f"expected a post of {plan.name}, found '{expected.by}'"
        case NoticeReaches() if expected.unit not in {*plan.units, *plan.posts}:
            yield "unit", f"expected a unit or post of {plan.name}, found '{expected.unit}'"
        case MessageLeaves() if expected.to not in {*plan.units, *plan.posts}:
            yield "to", f"expected a unit or post of {plan.name}, found '{expected.to}'"
        case ClockEnds():
            rule = next((rule for rule in plan.reporting.rules if rule.id == expected.clock), None)
            if expected.verdict == "stood_down" and rule is not None and not rule.soft:
                yield "verdict", "expected another one: nobody stands down a legal deadline"
            elif expected.done and expected.due and expected.verdict in ("met", "late"):
                late = expected.done > expected.due
                if late != (expected.verdict == "late"):
                    yield "verdict", f"expected '{'late' if late else 'met'}' by its own due and done times"
        case PhaseIs() if expected.phase not in LIFECYCLE.states:
            yield "phase", f"expected one of {', '.join(LIFECYCLE.states)}, found '{expected.phase}'"
        case IsRefused() if expected.verb not in VERBS:
            yield "verb", f"expected a command, found '{expected.verb}'"
        case EntryStands() if expected.kind not in _FOLDS:
            yield "kind", f"expected a kind of entry, found '{expected.kind}'"
        case TaskStands():
            works = {part.id for _, part in walk.elements(plan) if isinstance(part, (Work, Handover))}
            rule_id = expected.task.rpartition("-")[0] if expected.task.rpartition("-")[2].isdigit() else expected.task
            ordered = expected.task.startswith("T") and expected.task[1:2].isdigit()
            if not ordered and not {expected.task, rule_id} & works and not expected.task.startswith("raise-level"):
                yield "task", f"expected a task of {plan.name}, found '{expected.task}'"


def _numbered(at: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from ((f"{at}/{number}", name) for number, name in enumerate(names))
