"""A case: an accident, or a warning, to rehearse, as data. When it begins, what is said by whom, how people and units
behave.

`drills/cases/NAME.yaml`, in the terms of HSEEP: a line of the script is an inject or an expected act, told by the post
that gives it. Times are those of the accident; when it is played they all move together, so that it begins now.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from drills.expect import Expected
from incidents.command import Command
from incidents.incident import COMMANDS
from plans.lines import line_of
from plans.schema import Frozen, PostId, UnitId
from plans.schema.words import Duration

CASES = Path(__file__).parent / "cases"

VERBS: Mapping[str, type[Command]] = {command.verb: command for command in COMMANDS}

_OPENINGS = {"facts", "assessment"}
"""A case begins by one of them."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")


class CaseFault(ValueError):
    """A case can't be read; the message is one line: file, line, key, and what was expected."""


class NoSuchCase(LookupError):
    """Neither a shipped case nor a file."""


class Line(Frozen):
    """One line of the script: at this instant the holder of a post gives a command."""

    at: AwareDatetime
    by: PostId
    do: str
    """The verb of a command."""
    given: Mapping[str, Any] = Field(default={}, alias="with")
    """Its fields. A time with an offset moves with the case; `@post` is whoever holds that post, `#document` the
    SHA-256 of one of the case's documents."""
    says: Annotated[str, Field(min_length=1)]
    """What happens, for whoever watches."""
    en: Annotated[str, Field(min_length=1)]
    source: Literal["record", "scripted"] = "scripted"
    """Whether the accident's public record has it, or it was made up where the record is silent."""
    refused: Literal["", "hard", "plan", "form"] = ""
    """The class of the refusal that it must meet; empty: it must be taken."""
    objective: str = ""
    """Which objective of the exercise it serves, by name."""
    inject: str = ""
    """By which means a controller brings it in: telephone, sheet, radio; empty: players do it by themselves."""
    controller: str = ""
    evaluator: str = ""
    """Who watches what is done about it."""

    @field_validator("do")
    @classmethod
    def _known(cls, verb: str) -> str:
        if verb not in VERBS:
            raise ValueError(f"expected a command, found '{verb}'")
        return verb


class Leader(Frozen):
    """How the holder of a post answers an approval that waits for them. Who is not listed never answers."""

    after: Duration
    form: Literal["in_system", "oral"] = "in_system"
    answer: Literal["yes", "no"] = "yes"
    words: str = "同意"


class Units(Frozen):
    """When the responsible person of a unit answers a notice: after so long, or never."""

    after: Duration
    own: Mapping[UnitId | PostId, Duration] = {}
    silent: tuple[UnitId | PostId, ...] = ()


class Legs(Frozen):
    """When the watch sends each leg of a report: so long after its limit starts, by the plan's rule, or never. One that
    is due again and again goes so long ahead of its limit."""

    after: Duration
    ahead: Duration = timedelta(minutes=30)
    own: Mapping[str, Duration] = {}
    never: tuple[str, ...] = ()


class Outage(Frozen):
    """A channel takes nothing for a while: what is sent by it fails, and the chase goes on by the next one."""

    channel: str
    since: AwareDatetime
    until: AwareDatetime


class Watch(Frozen):
    """Who keeps the watch."""

    first: PostId
    second: PostId


class Document(Frozen):
    """A document of the case, as a text file."""

    name: Annotated[str, Field(min_length=1)]
    text: Annotated[str, Field(min_length=1)]

    @property
    def content(self) -> bytes:
        """What the file holds."""
        return self.text.encode()

    @property
    def sha256(self) -> str:
        """By which the log names it."""
        return hashlib.sha256(self.content).hexdigest()


class Title(Frozen):
    """What it is called."""

    says: str
    en: str


