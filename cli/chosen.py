"""Which plan is meant by PLAN: a shipped name, one under the home, a folder's path, or NAME@HASH of a stored one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from cli import desk
from cli.exits import Exit
from plans.library import NoSuchPlan, PlanFault, find, load
from plans.schema import Plan
from settings import Kind, Settings


def plan_of(settings: Settings, name: str) -> Plan:
    """The effective plan; what can't be found or read ends the command in one line."""
    folder_name, at, digest = name.rpartition("@")
    if not at:
        try:
            return load(folder_of(settings, name)).plan
        except PlanFault as fault:
            desk.stop(Exit.BAD_INPUT, str(fault), str(fault))
    told = next(_stored(settings, digest), None)
    if told is None:
        desk.stop(Exit.NOT_FOUND, f"{name}：本机没有存这个版本", f"{name}: no plan is stored here under this hash")
    plan = Plan.model_validate_json(told)
    if plan.name != folder_name:
        desk.stop(Exit.NOT_FOUND, f"{name}：这个版本属于 {plan.name}", f"{name}: this is a version of {plan.name}")
    return plan


def _stored(settings: Settings, digest: str) -> Iterator[str]:
    """A plan is the same whichever side stored it."""
    for kind in get_args(Kind):
        if (settings.home / kind / "store.db").exists():
            directory = desk.gate(settings.model_copy(update={"kind": kind}))
            told = directory.plan(digest)
            directory.close()
            if told is not None:
                yield told


def folder_of(settings: Settings, name: str) -> Path:
    """The folder of a plan that is not a stored version."""
    try:
        return find(name, settings.home)
    except NoSuchPlan as error:
        desk.stop(Exit.NOT_FOUND, str(error), str(error))
