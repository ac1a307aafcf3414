"""The worker's interceptor around every validator: admits by the envelope, and has every refusal written down first.

A validator's refusal leaves no history and a validator can't act; functions of the worker can. Nothing here runs on
replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

with workflow.unsafe.imports_passed_through():
    from incidents.command import Command, Refusal
    from workflows.messages import DONE, refused


class Keeper(Protocol):
    """Who answers for admission: the store, in a running home."""

    def admit(self, incident: str, verb: str, command: Mapping[str, Any]) -> Refusal | None:
        """Why the command is refused, or None."""

    def receipt(self, incident: str, command_id: str) -> tuple[int, int] | None:
        """The entries that this command has brought long ago."""

    def record_refusal(self, incident: str, verb: str, envelope: Mapping[str, Any], refusal: Refusal) -> None:
        """Write a refusal down."""


class GateInterceptor(Interceptor):
    """Puts the gate before every incident of a worker."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """Hand the keeper's functions through the sandbox."""
        input.unsafe_extern_functions.update(
            fenghuo_admit=self._keeper.admit,
            fenghuo_receipt=self._keeper.receipt,
            fenghuo_record_refusal=self._keeper.record_refusal,
        )
        return _AtTheGate


class _AtTheGate(WorkflowInboundInterceptor):
    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        incident = workflow.info().workflow_id
        command = input.args[0] if len(input.args) == 1 else None
        if not isinstance(command, Command):
            # No person asked this: the worker's log names it, the register does not.
            found = "null" if len(input.args) == 1 else f"{len(input.args)} arguments"
            raise ApplicationError(f"{input.update}: expected one command, found {found}", non_retryable=True)
        asked = command.model_dump(mode="json")
        functions = workflow.extern_functions()
        try:
            with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
                unfit = functions["fenghuo_admit"](incident, input.update, asked)
            if unfit is not None:
                raise refused(unfit)
            with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
                done = functions["fenghuo_receipt"](incident, command.envelope.command_id)
            if done is not None:
                # The workflow may have forgotten it: the store has not, and nothing is done twice.
                raise ApplicationError("done already", list(done), type=DONE, non_retryable=True)
            super().handle_update_validator(input)
        except ApplicationError as refusal:
            if refusal.type == DONE:
                raise
            told = Refusal.model_validate(refusal.details[0])
            with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
                functions["fenghuo_record_refusal"](incident, input.update, asked["envelope"], told)
            raise