class Case(Frozen):
    """One case."""

    title: Title
    outline: Title
    plan: str
    starts_at: AwareDatetime
    """When the first call is entered."""
    facts: dict[str, Any] | None = None
    """As FACTS.json, where it begins with an accident; its times move with the case."""
    assessment: dict[str, Any] | None = None
    """As WARNING.json, where it begins as a warning; its times move too."""
    watch: Watch
    leaders: Mapping[PostId, Leader] = {}
    units: Units
    legs: Legs
    tasks: Duration
    """How long a unit needs for a task."""
    papers: Duration
    """How long after a spoken word its signed sheet comes."""
    outages: tuple[Outage, ...] = ()
    objectives: Mapping[str, Title] = {}
    expect: tuple[Expected, ...] = ()
    lasts: Duration = timedelta(days=60)
    """It is broken off so long after it began, whatever is still open."""
    documents: Mapping[str, Document] = {}
    script: tuple[Line, ...]

    @property
    def opening(self) -> tuple[str, dict[str, Any]]:
        """What the first call is entered by: the verb, and its one field beside those of any opening."""
        if self.facts is not None:
            return "open", {"facts": self.facts}
        return "open-warning", {"assessment": self.assessment}

    @model_validator(mode="after")
    def _one_opening(self) -> Self:
        if (self.facts is None) == (self.assessment is None):
            raise _fault("facts", "expected either 'facts', for an accident, or 'assessment', for a warning")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        known = {"", *self.objectives}
        for place, told in (("script", self.script), ("expect", self.expect)):
            for number, one in enumerate(told):
                if one.objective not in known:
                    names = ", ".join(self.objectives) or "none"
                    raise _fault(f"{place}.{number}.objective", f"expected one of {names}, found '{one.objective}'")
        before = self.starts_at
        for number, line in enumerate(self.script):
            if line.at < before:
                raise _fault(f"script.{number}.at", f"expected a time from {before.isoformat()} on, times run forward")
            before = line.at
        return self


SHAPE: TypeAdapter[Case] = TypeAdapter(Case)
"""The shape of a case's file."""


def shipped() -> tuple[str, ...]:
    """The names of the cases that come with the program."""
    return tuple(sorted(file.stem for file in CASES.glob("*.yaml")))


def find(name: str) -> Path:
    """The file of a shipped case, or of a path. Raises `NoSuchCase`."""
    if name in shipped():
        return CASES / f"{name}.yaml"
    if Path(name).is_file():
        return Path(name)
    raise NoSuchCase(f"no case '{name}': expected one of {', '.join(shipped())}, or a file")


def read(file: Path) -> Case:
    """The case in a YAML file. Raises `CaseFault`."""
    return located(file)[0]


def located(file: Path) -> tuple[Case, Any]:
    """The case, and the root node of its file, which knows lines. Raises `CaseFault`.

    `extends: NAME` takes every chapter that the file does not have from another case, beside it or shipped."""
    told, node = _parsed(file)
    if isinstance(told, dict) and "extends" in told:
        base = _base(file, str(told.pop("extends")), node)
        begins = _OPENINGS if told.keys() & _OPENINGS else set()
        told = {**{chapter: value for chapter, value in base.items() if chapter not in begins}, **told}
    try:
        return SHAPE.validate_python(told), node
    except ValidationError as error:
        first = error.errors()[0]
        where = first.get("ctx", {}).get("place") or ".".join(str(part) for part in first["loc"])
        line = line_of(node, where.split("."))
        raise CaseFault(f"{file}:{line} {where}: {first['msg'].removeprefix('Value error, ')}") from None


def _fault(place: str, words: str) -> PydanticCustomError:
    """What is wrong at a place that only the whole case knows."""
    return PydanticCustomError("fault", "{words}", {"place": place, "words": words})


def _base(file: Path, name: str, node: Any) -> dict[str, Any]:
    beside = file.with_name(f"{name}.yaml")
    try:
        told, _ = _parsed(beside if beside.is_file() else find(name))
    except NoSuchCase as unknown:
        raise CaseFault(f"{file}:{line_of(node, ['extends'])} extends: {unknown}") from None
    return dict(told)


def _parsed(file: Path) -> tuple[Any, Any]:
    """What a file holds, and its root node. Raises `CaseFault`."""
    yaml = YAML(typ="safe")
    try:
        node = yaml.compose(file.read_text("utf-8"))
        return yaml.constructor.construct_document(node), node
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CaseFault(f"{file}:{line} {str(error.problem).splitlines()[0]}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseFault(f"{file}: expected a readable case, {error}") from None


def moved(told: Any, by: timedelta, names: Mapping[str, str]) -> Any:
    """Fields of a command with their times moved, and what stands for a holder or a document replaced by `names`."""
    match told:
        case dict():
            return {key: moved(value, by, names) for key, value in told.items()}
        case list() | tuple():
            return [moved(value, by, names) for value in told]
        case datetime():
            return (told + by).isoformat()
        case str() if _INSTANT.fullmatch(told):
            return (datetime.fromisoformat(told) + by).isoformat()
        case str():
            return names.get(told, told)
        case _:
            return told
