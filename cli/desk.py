"""What every incident command of the terminal needs: where the home runs, who asks, and how an answer ends."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError

from cli.exits import Exit, stop
from cli.language import said, tell
from cli.status import status
from client import NoEngine, Token, Told
from incidents.command import Refusal
from plans import library, roster
from settings import Settings
from workflows.messages import CONVERTER

if TYPE_CHECKING:
    from store.gate import Gate

T = TypeVar("T")


class Person(BaseModel):
    """A personal token, as kept in the home: whose, for which posts, and the private key (Ed25519, hex)."""

    user: str
    name: str
    posts: tuple[str, ...]
    key: str
    example: bool = False
    first: bool = False
    place: str = ""
    """The jurisdiction of the posts, by its division code; empty: any."""


class NotAllowed(Told):
    """The home can't tell who asks."""


def gate(settings: Settings) -> Gate:
    """The directory and register of this home's kind."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Most commands need no database, and its library takes long to load.
    from store.gate import Gate

    return Gate(settings.folder / "store.db", settings.kind)


def appoint(settings: Settings, told: roster.Roster, place: str) -> None:
    """Let the people of a roster act in the posts of a jurisdiction, each by an own key that is kept in this home,
    readable by its owner alone."""
    folder = _tokens(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory = gate(settings)
    for number, holder in enumerate(told.holders):
        file = folder / f"{holder.user}.json"
        old = Person.model_validate_json(file.read_text("utf-8")) if file.exists() else None
        key = old.key if old else Ed25519PrivateKey.generate().private_bytes_raw().hex()
        person = Person(
            user=holder.user,
            name=holder.name,
            posts=holder.posts,
            key=key,
            example=told.example,
            first=number == 0,
            place=place,
        )
        fresh = file.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(person.model_dump_json(indent=2) + "\n")
        fresh.replace(file)
        for post in holder.posts:
            public = _token(person, post).public_key
            directory.appoint(holder.user, post, public, holder.name, told.example, place)
    directory.close()


def people(settings: Settings) -> tuple[Person, ...]:
    """The personal tokens of this home; an empty home gets the example rosters of the shipped plans, and says so."""
    folder = _tokens(settings)
    if not folder.exists():
        for name in library.shipped():
            file = library.find(name) / roster.EXAMPLE
            if file.exists():
                place = library.load(library.find(name)).plan.about.jurisdiction.division_code
                appoint(settings, roster.read(file), place)
                tell(
                    f"已载入 {name} 的示例名册（人员均为虚构）",
                    f"loaded the example roster of {name} (fictional)",
                    err=True,
                )
    files = sorted(folder.glob("*.json")) if folder.exists() else []
    return tuple(Person.model_validate_json(file.read_text("utf-8")) for file in files)


def who(settings: Settings, user: str | None, post: str | None, place: Callable[[], str] | str = "") -> Token:
    """The token of `user`; without one the first duty officer of the example roster there, or the home's only token.

    `place` is the jurisdiction, or how to find it out. Without one the first shipped plan's people act.
    Raises `NotAllowed`.
    """
    known = people(settings)
    if user is None:
        usual = [person for person in known if person.first and person.example] or list(known)
        if len(usual) > 1:
            here = place if isinstance(place, str) else place()
            usual = [person for person in usual if person.place == (here or _first_place())] or usual
        if len(usual) != 1:
            names = ", ".join(person.user for person in known) or "none"
            raise NotAllowed(f"--as：须指明本机哪个令牌：{names}", f"--as: expected one of this home's tokens: {names}")
        person = usual[0]
    else:
        found = [person for person in known if person.user == user]
        if not found:
            names = ", ".join(person.user for person in known) or "none"
            raise NotAllowed(
                f"--as：应为本机令牌之一：{names}；现为 {user}",
                f"--as: expected one of this home's tokens: {names}; found {user}",
            )
        person = found[0]
    if post is not None and post not in person.posts:
        held = ", ".join(person.posts)
        raise NotAllowed(
            f"--post：{person.user} 的岗位是 {held}；现为 {post}", f"--post: {person.user} holds {held}; found {post}"
        )
    return _token(person, post or person.posts[0])


def place_of(settings: Settings, number: str) -> str:
    """The jurisdiction of an incident, as this home knows it; empty: it does not."""
    directory = gate(settings)
    try:
        return directory.place_of(number)
    finally:
        directory.close()


def _first_place() -> str:
    return library.load(library.find(library.shipped()[0])).plan.about.jurisdiction.division_code


async def connect(settings: Settings) -> Client:
    """A client of the engine, once a worker listens. Raises `NoEngine`, saying what to start."""
    told = await status(settings)
    if not told["ready"]:
        raise NoEngine(told["why"], told["why"])
    try:
        return await Client.connect(told["address"], namespace=settings.namespace, data_converter=CONVERTER)
    except (RPCError, RuntimeError):
        raise NoEngine("引擎没有应答：先 `fenghuo up`", "the engine does not answer: `fenghuo up`") from None


def inputs(words: list[str], file: str | None) -> list[dict[str, Any]]:
    """The inputs of a command, one or many: a JSON file, or a line of JSON for each; `key=value` words stand over them.

    Raises `ValueError`.
    """
    told = _documents(file) if file is not None else [{}]
    over: dict[str, Any] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise ValueError(said(f"{word}：应写作 字段=值", f"{word}: expected key=value"))
        try:
            over[key] = json.loads(value)
        except json.JSONDecodeError:
            over[key] = value
    return [{**one, **over} for one in told]


def _documents(file: str) -> list[dict[str, Any]]:
    text = typer.get_text_stream("stdin").read() if file == "-" else _text(file)
    try:
        told = [json.loads(text)]
    except json.JSONDecodeError as whole:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            told = [json.loads(line) for line in lines]
        except json.JSONDecodeError:
            where = f"{whole.msg}, line {whole.lineno}"
            raise ValueError(said(f"{file}：应为 JSON，{where}", f"{file}: expected JSON, {where}")) from None
    if not told or not all(isinstance(one, dict) for one in told):
        raise ValueError(said(f"{file}：应为 JSON 对象", f"{file}: expected JSON objects"))
    return told


def local(settings: Settings, at: datetime) -> str:
    """An instant as people here read it."""
    return f"{at.astimezone(ZoneInfo(settings.time_zone)):%m-%d %H:%M:%S}"


def new_command_id() -> str:
    """A command id that nobody else uses."""
    return secrets.token_hex(8)


def stop_told(code: Exit, told: Told | Refusal) -> NoReturn:
    """End with what was told by somebody who speaks both languages."""
    stop(code, told.zh, told.reason if isinstance(told, Refusal) else told.en)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end; what can't be reached or told ends with its own exit code."""
    import asyncio

    try:
        return asyncio.run(work())
    except NotAllowed as error:
        stop_told(Exit.REFUSED, error)
    except NoEngine as error:
        stop_told(Exit.UNREACHABLE, error)


def _text(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            said(f"{file}：应为可读的文件，{error}", f"{file}: expected a readable file, {error}")
        ) from None


def _tokens(settings: Settings) -> Path:
    return settings.folder / "tokens"


def _token(person: Person, post: str) -> Token:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(person.key))
    return Token(person.user, post, f"cli-{os.getpid()}", key)
