"""One incident, durably: hear, decide, write down, act.

Handlers decide and answer at once; the reactor alone performs. Its only waits are one condition and one kept timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        ARCHIVE,
        CONFLICT,
        DELIVER,
        SYNC,
        ArchiveRequest,
        ArchiveResult,
        DeliverRequest,
        DeliverResult,
        Summary,
        SyncRequest,
        SyncResult,
    )
    from incidents import notices, recovery
    from incidents.command import Command, Refusal
    from incidents.incident import COMMANDS, FollowUps, fold, follow_ups, handle, pass_time
    from incidents.logbook import Draft, Entry, Head, seal
    from plans import registry
    from plans.schema import Plan
    from statecharts.lifecycle import LIFECYCLE
    from workflows import pacing
    from workflows.messages import INCIDENT, RECORD, Carried, Receipt, refused


class Diverged(Exception):
    """This release decides an old command otherwise than the stored log says.

    Not an ApplicationError: the task fails and is retried, the incident stands still with nothing written, and heals
    when the release is rolled back.
    """


def takes_commands(cls: type) -> type:
    """Give the workflow one named update, with its validator, for each command of the core."""
    for command in COMMANDS:
        setattr(cls, command.verb.replace("-", "_"), _update(command))
    return cls


def _update(command: type[Command]) -> Callable[..., Any]:
    async def update(self: Any, asked: Any) -> Receipt:
        taken: Receipt = self.take(asked)
        return taken

    def validate(self: Any, asked: Any) -> None:
        self.examine(asked)

    for function in (update, validate):
        function.__name__ = function.__qualname__ = command.verb.replace("-", "_")
        function.__annotations__["asked"] = command
        # The SDK takes an annotated first parameter for an argument.
        del function.__annotations__["self"]
    update.__annotations__["return"] = Receipt
    update.__doc__ = command.__doc__
    named = workflow.update(name=command.verb)(update)
    named.validator(validate)
    return named


@workflow.defn(name=INCIDENT)
@takes_commands
class IncidentWorkflow:
    """The reactor. The folded record is all its state; what the store has not confirmed yet waits in `tail`."""

    @workflow.init
    def __init__(self, carried: Carried) -> None:
        self._record = carried.record
        self._tail = list(carried.tail)
        self._handled = dict(carried.handled)
        self._cursor = carried.cursor
        self._roll_over_after = carried.roll_over_after
        # Hashes that the store's answers are compared with; the last one it can name is the oldest here.
        first = carried.tail[0] if carried.tail else None
        base = Head(seq=first.seq - 1, hash=first.prev) if first else carried.record.head
        self._hashes = {base.seq: base.hash} | {entry.seq: entry.hash for entry in carried.tail}
        self._poked = True
        self._told: Summary | None = None
        self._sync: asyncio.Task[SyncResult] | None = None
        self._deliveries: dict[tuple[str, int], asyncio.Task[DeliverResult]] = {}
        self._archive: asyncio.Task[ArchiveResult] | None = None
        self._archived = False
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None

    @workflow.run
    async def run(self, carried: Carried) -> str:
        while True:
            self._hear_results()
            self._write(pass_time(self._plan(), self._record, workflow.now()))
            todo = follow_ups(self._plan(), self._record)
            if self._rolls_over():
                if not self._busy():
                    await self._roll_over()
            elif self._finished():
                return self._record.head.hash
            else:
                self._act(todo)
            self._keep_timer(todo.next_due or self._open_until())
            await workflow.wait_condition(lambda: self._something_to_do())

    # -- hearing ---------------------------------------------------------------------------------------------------

    def examine(self, asked: Command) -> None:
        """The validator: refuses without a trace in the history."""
        if asked.envelope.command_id not in self._handled:
            self._decide(asked)

    def take(self, asked: Command) -> Receipt:
        """Decide, write down, answer. The same command id again has no second effect."""
        command_id = asked.envelope.command_id
        if command_id not in self._handled:
            before = self._record.head.seq
            self._write(self._decide(asked))
            self._handled[command_id] = (before + 1, self._record.head.seq)
        return Receipt(command_id=command_id, seq=self._handled[command_id])

    def _decide(self, asked: Command) -> tuple[Draft, ...]:
        answer = handle(self._plan(), self._record, asked, workflow.now())
        if isinstance(answer, Refusal):
            raise refused(answer)
        return answer

    @workflow.signal(dynamic=True)
    def poke(self, name: str, args: Sequence[RawValue]) -> None:
        """Something new may be in the store. Any signal of any shape says no more than that, and changes nothing."""
        self._poked = True

    @workflow.query(name=RECORD)
    def record(self) -> dict[str, Any]:
        """The folded record, as JSON."""
        return self._record.model_dump(mode="json")

    def _plan(self) -> Plan:
        # Fetching a plan that is not at hand reads the store; by its hash it can only be this one.
        with workflow.unsafe.sandbox_unrestricted():
            return registry.get(self._record.plan_hash)

    def _open_until(self) -> datetime | None:
        """A refused opening leaves an incident without an entry: it waits this long for a better one."""
        return workflow.info().start_time + pacing.OPEN_WITHIN if self._record.phase == LIFECYCLE.initial else None

    def _finished(self) -> bool:
        """Whether all is written and archived, or nobody ever opened it."""
        until = self._open_until()
        if until is not None:
            return until <= workflow.now()
        return self._record.closed and self._archived and not self._tail and not self._busy()

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write(self, drafts: Sequence[Draft]) -> None:
        entries = seal(self._record.head, drafts)
        self._record = fold(self._record, entries)
        self._tail += entries
        self._hashes |= {entry.seq: entry.hash for entry in entries}

    # -- acting ----------------------------------------------------------------------------------------------------

    def _act(self, todo: FollowUps) -> None:
        if self._sync is None and (self._tail or self._poked):
            self._poked = False
            summary = Summary.of(self._record)
            request = SyncRequest.of(
                self._tail,
                self._record.head,
                incident=self._record.id,
                cursor=self._cursor,
                receipts=self._receipts_of(self._tail),
                summary=summary if summary != self._told else None,
            )
            self._told = summary
            self._sync = workflow.start_activity(SYNC, request, result_type=SyncResult, **pacing.SYNC)
        if todo.archive and self._archive is None and not self._archived and not self._tail:
            wanted = ArchiveRequest(
                incident=self._record.id, plan_hash=self._record.plan_hash, seq=self._record.head.seq
            )
            self._archive = workflow.start_activity(ARCHIVE, wanted, result_type=ArchiveResult, **pacing.ARCHIVE)
        for sending in todo.sendings:
            batch = (sending.notice, sending.step)
            if batch not in self._deliveries:
                deliver = DeliverRequest(incident=self._record.id, sending=sending)
                self._deliveries[batch] = workflow.start_activity(
                    DELIVER, deliver, result_type=DeliverResult, **pacing.DELIVER
                )

    def _hear_results(self) -> None:
        if self._sync is not None and self._sync.done():
            done, self._sync = self._sync, None
            self._hear_store(done)
        if self._archive is not None and self._archive.done():
            done_archive, self._archive = self._archive.result(), None
            # The last one, of a closed incident, stands behind all entries.
            self._archived = self._record.closed and done_archive.seq == self._record.head.seq
            if not self._record.closed:
                now = workflow.now()
                self._write(tuple(recovery.written(self._record, done_archive.manifest, done_archive.seq, now)))
        for (notice, step), task in [(batch, task) for batch, task in self._deliveries.items() if task.done()]:
            del self._deliveries[notice, step]
            waiting = self._record.notices[notice].recipients.values()
            try:
                outcomes: dict[str, notices.Outcome] = dict(task.result().outcomes)
            except ActivityError:
                # Nobody can say what left: shown as uncertain, and the chase goes on.
                outcomes = {r.unit: "uncertain" for r in waiting if r.state == "waiting" and r.step == step}
            self._write(tuple(notices.sent(self._record, notice, step, outcomes, workflow.now())))

    def _hear_store(self, done: asyncio.Task[SyncResult]) -> None:
        try:
            result = done.result()
        except ActivityError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type != CONFLICT:
                raise
            self._told = None
            # Another release may have asked. If the stored log agrees with ours, we ask again as ourselves.
            self._confirm(Head.model_validate(error.cause.details[0]))
            return
        self._confirm(result.head)
        self._cursor = result.cursor
        self._write(tuple(notices.answers(self._record, result.events, workflow.now())))

    def _confirm(self, stored: Head) -> None:
        ours = self._hashes.get(stored.seq)
        if ours != stored.hash:
            raise Diverged(
                f"incident {self._record.id}: entry {stored.seq} is {stored.hash[:12]} in the store and "
                f"{(ours or 'unknown')[:12]} here; roll the release back"
            )
        self._tail = [entry for entry in self._tail if entry.seq > stored.seq]
        self._hashes = {seq: digest for seq, digest in self._hashes.items() if seq >= stored.seq}

    def _receipts_of(self, entries: Sequence[Entry]) -> dict[str, tuple[int, int]]:
        """The receipts that these entries answer: kept by the store when the workflow has forgotten them."""
        first = entries[0].seq if entries else self._record.head.seq + 1
        newest: dict[str, tuple[int, int]] = {}
        for command_id, seq in reversed(self._handled.items()):
            if seq[1] < first:
                break
            newest[command_id] = seq
        return newest

    # -- waiting ---------------------------------------------------------------------------------------------------

    def _busy(self) -> bool:
        return self._sync is not None or self._archive is not None or bool(self._deliveries)

    def _something_to_do(self) -> bool:
        if any(task.done() for task in (self._sync, self._archive, self._timer, *self._deliveries.values()) if task):
            return True
        # Before rolling over nothing new is begun: what is in flight is awaited, the rest rides along.
        if self._rolls_over():
            return not self._busy()
        return (self._sync is None and (bool(self._tail) or self._poked)) or self._outbox_waits()

    def _outbox_waits(self) -> bool:
        sendings = follow_ups(self._plan(), self._record).sendings
        return any((sending.notice, sending.step) not in self._deliveries for sending in sendings)

    def _keep_timer(self, due: datetime | None) -> None:
        """Keep one timer at or before the next due instant: firing early is harmless, a new one each turn is dear."""
        if self._timer is not None and self._timer.done():
            self._timer = self._timer_at = None
        if due is None or (self._timer_at is not None and self._timer_at <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        self._timer = asyncio.create_task(workflow.sleep(max(due - workflow.now(), pacing.SHORTEST_WAIT)))

    def _rolls_over(self) -> bool:
        limit, run = self._roll_over_after or pacing.ROLL_OVER_AFTER_EVENTS, workflow.info()
        # The engine itself suggests it when a stranger's big signals fill the history, long before it ends the run.
        full = run.get_current_history_length() >= limit or run.is_continue_as_new_suggested()
        return full and not self._record.closed

    async def _roll_over(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        handled = dict(list(self._handled.items())[-pacing.REMEMBERED_COMMANDS :])
        workflow.continue_as_new(
            Carried(
                record=self._record,
                tail=tuple(self._tail),
                handled=handled,
                cursor=self._cursor,
                roll_over_after=self._roll_over_after,
            )
        )
