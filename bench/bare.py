"""The yardstick: a bare Temporal workflow that asks the server for the same things as an incident does, and no more.

The same updates, each with a validator, the same batched activities, the same timers and the same signal; but no plan,
no core, no log, no envelope and no store. Its worker is run as `python -m bench.bare`.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from bench.scene import RECIPIENTS, SCENE, WORDS, Scene
    from settings import Settings

KEEP, TELL = "keep", "tell"
WITHIN = timedelta(seconds=30)
FIRST_DEADLINE, CHASE = 420.0, 180.0
"""Seconds until a deadline of the plan is soon due, and until silent units would be told again."""


@dataclass(frozen=True)
class Said:
    """A command: its words, units to tell, and instants to wait for in seconds since 1970."""

    words: str
    tell: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Telling:
    """A message to units."""

    text: str
    units: list[str]


class Within(TypedDict):
    """Keyword arguments of an activity call."""

    start_to_close_timeout: timedelta


_WITHIN = Within(start_to_close_timeout=WITHIN)


@workflow.defn(name="Bare")
class Bare:
    """Hears, keeps and tells in batches, and waits with one timer: the reactor's shape without its content."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._answers: list[str] = []
        self._poked = True
        self._tellings: list[Telling] = []
        self._waits: list[float] = []
        self._chase: list[float] = []
        self._keep: asyncio.Task[int] | None = None
        self._tell: asyncio.Task[dict[str, str]] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._timer_at = 0.0

    @workflow.run
    async def run(self) -> None:
        """Go on until somebody ends it."""
        while True:
            self._hear()
            self._act()
            self._keep_timer()
            await workflow.wait_condition(self._something_to_do)

    @workflow.update
    async def say(self, said: Said) -> int:
        """Take a command."""
        self._lines.append(said.words)
        self._waits += said.waits
        if said.tell:
            self._tellings.append(Telling(said.words, said.tell))
        return len(self._lines)

    @say.validator
    def _may_say(self, said: Said) -> None:
        if not said.words:
            raise ValueError("words: expected some")

    @workflow.signal
    def answered(self, units: list[str]) -> None:
        """Units have answered: read, as an incident does, when the next `keep` comes back."""
        self._answers, self._poked = units, True

    def _hear(self) -> None:
        if self._keep is not None and self._keep.done():
            self._keep = None
            if self._answers:
                self._lines.append(f"{len(self._answers)} answered")
                self._answers, self._chase = [], []
        now = workflow.now().timestamp()
        if self._tell is not None and self._tell.done():
            self._lines.append(f"told {len(self._tell.result())}")
            self._tell, self._chase = None, [now + CHASE]
        self._lines += [f"waited until {at}" for at in self._waits if at <= now]
        self._waits = [at for at in self._waits if at > now]

    def _act(self) -> None:
        if self._keep is None and (self._lines or self._poked):
            lines, self._lines, self._poked = self._lines, [], False
            self._keep = workflow.start_activity(KEEP, lines, result_type=int, **_WITHIN)
        if self._tell is None and self._tellings:
            self._tell = workflow.start_activity(TELL, self._tellings.pop(), result_type=dict[str, str], **_WITHIN)

    def _keep_timer(self) -> None:
        if self._timer is not None and self._timer.done():
            self._timer = None
        due = min((*self._waits, *self._chase), default=None)
        if due is None or (self._timer is not None and self._timer_at <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        self._timer = asyncio.create_task(workflow.sleep(max(self._timer_at - workflow.now().timestamp(), 0.001)))

    def _something_to_do(self) -> bool:
        if any(task.done() for task in (self._keep, self._tell, self._timer) if task):
            return True
        return (self._keep is None and (bool(self._lines) or self._poked)) or (
            self._tell is None and bool(self._tellings)
        )


class Outside:
    """Touches nothing: what is measured is the way there and back. Stays open as long as an incident's `sync` does."""

    def __init__(self, linger: timedelta) -> None:
        self._linger = linger

    @activity.defn(name=KEEP)
    async def keep(self, lines: list[str]) -> int:
        """Where an incident's entries would be stored."""
        await asyncio.sleep(self._linger.total_seconds())
        return len(lines)

    @activity.defn(name=TELL)
    async def tell(self, telling: Telling) -> dict[str, str]:
        """Where a channel would take the messages."""
        return dict.fromkeys(telling.units, "accepted")


def build_worker(client: Client, settings: Settings) -> Worker:
    """The worker of bare workflows."""
    outside = Outside(settings.lingers)
    return Worker(client, task_queue=settings.task_queue, workflows=[Bare], activities=[outside.keep, outside.tell])


async def main(settings: Settings) -> None:
    """Work until asked to stop."""
    client = await Client.connect(settings.address, namespace=settings.namespace)
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with build_worker(client, settings):
        await asked_to_stop.wait()


async def live_through(client: Client, queue: str, number: str, scene: Scene = SCENE) -> WorkflowHandle[Bare, None]:
    """The six commands of `bench.incident`, with as many units, waits and words."""
    start = WithStartWorkflowOperation(
        Bare.run, id=number, task_queue=queue, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    first, second, third = (wait.total_seconds() for wait in scene.waits)
    units = [f"unit_{n}" for n in range(RECIPIENTS)]
    now = datetime.now(UTC).timestamp()
    opened = Said(WORDS, tell=units, waits=[now + FIRST_DEADLINE])
    await client.execute_update_with_start_workflow(Bare.say, opened, start_workflow_operation=start, id="1")
    handle = await start.workflow_handle()
    for n, waits in enumerate(([first, third], [second], [], [], []), start=2):
        await asyncio.sleep(scene.pause)
        now = datetime.now(UTC).timestamp()
        await handle.execute_update(Bare.say, Said(WORDS, waits=[now + wait for wait in waits]), id=str(n))
    await asyncio.sleep(scene.pause)
    await handle.signal(Bare.answered, units)
    return handle


if __name__ == "__main__":
    asyncio.run(main(Settings()))
