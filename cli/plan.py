"""`fenghuo plan`: the plans in a terminal."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from cli import checking, copying, plan_diff, plan_pictures, plan_reading
from cli.exits import Exit, end
from cli.faults import fault
from cli.language import said, tell
from cli.verdict import headline, reasons
from incidents.accident import Facts
from plans import scaffold
from plans.grading import Hit, Verdict, grade
from plans.library import NoSuchPlan, PlanFault, find, load, shipped
from plans.schema import Plan
from settings import Settings

app = typer.Typer(no_args_is_help=True, help="预案 · plans")
for family in (plan_reading, plan_diff, plan_pictures):
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
def check_plan(
    plan: Annotated[str, typer.Argument(help="PLAN")] = "",
    settled: Annotated[bool, typer.Option("--settled", help="也列已解决的 · the settled ones too")] = False,
    without: Annotated[bool, typer.Option("--without-decisions", help="不计我方决定 · as if undecided")] = False,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="按哪一天 · as of which day")
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="列出所有规则 · list the rules")] = False,
    json_: Json = False,
) -> None:
    """检查预案 · what a plan leaves open or contradicts, and what was decided: 0, or 1 for a fault nobody settled."""
    if rules:
        checking.rules(json_)
    if not plan:
        _stop(
            Exit.BAD_INPUT, said("PLAN：应写明要检查的预案，或用 --rules", "PLAN: expected a plan to check, or --rules")
        )
    checking.check(plan, settled, not without, (on or datetime.now(UTC)).date(), json_)


@app.command("new")
def new_plan(
    name: Annotated[str, typer.Argument(metavar="NAME", help="新名 · a-z, 0-9 and -")],
    old: Annotated[
        str | None, typer.Option("--from", metavar="OLD", help="以哪一预案为底，不写则从零开始 · the plan to copy")
    ] = None,
    json_: Json = False,
) -> None:
    """新建预案，或另存新版 · write a new plan into this home, copied from another or from nothing, to edit it there."""
    folder = copying.new(Settings(), name, old)
    told: dict[str, Any] = {"plan": name, "folder": str(folder)}
    holes = [] if old is not None else list(scaffold.holes())
    if old is None:
        told["holes"] = [{"file": h.file, "line": h.line, "rule": h.rule, "path": h.path} for h in holes]
    typer.echo(json.dumps(told, ensure_ascii=False) if json_ else f"{folder}")
    for hole in [] if json_ else holes:
        typer.echo(f"  {hole.file}:{hole.line} {hole.path} ({hole.rule}) {hole.words}".rstrip())
    if holes:
        tell(
            f"待填 {len(holes)} 处，文书样式在 documents/",
            f"{len(holes)} places to fill; templates in documents/",
            err=True,
        )
    tell(f"接下来修改，再检查：fenghuo plan check {name}", f"edit it, then: fenghuo plan check {name}", err=True)
    end(Exit.DONE)


@app.command("grade")
def grade_facts(
    plan: str, facts: Annotated[str, typer.Argument(help="FACTS.json, .jsonl, or -")], json_: Json = False
) -> None:
    """事故分级 · grade facts by a plan and the national rules; many lines give one verdict a line."""
    try:
        loaded = load(find(plan)).plan
    except NoSuchPlan as error:
        _stop(Exit.NOT_FOUND, str(error))
    except PlanFault as broken:
        _stop(Exit.BAD_INPUT, str(broken))
    try:
        text = sys.stdin.read() if facts == "-" else Path(facts).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _stop(Exit.BAD_INPUT, f"FACTS: expected a readable file, {error}")
    graded: list[tuple[Facts, Verdict]] = []
    faults: list[str] = []
    for place, report in _reports(facts, text):
        try:
            graded.append(_grade(loaded, report))
        except ValidationError as error:
            faults.append(f"{place}{fault(error)}")
        except ValueError as error:
            faults.append(f"{place}{error}")
    if faults:
        # All or nothing: a verdict's line is its report's line.
        _stop(Exit.BAD_INPUT, "\n".join(faults))
    for told, verdict in graded:
        line = headline(loaded.grading, verdict, told.basis())
        typer.echo(json.dumps(_shown(told, verdict), ensure_ascii=False) if json_ else line)
    if len(graded) == 1 and not json_:
        for line in reasons(loaded.grading, graded[0][1]):
            typer.echo(f"  {line}")
    end(Exit.DONE)


def _reports(name: str, text: str) -> list[tuple[str, str]]:
    """One JSON document, or one on each line: (how a fault names its place, the document)."""
    lines = [(f"line {at}: ", line) for at, line in enumerate(text.split("\n"), start=1) if line.strip()]
    many = name.endswith(".jsonl") or (len(lines) > 1 and not _whole(text) and any(_whole(line) for _, line in lines))
    return lines if lines and many else [("", text)]


def _whole(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _grade(plan: Plan, text: str) -> tuple[Facts, Verdict]:
    facts = Facts.model_validate_json(text)
    latest = datetime.now(UTC) + CLOCK_TOLERANCE
    for name in ("received_at", "occurred_at", "heard_at"):
        told = getattr(facts, name)
        if told is not None and told > latest:
            raise ValueError(
                said(
                    f"{name}：不能晚于现在，现为 {told.isoformat()}",
                    f"{name}: expected a time that is not in the future, found {told.isoformat()}",
                )
            )
    return facts, grade(plan.grading, plan.national, dict(facts.told()), facts.situation())


def _shown(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """The contract's shape; what may be added to it only where it says something."""
    told: dict[str, Any] = {
        "grade": verdict.grade,
        "statutory_grade": verdict.statutory_grade,
        "below_plan_floor": verdict.below_plan_floor,
        "criteria": [_hit(hit) for hit in verdict.criteria],
        "basis": facts.basis(),
    }
    if verdict.suggestions:
        told["suggestions"] = [_hit(hit) for hit in verdict.suggestions]
    return told


def _hit(hit: Hit) -> dict[str, Any]:
    fields = {"clause", "measure", "value", "grade", "at_least", "about"}
    return hit.model_dump(include=fields, exclude_defaults=True)


def _stop(code: Exit, words: str) -> NoReturn:
    typer.echo(words, err=True)
    end(code)
