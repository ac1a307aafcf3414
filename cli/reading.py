"""Reading incidents in the terminal: lists and logs from the store, and what must be fresh from the incident itself."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from cli import desk, showing
from cli.exits import Exit, end, stop
from cli.language import said, tell
from cli.words import verb_words
from client import NoEngine, NoSuchIncident, Unanswered, record_of, resume
from incidents import hindsight, lateness, spoken, view
from incidents.incident import COMMANDS, fold
from incidents.logbook import Entry
from incidents.record import Record
from plans.schema import Plan
from plans.vocabulary import WORDS
from settings import Settings
from store import dossier

if TYPE_CHECKING:
    from store.logbook import Logbooks

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Number = Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")]


def add(app: typer.Typer, settings: Callable[[], Settings]) -> None:
    """Put the reading commands into `app`."""

    @app.command("list")
    def list_incidents(json_: Json = False) -> None:
        """所有事故 · All incidents, the newest last."""
        rows = desk.run(lambda: _list(settings()))
        if json_:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        for row in [] if json_ else rows:
            grade = said(f"{row['grade_standing']}级", f"grade {row['grade_standing']}")
            if row["grade_standing"] is None:
                grade = said(f"{WORDS.get(row['colour'], '')}预警", f"{row['colour']} warning")
            level = (
                said(f"{row['level']}级响应", f"level {row['level']}") if row["level"] else said("未启动", "no level")
            )
            typer.echo(f"{row['id']}  {grade}  {row['phase']}  {level}  {row['place']} {row['enterprise']}")
        if not rows:
            tell("还没有事故", "no incident yet", err=True)
        end(Exit.DONE)

    @app.command("show")
    def show(
        number: Number,
        as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 · as known at TIME")] = None,
        true_at: Annotated[str | None, typer.Option("--true-at", help="当时实情 · as true at TIME")] = None,
        json_: Json = False,
    ) -> None:
        """现状 · How an incident stands now, or stood at an instant."""
        known_at, was_at = _time(as_of, "--as-of"), _time(true_at, "--true-at")
        if known_at and was_at:
            stop(
                Exit.BAD_INPUT,
                "--as-of、--true-at：只能用其中一个",
                "--as-of, --true-at: expected one of them",
            )
        if at := known_at or was_at:
            then = (hindsight.as_known if known_at else hindsight.as_true)(
                desk.run(lambda: entries_of(settings(), number)), at
            )
            record = then.record
            if record.opened_at is None and record.warning is None:
                stop(Exit.NOT_FOUND, f"{number} 当时尚未开启", f"{number} was not open then")
            for seq in then.left_out:
                tell(
                    f"第 {seq} 条未计入：所依据的条目当时尚不成立",
                    f"entry {seq} left out: it rests on later ones",
                    err=True,
                )
        else:
            record = desk.run(lambda: record_now(settings(), number))
        told = view.shown(record)
        if json_:
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            showing.incident(told, _names(settings(), record.plan_hash), _local(settings()), _console())
        end(Exit.DONE)

    @app.command("log")
    def log(
        number: Number,
        as_of: Annotated[str | None, typer.Option("--as-of", help="当时所知 · as known at TIME")] = None,
        with_refusals: Annotated[bool, typer.Option("--with-refusals", help="并列未受理的命令 · beside it")] = False,
        json_: Json = False,
    ) -> None:
        """日志 · The log, one entry a line."""
        until = _time(as_of, "--as-of")
        entries = desk.run(lambda: entries_of(settings(), number))
        known = [entry for entry in entries if until is None or entry.known_at <= until]
        for entry in known if json_ else ():
            typer.echo(json.dumps(view.line(entry), ensure_ascii=False))
        if not json_:
            names = _names(settings(), entries[0].data["plan_hash"])
            _console().print(showing.log(known, names, _local(settings())))
        if with_refusals:
            directory = desk.gate(settings())
            for refusal in directory.refusals():
                if refusal["incident"] == number:
                    typer.echo(json.dumps({"refusal": refusal}, ensure_ascii=False) if json_ else _refusal(refusal))
        end(Exit.DONE)

    @app.command("script")
    def script(
        number: Number,
        clock: Annotated[str, typer.Argument(metavar="CLOCK", help="报告时限 · the leg, by its deadline")],
        json_: Json = False,
    ) -> None:
        """念稿 · What to read out on the telephone for one leg, or to copy into another system."""
        record = desk.run(lambda: record_now(settings(), number))
        found = record.clocks.get(clock)
        if found is None or not found.rule:
            legs = "、".join(one.id for one in record.clocks.values() if one.rule)
            stop(
                Exit.BAD_INPUT,
                f"CLOCK：没有报告 {clock}；现有 {legs}",
                f"CLOCK: no report '{clock}' here; known: {legs}",
            )
        plan = plan_kept(settings(), record.plan_hash)
        told = spoken.outline(plan, record, found, datetime.now(UTC))
        if json_:
            typer.echo(json.dumps({"clock": clock, "text": told.text, "seconds": told.seconds}, ensure_ascii=False))
        else:
            typer.echo(told.text)
            tell(f"约 {told.seconds:.0f} 秒", f"about {told.seconds:.0f} s", err=True)
        end(Exit.DONE)

    @app.command("lateness")
    def late(
        number: Number,
        clock: Annotated[str, typer.Argument(metavar="CLOCK", help="只看这一路 · one leg only")] = "",
        json_: Json = False,
    ) -> None:
        """迟报情况 · Why reports were late: each instant of the way, from the log."""
        entries = desk.run(lambda: entries_of(settings(), number))
        record = fold(Record(id=""), entries)
        wanted = [one for one in lateness.late(record) if clock in ("", one.id)]
        told = [lateness.statement(record, entries, one) for one in wanted]
        if json_:
            typer.echo(json.dumps([view.late(one) for one in told], ensure_ascii=False))
        else:
            names = _names(settings(), record.plan_hash)
            for one in told:
                for line in showing.late(one, names, _local(settings())):
                    typer.echo(line)
            if not told:
                tell("没有迟报、漏报", "no report is late", err=True)
        end(Exit.DONE)

    @app.command("watch")
    def watch(number: Number, json_: Json = False) -> None:
        """跟看日志 · Follow the log until Ctrl-C, or until the incident is closed."""
        try:
            desk.run(lambda: _watch(settings(), number, json_))
        except KeyboardInterrupt:
            end(Exit.DONE)
        end(Exit.DONE)

    @app.command("verbs")
    def verbs(json_: Json = False) -> None:
        """可用的命令 · What can be asked of an incident, and its fields."""
        told: list[dict[str, Any]] = [
            {
                "verb": command.verb,
                "zh": verb_words(command)[0],
                "en": verb_words(command)[1],
                "fields": [name for name in command.model_fields if name != "envelope"],
            }
            for command in COMMANDS
        ]
        if json_:
            typer.echo(json.dumps(told, ensure_ascii=False))
        for verb in [] if json_ else told:
            typer.echo(f"{verb['verb']:20} {said(verb['zh'], verb['en'])}  {' '.join(verb['fields'])}")
        end(Exit.DONE)

    @app.command("export")
    def export(
        number: Number, to: Annotated[Path, typer.Option("--to", help="文件夹 · the folder")], json_: Json = False
    ) -> None:
        """导出卷宗 · Write the dossier of an incident, as the log stands, into a new folder."""
        if to.exists():
            stop(
                Exit.BAD_INPUT,
                f"--to：须为尚不存在的文件夹，现为 {to}",
                f"--to: expected a folder that does not exist yet, found {to}",
            )
        manifest = desk.run(lambda: _export(settings(), number, to / number))
        told = {"id": number, "folder": str(to / number), "manifest": manifest}
        typer.echo(json.dumps(told) if json_ else f"{to / number}  {manifest}")
        end(Exit.DONE)

    @app.command("verify")
    def verify(
        folder: Annotated[Path, typer.Argument(help="卷宗文件夹 · a dossier's folder")], json_: Json = False
    ) -> None:
        """核验卷宗 · Whether a dossier is as it was written: 0, else 1 with the file or entry that was altered."""
        try:
            head = dossier.check(folder)
        except dossier.Altered as altered:
            if json_:
                typer.echo(json.dumps({"intact": False, "why": str(altered)}, ensure_ascii=False))
            stop(Exit.FAULT, f"卷宗已被改动：{altered}", f"altered: {altered}")
        if json_:
            typer.echo(json.dumps({"intact": True, "seq": head.seq, "head": head.hash}))
        else:
            tell(f"完好：{head.seq} 条  {head.hash}", f"intact: {head.seq} entries  {head.hash}")
        end(Exit.DONE)

    @app.command("resume")
    def resume_incident(number: Number, json_: Json = False) -> None:
        """从日志恢复 · Start an incident again from its stored log, where the engine has lost it."""
        told = desk.run(lambda: _resume(settings(), number))
        if json_:
            typer.echo(json.dumps(told))
        tell(f"{number} 已从第 {told['seq']} 条恢复", f"{number} resumed from entry {told['seq']}", err=json_)
        end(Exit.DONE)


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[Logbooks]:
    """The stored logbooks of this home's kind."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A command to an incident needs no database, and its library takes long to load.
    from store.database import open_database
    from store.logbook import Logbooks

    database = await open_database(settings.folder / "store.db")
    try:
        yield Logbooks(database)
    finally:
        await database.dispose()


