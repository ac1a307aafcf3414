"""Opening an incident from the terminal: grade it, show whom it calls, ask, start."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from cli import desk
from cli.exits import Exit, end
from cli.faults import fault
from cli.freezing import refuse_if_frozen
from cli.language import said, tell
from cli.reading import stored
from client import CommandRefused, Unanswered
from client import open_incident as start
from incidents.accident import Facts
from incidents.command import Refusal
from incidents.facts import Open, digest_of
from incidents.incident import fold, follow_ups, handle
from incidents.logbook import seal
from incidents.record import Record
from plans import registry
from plans.library import PlanFault, load
from plans.schema import Plan
from settings import Settings
from workflows.messages import Carried


def open_incident(
    settings: Settings,
    plan_name: str,
    facts_file: str,
    number: str | None,
    yes: bool,
    user: str | None,
    post: str | None,
    command_id: str | None,
    json_: bool,
) -> None:
    """See `fenghuo incident open`."""
    plan = _plan(settings, plan_name)
    facts = _facts(facts_file)
    told = desk.run(lambda: _open(settings, plan, facts, number, yes, user, post, command_id, json_))
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    words = ("已开启", "opened") if told["created"] else ("早已开启（同一报告）", "already open (the same report)")
    tell(f"{told['id']} {words[0]}，{told['grade']}级", f"{told['id']} {words[1]}, grade {told['grade']}", err=json_)
    end(Exit.DONE)


async def _open(
    settings: Settings,
    plan: Plan,
    facts: Facts,
    number: str | None,
    yes: bool,
    user: str | None,
    post: str | None,
    command_id: str | None,
    json_: bool,
) -> dict[str, Any]:
    token = desk.who(settings, user, post)
    digest = registry.put(plan)
    asked = {"kind": settings.kind, "plan": plan.name, "plan_hash": digest, "facts": facts}
    name = number or await _number(settings, plan, facts)
    record = Record(id=name, kind=settings.kind, plan=plan.name, plan_hash=digest)
    command = token.sign(name, Open, command_id or desk.new_command_id(), **asked)
    # The pure core is asked first: a refused opening would leave an empty incident behind.
    answer = handle(plan, record, command, datetime.now(UTC))
    if isinstance(answer, Refusal):
        desk.stop_told(Exit.BAD_INPUT if answer.kind == "form" else Exit.REFUSED, answer)
    preview = fold(record, seal(record.head, answer))
    if preview.grades is None:
        desk.stop(Exit.REFUSED, "预案未给出等级", "the plan gives no grade")
    _show(settings, plan, preview, err=json_)
    if not yes and not typer.confirm(said("开启并通知？", "Open and notify?"), err=json_):
        desk.stop(Exit.REFUSED, "未开启", "not opened")
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
        desk.stop(Exit.UNKNOWN, f"{unanswered.zh}：{repeat}", f"{unanswered.en}: {repeat}")
    return {"id": name, "kind": settings.kind, "created": receipt.seq[0] == 1, "grade": preview.grades.computed}


async def _number(settings: Settings, plan: Plan, facts: Facts) -> str:
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
    assert grades is not None
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
    for sending in follow_ups(plan, preview).sendings:
        names = "、".join(plan.units[unit].name if unit in plan.units else unit for unit in sending.units)
        tell(
            f"将通知 {len(sending.units)} 个单位：{names}", f"will notify {len(sending.units)} units: {names}", err=err
        )
    for clock in sorted(preview.clocks.values(), key=lambda clock: clock.due_at):
        due, to = desk.local(settings, clock.due_at), plan.units[clock.addressee].name
        tell(f"  {due} 前  {clock.says} → {to}", f"  by {due}  {clock.says} → {to}", err=err)


def _plan(settings: Settings, name: str) -> Plan:
    try:
        plan = load(desk.plan_folder(settings, name)).plan
    except PlanFault as broken:
        desk.stop(Exit.BAD_INPUT, str(broken), str(broken))
    refuse_if_frozen(settings, plan)
    return plan


def _facts(file: str) -> Facts:
    try:
        text = typer.get_text_stream("stdin").read() if file == "-" else Path(file).read_text("utf-8")
        return Facts.model_validate_json(text)
    except ValidationError as error:
        words = fault(error)
        desk.stop(Exit.BAD_INPUT, words, words)
    except (OSError, UnicodeDecodeError) as error:
        desk.stop(Exit.BAD_INPUT, f"FACTS：应为可读的文件，{error}", f"FACTS: expected a readable file, {error}")
