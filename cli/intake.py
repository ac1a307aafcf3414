"""`fenghuo intake`: a call is written down before any incident, verified, and opens an incident or joins one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from cli import confirming, desk
from cli.asking import ask, asks
from cli.exits import Exit, end, stop
from cli.faults import fault
from cli.incident import input_schema
from cli.keeping import intakes, kept, not_found
from cli.language import said, tell
from cli.offering import candidates, offered, offered_json
from cli.opening import Asked
from client import Token
from incidents.command import Command, Refusal
from incidents.view import line
from intakes.intake import NEW, Amend, FindFalse, HandOver, Reopen, Take, TellLeader, Verify
from intakes.record import Intake
from intakes.sheet import LABELS, sheet
from intakes.telling import Fact, missing
from intakes.typed import read
from settings import Settings
from statecharts.intake import INTAKE
from store.intakes import Kept

Number = Annotated[str, typer.Argument(metavar="ID", help="接报编号 · the intake's number")]
Fields = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE",
        help="字段，如 channel=119 caller=李明13908910001 when=14:05 place=七号矿区 unit=某矿业 what=巷道冒顶 "
        "people=死亡1,失联3以上；读不懂的照原话记 · fields; what can't be read is kept as it was said",
    ),
]
File = Annotated[str | None, typer.Option("--file", help="INPUT.json；- 为标准输入 · the same fields as JSON, or -")]
As = Annotated[str | None, typer.Option("--as", help="以谁的身份 · whose token")]
Post = Annotated[str | None, typer.Option("--post", help="以哪个岗位 · in which of that person's posts")]
CommandId = Annotated[str | None, typer.Option("--command-id", help="重试时给同一个 · repeat with it")]
Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
MakeSettings = Callable[[], Settings]

FACT_WORDS: Mapping[Fact, tuple[str, str]] = {
    "caller": ("来电人", "caller"),
    "when": ("事发时间", "when"),
    "where": ("地点", "where"),
    "unit": ("单位", "which unit"),
    "what": ("发生了什么", "what happened"),
    "people": ("人员情况", "people"),
}

_LATER: tuple[tuple[type[Command], str], ...] = (
    (Amend, "补充或更正（原话保留）"),
    (Verify, "登记回拨核实：with_whom= number= result=holds|does_not_hold|not_clear|no_answer words="),
    (TellLeader, "登记已报告值班领导：leader= words= read_back=true"),
    (FindFalse, "认定不属实：reason= found_by="),
    (HandOver, "移交其他单位：to= taken_by="),
    (Reopen, "误判后重新受理：reason="),
)


def make_app(settings: MakeSettings, help_: str) -> typer.Typer:
    """The same commands for one kind of home: live, or drill."""
    app = typer.Typer(no_args_is_help=True, help=help_)

    def take(
        words: Fields = None,
        file: File = None,
        command_id: CommandId = None,
        as_: As = None,
        post: Post = None,
        schema: Annotated[bool, typer.Option("--schema", help="输入的 JSON Schema · of the input")] = False,
        json_: Json = False,
    ) -> None:
        """接报登记：立即存盘，随后逐项补 · Take a call: saved at once, however little is known; then each answer."""
        if schema:
            _schema(Take)
        began = datetime.now(UTC)
        told = _input(settings(), Take, words, file, began)
        told["telling"] = {"received_at": began.isoformat(), **told["telling"]}
        token, name = _who(settings(), as_, post), command_id or desk.new_command_id()
        answer = _keep(settings(), token, NEW, Take, name, {"kind": settings().kind, **told})
        number = _number(answer)
        if number and asks(words, file):
            tell(f"{number} 已存；回车跳过，Ctrl-D 结束", f"{number} saved; Enter skips, Ctrl-D ends", err=True)
            ask(lambda: kept(settings(), number), _saver(settings(), token, number), ZoneInfo(settings().time_zone))
        _finish(settings(), answer, name, json_)

    app.command("take")(take)
    app.command("new", help="同 take · the same as take")(take)

    @app.command("list")
    def list_intakes(
        all_: Annotated[bool, typer.Option("--all", help="含已办结的 · those that are closed too")] = False,
        json_: Json = False,
    ) -> None:
        """未办结的接报 · Open intakes, the newest last."""
        with intakes(settings()) as store:
            rows = [_row(one) for one in store.all() if all_ or one.open]
        if json_:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        for row in [] if json_ else rows:
            at = desk.local(settings(), datetime.fromisoformat(row["received_at"]))
            what = " ".join(filter(None, (row["place"], row["enterprise"], row["summary"], row["incident"])))
            typer.echo(f"{row['id']}  {_state(row['state'])}  {at}  {what}".rstrip())
        if not rows:
            tell("没有接报", "no intake", err=True)
        end(Exit.DONE)

    @app.command("show")
    def show(number: Number, json_: Json = False) -> None:
        """接报登记单 · The intake sheet, field by field, and what was said before."""
        intake = kept(settings(), number)
        told = sheet(intake, lambda at: desk.local(settings(), at))
        if json_:
            typer.echo(json.dumps({**_shown(intake), "sheet": told}, ensure_ascii=False))
            end(Exit.DONE)
        typer.echo(f"{_mark(settings())}{number}  {_state(intake.state)}")
        for name, value in told.items():
            typer.echo(f"{said(*LABELS[name])}  {value}")
        for field, values in intake.said.items():
            for one in values[:-1]:
                before = f"{field}={json.dumps(one.value, ensure_ascii=False)}"
                tell(f"  曾记 {before}（第 {one.seq} 条）", f"  before: {before} (entry {one.seq})")
        _next(intake)
        end(Exit.DONE)

    @app.command("log")
    def log(number: Number) -> None:
        """接报日志 · The intake's own log, one entry a line, chained."""
        with intakes(settings()) as store:
            entries = store.read(number)
        kept(settings(), number)
        for entry in entries:
            typer.echo(json.dumps(line(entry), ensure_ascii=False))
        end(Exit.DONE)

    @app.command("duplicates")
    def duplicates(number: Number, json_: Json = False) -> None:
        """疑似重复：只提示，不自动合并 · What may be the same accident: offered, never joined by itself."""
        intake = kept(settings(), number)
        found = desk.run(lambda: candidates(settings(), intake))
        if json_:
            typer.echo(json.dumps(offered_json(found), ensure_ascii=False))
        else:
            offered(settings(), number, found, err=False)
        if not found:
            tell("没有疑似重复", "nothing that may be the same", err=True)
        end(Exit.DONE)

    for command, zh in _LATER:
        _add(app, settings, command, zh)

    @app.command("confirm")
    def confirm(
        number: Number,
        plan: Annotated[str, typer.Argument(metavar="PLAN", help="预案 · the plan")],
        words: Fields = None,
        file: File = None,
        incident: Annotated[str | None, typer.Option("--id", help="事故编号；不给则自动编号 · its number")] = None,
        yes: Annotated[bool, typer.Option("--yes", help="不再询问 · do not ask")] = False,
        as_: As = None,
        post: Post = None,
        json_: Json = False,
    ) -> None:
        """属实，开启事故 · It is true: open an incident with what the intake knows; received is when the call began."""
        _amended(settings(), number, words, file, as_, post)
        confirming.open_incident(settings(), number, plan, Asked(incident, yes, as_, post, None, json_))

    @app.command("join")
    def join(
        number: Number,
        incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="事故编号 · the incident's number")],
        as_: As = None,
        post: Post = None,
        json_: Json = False,
    ) -> None:
        """属实，并入已开启的事故；双方记录都保留 · It is of an open incident: join it. Both records stay."""
        confirming.join(settings(), number, incident, Asked(incident, True, as_, post, None, json_))

    return app


