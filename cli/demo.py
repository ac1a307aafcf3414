"""`fenghuo demo`: a case watched in the terminal, on the real drill server, from the first call to the dossier."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from activities.drill import DRILL_MARK
from cli import grounds
from cli.debrief import Debrief
from cli.exits import Exit
from cli.language import said
from cli.playing import Teller, standing
from drills.case import Case
from drills.player import Player, Scene
from settings import Settings
from store import dossier


async def demo(settings: Settings, case: Case, pace: float, json_: bool) -> int:
    """Play it, at most a line every `pace` seconds. Returns the exit code. Raises `EngineFault`, `NoEngine`."""
    # What is piped keeps its lines whole.
    out = sys.stderr if json_ else sys.stdout
    console = Console(file=out, highlight=False, width=None if out.isatty() else 160)
    plan = grounds.plan_of(settings, case)
    console.print(Text(f"{DRILL_MARK}{said(case.title.says, case.title.en)}", style="bold"))
    console.print(said(case.outline.says, case.outline.en), soft_wrap=True)
    console.print(
        said(
            f"预案：{plan.about.title}。所有消息以{DRILL_MARK}开头，不会发往任何真实单位；人员均为虚构。",
            f"plan: {plan.about.title}. Every message begins with {DRILL_MARK}, reaches no real unit; nobody is real.",
        ),
        soft_wrap=True,
    )
    async with grounds.staged(settings, case) as stage:
        about = grounds.clock_words(settings, stage.number, case, stage.begins)
        console.print(about, style="dim", soft_wrap=True)
        teller = Teller(plan, stage.begins - case.starts_at)
        last, people = await watch(console, teller, case, stage.player, stage.begins, pace)
        messages = await stage.inbox.of_incident(stage.number)
    unmarked = [key for key, text in messages if not text.startswith(DRILL_MARK)]
    told = _result(settings, stage.number, last, len(messages), len(unmarked))
    for part in Debrief(case, teller, last.record, people).parts():
        console.print(f"\n{part.title}", style="bold", soft_wrap=True)
        console.print(part.table)
    _end(console, stage.number, told)
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    return Exit.DONE if told["intact"] and not unmarked and last.record.closed else Exit.FAULT


async def watch(
    console: Console,
    teller: Teller,
    case: Case,
    player: Player,
    begins: datetime,
    pace: float,
    heard: Callable[[Scene], None] = lambda scene: None,
) -> tuple[Scene, int]:
    """Print scene by scene, and hand each to `heard`; the last one, and how often simulated people acted."""
    people = 0
    free_at = time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), console=console, transient=True
    )
    with bar:
        task = bar.add_task("", total=len(case.script))
        scene = None
        async for scene in player.play(begins):
            heard(scene)
            people += scene.people
            lines = list(teller.lines(scene))
            if lines:
                await asyncio.sleep(max(0.0, free_at - time.monotonic()))
                free_at = time.monotonic() + pace * len(lines)
            bar.update(task, completed=scene.played, description=standing(scene, teller))
            for line in lines:
                bar.console.print(line, soft_wrap=True)
    assert scene is not None
    return scene, people


def _result(settings: Settings, number: str, last: Scene, messages: int, unmarked: int) -> dict[str, Any]:
    folder = settings.folder / "archive" / number
    try:
        entries, why = dossier.check(folder).seq, ""
    except dossier.Altered as altered:
        entries, why = 0, str(altered)
    return {
        "incident": number,
        "phase": last.record.phase,
        "dossier": str(folder),
        "intact": not why,
        "why": why,
        "entries": entries,
        "messages": messages,
        "unmarked": unmarked,
        "clocks": {clock.id: clock.verdict for clock in last.record.clocks.values()},
    }


def _end(console: Console, number: str, told: Mapping[str, Any]) -> None:
    """What is left of it, and how to look closer."""
    marked = told["messages"] - told["unmarked"]
    console.print()
    console.print(
        said(
            f"消息 {told['messages']} 条，其中 {marked} 条以{DRILL_MARK}开头",
            f"{told['messages']} messages, {marked} of them begin with {DRILL_MARK}",
        ),
        style="bold" if not told["unmarked"] else "bold red",
    )
    intact = said(f"核验完好，{told['entries']} 条", f"verified, {told['entries']} entries")
    state = intact if told["intact"] else said(f"已被改动：{told['why']}", f"altered: {told['why']}")
    console.print(said("卷宗 ", "dossier ") + f"{told['dossier']}  {state}", style="bold", soft_wrap=True)
    console.print(said("再看：", "look closer:"))
    for words, zh, en in (
        (f"fenghuo drill incident log {number}", "日志", "the log"),
        (f"fenghuo drill incident show {number}", "现状", "where it stands"),
        (f"fenghuo drill incident verify {told['dossier']}", "核验卷宗", "verify the dossier"),
    ):
        console.print(f"  {words}   {said(zh, en)}", soft_wrap=True)
