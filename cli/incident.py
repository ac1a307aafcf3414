"""`fenghuo incident`: open, command and read incidents in a terminal. One verb for each command of the core."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from temporalio.client import Client

from cli import desk, evidence, opening, reading, ringing
from cli.exits import Exit, end, stop
from cli.faults import fault
from cli.language import said
from cli.words import verb_words
from client import CommandRefused, NoSuchIncident, Token, Unanswered, send
from incidents.approval import AttachSignature
from incidents.command import Command
from incidents.departures import AttachEvidence
from incidents.incident import COMMANDS, OPENING
from incidents.response import ProposeLevel
from settings import Settings

As = Annotated[str | None, typer.Option("--as", help="以谁的身份 · whose token")]
Post = Annotated[str | None, typer.Option("--post", help="以哪个岗位 · in which of that person's posts")]
Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Number = Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")]
MakeSettings = Callable[[], Settings]


def make_app(settings: MakeSettings, help_: str) -> typer.Typer:
    """The same commands for one kind of home: live, or drill."""
    app = typer.Typer(no_args_is_help=True, help=help_)

    @app.command("open")
    def open_incident(
        plan: str,
        facts: Annotated[str, typer.Argument(help="FACTS.json, or -")],
        number: Annotated[str | None, typer.Option("--id", help="编号；不给则自动编号 · the number")] = None,
        yes: Annotated[bool, typer.Option("--yes", help="不再询问 · do not ask")] = False,
        as_: As = None,
        post: Post = None,
        command_id: Annotated[str | None, typer.Option("--command-id")] = None,
        json_: Json = False,
    ) -> None:
        """开启一起事故 · Open an incident: says whom it will notify, and asks."""
        opening.open_accident(settings(), plan, facts, opening.Asked(number, yes, as_, post, command_id, json_))

    @app.command("open-warning")
    def open_warning(
        plan: str,
        warning: Annotated[str, typer.Argument(help="WARNING.json, or -")],
        number: Annotated[str | None, typer.Option("--id", help="编号；不给则自动编号 · the number")] = None,
        yes: Annotated[bool, typer.Option("--yes", help="不再询问 · do not ask")] = False,
        as_: As = None,
        post: Post = None,
        command_id: Annotated[str | None, typer.Option("--command-id")] = None,
        json_: Json = False,
    ) -> None:
        """开启一次预警 · Open an incident as a warning: says who determines it and whom it would call, and asks."""
        opening.open_warning(settings(), plan, warning, opening.Asked(number, yes, as_, post, command_id, json_))

    reading.add(app, settings)
    for command in COMMANDS:
        if command not in OPENING:
            _add_verb(app, settings, command)
    return app


def _add_verb(app: typer.Typer, settings: MakeSettings, command: type[Command]) -> None:
    def run(
        number: Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")] = "",
        words: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", help="字段 · fields")] = None,
        file: Annotated[
            str | None,
            typer.Option("--file", help="INPUT.json，多行则逐行办理 · or lines of JSON, one command each; -"),
        ] = None,
        command_id: Annotated[str | None, typer.Option("--command-id", help="重试时给同一个 · repeat with it")] = None,
        as_: As = None,
        post: Post = None,
        yes: Annotated[
            bool, typer.Option("--yes", help="要响很多电话时不再询问 · do not ask before many phones ring")
        ] = False,
        schema: Annotated[bool, typer.Option("--schema", help="输入的 JSON Schema · of the input")] = False,
        json_: Json = False,
    ) -> None:
        if schema:
            typer.echo(json.dumps(input_schema(command), ensure_ascii=False, indent=2))
            end(Exit.DONE)
        if not number:
            stop(Exit.BAD_INPUT, "ID：须填事故编号", "ID: expected the incident's number")
        try:
            asked = desk.inputs(words or [], file)
        except ValueError as error:
            stop(Exit.BAD_INPUT, str(error), str(error))
        for told in desk.run(lambda: ask(settings(), command, number, asked, as_, post, command_id, yes)):
            code = answer(told, json_)
        end(code)

    chinese, english = verb_words(command)
    run.__doc__ = f"{chinese} · {english}"
    app.command(command.verb)(run)


async def ask(
    settings: Settings,
    command: type[Command],
    number: str,
    asked: list[dict[str, Any]],
    user: str | None,
    post: str | None,
    command_id: str | None,
    yes: bool,
) -> list[dict[str, Any]]:
    """The answers in order, up to the first that is not done. What is bad input sends nothing at all."""
    token = desk.who(settings, user, post, lambda: desk.place_of(settings, number))
    name = command_id or desk.new_command_id()
    names = [name] if len(asked) == 1 else [f"{name}-{line}" for line in range(1, len(asked) + 1)]
    commands = [signed(settings, token, command, number, *one) for one in zip(names, asked, strict=True)]
    client = await desk.connect(settings)
    told: list[dict[str, Any]] = []
    for one in commands:
        if isinstance(one, ProposeLevel):
            await ringing.warn(settings, number, one, yes)
        told.append(await answered(settings, client, number, one))
        if told[-1]["status"] != "done":
            break
    return told


def signed(
    settings: Settings, token: Token, command: type[Command], number: str, name: str, asked: dict[str, Any]
) -> Command:
    """A command from what was asked; what is bad input ends here."""
    if command in (AttachEvidence, AttachSignature) and "path" in asked:
        asked |= _kept(settings, Path(str(asked.pop("path"))), command)
    if "envelope" in asked:
        stop(
            Exit.BAD_INPUT,
            "envelope：签名凭据由本机生成，只填命令自己的字段",
            "envelope: it is made here; expected the command's own fields",
        )
    try:
        return token.sign(number, command, name, **asked)
    except ValidationError as error:
        words = fault(error)
        stop(Exit.BAD_INPUT, words, words)


async def answered(settings: Settings, client: Client, number: str, command: Command) -> dict[str, Any]:
    """What the incident answers, in the contract's shape."""
    name = command.envelope.command_id
    try:
        receipt = await send(client.get_workflow_handle(number), command)
    except CommandRefused as refused:
        return {
            "command_id": name,
            "status": "refused",
            "class": refused.refusal.kind,
            "seq": None,
            "reason": said(refused.refusal.zh, refused.refusal.reason),
            "clauses": list(refused.refusal.clauses),
        }
    except Unanswered as unanswered:
        return _told(name, "unknown", None, said(unanswered.zh, unanswered.en))
    except NoSuchIncident:
        reading.not_found(settings, number)
    return _told(name, "done", list(receipt.seq), None)


