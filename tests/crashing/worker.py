"""The worker with named crash points. `fenghuo up`, started from this folder, finds it under the name `worker`.

It is the real one: the same `run`, with what the composition root joins wrapped so that it passes named points on its
way. A file says at which one it dies, as in `worker after_gateway_accept:3 k-2` (who, point, the how-many-th passing,
incident), or that the engine dies there (`engine ...`). Before the blow a line goes to a log, on disk.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# From here on `worker` is the real one again.
sys.path[0] = str(Path(__file__).parents[2])

from temporalio import workflow
from temporalio.worker import HandleUpdateInput, WorkflowInterceptorClassInput, WorkflowOutboundInterceptor

import outside
import worker
from activities.channel import Channel, Said
from activities.gateways.port import Gateway, Ledgered, LiveMessage
from activities.gateways.webhook import Webhook
from incidents.command import Refusal
from incidents.logbook import Entry, Head
from settings import Settings
from store.gate import Gate
from store.ledger import Ledger
from store.logbook import Logbooks
from workflows.gate import GateInterceptor

FOLDER = Path(os.environ["CRASH_FOLDER"])
BLUNT = os.environ["BLUNT_URL"]
"""A receiver that knows no keys; it gets what incidents say whose number begins with `blunt`."""

passed: Counter[tuple[str, str]] = Counter()


def passing(point: str, incident: str) -> None:
    """Strike, if this is the passing that is asked for."""
    armed = FOLDER / "crash_at"
    try:
        victim, where, whose = armed.read_text("utf-8").split()
    except FileNotFoundError:
        return
    name, _, nth = where.partition(":")
    if (name, whose) != (point, incident):
        return
    passed[point, incident] += 1
    if passed[point, incident] != int(nth):
        return
    armed.unlink()
    run = json.loads((Path(os.environ["FENGHUO_HOME"]) / "run.json").read_text("utf-8"))["live"]
    pid = os.getpid() if victim == "worker" else run["pids"]["engine"]
    row = {"victim": victim, "point": where, "incident": incident, "pid": pid, "at": time.time()}
    out = os.open(FOLDER / "hits.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(out, (json.dumps(row) + "\n").encode())
    os.fsync(out)
    os.kill(pid, signal.SIGKILL)


def owner(key: str) -> str:
    """The incident of a business key."""
    return key.partition("/")[0]


class PointedGateway:
    """Around the real end: written down in the ledger, but not gone; gone, but without a receipt."""

    def __init__(self, inner: Gateway) -> None:
        self._inner, self.honours_key = inner, inner.honours_key

    async def send(self, message: LiveMessage) -> Said:
        passing("before_gateway", owner(message.key))
        said = await self._inner.send(message)
        passing("after_gateway_accept", owner(message.key))
        return said


class PointedLedgered(Ledgered):
    """Around the channel: before the batch, and with all receipts written, but the activity not over."""

    def __init__(self, gateway: Gateway, *rest: Any) -> None:
        super().__init__(PointedGateway(gateway), *rest)

    async def send(self, messages: Sequence[LiveMessage]) -> Mapping[str, Said]:
        passing("before_batch", owner(messages[0].key))
        said = await super().send(messages)
        passing("after_receipts", owner(messages[0].key))
        return said


class BluntWebhook(Webhook):
    """A webhook that does not know keys, like a short message."""

    honours_key = False


class Forked:
    """The channel `webhook`, to one of two receivers, by the incident's name."""

    def __init__(self, blunt: Channel[LiveMessage], other: Channel[LiveMessage]) -> None:
        self._blunt, self._other = blunt, other

    async def send(self, messages: Sequence[LiveMessage]) -> Mapping[str, Said]:
        to = self._blunt if messages[0].key.startswith("blunt") else self._other
        return await to.send(messages)


class PointedLogbooks(Logbooks):
    """Around the store: an update was accepted, and nothing of it is stored; stored, but the activity not over."""

    async def append(self, incident: str, entries: Sequence[Entry], *rest: Any) -> Head:
        if entries:
            passing("before_sync_write", incident)
        head = await super().append(incident, entries, *rest)
        if entries:
            passing("after_sync_commit", incident)
        return head


class PointedGate(Gate):
    """Inside the validator: admitted, but not answered."""

    def admit(self, incident: str, verb: str, command: Mapping[str, Any]) -> Refusal | None:
        reason = super().admit(incident, verb, command)
        passing(f"admitted_{verb}", incident)
        return reason


class PointedInterceptor(GateInterceptor):
    """Inside the workflow: decided, but the engine not told; asked to continue as new."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> Any:
        input.unsafe_extern_functions.update(passing=passing)  # type: ignore[typeddict-unknown-key]
        at_the_gate: Any = super().workflow_interceptor_class(input)

        class Pointed(at_the_gate):  # type: ignore[misc]
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(PointedOut(outbound))

            async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
                answer = await super().handle_update_handler(input)
                pass_inside(f"decided_{input.update}")
                return answer

        return Pointed


class PointedOut(WorkflowOutboundInterceptor):
    def continue_as_new(self, input: Any) -> Any:
        pass_inside("continue_as_new")
        return super().continue_as_new(input)


def pass_inside(point: str) -> None:
    """Pass a point from inside the sandbox."""
    incident = workflow.info().workflow_id
    if not workflow.unsafe.is_replaying():
        with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
            workflow.extern_functions()["passing"](point, incident)


def pass_dossier(event: str, told: tuple[Any, ...]) -> None:
    """A dossier's files are opened one by one, in a folder that is not in its place yet."""
    if event == "open" and isinstance(told[0], str) and ".new/" in told[0] and "w" in str(told[1]):
        folder = Path(told[0]).parent.name
        passing("dossier_file", folder.removeprefix(".").removesuffix(".new"))


def pointed_channels(settings: Settings, database: Any) -> dict[str, Channel[LiveMessage]]:
    channels = real_channels(settings, database)
    blunt = BluntWebhook(BLUNT, settings.webhook_secret)
    ledgered = PointedLedgered(blunt, Ledger(database), settings.channel_within)
    return {**channels, "webhook": Forked(ledgered, channels["webhook"])}


real_channels = outside.channels
outside.Ledgered = PointedLedgered  # type: ignore[misc]
worker.Logbooks = PointedLogbooks  # type: ignore[misc]
worker.Gate = PointedGate  # type: ignore[misc]
worker.GateInterceptor = PointedInterceptor  # type: ignore[misc]
outside.channels = pointed_channels

if __name__ == "__main__":
    sys.addaudithook(pass_dossier)
    sys.exit(asyncio.run(worker.run(Settings())))
