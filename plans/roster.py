"""A duty roster (值班表): which person holds which post of a plan now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from plans.schema import Frozen, Plan, PostId, UnitId
from plans.schema.words import Duration

OWN = "roster.yaml"
EXAMPLE = "roster.example.yaml"


class RosterFault(ValueError):
    """A roster can't be read; the message is one line."""


class Holder(Frozen):
    """A person and the posts they hold, the usual one first."""

    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    posts: tuple[PostId, ...] = Field(min_length=1)


class Contact(Frozen):
    """How a unit is reached by phone, and when somebody last answered there."""

    phone: Annotated[str, Field(pattern=r"^[0-9+][0-9 -]{2,31}$")]
    tested_on: date | None = None


class Roster(Frozen):
    """Holders in order; the first is the first duty officer. `example` marks a fictional one."""

    example: bool = False
    holders: tuple[Holder, ...] = Field(min_length=1)
    contacts: dict[UnitId, Contact] = {}
    """By unit."""
    tested_within: Duration | None = None
    """After this a contact must be tested again."""

    @model_validator(mode="after")
    def _once(self) -> Roster:
        users = [holder.user for holder in self.holders]
        if twice := [user for user in users if users.count(user) > 1]:
            raise ValueError(f"{twice[0]} stands twice")
        return self


def read(file: Path) -> Roster:
    """The roster in a YAML file. Raises `RosterFault`."""
    try:
        return Roster.model_validate(YAML(typ="safe").load(file.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RosterFault(f"{file} {where}: {first['msg'].removeprefix('Value error, ')}") from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise RosterFault(f"{file}: expected a readable roster, {str(error).splitlines()[0]}") from None


def faults(roster: Roster, plan: Plan) -> Iterator[str]:
    """What keeps this roster from running the plan: posts it does not have, posts that nobody holds."""
    held = {post for holder in roster.holders for post in holder.posts}
    for holder in roster.holders:
        for post in holder.posts:
            if post not in plan.posts:
                yield f"{holder.user}: the plan has no post '{post}'"
    for unit in roster.contacts:
        if unit not in plan.units:
            yield f"contacts: the plan has no unit '{unit}'"
    for level, rule in plan.response.levels.items():
        for stage in rule.approval.stages:
            if not held & set(stage.posts):
                yield f"level {level}, {stage.stage}: nobody holds {' or '.join(stage.posts)}"
    if not any("watch" in plan.posts[post].roles for post in held if post in plan.posts):
        yield "nobody keeps the watch"
