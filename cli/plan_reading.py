"""`fenghuo plan show`, `coverage`, `schema`: what a plan says, how far its clauses are, the shape of its files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, NoReturn

import typer

from cli import desk, sheets
from cli.chosen import folder_of, plan_of
from cli.exits import Exit, end
from cli.language import asked, tell
from plans import evidence
from plans.coverage import coverage
from plans.figures import figures
from plans.library import ClauseRow, PlanFault, clause_rows
from plans.registry import hash_of
from plans.shapes import SHAPES, schema
from plans.sheets import sheets as sheets_of
from settings import Settings

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="名称、文件夹或 NAME@HASH · a name, a folder, NAME@HASH")]
Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Kind = Annotated[str | None, typer.Option("--kind", help="只看一类条款 · clauses of one kind alone")]


def add(app: typer.Typer) -> None:
    """Put these commands into `app`."""
    app.command("show")(show)
    app.command("coverage")(show_coverage)
    app.command("schema")(show_schema)


def show(
    plan: PlanName,
    chapter: Annotated[str | None, typer.Argument(metavar="[CHAPTER]", help="一章 · one chapter alone")] = None,
    json_: Json = False,
) -> None:
    """看预案 · What a plan says, our decisions applied, chapter by chapter."""
    found = plan_of(Settings(), plan)
    if chapter is not None and chapter not in SHAPES:
        _stop("CHAPTER", SHAPES, chapter)
    if json_:
        data = found.model_dump(mode="json")
        data["plan"] = data.pop("about")
        chapters = {name: data[name] for name in SHAPES if chapter in (None, name)}
        told = {"plan": found.name, "hash": hash_of(found), "chapters": chapters}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{found.name}@{hash_of(found)}")
        sheets.in_terminal(sheets_of(found, asked() or "zh", chapter))
    end(Exit.DONE)


def show_coverage(plan: PlanName, kind: Kind = None, json_: Json = False) -> None:
    """条款落实 · Which clauses of a plan are homed and exercised: 0, else 1 when one is unhomed."""
    settings = Settings()
    found, rows = plan_of(settings, plan), _rows(settings, plan, kind)
    recorded = evidence.of_plan(found.name)
    if recorded is None:
        tell(
            "此处没有测试记录，已演练一律记 0", "no recorded runs or tests here: nothing counts as exercised", err=True
        )
    known = recorded or evidence.Evidence()
    told = coverage(found, rows, *known)
    if json_:
        typer.echo(told.model_dump_json())
    else:
        sheets.in_terminal(s for s in figures(found, rows, known, asked() or "zh") if s.rows)
    end(Exit.FAULT if told.unhomed else Exit.DONE)


def show_schema(
    chapter: Annotated[str | None, typer.Argument(metavar="[CHAPTER]", help="一章 · one chapter alone")] = None,
) -> None:
    """预案文件的格式 · The JSON Schema of a plan's files, all by name, or one."""
    if chapter is not None and chapter not in SHAPES:
        _stop("CHAPTER", SHAPES, chapter)
    told = schema(chapter) if chapter else {name: schema(name) for name in SHAPES}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    end(Exit.DONE)


def _rows(settings: Settings, plan: str, kind: str | None) -> tuple[ClauseRow, ...]:
    try:
        # A stored version has no list of its clauses: the folder of its name has.
        rows = clause_rows(folder_of(settings, plan.rpartition("@")[0] or plan))
    except PlanFault as fault:
        desk.stop(Exit.BAD_INPUT, str(fault), str(fault))
    kinds = sorted({row.kind for row in rows})
    if kind is not None and kind not in kinds:
        _stop("--kind", kinds, kind)
    return tuple(row for row in rows if kind in (None, row.kind))


def _stop(what: str, known: Iterable[str], found: str) -> NoReturn:
    names = ", ".join(known)
    desk.stop(
        Exit.BAD_INPUT, f"{what}：应为 {names} 之一，现为 {found}", f"{what}: expected one of {names}, found {found}"
    )