def _console() -> Console:
    """A terminal's own width; what is piped keeps its lines whole."""
    return Console() if sys.stdout.isatty() else Console(width=200)


def _local(settings: Settings) -> showing.Local:
    return lambda at: desk.local(settings, at)


def _names(settings: Settings, plan_hash: str) -> showing.Names:
    """The names of the plan that an incident began with."""
    return showing.Names(_kept(settings, plan_hash))


def plan_kept(settings: Settings, plan_hash: str) -> Plan:
    plan = _kept(settings, plan_hash)
    if plan is None:
        stop(Exit.NOT_FOUND, "本机没有该事故的预案", "this home does not keep the plan of this incident")
    return plan


def _kept(settings: Settings, plan_hash: str) -> Plan | None:
    """The plan that an incident began with, as this home keeps it."""
    directory = desk.gate(settings)
    try:
        kept = directory.plan(plan_hash)
    finally:
        directory.close()
    return Plan.model_validate_json(kept) if kept else None


def not_found(settings: Settings, number: str) -> NoReturn:
    """End with the words for a number that nobody knows here, and a hint where the other kind may have it."""
    other, kind = ("drill", "实战") if settings.kind == "live" else ("live", "演练")
    zh, en = f"{number}：本机{kind}中没有此编号", f"{number}: no such {settings.kind} incident here"
    if (settings.home / other / "store.db").exists():
        hint = "fenghuo drill incident ..." if other == "drill" else "fenghuo incident ..."
        zh, en = f"{zh}；另一类请用 `{hint}`", f"{en}; for the other kind: `{hint}`"
    stop(Exit.NOT_FOUND, zh, en)