def _kept(settings: Settings, path: Path, command: type[Command]) -> dict[str, Any]:
    """Keep a file in the home under its SHA-256, and say what the log is told of it."""
    content = evidence.read(path, "path")
    digest = evidence.keep(settings, content)
    told = {"sha256": digest, "name": path.name}
    return told | {"size": len(content)} if command is AttachEvidence else told


def _told(command_id: str, status: str, seq: list[int] | None, reason: str | None) -> dict[str, Any]:
    return {"command_id": command_id, "status": status, "class": None, "seq": seq, "reason": reason, "clauses": []}


def answer(told: dict[str, Any], json_: bool) -> Exit:
    """Say what was answered, and with which code to end."""
    code = {"done": Exit.DONE, "unknown": Exit.UNKNOWN, "refused": Exit.REFUSED}[told["status"]]
    if told["class"] == "form":
        code = Exit.BAD_INPUT
    clauses = f"（{'、'.join(told['clauses'])}）" if told["clauses"] else ""
    if told["status"] == "done":
        first, last = told["seq"]
        words = said(f"已办：日志第 {first} 至 {last} 条", f"done: entries {first} to {last}")
    elif told["status"] == "refused":
        words = said("未受理：", "refused: ") + told["reason"] + clauses
        if told["class"] == "plan":
            words += "\n" + said(
                "若已照此办理，请用 deviate 如实记录", "if it was done all the same, record it with `deviate`"
            )
    else:
        again = f"--command-id {told['command_id']}"
        words = said("未知：", "unknown: ") + f"{told['reason']} ({again})"
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    typer.echo(words, err=json_ or code is not Exit.DONE)
    return code


def input_schema(command: type[Command]) -> dict[str, Any]:
    """The JSON Schema of a command's input: everything but the envelope, which is made here."""
    schema = command.model_json_schema()
    schema["properties"].pop("envelope")
    schema["required"] = [name for name in schema.get("required", []) if name != "envelope"]
    schema.get("$defs", {}).pop("Envelope", None)
    return schema


app = make_app(Settings, "事故 · incidents: open, command, read")
