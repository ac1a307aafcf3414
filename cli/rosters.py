"""`fenghuo roster`: who may act, in which post of a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli import desk
from cli.exits import Exit, end, stop
from cli.language import tell
from plans import roster
from plans.library import NoSuchPlan, PlanFault, find, load
from plans.schema import Plan
from settings import Settings

app = typer.Typer(no_args_is_help=True, help="值班表 · rosters: who holds which post")

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
PlanName = Annotated[str, typer.Argument(metavar="PLAN")]
RosterFile = Annotated[Path, typer.Argument(help="roster.yaml")]


@app.command("list")
def list_holders(plan: PlanName, json_: Json = False) -> None:
    """谁在岗 · Who holds which post of PLAN here."""
    named = _plan(plan)
    posts, place = named.posts, named.about.jurisdiction.division_code
    desk.people(Settings())
    directory = desk.gate(Settings())
    rows = [
        {"user": user, "name": name, "post": post, "title": posts[post].title, "example": example}
        for user, post, name, example in directory.holders(place)
        if post in posts
    ]
    if json_:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if json_ else rows:
        typer.echo(f"{row['user']:16} {row['name']}  {row['post']}  {row['title']}")
    end(Exit.DONE)


@app.command("check")
def check(plan: PlanName, file: RosterFile, json_: Json = False) -> None:
    """检查值班表 · Whether a roster can run PLAN: 0, else 1."""
    found = list(roster.faults(_read(file), _plan(plan)))
    if json_:
        typer.echo(json.dumps(found, ensure_ascii=False))
    for fault in [] if json_ else found:
        typer.echo(fault, err=True)
    end(Exit.FAULT if found else Exit.DONE)


@app.command("import")
def import_roster(plan: PlanName, file: RosterFile) -> None:
    """载入值班表 · Let the people of a roster act; a fault in it changes nothing."""
    told, named = _read(file), _plan(plan)
    if found := list(roster.faults(told, named)):
        stop(Exit.BAD_INPUT, found[0], found[0])
    desk.appoint(Settings(), told, named.about.jurisdiction.division_code)
    tell(f"已载入 {len(told.holders)} 人", f"imported {len(told.holders)} people")
    end(Exit.DONE)


@app.command("export")
def export(plan: PlanName) -> None:
    """导出值班表 · The roster of PLAN as YAML, without keys."""
    named = _plan(plan)
    posts, place = named.posts, named.about.jurisdiction.division_code
    desk.people(Settings())
    directory = desk.gate(Settings())
    held: dict[str, dict[str, object]] = {}
    for user, post, name, _ in directory.holders(place):
        if post in posts:
            held.setdefault(user, {"user": user, "name": name, "posts": []})["posts"].append(post)  # type: ignore[attr-defined]  # a list
    # JSON is YAML, one holder a line.
    lines = [f"  - {json.dumps(holder, ensure_ascii=False)}" for holder in held.values()]
    typer.echo("\n".join(["holders:", *lines]))
    end(Exit.DONE)


def _read(file: Path) -> roster.Roster:
    try:
        return roster.read(file)
    except roster.RosterFault as fault:
        stop(Exit.BAD_INPUT, str(fault), str(fault))


def _plan(name: str) -> Plan:
    try:
        return load(find(name, Settings().home)).plan
    except NoSuchPlan as error:
        stop(Exit.NOT_FOUND, str(error), str(error))
    except PlanFault as fault:
        stop(Exit.BAD_INPUT, str(fault), str(fault))
