"""What `fenghuo drill list|check|run|import|schema` do: cases read, checked, played, judged and made."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple, get_args

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from cli import grounds
from cli.demo import watch
from cli.engine import EngineFault
from cli.exits import Exit, stop
from cli.language import said, tell
from cli.playing import Teller
from client import NoEngine
from drills import case as cases
from drills.case import Case
from drills.core import CoreGround
from drills.expect import Judged, Log, judge
from drills.importing import Accident, script
from drills.pacing import FASTEST, Controller, Paced
from drills.player import Player, Scene
from incidents import timeline
from observing import observe
from plans import library
from plans.schema import Plan, Sector
from plans.shapes import described
from settings import Settings


def list_cases(json_: bool) -> None:
    """Every shipped case."""
    rows = [_row(name, cases.read(cases.find(name))) for name in cases.shipped()]
    if json_:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if json_ else rows:
        title = said(row["title"], row["title_en"])
        counts = said(
            f"脚本 {row['lines']} 条，预期 {row['expectations']} 项",
            f"{row['lines']} lines, {row['expectations']} expectations",
        )
        typer.echo(f"{row['case']:28} {row['plan']:17} {title}  ({counts})")


def show_schema() -> None:
    """The JSON Schema of a case's file."""
    typer.echo(json.dumps(described(cases.SHAPE), ensure_ascii=False, indent=2))


def check(settings: Settings, name: str, json_: bool) -> Exit:
    """Whether a case can be played and its expectations met."""
    _, faults = grounds.checked(settings, name)
    if json_:
        typer.echo(json.dumps({"case": name, "faults": faults}, ensure_ascii=False))
    for fault in [] if json_ else faults:
        typer.echo(fault, err=True)
    if not faults:
        tell("可以演练", "it can be played", err=json_)
    return Exit.BAD_INPUT if faults else Exit.DONE


class How(NamedTuple):
    """On which ground a case is played; exactly one of `headless`, `core` and `speed`."""

    headless: bool
    test_server: bool
    core: bool
    speed: int | None
    people: str
    """Posts held by real people, by commas."""


def run(settings: Settings, name: str, how: How, json_: bool) -> Exit:
    """Play a case and judge what was expected."""
    case, faults = grounds.checked(settings, name)
    if faults:
        stop(Exit.BAD_INPUT, faults[0], faults[0])
    if [how.headless or how.test_server, how.core, bool(how.speed)].count(True) != 1:
        stop(Exit.BAD_INPUT, "须加 --headless、--core 或 --speed 之一", "expected one of --headless, --core, --speed")
    if how.speed and how.speed > FASTEST:
        stop(
            Exit.BAD_INPUT,
            f"--speed：应为 1 至 {FASTEST}，现为 {how.speed}",
            f"--speed: expected 1 to {FASTEST}, found {how.speed}",
        )
    plan = grounds.plan_of(settings, case)
    posts = _posts(plan, how.people)
    console = Console(file=sys.stderr, highlight=False, width=None if sys.stderr.isatty() else 160)
    try:
        if how.core:
            played = asyncio.run(_in_core(settings, case))
        elif how.speed:
            played = asyncio.run(_with_people(settings, case, console, how.speed, posts))
        else:
            played = asyncio.run(_headless(settings, case, console, how.test_server))
    except (EngineFault, NoEngine) as fault:
        stop(Exit.UNREACHABLE, fault.zh, fault.en)
    judged = judge(case.expect, played.log)
    if json_:
        typer.echo(json.dumps(_told(played, plan, judged), ensure_ascii=False))
    else:
        _show(played, plan, judged)
    return Exit.DONE if all(one.met for one in judged) and not played.unasked else Exit.FAULT


def import_rows(settings: Settings, rows: Path, plan: str, sector: str, to: Path | None) -> None:
    """Make a script from the rows of an accident."""
    text = _imported(settings, rows, plan, sector)
    if to is None:
        typer.echo(text, nl=False)
    elif to.exists():
        stop(Exit.BAD_INPUT, f"--to：文件已存在：{to}", f"--to: expected a file that does not exist, found {to}")
    else:
        to.write_text(text, "utf-8")
        tell(f"已写入 {to}，请补全并 `fenghuo drill check`", f"wrote {to}; edit it, then `fenghuo drill check`")


