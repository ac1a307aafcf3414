"""How many phones the order of a level rings, in how many units: said first, and asked about when there are many."""

from __future__ import annotations

import sys

import typer

from cli import desk
from cli.exits import Exit, stop
from cli.language import said, tell
from cli.reading import record_now
from incidents.response import Preview, ProposeLevel, preview
from plans.schema import Plan
from settings import Settings


async def warn(settings: Settings, number: str, command: ProposeLevel, yes: bool) -> None:
    """Say whom the order will ring. Many phones are rung only after a yes, where somebody sits at a terminal."""
    record = await record_now(settings, number)
    if command.level == record.level:
        return
    directory = desk.gate(settings)
    told = directory.plan(record.plan_hash)
    directory.close()
    if told is None:
        return
    plan = Plan.model_validate_json(told)
    if command.level not in plan.response.levels:
        return
    rung = preview(plan, record, command.level, command.model_dump())
    units, phones = len(rung.units), rung.phones
    tell(f"命令下达后将拨打 {units} 个单位的 {phones} 部电话", f"will ring {phones} phones in {units} units", err=True)
    if not yes and many(plan, rung) and sys.stdin.isatty():
        tell("、".join(plan.units[unit].name for unit in rung.units), ", ".join(rung.units), err=True)
        if not typer.confirm(said("提请？", "Propose it?"), err=True):
            stop(Exit.REFUSED, "未提请", "not proposed")


def many(plan: Plan, rung: Preview) -> bool:
    """Whether the plan counts these as many phones."""
    limit = plan.notices.many_phones
    return limit is not None and rung.phones >= limit