async def _list(settings: Settings) -> list[dict[str, Any]]:
    async with stored(settings) as logbooks:
        rows = await logbooks.incidents()
    told = [(number, seq, json.loads(body)) for number, seq, body in rows]
    return [
        {
            "id": number,
            "kind": body["kind"],
            "plan": body["plan"],
            "phase": body["phase"],
            "grade_computed": body["computed"],
            "grade_standing": body["standing"],
            "level": body["level"],
            "colour": body.get("colour"),
            "place": body["place"],
            "enterprise": body["enterprise"],
            "seq": seq,
        }
        for number, seq, body in told
    ]


async def entries_of(settings: Settings, number: str) -> tuple[Entry, ...]:
    """The stored log, once it has all that the incident has answered so far."""
    try:
        client = await desk.connect(settings)
        wanted = (await record_of(client.get_workflow_handle(number))).head.seq
    except (NoEngine, NoSuchIncident, Unanswered):
        wanted = 0
    async with stored(settings) as logbooks:
        for _ in range(40):
            entries = await logbooks.read(number)
            if entries and entries[-1].seq >= wanted:
                return entries
            if not wanted:
                break
            await asyncio.sleep(0.05)
    if not entries:
        not_found(settings, number)
    behind = wanted - entries[-1].seq
    tell(f"日志落后 {behind} 条，正在写入", f"the stored log is {behind} entries behind", err=True)
    return entries


