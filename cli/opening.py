"""Opening an incident from the terminal: grade it, show whom it calls, ask, start."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from cli import desk
from cli.chosen import folder_of
from cli.exits import Exit, end, stop
from cli.faults import fault
from cli.freezing import refuse_if_frozen
from cli.language import said, tell
from cli.reading import stored
from client import CommandRefused, Unanswered
from client import open_incident as start
from incidents.accident import Facts
from incidents.assessing import OpenWarning
from incidents.assessment import Assessment
from incidents.command import Command, Refusal
from incidents.facts import Open, digest_of
from incidents.incident import fold, follow_ups, handle
from incidents.logbook import seal
from incidents.record import Grades, PublicWarning, Record
from incidents.warned import measures
from plans import registry
from plans.library import PlanFault, load
from plans.schema import Plan
from plans.vocabulary import WORDS
from settings import Settings
from workflows.messages import Carried

R = TypeVar("R", bound=BaseModel)


class Asked(NamedTuple):
    """How an opening is asked for: under which number, without asking back, by whom, under which command id."""

    number: str | None
    yes: bool
    user: str | None
    post: str | None
    command_id: str | None
    json_: bool


class Report(NamedTuple):
    """What an incident begins with: the command that takes it, the field it goes into, and what it says."""

    command: type[Command]
    field: str
    told: Facts | Assessment


def open_accident(settings: Settings, plan_name: str, file: str, asked: Asked) -> None:
    """See `fenghuo incident open`."""
    _answer(settings, plan_name, Report(Open, "facts", _read(Facts, "FACTS", file)), asked)


def open_warning(settings: Settings, plan_name: str, file: str, asked: Asked) -> None:
    """See `fenghuo incident open-warning`."""
    _answer(settings, plan_name, Report(OpenWarning, "assessment", _read(Assessment, "WARNING", file)), asked)


def _answer(settings: Settings, plan_name: str, report: Report, asked: Asked) -> None:
    plan = usable(settings, plan_name)
    told = desk.run(lambda: opened(settings, plan, report, asked))
    if asked.json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    words = ("已开启", "opened") if told["created"] else ("早已开启（同一报告）", "already open (the same report)")
    what = (f"{told['grade']}级", f"grade {told['grade']}")
    if isinstance(report.told, Assessment):
        what = (f"{WORDS[report.told.colour]}预警研判", f"{report.told.colour} warning assessed")
    tell(f"{told['id']} {words[0]}，{what[0]}", f"{told['id']} {words[1]}, {what[1]}", err=asked.json_)
    end(Exit.DONE)


async def opened(settings: Settings, plan: Plan, report: Report, asked: Asked) -> dict[str, Any]:
    """Show whom it calls, ask, and start: the answer in the contract's shape. What is refused ends the command."""
    token = desk.who(settings, asked.user, asked.post, plan.about.jurisdiction.division_code)
    digest = registry.put(plan)
    fields = {"kind": settings.kind, "plan": plan.name, "plan_hash": digest, report.field: report.told}
    name = asked.number or await number(settings, plan, report.told)
    record = Record(id=name, kind=settings.kind, plan=plan.name, plan_hash=digest)
    command = token.sign(name, report.command, asked.command_id or desk.new_command_id(), **fields)
    # The pure core is asked first: a refused opening would leave an empty incident behind.
    answer = handle(plan, record, command, datetime.now(UTC))
    if isinstance(answer, Refusal):
        desk.stop_told(Exit.BAD_INPUT if answer.kind == "form" else Exit.REFUSED, answer)
    preview = fold(record, seal(record.head, answer))
    _show(settings, plan, preview, err=asked.json_)
    if not asked.yes and not typer.confirm(said("开启并通知？", "Open and notify?"), err=asked.json_):
        stop(Exit.REFUSED, "未开启", "not opened")
    client = await desk.connect(settings)
    directory = desk.gate(settings)
    directory.keep_plan(digest, plan.name, plan.model_dump_json())
    directory.close()
    try:
        receipt = await start(client, Carried(record=record), command, settings.task_queue)
    except CommandRefused as refused:
        desk.stop_told(Exit.BAD_INPUT if refused.refusal.kind == "form" else Exit.REFUSED, refused.refusal)
    except Unanswered as unanswered:
        repeat = f"--id {name} --command-id {command.envelope.command_id}"
        stop(Exit.UNKNOWN, f"{unanswered.zh}：{repeat}", f"{unanswered.en}: {repeat}")
    told = {"id": name, "kind": settings.kind, "created": receipt.seq[0] == 1}
    if preview.warning is not None:
        return {**told, "grade": None, "colour": preview.warning.colour}
    return {**told, "grade": preview.grades.computed if preview.grades else None}


