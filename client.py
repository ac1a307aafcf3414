"""How outsiders reach incidents: connects, signs envelopes, opens, sends and asks; the only one to spell ids."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from incidents.command import Command, Refusal
from incidents.envelope import Envelope, signed_bytes
from incidents.record import Record
from workflows.messages import DONE, INCIDENT, RECORD, REFUSED, Carried, Receipt

VALID_FOR = timedelta(minutes=10)

TASK_WITHIN = timedelta(seconds=3)
"""A task that a killed worker had in hand is given to another after this; the engine's own default is 10 s."""

ANSWER_WITHIN = timedelta(seconds=10)
"""After this a command without an answer is unknown, never failed."""

C = TypeVar("C", bound=Command)


class CommandRefused(Exception):
    """The incident refused, in words; nothing was written but the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)


class Told(Exception):
    """Something that the person who asked must know, in Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class Unanswered(Told):
    """Sent, no answer yet: repeat with the same command id."""


class NoSuchIncident(Told):
    """No incident of this kind has this number here."""


class NoEngine(Told):
    """The engine can't be reached."""


@dataclass(frozen=True)
class Token:
    """A person's own key, for one post and one session."""

    user: str
    post: str
    session: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """For the directory, in hex."""
        return self.key.public_key().public_bytes_raw().hex()

    def sign(self, incident: str, command: type[C], command_id: str, /, **asked: Any) -> C:
        """A command of this person to one incident or intake, signed and valid for ten minutes.

        Raises `ValidationError`."""
        now = datetime.now(UTC)
        envelope = Envelope(
            user=self.user,
            post=self.post,
            session=self.session,
            command_id=command_id,
            issued=now,
            expires=now + VALID_FOR,
        )
        unsigned = command(envelope=envelope, **asked)
        signature = self.key.sign(signed_bytes(incident, command.verb, unsigned.model_dump(mode="json"))).hex()
        return unsigned.model_copy(update={"envelope": envelope.model_copy(update={"signature": signature})})


async def open_incident(client: Client, carried: Carried, command: Command, task_queue: str) -> Receipt:
    """Start an incident under its own number with the command that opens it. The same report twice opens one.

    Raises `CommandRefused`, `Unanswered`, `NoEngine`.
    """
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        INCIDENT,
        carried,
        id=carried.record.id,
        task_queue=task_queue,
        task_timeout=TASK_WITHIN,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )

    async def ask() -> Receipt:
        receipt: Receipt = await client.execute_update_with_start_workflow(
            command.verb,
            command,
            start_workflow_operation=start,
            id=command.envelope.command_id,
            result_type=Receipt,
        )
        return receipt

    try:
        return await _answered(ask, command)
    except WorkflowAlreadyStartedError:
        refusal = Refusal(
            zh=f"{carried.record.id} 已结案；请另开一起",
            reason=f"incident {carried.record.id} is closed; open a new one",
            kind="plan",
        )
        raise CommandRefused(refusal) from None


async def send(handle: WorkflowHandle[Any, Any], command: Command) -> Receipt:
    """Send a signed command and wait for its receipt. The command id is the update's id: repeat with the same one.

    Raises `CommandRefused`, `Unanswered`, `NoSuchIncident`, `NoEngine`.
    """

    async def ask() -> Receipt:
        receipt: Receipt = await handle.execute_update(
            command.verb, command, id=command.envelope.command_id, result_type=Receipt
        )
        return receipt

    return await _answered(ask, command)


async def resume(client: Client, record: Record, task_queue: str) -> bool:
    """Start an incident again from its folded log. False if it runs. Answers are read anew; nothing is sent twice that
    a channel has accepted."""
    try:
        await client.start_workflow(
            INCIDENT,
            Carried(record=record),
            id=record.id,
            task_queue=task_queue,
            task_timeout=TASK_WITHIN,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def poke(client: Client, number: str) -> None:
    """Tell an incident that something new is in the store. Nothing is lost if nobody hears it: it reads on its own
    whenever it writes."""
    try:
        await client.get_workflow_handle(number).signal("poke")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise _unreachable(error) from None


async def record_of(handle: WorkflowHandle[Any, Any]) -> Record:
    """The incident as it stands now. Raises `NoSuchIncident`, `Unanswered`, `NoEngine`."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            return Record.model_validate(await handle.query(RECORD))
    except TimeoutError:
        seconds = ANSWER_WITHIN.seconds
        raise Unanswered(f"{handle.id}：{seconds} 秒内没有答复", f"{handle.id}: no answer within {seconds} s") from None
    except RPCError as error:
        raise _told(error, handle.id) from None


async def _answered(ask: Callable[[], Awaitable[Receipt]], command: Command) -> Receipt:
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            while True:
                try:
                    return await ask()
                except RPCError as error:
                    # Too many updates of one incident in flight, or its task has just failed: the same one again,
                    # under the same id.
                    if error.status not in (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.FAILED_PRECONDITION):
                        raise
                    await asyncio.sleep(0.2)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise _unanswered(command.verb) from None
    except WorkflowUpdateFailedError as failed:
        cause = failed.cause
        if isinstance(cause, ApplicationError) and cause.type == DONE:
            first, last = cause.details[0]
            return Receipt(command_id=command.envelope.command_id, seq=(first, last))
        if isinstance(cause, ApplicationError) and cause.type == REFUSED and cause.details:
            raise CommandRefused(Refusal.model_validate(cause.details[0])) from None
        raise CommandRefused(Refusal(zh=f"命令格式有误：{cause}", reason=str(cause), kind="form")) from None
    except RPCError as error:
        raise _told(error, command.verb) from None


def _told(error: RPCError, what: str) -> Told:
    if error.status is RPCStatusCode.NOT_FOUND:
        return NoSuchIncident(f"{what}：这里没有此编号的在办事故", f"{what}: no open incident with this number here")
    if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return _unanswered(what)
    return _unreachable(error)


def _unanswered(what: str) -> Unanswered:
    return Unanswered(
        f"{what}：已发出，尚无答复；请以同一 command-id 重发",
        f"{what}: sent, no answer yet; repeat with the same command id",
    )


def _unreachable(error: RPCError) -> NoEngine:
    return NoEngine(f"引擎无法连通：{error.message}", f"the engine can't be reached: {error.message}")
