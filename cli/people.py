"""`fenghuo people`: lists of names, kept apart from the log and held against each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import desk, name_lists, personal_data, reading
from cli.exits import Exit, end, stop
from cli.incident import answer, answered, signed
from cli.language import said
from incidents.matching import Person, match
from incidents.name_lists import LONGEST, AttachPeople
from incidents.record import NameList, Record
from plans.vocabulary import WORDS
from settings import Settings

if TYPE_CHECKING:
    from store.personal import Kept, Personal

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Number = Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")]
As = Annotated[str | None, typer.Option("--as", help="以谁的身份 · whose token")]
Post = Annotated[str | None, typer.Option("--post", help="以哪个岗位 · in which of that person's posts")]
Clear = Annotated[bool, typer.Option("--names", help="显示姓名；默认隐去 · names in clear; masked without it")]
MakeSettings = Callable[[], Settings]


def make_app(settings: MakeSettings) -> typer.Typer:
    """The lists of one kind of home: live, or drill."""
    app = typer.Typer(no_args_is_help=True, help="人员名单 · lists of names, kept apart and encrypted")

    @app.command("import")
    def import_list(
        number: Number,
        file: Annotated[Path, typer.Argument(help="FILE.csv")],
        source: Annotated[str, typer.Option("--source", help="county, hospital, fire-brigade, onsite-hq, ...")],
        named: Annotated[str, typer.Option("--named", help="同类来源的名称 · which of several of a kind")] = "",
        as_of: Annotated[str | None, typer.Option("--as-of", help="截至 · as of TIME")] = None,
        complete: Annotated[bool, typer.Option("--complete", help="名单完整 · nobody is left out")] = False,
        verified: Annotated[bool, typer.Option("--verified", help="已核实 · verified")] = False,
        differs: Annotated[str, typer.Option("--differs", help="与前述矛盾的原因 · why it contradicts")] = "",
        as_: As = None,
        post: Post = None,
        command_id: Annotated[str | None, typer.Option("--command-id")] = None,
        json_: Json = False,
    ) -> None:
        """导入名单 · Keep a list of names; the log is told how many, never who."""
        try:
            people = name_lists.read(file)
        except ValueError as error:
            stop(Exit.BAD_INPUT, str(error), str(error))
        if len(people) > LONGEST:
            stop(Exit.BAD_INPUT, f"{file}：一份名单至多 {LONGEST} 行", f"{file}: expected at most {LONGEST} lines")
        asked = {
            "counts": dict(Counter(person.state for person in people)),
            "source": source,
            "named": named,
            "as_of": as_of,
            "complete": complete,
            "verified": verified,
            "differs": differs,
        }
        name = command_id or desk.new_command_id()
        told = desk.run(lambda: _import(settings(), number, people, asked, name, as_, post))
        end(answer(told, json_))

    @app.command("list")
    def list_lists(number: Number, json_: Json = False) -> None:
        """已登记的名单 · The lists of an incident, and how many are on each."""
        record = desk.run(lambda: reading.record_now(settings(), number))
        lists = record.model_dump(mode="json")["lists"].values()
        if json_:
            typer.echo(json.dumps(list(lists), ensure_ascii=False))
        for told in [] if json_ else lists:
            counts = said("、", ", ").join(f"{_state(state)} {n}" for state, n in told["counts"].items())
            whole = said("完整", "complete") if told["complete"] else said("不完整", "not complete")
            typer.echo(f"{told['id']}  {told['account']}  {told['as_of']}  {counts}  {whole}")
        end(Exit.DONE)

    @app.command("show")
    def show(
        number: Number,
        listed: Annotated[str, typer.Argument(metavar="LIST", help="L1, L2, ...")],
        names: Clear = False,
        json_: Json = False,
    ) -> None:
        """名单内容 · Who is on a list."""
        record = desk.run(lambda: reading.record_now(settings(), number))
        people = [_told(person, names) for person in _people(settings(), record, _listed(record, listed))]
        if json_:
            typer.echo(json.dumps(people, ensure_ascii=False))
        for person in [] if json_ else people:
            typer.echo(_line(person))
        end(Exit.DONE)

    @app.command("match")
    def match_lists(
        number: Number,
        a: Annotated[str, typer.Argument(metavar="LIST")],
        b: Annotated[str, typer.Argument(metavar="LIST")],
        names: Clear = False,
        json_: Json = False,
    ) -> None:
        """比对两份名单 · Two lists beside each other: who is on one alone, who stands elsewhere, who may be one."""
        record = desk.run(lambda: reading.record_now(settings(), number))
        first, second = (_people(settings(), record, _listed(record, one)) for one in (a, b))
        found = match(first, second)._asdict()
        told = {key: [_shown(one, names) for one in group] for key, group in found.items()}
        if json_:
            typer.echo(json.dumps(told, ensure_ascii=False))
        for key, group in () if json_ else told.items():
            typer.echo(said(*_GROUPS[key]).format(a=a, b=b) + f" {len(group)}")
            for one in () if key == "same" else group:
                typer.echo("  " + said("  对  ", "  with  ").join(map(_line, one if isinstance(one, list) else [one])))
        end(Exit.DONE)

    return app


_GROUPS = {
    "same": ("相同", "the same"),
    "other_state": ("同一人，状态不同", "the same person in another state"),
    "only_a": ("仅 {a} 有", "only on {a}"),
    "only_b": ("仅 {b} 有", "only on {b}"),
    "near": ("姓名相近，请核对", "near: please compare"),
}


async def _import(
    settings: Settings,
    number: str,
    people: tuple[Person, ...],
    asked: dict[str, Any],
    name: str,
    user: str | None,
    post: str | None,
) -> dict[str, Any]:
    """The rows first, then the log: a list that the log does not take is dropped, an unknown answer leaves it."""
    token = desk.who(settings, user, post)
    # What is bad input keeps nothing: a digest is only known once the rows are.
    signed(settings, token, AttachPeople, number, name, {**asked, "digest": "0" * 64, "rows": ["0" * 64]})
    client = await desk.connect(settings)
    record = await reading.record_now(settings, number)
    if record.closed:
        stop(Exit.REFUSED, f"{number} 已结案", f"{number} is closed")
    with personal_data.kept(settings) as personal:
        kept = _kept(personal, number, people)
        told_before = any(told.digest == kept.digest for told in record.lists.values())
        command = signed(
            settings, token, AttachPeople, number, name, {**asked, "digest": kept.digest, "rows": list(kept.rows)}
        )
        told = await answered(settings, client, number, command)
        if told["status"] == "refused" and not told_before:
            personal.forget(number, kept.digest)
    return told


def _kept(personal: Personal, number: str, people: tuple[Person, ...]) -> Kept:
    from store.personal import NoPersonalData

    try:
        return personal.keep(number, people)
    except NoPersonalData:
        stop(Exit.REFUSED, f"{number}：个人信息已销毁", f"{number}: personal data are destroyed")


def _people(settings: Settings, record: Record, told: NameList) -> tuple[Person, ...]:
    from store.personal import NoPersonalData

    with personal_data.kept(settings) as personal:
        try:
            return personal.read(record.id, told.digest)
        except NoPersonalData:
            stop(Exit.NOT_FOUND, f"{told.id}：姓名已不在本机", f"{told.id}: its names are not here any more")


def _listed(record: Record, name: str) -> NameList:
    if name not in record.lists:
        known = ", ".join(record.lists) or "—"
        stop(Exit.NOT_FOUND, f"{name}：没有此名单；现有 {known}", f"{name}: no such list; there are {known}")
    return record.lists[name]


def _shown(one: Any, names: bool) -> Any:
    return _told(one, names) if isinstance(one, Person) else [_told(person, names) for person in one]


def _told(person: Person, names: bool) -> dict[str, Any]:
    """A line of a list for people. Masked, it keeps what tells lines apart and nobody can be found by."""
    told = person.model_dump(mode="json", exclude_defaults=True)
    if not names:
        told |= {"name": person.masked} | ({"id_last4": "****"} if person.id_last4 else {})
    return told


def _line(told: dict[str, Any]) -> str:
    cells = [_state(value) if key == "state" else str(value) for key, value in told.items()]
    return "  ".join(cells)


def _state(state: str) -> str:
    return said(WORDS[state], state)


app = make_app(Settings)