def _add(app: typer.Typer, settings: MakeSettings, command: type[Command], zh: str) -> None:
    def run(
        number: Number = "",
        words: Fields = None,
        file: File = None,
        command_id: CommandId = None,
        as_: As = None,
        post: Post = None,
        schema: Annotated[bool, typer.Option("--schema", help="输入的 JSON Schema · of the input")] = False,
        json_: Json = False,
    ) -> None:
        if schema:
            _schema(command)
        if not number:
            stop(Exit.BAD_INPUT, "ID：须填接报编号", "ID: expected the intake's number")
        token = _who(settings(), as_, post)
        if command is Amend and asks(words, file):
            ask(lambda: kept(settings(), number), _saver(settings(), token, number), ZoneInfo(settings().time_zone))
            _next(kept(settings(), number))
            end(Exit.DONE)
        told, name = _input(settings(), command, words, file, datetime.now(UTC)), command_id or desk.new_command_id()
        _finish(settings(), _keep(settings(), token, number, command, name, told), name, json_)

    run.__doc__ = f"{zh} · {' '.join((command.__doc__ or '').split())}"
    app.command(command.verb)(run)


def _input(
    settings: Settings, command: type[Command], words: list[str] | None, file: str | None, now: datetime
) -> dict[str, Any]:
    """The command's own fields, and its telling from all others. What is typed for a fact is read as such."""
    try:
        asked, *more = desk.inputs(words or [], file)
    except ValueError as error:
        stop(Exit.BAD_INPUT, str(error), str(error))
    if more:
        stop(Exit.BAD_INPUT, "--file：一次只办一条", "--file: expected one JSON object")
    if "envelope" in asked:
        stop(Exit.BAD_INPUT, "envelope：签名凭据由本机生成", "envelope: it is made here")
    own = {name: _own(command, name, value) for name, value in asked.items() if name in command.model_fields}
    telling = "found" if command is Verify else "telling"
    if telling not in command.model_fields:
        return asked | own
    pieces: dict[str, Any] = dict(own.pop(telling, None) or {})
    for name, value in asked.items():
        if name in command.model_fields:
            continue
        for key, told in _read(name, value, now, ZoneInfo(settings.time_zone)).items():
            pieces[key] = {**pieces.get(key, {}), **told} if isinstance(told, dict) else told
    return {**own, telling: pieces}


