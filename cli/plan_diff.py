"""`fenghuo plan diff`: how two plans differ, and what the second would mean for each incident that is open."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import typer

from cli.chosen import plan_of
from cli.exits import Exit, end
from cli.language import asked, said, tell
from cli.plan_reading import Json, PlanName
from plans.registry import hash_of
from plans.schema import Plan
from plans.vocabulary import field
from settings import Settings

if TYPE_CHECKING:
    from incidents.another_plan import Touched
    from plans.comparing import Difference


def add(app: typer.Typer) -> None:
    """Put this command into `app`."""
    app.command("diff")(diff)


def diff(old: PlanName, new: PlanName, json_: Json = False) -> None:
    """比较两个预案 · What NEW says otherwise than OLD, and what that would mean for each open incident: always 0."""
    # Its library takes long to load, and no other command of a plan needs it.
    from plans.comparing import differences

    settings = Settings()
    was, now = plan_of(settings, old), plan_of(settings, new)
    found = differences(was, now)
    running = _running(settings, was, now)
    if json_:
        typer.echo(json.dumps(_data(was, now, found, running), ensure_ascii=False))
    else:
        _print(was, now, found)
        for number, digest, touched in running:
            kept = f"{was.name}@{digest[:12]}"
            tell(f"\n{number}：仍按 {kept}。若按 {now.name}：", f"\n{number}: keeps {kept}. Under {now.name}:")
            for one in touched:
                tell(f"  {one.zh}", f"  {one.en}")
            if not touched:
                tell("  未结事项都不受影响", "  nothing that is open is touched")
    end(Exit.DONE)


def _print(was: Plan, now: Plan, found: tuple[Difference, ...]) -> None:
    names = f"{was.name}@{hash_of(was)[:12]} → {now.name}@{hash_of(now)[:12]}"
    tell(f"{names}：{len(found)} 处不同", f"{names}: {len(found)} differences")
    for chapter, told in groupby(found, key=lambda one: one.chapter):
        typer.echo(f"\n{field(chapter, asked() or 'zh')}")
        for one in told:
            typer.echo(f"  {said(one.zh, one.en)}")


def _data(
    was: Plan, now: Plan, found: tuple[Difference, ...], running: list[tuple[str, str, tuple[Touched, ...]]]
) -> dict[str, Any]:
    return {
        "old": {"plan": was.name, "hash": hash_of(was)},
        "new": {"plan": now.name, "hash": hash_of(now)},
        "changes": [
            {
                "chapter": one.chapter,
                "path": one.path,
                "kind": one.kind,
                "says": one.zh,
                "en": one.en,
                "old": one.old,
                "new": one.new,
            }
            for one in found
        ],
        "incidents": [
            {
                "id": number,
                "plan_hash": digest,
                "touched": [
                    {
                        "what": one.what,
                        "id": one.id,
                        "says": one.zh,
                        "en": one.en,
                        "due_at": one.due_at.isoformat() if one.due_at else None,
                    }
                    for one in touched
                ],
            }
            for number, digest, touched in running
        ],
    }


def _running(settings: Settings, was: Plan, now: Plan) -> list[tuple[str, str, tuple[Touched, ...]]]:
    """Each open incident that runs by the first plan, in whatever version: its number, that version's hash, and what
    the second plan would have otherwise of what is open."""
    if not (settings.folder / "store.db").exists():
        return []
    from cli import desk
    from cli.reading import open_under
    from incidents.another_plan import touched

    directory = desk.gate(settings)
    told = []
    try:
        for record in desk.run(lambda: open_under(settings, was.name)):
            kept = directory.plan(record.plan_hash)
            own = Plan.model_validate_json(kept) if kept else was
            told.append((record.id, record.plan_hash, touched(record, own, now)))
    finally:
        directory.close()
    return told
