"""Where real things meet: settings, database, activities, and the worker that runs incidents. The gateways of the
live side meet in `outside`, which a drill can't import.

Run as `python -m worker`. Tests and drills build theirs with the same `build_worker`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import get_args

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, ResetStickyTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

import wall
from activities.archive import Archive
from activities.contracts import DeliverRequest, DeliverResult
from activities.delivery import Delivery
from activities.drill import DrillMessage, DrillSink
from activities.logbook import Logbook
from activities.pulse import PulseInterceptor
from observing import observe
from plans import registry
from plans.schema import ChannelName
from settings import ENGINE_KIND, Settings
from store.database import open_database
from store.gate import Gate
from store.inbox import Inbox
from store.logbook import Logbooks
from workflows.gate import GateInterceptor
from workflows.incident import IncidentWorkflow
from workflows.messages import CONVERTER
from workflows.misshapen import WatchfulRunner
from workflows.sandbox import LOADED_ONCE

STICKY_FOR = timedelta(seconds=2)
"""After a worker dies its incidents wait this long for it before another takes them, unless one is started."""
PULSE_AT_LEAST_EVERY = timedelta(seconds=1)
"""The library holds heartbeats back, by default until little is left of the time that they have."""
CONNECT_WITHIN = timedelta(seconds=30)

log = structlog.get_logger()


def build_worker(client: Client, settings: Settings, database: AsyncEngine, gate: Gate) -> Worker:
    """The worker of one instance."""
    home = settings.folder
    archive = Archive(home / "archive", home / "evidence", Logbooks(database), gate, client)
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[IncidentWorkflow],
        workflow_runner=WatchfulRunner(restrictions=LOADED_ONCE),
        interceptors=[GateInterceptor(gate), PulseInterceptor()],
        activities=[Logbook(Logbooks(database), settings.lingers).sync, deliver(settings, database), archive.archive],
        sticky_queue_schedule_to_start_timeout=STICKY_FOR,
        max_heartbeat_throttle_interval=PULSE_AT_LEAST_EVERY,
        graceful_shutdown_timeout=settings.grace,
    )


def deliver(settings: Settings, database: AsyncEngine) -> Callable[[DeliverRequest], Awaitable[DeliverResult]]:
    """How this instance tells units: in a drill by its own sink alone, else by the live side's ends."""
    if settings.kind == "drill":
        inbox = Inbox(database)
        sinks = {name: DrillSink(inbox, settings.folder, name) for name in get_args(ChannelName)}
        return Delivery(DrillMessage, sinks).deliver
    # Not above: a worker of drills can't import it.
    import outside

    return outside.delivery(settings, database).deliver


async def connect(settings: Settings) -> Client:
    """A client of the engine, waited for while it starts. Raises `TimeoutError`."""
    async with asyncio.timeout(CONNECT_WITHIN.total_seconds()):
        while True:
            try:
                return await Client.connect(settings.address, namespace=settings.namespace, data_converter=CONVERTER)
            except (RPCError, RuntimeError):
                await asyncio.sleep(0.2)


async def kind_of(client: Client) -> str | None:
    """Which kind the engine serves, live or drill; None where nobody has told it."""
    told = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return told.namespace_info.data.get(ENGINE_KIND)


async def take_over(client: Client, settings: Settings) -> None:
    """Have the incidents of a worker that died come to this one at once. A living one's come too: it reads them anew.

    Where the engine can't do it, each waits `STICKY_FOR` once.
    """
    try:
        async for found in client.list_workflows(
            f'ExecutionStatus = "Running" AND TaskQueue = "{settings.task_queue}"'
        ):
            await client.workflow_service.reset_sticky_task_queue(
                ResetStickyTaskQueueRequest(
                    namespace=settings.namespace,
                    execution=WorkflowExecution(workflow_id=found.id, run_id=found.run_id),
                )
            )
    except RPCError as error:
        log.warning("could not take every incident over", why=error.message)


async def run(settings: Settings) -> int:
    """Work until asked to stop. Returns the exit code."""
    observe(settings.folder / "worker.log", loud=True)
    if settings.kind == "drill":
        if ends := settings.live_ends():
            log.error(f"a drill worker with live ends refuses to start: unset {', '.join(ends)}")
            return 2
        try:
            wall.put_up()
        except ImportError as found:
            log.error(f"a drill worker with a way out refuses to start: {found}")
            return 2
    if not settings.address:
        log.error("no engine address: start with `fenghuo up`, or set FENGHUO_ADDRESS")
        return 5
    try:
        client = await connect(settings)
    except TimeoutError:
        log.error("the engine does not answer", address=settings.address)
        return 5
    if (kind := await kind_of(client)) not in (settings.kind, None):
        # A real message would be swallowed by the sink, or a drill's sent.
        log.error(f"a {settings.kind} worker refuses a {kind} engine", address=settings.address)
        return 2
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = await open_database(settings.folder / "store.db")
    gate = Gate(settings.folder / "store.db", settings.kind)
    registry.fetch_from(gate.plan)
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    await take_over(client, settings)
    async with build_worker(client, settings, database, gate):
        log.info("worker ready", kind=settings.kind, address=settings.address, queue=settings.task_queue)
        await asked_to_stop.wait()
    gate.close()
    await database.dispose()
    log.info("worker stopped")
    return 0


if __name__ == "__main__":
    code = asyncio.run(run(Settings()))
    logging.shutdown()
    sys.stderr.flush()
    # An interpreter that used the engine's client may abort while it exits: the code that is seen must be ours.
    os._exit(code)
