"""`fenghuo plan`: the plans in a terminal."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from cli import plan_pictures, plan_reading
from cli.exits import Exit, end
from incidents.accident import Facts
from plans.grading import grade
from plans.library import NoSuchPlan, PlanFault, find, load, shipped
from plans.schema import Plan

app = typer.Typer(no_args_is_help=True, help="预案 · plans")
for family in (plan_reading, plan_pictures):
    family.add(app)

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout")]
FactsFile = Annotated[str, typer.Argument(help="FACTS.json, .jsonl, or -")]
CLOCK_TOLERANCE = timedelta(minutes=1)
"""Another host's clock may run a little ahead of ours."""


@app.command("list")
def list_plans(json_: Json = False) -> None:
    """随程序提供的预案 · the plans that come with the program."""
    names = shipped()
    typer.echo(json.dumps(names) if json_ else "\n".join(names))
    end(Exit.DONE)


@app.command("check")
def check_plan(plan: str, json_: Json = False) -> None:
    """检查预案 · whether a plan can be read and its decisions fit: 0, else 1."""
    try:
        loaded = load(find(plan)).plan
    except NoSuchPlan as error:
        _stop(Exit.NOT_FOUND, str(error))
    except PlanFault as fault:
        _stop(Exit.FAULT, str(fault))
    settled = [{"id": d.id, "choice": d.choice, "confirmed": d.confirmed} for d in loaded.decisions]
    if json_:
        typer.echo(json.dumps({"plan": plan, "faults": [], "settled": settled}, ensure_ascii=False))
    else:
        for decision in settled:
            typer.echo(f"{decision['id']}  {'已确认' if decision['confirmed'] else '待确认'}  {decision['choice']}")
    end(Exit.DONE)


@app.command("grade")
def grade_facts(
    plan: str, facts: Annotated[str, typer.Argument(help="FACTS.json, .jsonl, or -")], json_: Json = False
) -> None:
    """事故分级 · grade facts by a plan and by order 493; many lines give one verdict a line."""
    try:
        loaded = load(find(plan)).plan
    except NoSuchPlan as error:
        _stop(Exit.NOT_FOUND, str(error))
    except PlanFault as fault:
        _stop(Exit.BAD_INPUT, str(fault))
    try:
        text = sys.stdin.read() if facts == "-" else Path(facts).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _stop(Exit.BAD_INPUT, f"FACTS: expected a readable file, {error}")
    reports = _reports(text)
    for number, report in enumerate(reports, start=1):
        line = f"line {number}: " if len(reports) > 1 else ""
        try:
            verdict = _grade(loaded, report)
        except ValidationError as error:
            _stop(Exit.BAD_INPUT, line + _fault(error))
        except ValueError as error:
            _stop(Exit.BAD_INPUT, f"{line}{error}")
        typer.echo(json.dumps(verdict, ensure_ascii=False) if json_ else _words(verdict))
    end(Exit.DONE)


def _reports(text: str) -> list[str]:
    """One JSON document, or one on each line."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        return lines if len(lines) > 1 else [text]
    return [text]


def _grade(plan: Plan, text: str) -> dict[str, Any]:
    facts = Facts.model_validate_json(text)
    latest = datetime.now(UTC) + CLOCK_TOLERANCE
    for name in ("received_at", "occurred_at", "heard_at"):
        told = getattr(facts, name)
        if told is not None and told > latest:
            raise ValueError(f"{name}: expected a time that is not in the future, found {told.isoformat()}")
    verdict = grade(plan.grading, plan.national, facts.counts(), facts.situation())
    hits = [hit.model_dump(include={"clause", "measure", "value", "grade"}) for hit in verdict.criteria]
    return {
        "grade": verdict.grade,
        "statutory_grade": verdict.statutory_grade,
        "below_plan_floor": verdict.below_plan_floor,
        "criteria": hits,
        "basis": facts.basis(),
    }


def _fault(error: ValidationError) -> str:
    """The first fault in one line: the field as it is written in FACTS.json, and what was expected."""
    first = error.errors()[0]
    # A count may be told in two shapes; their names are ours and mean nothing to the person who typed.
    field = ".".join(str(part) for part in first["loc"] if part not in ("constrained-int", "int", "Count"))
    words = first["msg"].removeprefix("Value error, ")
    return f"{field}: {words}" if field else words


def _words(verdict: dict[str, Any]) -> str:
    why = "；".join(f"{hit['clause']} {hit['measure']}={hit['value']}" for hit in verdict["criteria"]) or "无一条符合"
    basis = "已核实" if verdict["basis"] == "verified" else "未核实"
    return f"{verdict['grade']}级（法定 {verdict['statutory_grade']}级，{basis}）：{why}"


def _stop(code: Exit, words: str) -> NoReturn:
    typer.echo(words, err=True)
    end(code)
