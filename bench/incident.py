"""One incident of ours, driven from outside: signed commands, the units' answers in the store, a poke."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert
from temporalio.client import Client, WorkflowHandle

from bench.scene import COMMANDS, RECIPIENTS, SCENE, WORDS, Scene
from client import Token, open_incident, poke, send
from incidents.accident import Facts, Findings
from incidents.command import Command
from incidents.deadlines import SetDeadline
from incidents.facts import Open, ReportFacts
from incidents.notes import Note
from incidents.notices import Answered
from incidents.record import Kind, Record
from incidents.tasks import CompleteTask
from plans import registry
from plans.library import find, load
from plans.schema import NotifyRule, Plan
from store.gate import Gate
from store.models import StoredAnswer
from workflows.messages import Carried

NAME = "lhasa-2022"
OFFICER = Token("officer", "first_officer", "bench", Ed25519PrivateKey.generate())


def crowded(plan: Plan) -> Plan:
    """The plan with a first call to `RECIPIENTS` units, those that it calls itself among them."""
    own = {rule.unit: rule for rule in plan.disposal.notify}
    units = [*own, *(unit for unit in plan.units if unit not in own)][:RECIPIENTS]
    called = tuple(own.get(unit) or NotifyRule(unit=unit, clauses=plan.disposal.clauses) for unit in units)
    return plan.model_copy(update={"disposal": plan.disposal.model_copy(update={"notify": called})})


PLAN = crowded(load(find(NAME)).plan)
PLAN_HASH = registry.put(PLAN)
UNITS = tuple(rule.unit for rule in PLAN.disposal.notify)


class Step(NamedTuple):
    """One command and its fields."""

    command: type[Command]
    fields: dict[str, Any]


def opening(kind: Kind = "drill") -> Step:
    """An ordinary accident, reported now."""
    now = datetime.now(UTC)
    told = Facts.model_validate(
        {
            "received_at": now,
            "occurred_at": now,
            "sector": "non-coal-mine",
            "place": {"name": "三号井"},
            "enterprise": "某矿业公司",
            "summary": "巷道冒顶",
            "reporter": "值班调度",
            "deaths": 1,
            "verified": True,
        }
    )
    return Step(Open, {"kind": kind, "plan": NAME, "plan_hash": PLAN_HASH, "facts": told})


def steps(scene: Scene = SCENE) -> Iterator[Step]:
    """What follows the opening, each made when it is asked for: its instants count from then."""
    first, second, third = scene.waits
    now = datetime.now(UTC)
    due = {"due_at": now + third, "warn_before": third - first}
    # True when it was said: on a busy machine it may be due before it is taken.
    yield Step(SetDeadline, {"says": "核实伤亡人数", "true_at": now, **due})
    now = datetime.now(UTC)
    due = {"due_at": now + second, "warn_before": timedelta()}
    yield Step(SetDeadline, {"says": "报告进展", "true_at": now, **due})
    yield Step(ReportFacts, {"findings": Findings(injuries=2, verified=True), "source": "现场指挥部"})
    yield Step(CompleteTask, {"task": "own-plan", "words": WORDS})
    yield Step(Note, {"words": WORDS})


def appoint(folder: Path, kind: Kind = "drill") -> None:
    """Put the officer and the plan into the store of a home."""
    gate = Gate(folder / "store.db", kind)
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    gate.keep_plan(PLAN_HASH, NAME, PLAN.model_dump_json())
    gate.close()


def answer(store: Engine, number: str) -> None:
    """Every unit has answered: kept in one transaction, as a storm of answers would be."""
    told = [Answered(notice="N-early", unit=unit, by="值班员", at=datetime.now(UTC)) for unit in UNITS]
    rows = [{"incident": number, "notice": t.notice, "unit": t.unit, "body": t.model_dump_json()} for t in told]
    with store.begin() as connection:
        connection.execute(insert(StoredAnswer), rows)


async def live_through(
    client: Client, store: Engine, queue: str, number: str, scene: Scene = SCENE
) -> WorkflowHandle[Any, Any]:
    """Open an incident, send the other commands, answer for every unit, poke once."""
    record = Record(id=number, kind="drill", plan=NAME, plan_hash=PLAN_HASH)
    command, fields = opening()
    await open_incident(client, Carried(record=record), OFFICER.sign(number, command, "1", **fields), queue)
    handle = client.get_workflow_handle(number)
    following = steps(scene)
    for n in range(2, COMMANDS + 1):
        await asyncio.sleep(scene.pause)
        command, fields = next(following)
        await send(handle, OFFICER.sign(number, command, str(n), **fields))
    await asyncio.sleep(scene.pause)
    await asyncio.to_thread(answer, store, number)
    await poke(client, number)
    return handle
