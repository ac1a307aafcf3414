"""`fenghuo plan check` in a terminal: what is open, what was settled by which decision, and the counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import typer

from cli.chosen import folder_of
from cli.exits import Exit, end, stop
from cli.language import said
from plans import documents, library, roster
from plans.lint import RULES, Around, Judged, judge
from settings import Settings

WEIGHT = {"high": "高", "medium": "中", "low": "低"}


def check(name: str, settled: bool, decided: bool, on: date, json_: bool) -> None:
    """See `fenghuo plan check`."""
    settings = Settings()
    folder = folder_of(settings, name)
    try:
        loaded = library.read(folder, decided)
        people = _roster(folder)
    except (library.PlanFault, roster.RosterFault) as fault:
        stop(Exit.BAD_INPUT, str(fault), str(fault))
    if decided and (settings.folder / "store.db").exists():
        # Only a home with incidents needs the store, which takes long to load.
        from cli.freezing import refuse_if_frozen

        refuse_if_frozen(settings, loaded.plan)
    around = Around(
        national=loaded.plan.national.statutory,
        national_fields=library.national_fields(),
        clauses=loaded.clauses,
        sections=library.sections(loaded.folder),
        roster=people,
        on=on,
        templates=_templates(folder, settings.home),
    )
    judged = judge(loaded, around)
    if json_:
        typer.echo(json.dumps([_row(one) for one in judged], ensure_ascii=False))
    else:
        for one in judged:
            if settled or one.settled_by is None:
                typer.echo(_words(one))
    typer.echo(_counts(judged), err=json_)
    end(Exit.FAULT if any(one.counts for one in judged) else Exit.DONE)


def rules(json_: bool) -> None:
    """See `fenghuo plan check --rules`."""
    if json_:
        rows = [{"rule": told.name, "severity": told.severity, "says": told.words} for told in RULES.values()]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    for told in [] if json_ else RULES.values():
        typer.echo(f"{WEIGHT[told.severity]} {told.name:28} {told.words}")
    end(Exit.DONE)


def _roster(folder: Path) -> roster.Roster | None:
    """The plan's own roster, or its example; a unit is called by what stands there."""
    for file in (folder / roster.OWN, folder / roster.EXAMPLE):
        if file.exists():
            return roster.read(file)
    return None


def _templates(*folders: Path) -> tuple[tuple[str, str, str, str], ...]:
    """What is wrong with the templates that the plan or this home lays itself."""
    if not any((folder / documents.FOLDER).is_dir() for folder in folders):
        return ()
    # Few plans have templates of their own, and their libraries take long to load.
    from plans.templates import faults

    return tuple((fault.file.name, fault.field, fault.says, fault.en) for fault in faults(*folders))


def _row(one: Judged) -> dict[str, Any]:
    finding = one.finding
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "file": one.file,
        "line": one.line,
        "path": finding.path,
        "clauses": list(finding.clauses),
        "says": finding.says,
        "en": finding.en,
        "do": finding.do,
        "do_en": finding.do_en,
        "settled_by": one.settled_by,
        "choice": one.choice,
        "confirmed": one.confirmed,
    }


def _words(one: Judged) -> str:
    finding = one.finding
    clauses = "、".join(finding.clauses[:3]) + ("…" if len(finding.clauses) > 3 else "")
    place = f"{one.file}:{one.line}" + (f" [{clauses}]" if clauses else "")
    weight = said(WEIGHT[finding.severity], finding.severity)
    told = f"{weight} {place} {said(finding.says, finding.en)} ({finding.rule} {finding.path})"
    if one.settled_by is None:
        return f"{told}\n   → {said(finding.do, finding.do_en)}"
    word = said("已确认", "confirmed") if one.confirmed else said("待确认", "not confirmed")
    return f"{told}\n   ✓ {one.settled_by} {word} {one.choice}".rstrip()


def _counts(judged: Iterable[Judged]) -> str:
    rows = list(judged)
    left = [one for one in rows if one.settled_by is None]
    high, medium, low = (sum(one.finding.severity == weight for one in left) for weight in WEIGHT)
    done = len(rows) - len(left)
    waiting = sum(not one.confirmed for one in rows if one.settled_by is not None)
    return (
        f"未解决 {len(left)}（高 {high}、中 {medium}、低 {low}），已解决 {done}（待主管确认 {waiting}） · "
        f"{len(left)} unsettled ({high} high, {medium} medium, {low} low), "
        f"{done} settled ({waiting} not confirmed by the owner)"
    )