def _own(command: type[Command], name: str, value: object) -> Any:
    """A number typed for a field of words is a word: an extension, a unit called 119."""
    annotation = command.model_fields[name].annotation
    whole = int in (annotation, *get_args(annotation))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and not whole else value


def _read(name: str, value: Any, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of a telling that one `name=value` fills; `caller.phone=…` is a part of one."""
    whole, _, part = name.partition(".")
    typed = isinstance(value, (str, int)) and not isinstance(value, bool)
    if part:
        return {whole: {part: str(value) if typed and whole != "people" else value}}
    return read(name, str(value), now, zone) if typed else {name: value}


def _keep(
    settings: Settings, token: Token, number: str, command: type[Command], command_id: str, asked: dict[str, Any]
) -> Kept | Refusal:
    try:
        signed = token.sign(number, command, command_id, **asked)
    except ValidationError as error:
        words = fault(error)
        stop(Exit.BAD_INPUT, words, words)
    with intakes(settings) as store:
        try:
            return store.keep(number, signed)
        except LookupError:
            not_found(settings, number)


def _saver(settings: Settings, token: Token, number: str) -> Callable[[dict[str, Any]], str | None]:
    """Saves one answer, or says in words why it can't be."""

    def save(telling: dict[str, Any]) -> str | None:
        try:
            signed = token.sign(number, Amend, desk.new_command_id(), telling=telling)
        except ValidationError as error:
            return fault(error)
        with intakes(settings) as store:
            answer = store.keep(number, signed)
        return said(answer.zh, answer.reason) if isinstance(answer, Refusal) else None

    return save


def _amended(
    settings: Settings, number: str, words: list[str] | None, file: str | None, user: str | None, post: str | None
) -> None:
    """What is typed with a confirmation is saved first, as anything else that is learned."""
    if not words and file is None:
        return
    told = _input(settings, Amend, words, file, datetime.now(UTC))
    answer = _keep(settings, _who(settings, user, post), number, Amend, desk.new_command_id(), told)
    if isinstance(answer, Refusal):
        desk.stop_told(confirming.code_of(answer), answer)


def _finish(settings: Settings, answer: Kept | Refusal, command_id: str, json_: bool) -> None:
    """Say what was saved, what is still being verified, what may be the same, and what comes next."""
    if isinstance(answer, Refusal):
        if json_:
            typer.echo(json.dumps(_told(answer, command_id), ensure_ascii=False))
        desk.stop_told(confirming.code_of(answer), answer)
    intake = kept(settings, answer.number)
    found = desk.run(lambda: candidates(settings, intake)) if intake.open else ()
    if json_:
        told = _told(answer, command_id) | {
            "state": intake.state,
            "missing": list(missing(intake.told)),
            "duplicates": offered_json(found),
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    tell(f"{_mark(settings)}{answer.number} 已存", f"{_mark(settings)}{answer.number} saved", err=json_)
    _next(intake, err=json_)
    offered(settings, answer.number, found, err=json_)
    end(Exit.DONE)


def _told(answer: Kept | Refusal, command_id: str) -> dict[str, Any]:
    """The contract's shape of an answer to a command, and the intake's number."""
    saved, refusal = (None, answer) if isinstance(answer, Refusal) else (answer, None)
    return {
        "id": saved and saved.number,
        "command_id": command_id,
        "status": "refused" if refusal else "done",
        "class": refusal and refusal.kind,
        "seq": list(saved.seq) if saved else None,
        "reason": refusal and said(refusal.zh, refusal.reason),
        "clauses": [],
    }


def _next(intake: Intake, err: bool = False) -> None:
    """What nobody has said yet, and what comes next."""
    if lacks := missing(intake.told):
        names = said("、", ", ").join(said(*FACT_WORDS[fact]) for fact in lacks)
        tell(f"正在核实：{names}", f"being verified: {names}", err=err)
    if not intake.open:
        return
    number = intake.number
    if not intake.verifications:
        how = f"fenghuo intake verify {number} with_whom=… number=… result=holds"
        tell(f"下一步：回拨核实  {how}", f"next: call back  {how}", err=err)
    else:
        how = f"fenghuo intake confirm {number} PLAN | join {number} INCIDENT | false | hand-over"
        tell(f"下一步：{how}", f"next: {how}", err=err)


def _row(intake: Intake) -> dict[str, Any]:
    told = intake.told
    return {
        "id": intake.number,
        "kind": intake.kind,
        "state": intake.state,
        "received_at": intake.received_at.isoformat(),
        "place": told.place and told.place.name,
        "enterprise": told.enterprise,
        "summary": told.summary,
        "missing": list(missing(told)),
        "incident": intake.incident or None,
        "seq": intake.head.seq,
    }


def _shown(intake: Intake) -> dict[str, Any]:
    told = intake.model_dump(mode="json")
    return {
        **_row(intake),
        "taken_at": told["taken_at"],
        "recorder": intake.recorder,
        "telling": intake.told.model_dump(mode="json", exclude_defaults=True),
        "said": told["said"],
        "verified": intake.verified,
        "verifications": told["verifications"],
        "leaders": told["leaders"],
        "ending": told["ending"],
        "how": intake.how,
        "head": intake.head.hash,
    }


def _schema(command: type[Command]) -> None:
    typer.echo(json.dumps(input_schema(command), ensure_ascii=False, indent=2))
    end(Exit.DONE)


def _number(answer: Kept | Refusal) -> str:
    return "" if isinstance(answer, Refusal) else answer.number


def _state(state: str) -> str:
    return said(INTAKE.words(state), state.replace("_", " "))


def _mark(settings: Settings) -> str:
    return said("【演练】", "[drill] ") if settings.kind == "drill" else ""


def _who(settings: Settings, user: str | None, post: str | None) -> Token:
    try:
        return desk.who(settings, user, post)
    except desk.NotAllowed as error:
        desk.stop_told(Exit.REFUSED, error)


app = make_app(Settings, "接报 · intakes: calls before any incident")
