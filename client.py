"""How outsiders reach incidents: signs envelopes, sends commands, is the only one to spell ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client, WorkflowHandle

from incidents.command import Command
from incidents.envelope import Envelope, signed_bytes
from workflows.incident import IncidentWorkflow
from workflows.messages import Carried, Receipt

VALID_FOR = timedelta(minutes=10)

TASK_WITHIN = timedelta(seconds=3)
"""A task that a killed worker had in hand is given to another after this; the engine's own default is 10 s."""

C = TypeVar("C", bound=Command)


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

    def sign(self, incident: str, command: type[C], command_id: str, **asked: Any) -> C:
        """A command of this person to one incident, signed and valid for ten minutes. Raises `ValidationError`."""
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


async def open_incident(client: Client, carried: Carried, task_queue: str) -> WorkflowHandle[Any, str]:
    """Start an incident under its own number. Raises `WorkflowAlreadyStartedError` where it is already open."""
    return await client.start_workflow(
        IncidentWorkflow.run, carried, id=carried.record.id, task_queue=task_queue, task_timeout=TASK_WITHIN
    )


async def send(handle: WorkflowHandle[Any, Any], command: Command) -> Receipt:
    """Send a signed command and wait for its receipt. The command id is the update's id: repeat with the same one."""
    receipt: Receipt = await handle.execute_update(
        command.verb, command, id=command.envelope.command_id, result_type=Receipt
    )
    return receipt