class Played(NamedTuple):
    """A case that was played."""

    incident: str
    log: Log
    unasked: Sequence[str]
    """Refusals that the script did not foresee, in words."""
    begins: datetime


async def _in_core(settings: Settings, case: Case) -> Played:
    begins = datetime.now(UTC)
    holders = grounds.holders(case)
    plan = grounds.plan_of(settings, case)
    player = Player(case, plan, CoreGround("core", holders, begins), holders)
    return _played("core", [scene async for scene in player.play(begins)], case, begins)


async def _headless(settings: Settings, case: Case, console: Console, test_server: bool) -> Played:
    observe(settings.folder / "drill.log", loud=False)
    async with grounds.staged(settings, case, test_server) as stage:
        scenes: list[Scene] = []
        console.print(grounds.clock_words(settings, stage.number, case, stage.begins), style="dim", soft_wrap=True)
        teller = Teller(stage.plan, stage.begins - case.starts_at)
        await watch(console, teller, case, stage.player, stage.begins, 0, scenes.append)
        return _played(stage.number, scenes, case, stage.begins)


class _Ended(Exception):
    """The controller ends the exercise."""


_KEYS = {"h": Controller.hold, "g": Controller.go, "r": Controller.release, "s": Controller.skip}


async def _with_people(settings: Settings, case: Case, console: Console, speed: int, people: Sequence[str]) -> Played:
    observe(settings.folder / "drill.log", loud=False)
    async with grounds.staged(settings, case) as stage:
        scenes: list[Scene] = []
        controller = Controller()
        console.print(grounds.clock_words(settings, stage.number, case, stage.begins), style="dim", soft_wrap=True)
        hint = said(
            f"1 秒为 {speed} 秒。导调：h 扣住注入  r 放行下一条  g 按时注入  s 略过下一条  q 结束（回车确认）\n"
            f"参演：fenghuo drill incident ... {stage.number} --as 姓名",
            f"1 s is {speed} s. Controller: h holds injects, r releases one, g by time, s skips one, q ends (Enter)\n"
            f"players: fenghuo drill incident ... {stage.number} --as USER",
        )
        console.print(hint, style="bold", soft_wrap=True)
        ended = asyncio.Event()

        def heard() -> None:
            word = sys.stdin.readline()
            if not word:
                asyncio.get_running_loop().remove_reader(sys.stdin)
            elif word.strip() == "q":
                ended.set()
            elif act := _KEYS.get(word.strip()):
                act(controller)

        def keep(scene: Scene) -> None:
            scenes.append(scene)
            if ended.is_set():
                raise _Ended

        with suppress(OSError, ValueError):
            # Input from a file or from nowhere can't be waited for: then nobody conducts.
            asyncio.get_running_loop().add_reader(sys.stdin, heard)
        holders = {post: token.user for post, token in stage.tokens.items()}
        player = Player(case, stage.plan, Paced(stage.ground, speed), holders, people, controller)
        teller = Teller(stage.plan, stage.begins - case.starts_at)
        with suppress(_Ended):
            await watch(console, teller, case, player, stage.begins, 0, keep)
        return _played(stage.number, scenes, case, stage.begins)


def _posts(plan: Plan, told: str) -> list[str]:
    posts = [post for post in told.split(",") if post]
    if unknown := [post for post in posts if post not in plan.posts]:
        stop(
            Exit.BAD_INPUT,
            f"--people：应为 {plan.name} 的岗位，现为 {unknown[0]}",
            f"--people: expected a post of {plan.name}, found {unknown[0]}",
        )
    return posts


def _played(incident: str, scenes: Sequence[Scene], case: Case, begins: datetime) -> Played:
    entries = [entry for scene in scenes for entry in scene.entries]
    refused = [(one.said.verb, one.refusal) for scene in scenes for one in scene.refused]
    log = Log(entries, scenes[-1].record, refused, begins - case.starts_at)
    return Played(incident, log, list(_unasked(scenes)), begins)


