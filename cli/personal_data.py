"""`fenghuo personal-data`: the end of an incident's names, once nothing more can come of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import desk, reading
from cli.exits import Exit, end, stop
from cli.language import tell
from incidents.record import Record
from settings import Settings

if TYPE_CHECKING:
    from store.personal import Personal

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Number = Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")]
As = Annotated[str | None, typer.Option("--as", help="以谁的身份 · whose token")]
Post = Annotated[str | None, typer.Option("--post", help="以哪个岗位 · in which of that person's posts")]
By = Annotated[str, typer.Option("--decided-by", help="谁决定 · who decided")]
Reason = Annotated[str, typer.Option("--reason", help="理由 · why")]


def make_app(settings: Callable[[], Settings]) -> typer.Typer:
    """The end of an incident's personal data: destroyed, or kept after an assessment."""
    app = typer.Typer(no_args_is_help=True, help="个人信息 · personal data: destroyed or kept, once all is closed")

    @app.command("destroy")
    def destroy(number: Number, by: By, reason: Reason, as_: As = None, post: Post = None, json_: Json = False) -> None:
        """销毁 · Destroy key and names of a closed incident. Chain, counts and verdicts stay verifiable."""
        user = _closed(settings(), number, by, reason, as_, post)
        with kept(settings()) as personal:
            told = personal.destroy(number, by, reason, user)
        _decided(told, json_, f"{number}：个人信息已销毁", f"{number}: personal data destroyed")

    @app.command("retain")
    def retain(number: Number, by: By, reason: Reason, as_: As = None, post: Post = None, json_: Json = False) -> None:
        """继续保存 · Keep them, after a legality, necessity and security assessment."""
        user = _closed(settings(), number, by, reason, as_, post)
        with kept(settings()) as personal:
            if any(told["what"] == "destroyed" for told in personal.disposals(number)):
                stop(Exit.REFUSED, f"{number}：个人信息已销毁", f"{number}: personal data are destroyed already")
            told = personal.retain(number, by, reason, user)
        _decided(told, json_, f"{number}：个人信息继续保存", f"{number}: personal data are kept")

    @app.command("list")
    def list_disposals(json_: Json = False) -> None:
        """销毁与保存记录 · What was decided, by whom, why."""
        with kept(settings()) as personal:
            rows = personal.disposals()
        if json_:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        for row in [] if json_ else rows:
            typer.echo(f"{row['at']}  {row['incident']}  {row['what']}  {row['decided_by']}  {row['reason']}")
        end(Exit.DONE)

    return app


@contextmanager
def kept(settings: Settings) -> Iterator[Personal]:
    """What this home keeps of people."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    from store.personal import Personal

    personal = Personal(settings.folder)
    try:
        yield personal
    finally:
        personal.close()


def _closed(settings: Settings, number: str, by: str, reason: str, user: str | None, post: str | None) -> str:
    """Who records the decision, once nothing more can come of the incident."""
    if not by.strip() or not reason.strip():
        stop(Exit.BAD_INPUT, "--decided-by、--reason：不能为空", "--decided-by, --reason: expected words")

    async def asked() -> tuple[str, Record]:
        return desk.who(settings, user, post).user, await reading.record_now(settings, number)

    name, record = desk.run(asked)
    if not record.closed:
        stop(
            Exit.REFUSED,
            f"{number}：尚未结案（{record.phase}），姓名仍要用于核对",
            f"{number}: it is not closed ({record.phase}); names are still needed to compare sources",
        )
    return name


def _decided(told: dict[str, Any], json_: bool, zh: str, en: str) -> None:
    if json_:
        typer.echo(json.dumps(told, ensure_ascii=False))
    tell(zh, en, err=json_)
    end(Exit.DONE)


app = make_app(Settings)
