"""A plan that an open incident runs by is frozen: its folder may be read as it was, never as it was edited."""

from __future__ import annotations

import json

from pydantic import ValidationError

from cli import desk
from cli.exits import Exit
from cli.reading import stored
from plans.registry import hash_of
from plans.schema import Plan
from settings import Settings


def refuse_if_frozen(settings: Settings, plan: Plan) -> None:
    """End with the incident's number and the way out where an open incident runs by another version of this plan."""
    if not (settings.folder / "store.db").exists():
        return
    number = desk.run(lambda: _using_another(settings, plan))
    if number is not None:
        desk.stop(
            Exit.REFUSED,
            f"{plan.name} 正用于 {number}，不能改动；请另存新版再改：fenghuo plan new NAME --from {plan.name}",
            f"{plan.name} is in use by {number} and frozen: `fenghuo plan new NAME --from {plan.name}`, and edit that",
        )


async def _using_another(settings: Settings, plan: Plan) -> str | None:
    """The first open incident that runs by another version, if there is one."""
    async with stored(settings) as logbooks:
        rows = [(number, json.loads(body)) for number, _, body in await logbooks.incidents()]
    directory = desk.gate(settings)
    try:
        for number, body in rows:
            uses = body["plan"] == plan.name and body["phase"] != "closed"
            if uses and not _same(directory.plan(body["plan_hash"]), plan):
                return number
    finally:
        directory.close()
    return None


def _same(kept: str | None, plan: Plan) -> bool:
    """Whether the stored version says what this one says. Read by today's model: a field that a release has added is
    no edit."""
    try:
        return kept is not None and hash_of(Plan.model_validate_json(kept)) == hash_of(plan)
    except ValidationError:
        return False