def _unasked(scenes: Sequence[Scene]) -> Any:
    """What was refused though the script wants it taken, and what was taken though the script wants it refused."""
    for scene in scenes:
        wanted = scene.line.refused if scene.line else ""
        for one in scene.refused:
            if one.refusal.kind != wanted:
                yield f"{one.said.verb}: {said(one.refusal.zh, one.refusal.reason)}"
        if wanted and not scene.refused and scene.line:
            yield said(f"{scene.line.do}：应被拒绝，却已受理", f"{scene.line.do}: expected a refusal, it was taken")


def _row(name: str, case: Case) -> dict[str, Any]:
    return {
        "case": name,
        "title": case.title.says,
        "title_en": case.title.en,
        "plan": case.plan,
        "lines": len(case.script),
        "expectations": len(case.expect),
    }


def _told(played: Played, plan: Plan, judged: Sequence[Judged]) -> dict[str, Any]:
    """The contract's shape; times are the case's."""
    log = played.log

    def at(instant: datetime | None) -> str | None:
        return (instant - log.shift).isoformat(timespec="seconds") if instant else None

    return {
        "incident": played.incident,
        "begins": played.begins.isoformat(),
        "levels": [told._asdict() | {"at": at(told.at)} for told in timeline.levels(log.entries)],
        "clocks": [
            {
                "id": clock.id,
                "clause": clock.clause,
                "starts_at": at(clock.starts_at),
                "due_at": at(clock.due_at),
                "done_at": at(clock.done_at),
                "verdict": clock.verdict,
            }
            for clock in log.record.clocks.values()
        ],
        "commanders": [
            {"from": at(told.since), "to": at(told.until), "post": told.commander.post}
            for told in timeline.commanders(log.record)
        ],
        "expectations": [
            {"text": said(*one.expected.words(plan)), "met": one.met, "found": one.found} for one in judged
        ],
        "unforeseen_refusals": list(played.unasked),
    }


def _show(played: Played, plan: Plan, judged: Sequence[Judged]) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    table = Table(box=None, show_header=False, pad_edge=False)
    for one in judged:
        mark = said("符合", "met") if one.met else said("不符", "not met")
        found = "" if one.met else said(f"实为 {one.found}", f"found {one.found}")
        table.add_row(mark, said(*one.expected.words(plan)), found, style="" if one.met else "red")
    console.print(table)
    for words in played.unasked:
        console.print(said(f"未预料的拒绝：{words}", f"unforeseen refusal: {words}"), style="red", soft_wrap=True)
    met = sum(one.met for one in judged)
    tell(f"{played.incident}：预期 {len(judged)} 项，符合 {met} 项", f"{played.incident}: {met} of {len(judged)} met")


def _imported(settings: Settings, rows: Path, plan_name: str, sector: str) -> str:
    try:
        plan = library.load(library.find(plan_name, settings.home)).plan
    except (library.NoSuchPlan, library.PlanFault) as missing:
        stop(Exit.BAD_INPUT, f"--plan：{missing}", f"--plan: {missing}")
    try:
        text = rows.read_text("utf-8")
        told = Accident.model_validate_json(text)
    except (OSError, UnicodeDecodeError) as error:
        stop(Exit.BAD_INPUT, f"{rows}：应为可读的文件，{error}", f"{rows}: expected a readable file, {error}")
    except ValidationError as error:
        where = _place(text, error)
        stop(Exit.BAD_INPUT, f"{rows}{where}", f"{rows}{where}")
    try:
        known = TypeAdapter(Sector).validate_python(sector)
    except ValidationError:
        names = ", ".join(get_args(Sector))
        stop(
            Exit.BAD_INPUT,
            f"--sector：应为 {names} 之一，现为 {sector}",
            f"--sector: expected one of {names}, found {sector}",
        )
    made = script(told, plan, known)
    out = StringIO()
    yaml = YAML()
    yaml.width = 160
    yaml.dump(made, out)
    return out.getvalue()


def _place(text: str, error: ValidationError) -> str:
    """`:LINE rows.3.true_at: what was expected`: JSON is YAML, whose nodes know their lines."""
    from plans.lines import line_of

    first = error.errors()[0]
    way = [str(part) for part in first["loc"]]
    node = YAML(typ="safe").compose(text) if first["type"] != "json_invalid" else None
    line = f":{line_of(node, way)}" if node is not None else ""
    return f"{line} {'.'.join(way)}: {first['msg']}"