async def number(settings: Settings, plan: Plan, facts: Facts | Assessment) -> str:
    """Division code (6), date (8), serial (3). The same report again keeps the number it has."""
    code = facts.place.division_code or plan.about.jurisdiction.division_code
    start = f"{code}{facts.received_at:%Y%m%d}"
    async with stored(settings) as logbooks:
        taken = [incident for incident, _, _ in await logbooks.incidents() if incident.startswith(start)]
        for incident in taken:
            entries = await logbooks.read(incident)
            if entries and entries[0].data.get("digest") == digest_of(facts):
                return incident
    serials = [int(incident[len(start) :]) for incident in taken if incident[len(start) :].isdigit()]
    return f"{start}{max(serials, default=0) + 1:03d}"


def _show(settings: Settings, plan: Plan, preview: Record, err: bool) -> None:
    grades = preview.grades
    if grades is not None:
        _show_grades(grades, err)
    elif preview.warning is not None:
        _show_warning(plan, preview.warning, err)
    for sending in follow_ups(plan, preview).sendings:
        names = _names(plan, sending.units)
        tell(
            f"将通知 {len(sending.units)} 个单位：{names}", f"will notify {len(sending.units)} units: {names}", err=err
        )
    for clock in sorted(preview.clocks.values(), key=lambda clock: clock.due_at):
        due, to = desk.local(settings, clock.due_at), plan.units[clock.addressee].name
        tell(f"  {due} 前  {clock.says} → {to}", f"  by {due}  {clock.says} → {to}", err=err)


def _show_warning(plan: Plan, warning: PublicWarning, err: bool) -> None:
    """Who would determine the colour, and whom its publication would call: opening one publishes nothing."""
    rules = plan.warning
    assert rules is not None
    colour = warning.assessment.colour
    asked = rules.colours[colour].approval
    able = _names(plan, dict.fromkeys(stage.body for stage in asked.stages if stage.body))
    by = plan.units[asked.proposal.by].name if asked.proposal else ""
    tell(f"研判为{WORDS[colour]}预警，由{able}审定", f"assessed as {colour}; {able} determines it", err=err)
    if by:
        tell(f"由{by}提出建议", f"{by} proposes it", err=err)
    if warning.by_counts not in (None, colour):
        harm = WORDS[warning.by_counts or colour]
        tell(f"按预计伤亡损失应为{harm}", f"by the harm expected it would be {warning.by_counts}", err=err)
    owners = dict.fromkeys(rule.owner for rule in (*measures(rules, colour), *rules.watch))
    tell(
        f"开启不对外发布；发布后将通知 {len(owners)} 个单位：{_names(plan, owners)}",
        f"opening publishes nothing; its publication will notify {len(owners)} units: {_names(plan, owners)}",
        err=err,
    )


def _names(plan: Plan, units: Iterable[str]) -> str:
    return "、".join(plan.units[unit].name if unit in plan.units else unit for unit in units)


def _show_grades(grades: Grades, err: bool) -> None:
    tell(
        f"等级 {grades.computed}级（法定 {grades.statutory}级）",
        f"grade {grades.computed} (statutory {grades.statutory})",
        err=err,
    )
    if grades.may_be != grades.computed:
        tell(
            f"未核实数据若属实，可能达到 {grades.may_be}级",
            f"may be grade {grades.may_be}, if unverified counts hold",
            err=err,
        )


def usable(settings: Settings, name: str) -> Plan:
    """The plan of this name, as a new incident may begin by it."""
    try:
        plan = load(folder_of(settings, name)).plan
    except PlanFault as broken:
        stop(Exit.BAD_INPUT, str(broken), str(broken))
    refuse_if_frozen(settings, plan)
    return plan


def _read(shape: type[R], name: str, file: str) -> R:
    try:
        text = typer.get_text_stream("stdin").read() if file == "-" else Path(file).read_text("utf-8")
        return shape.model_validate_json(text)
    except ValidationError as error:
        words = fault(error)
        stop(Exit.BAD_INPUT, words, words)
    except (OSError, UnicodeDecodeError) as error:
        stop(Exit.BAD_INPUT, f"{name}：应为可读的文件，{error}", f"{name}: expected a readable file, {error}")
