"""An intake that is true opens an incident or joins one.

The incident comes first and the intake's own entry last: whoever is interrupted between them gives the same command
again, and nothing is done twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import typer
from pydantic import ValidationError

from cli import desk, opening, reading
from cli.exits import Exit, end, stop
from cli.faults import fault
from cli.keeping import intakes, kept
from cli.language import said, tell
from cli.offering import candidates, offered
from cli.opening import Asked, Report
from client import CommandRefused, NoSuchIncident, Token, Unanswered, send
from incidents.accident import Facts
from incidents.command import Refusal
from incidents.facts import Open
from incidents.joining import JoinIntake
from incidents.record import Opens, Record
from intakes.intake import Confirm
from intakes.opening import Needed, facts, found, reporter, wanting
from intakes.record import Intake
from plans.schema import Plan
from settings import Settings
from statecharts.intake import INTAKE

_NEEDED: dict[Needed, tuple[str, str]] = {
    "sector": ("行业（sector=）", "sector="),
    "when": ("事发时间或最早得知时间（when= 或 heard_at=）", "when= or heard_at="),
    "place": ("地点（place=）", "place="),
    "summary": ("发生了什么（what=）", "what="),
    "reporter": ("来电人（caller=）", "caller="),
}


def open_incident(settings: Settings, number: str, plan_name: str, asked: Asked) -> None:
    """See `fenghuo intake confirm`."""
    intake = kept(settings, number)
    if intake.incident:
        _done(intake, intake.incident, False, {}, asked.json_)
    plan = opening.usable(settings, plan_name)
    token = desk.run(lambda: _token(settings, asked, plan.about.jurisdiction.division_code))
    if not INTAKE.can(intake.state, "confirm"):
        _refused(settings, token, intake, asked.number or number, "opens")
    if lacks := wanting(intake):
        names = said("、", ", ").join(said(*_NEEDED[need]) for need in lacks)
        stop(
            Exit.BAD_INPUT,
            f"{number}：开启事故尚缺 {names}；补充：fenghuo intake amend {number} …",
            f"{number}: wanting, to open an incident: {names}; add them: fenghuo intake amend {number} …",
        )
    try:
        told = facts(intake)
    except ValidationError as error:
        words = fault(error)
        stop(Exit.BAD_INPUT, words, words)
    if not intake.verified:
        tell(f"{number} 尚未核实属实", f"{number}: no call back has confirmed it", err=True)
    opened = desk.run(lambda: _open(settings, intake, plan, told, token, asked))
    _confirm(settings, token, intake, opened["id"], "opens")
    _done(intake, opened["id"], opened["created"], {}, asked.json_)


def join(settings: Settings, number: str, incident: str, asked: Asked) -> None:
    """See `fenghuo intake join`."""
    intake = kept(settings, number)
    if intake.incident == incident:
        _done(intake, incident, False, {}, asked.json_)
    token = desk.run(lambda: _token(settings, asked, lambda: desk.place_of(settings, incident)))
    if not INTAKE.can(intake.state, "confirm"):
        _refused(settings, token, intake, incident, "joins")
    record = desk.run(lambda: _join(settings, intake, incident, token))
    _confirm(settings, token, intake, incident, "joins")
    _done(intake, incident, False, _news(intake, record), asked.json_)


async def _token(settings: Settings, asked: Asked, place: Callable[[], str] | str) -> Token:
    return desk.who(settings, asked.user, asked.post, place)


async def _open(
    settings: Settings, intake: Intake, plan: Plan, told: Facts, token: Token, asked: Asked
) -> dict[str, Any]:
    # Before it is opened, whoever opens it sees what may be the same.
    offered(settings, intake.number, await candidates(settings, intake), err=True)
    opened = await opening.opened(settings, plan, Report(Open, "facts", told), asked)
    await _name(settings, intake, opened["id"], "opens", token)
    return opened


async def _join(settings: Settings, intake: Intake, incident: str, token: Token) -> Record:
    """Name the intake in the incident's log, and give the incident as it stands."""
    await _name(settings, intake, incident, "joins", token)
    return await reading.record_now(settings, incident)


async def _name(settings: Settings, intake: Intake, incident: str, how: Opens, token: Token) -> None:
    client = await desk.connect(settings)
    command = token.sign(
        incident,
        JoinIntake,
        f"joins-{intake.number}",
        intake=intake.number,
        head=intake.head.hash,
        received_at=intake.received_at,
        how=how,
        words=" ".join(filter(None, (reporter(intake.told), intake.told.summary))),
    )
    try:
        await send(client.get_workflow_handle(incident), command)
    except CommandRefused as refused:
        desk.stop_told(code_of(refused.refusal), refused.refusal)
    except Unanswered as unanswered:
        desk.stop_told(Exit.UNKNOWN, unanswered)
    except NoSuchIncident:
        reading.not_found(settings, incident)


def _confirm(settings: Settings, token: Token, intake: Intake, incident: str, how: Opens) -> None:
    command = token.sign(
        intake.number, Confirm, f"confirms-{intake.number}-{intake.head.seq}", incident=incident, how=how
    )
    with intakes(settings) as store:
        answer = store.keep(intake.number, command)
    if isinstance(answer, Refusal):
        desk.stop_told(code_of(answer), answer)


def _refused(settings: Settings, token: Token, intake: Intake, incident: str, how: Opens) -> None:
    """The intake's own refusal, recorded: nothing is asked of an incident."""
    _confirm(settings, token, intake, incident, how)


def _news(intake: Intake, record: Record) -> dict[str, Any]:
    """What the intake says that the incident's facts do not: offered as a report of facts, never applied by itself."""
    known = record.facts.model_dump(mode="json", exclude_defaults=True) if record.facts else {}
    told = found(intake).model_dump(mode="json", exclude_defaults=True)
    findings = {name: value for name, value in told.items() if known.get(name) != value}
    return {"findings": findings, "source": f"{intake.number} {reporter(intake.told)}".strip()} if findings else {}


def _done(intake: Intake, incident: str, created: bool, news: dict[str, Any], json_: bool) -> None:
    if json_:
        told = {"id": intake.number, "incident": incident, "created": created, "offered": news or None}
        typer.echo(json.dumps(told, ensure_ascii=False))
    how = said("已开启", "opened") if created else said("已归入", "is of")
    typer.echo(f"{intake.number} {how} {incident}", err=json_)
    if news:
        report = json.dumps(news, ensure_ascii=False)
        tell(
            f"接报所述可作续报（不自动采用）：fenghuo incident report-facts {incident} --file - <<< '{report}'",
            f"offered, not applied: fenghuo incident report-facts {incident} --file - <<< '{report}'",
            err=json_,
        )
    end(Exit.DONE)


def code_of(refusal: Refusal) -> Exit:
    """How a refusal ends a command."""
    return Exit.BAD_INPUT if refusal.kind == "form" else Exit.REFUSED