async def record_now(settings: Settings, number: str) -> Record:
    """How an incident stands: fresh from itself, or folded from the stored log where it runs no more."""
    try:
        client = await desk.connect(settings)
        return await record_of(client.get_workflow_handle(number))
    except NoSuchIncident:
        return await _folded(settings, number)
    except (NoEngine, Unanswered) as error:
        record = await _folded(settings, number)
        tell(f"{error.zh}；以下为已存日志", f"{error.en}; from the stored log", err=True)
        return record


async def _folded(settings: Settings, number: str) -> Record:
    async with stored(settings) as logbooks:
        entries = await logbooks.read(number)
    if not entries:
        not_found(settings, number)
    return fold(Record(id=number), entries)


async def open_under(settings: Settings, plan: str) -> list[Record]:
    """The open incidents that run by a plan of this name, folded from the stored log."""
    async with stored(settings) as logbooks:
        rows = [(number, json.loads(body)) for number, _, body in await logbooks.incidents()]
        numbers = [number for number, body in rows if body["plan"] == plan and body["phase"] != "closed"]
        return [fold(Record(id=number), await logbooks.read(number)) for number in numbers]


async def _export(settings: Settings, number: str, folder: Path) -> str:
    entries = await entries_of(settings, number)
    directory = desk.gate(settings)
    plan = directory.plan(entries[0].data["plan_hash"])
    refusals = [told for told in directory.refusals() if told["incident"] == number]
    directory.close()
    folder.parent.mkdir(parents=True)
    return dossier.write(folder, entries, plan or "", refusals, evidence=settings.folder / "evidence")


async def _watch(settings: Settings, number: str, json_: bool) -> None:
    seen = 0
    names: showing.Names | None = None
    async with stored(settings) as logbooks:
        while True:
            entries = await logbooks.read(number)
            if not entries:
                not_found(settings, number)
            if json_:
                for entry in entries[seen:]:
                    typer.echo(json.dumps(view.line(entry), ensure_ascii=False))
            elif entries[seen:]:
                due = showing.dues(entries)
                names = names or _names(settings, entries[0].data["plan_hash"])
                names.learn(entries)
                for entry in entries[seen:]:
                    told = showing.row(entry, names, _local(settings), due)
                    typer.echo("  ".join(" ".join(cell.split("\n")) for cell in told if cell))
            sys.stdout.flush()
            seen = len(entries)
            if entries[-1].kind == "closed":
                return
            await asyncio.sleep(0.5)


async def _resume(settings: Settings, number: str) -> dict[str, Any]:
    record = await _folded(settings, number)
    if record.closed:
        stop(Exit.REFUSED, f"{number} 已结案", f"{number} is closed")
    client = await desk.connect(settings)
    if not await resume(client, record, settings.task_queue):
        stop(Exit.REFUSED, f"{number} 正在运行，无需恢复", f"{number} runs already")
    return {"id": number, "seq": record.head.seq, "head": record.head.hash}


def _time(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        told = None
    if told is None or told.tzinfo is None:
        stop(
            Exit.BAD_INPUT,
            f"{option}：时间须带时区，现为 {text}",
            f"{option}: expected a time with an offset, found {text}",
        )
    return told


def _refusal(refusal: dict[str, Any]) -> str:
    return f"   - {refusal['at']} 未受理 {refusal['verb']} {refusal['user']}/{refusal['post']}：{refusal['reason']}"
