"""People, facts and a plan that several tests share; a worker with the real store and a counting end for messages."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.contracts import DELIVER, DeliverRequest, DeliverResult
from activities.logbook import Logbook
from client import Token, open_incident, send
from incidents.command import Command
from incidents.facts import Open
from incidents.record import Record
from plans import registry
from plans.library import find, load
from store.gate import Gate
from store.logbook import Logbooks
from workflows.gate import GateInterceptor
from workflows.incident import IncidentWorkflow
from workflows.messages import Carried, Receipt
from workflows.misshapen import WatchfulRunner
from workflows.sandbox import LOADED_ONCE

PLAN = load(find("lhasa-2022")).plan
PLAN_HASH = registry.put(PLAN)
OFFICER = Token("u1", "first_officer", "s1", Ed25519PrivateKey.generate())
DEPUTY = Token("u2", "deputy_commander_bureau", "s2", Ed25519PrivateKey.generate())


def facts(**changes: Any) -> dict[str, Any]:
    """FACTS.json of an ordinary accident, reported just now."""
    now = datetime.now(UTC)
    return {
        "received_at": now.isoformat(),
        "occurred_at": (now - timedelta(minutes=5)).isoformat(),
        "sector": "non-coal-mine",
        "place": {"name": "三号井"},
        "enterprise": "某矿业公司",
        "summary": "巷道冒顶",
        "reporter": "值班调度",
        "deaths": 1,
        "verified": True,
        **changes,
    }


async def open_for(
    client: Client, name: str, queue: str = "incidents", roll_over_after: int | None = None, **changes: Any
) -> WorkflowHandle[Any, Any]:
    """Open an incident as the first officer."""
    carried = Carried(record=Record(id=name, plan="lhasa-2022", plan_hash=PLAN_HASH), roll_over_after=roll_over_after)
    asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH, "facts": facts(**changes)}
    await open_incident(client, carried, OFFICER.sign(name, Open, f"open-{name}", **asked), queue)
    return client.get_workflow_handle(name)


async def say(
    handle: WorkflowHandle[Any, Any], command: type[Command], command_id: str, by: Token = OFFICER, **asked: Any
) -> Receipt:
    """Send a command, signed by the first officer or another."""
    return await send(handle, by.sign(handle.id, command, command_id, **asked))


async def until(found: Callable[[], Awaitable[Any]], seconds: float = 20) -> None:
    """Ask until it is so."""
    async with asyncio.timeout(seconds):
        while not await found():
            await asyncio.sleep(0.05)


class Desk:
    """A worker with the real store, and a counting end for messages."""

    def __init__(self, client: Client, logbooks: Logbooks, gate: Gate) -> None:
        self.client, self.logbooks, self.gate, self.queue = client, logbooks, gate, "incidents"
        self.delivered: Counter[str] = Counter()

    def worker(self) -> Worker:
        """A new worker on this desk's queue."""

        @activity.defn(name=DELIVER)
        async def deliver(request: DeliverRequest) -> DeliverResult:
            self.delivered.update(request.key(unit) for unit in request.sending.units)
            return DeliverResult(outcomes=dict.fromkeys(request.sending.units, "accepted"))

        return Worker(
            self.client,
            task_queue=self.queue,
            workflows=[IncidentWorkflow],
            workflow_runner=WatchfulRunner(restrictions=LOADED_ONCE),
            interceptors=[GateInterceptor(self.gate)],
            activities=[Logbook(self.logbooks).sync, deliver],
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        )

    async def has(self, name: str, kind: str) -> bool:
        """Whether the stored log has an entry of this kind."""
        return any(entry.kind == kind for entry in await self.logbooks.read(name))

    async def stored_up_to(self, name: str, seq: int) -> bool:
        """Whether the stored log has come that far."""
        return (await self.logbooks.read(name))[-1].seq >= seq

    async def by_people(self, name: str) -> list[str]:
        """The kinds of the stored entries that people made, in order."""
        return [entry.kind for entry in await self.logbooks.read(name) if entry.user != "system"]
