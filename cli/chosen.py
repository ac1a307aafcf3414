"""Which plan is meant by PLAN: a shipped name, one under the home, a folder's path, or NAME@HASH of a stored one."""

from __future__ import annotations

from pathlib import Path

from cli import desk
from cli.exits import Exit
from plans.library import NoSuchPlan, PlanFault, find, load
from plans.schema import Plan
from settings import Settings


def plan_of(settings: Settings, name: str) -> Plan:
    """The effective plan; what can't be found or read ends the command in one line."""
    folder_name, at, digest = name.rpartition("@")
    if not at:
        try:
            return load(folder_of(settings, name)).plan
        except PlanFault as fault:
            desk.stop(Exit.BAD_INPUT, str(fault))
    directory = desk.gate(settings)
    told = directory.plan(digest)
    directory.close()
    if told is None:
        desk.stop(Exit.NOT_FOUND, f"{name}：本机没有存这个版本 · no plan is stored here under this hash")
    plan = Plan.model_validate_json(told)
    if plan.name != folder_name:
        desk.stop(Exit.NOT_FOUND, f"{name}：这个版本属于 {plan.name} · this hash is a version of {plan.name}")
    return plan


def folder_of(settings: Settings, name: str) -> Path:
    """The folder of a plan that is not a stored version."""
    try:
        return find(name, settings.home)
    except NoSuchPlan as error:
        desk.stop(Exit.NOT_FOUND, str(error))
