"""Calls that no process of ours makes: an update that can't be read or has no name here, a signal that says something.

They change nothing, and most never get as far as the gate: the worker's log names them. Whoever reaches the engine's
port may send them.
"""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.messages import DONE, REFUSED

POKE = "poke"
"""The one signal that we send, without arguments."""

LONGEST = 200
"""So many characters of a stranger's words stand in the log."""

log = structlog.get_logger(__name__)


class WatchfulRunner(SandboxedWorkflowRunner):
    """Runs incidents in the sandbox as usual, and reads what went in and came out of each of their tasks."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See `WorkflowRunner`."""
        instance = super().create_instance(det)
        activate = instance.activate

        def watched(act: WorkflowActivation) -> WorkflowActivationCompletion:
            done = activate(act)
            if not act.is_replaying:
                for call, why in misshapen(act, done):
                    log.warning("a call of the wrong shape", incident=det.info.workflow_id, call=call, why=why)
            return done

        instance.activate = watched  # type: ignore[method-assign]  # a wrapper class would repeat all of its methods
        return instance


def misshapen(act: WorkflowActivation, done: WorkflowActivationCompletion) -> Iterator[tuple[str, str]]:
    """Each bad call as (what was called, what was wrong). Refusals are none: the register has them."""
    asked = {job.do_update.protocol_instance_id: job.do_update for job in act.jobs if job.HasField("do_update")}
    for job in act.jobs:
        told = job.signal_workflow
        if job.HasField("signal_workflow") and (told.signal_name != POKE or told.input):
            yield f"signal {told.signal_name}"[:LONGEST], f"expected a bare {POKE}, found {len(told.input)} arguments"
    for command in done.successful.commands:
        answer = command.update_response
        if answer.HasField("rejected") and answer.rejected.application_failure_info.type not in (REFUSED, DONE):
            update = asked[answer.protocol_instance_id]
            yield f"update {update.name} {update.id}"[:LONGEST], _why(answer.rejected)


def _why(failure: Failure) -> str:
    """The fault in its first line: the rest repeats what was sent."""
    words = [failure.message]
    while failure.HasField("cause"):
        failure = failure.cause
        words.append(failure.message)
    return ": ".join(next(iter(line.splitlines()), "") for line in words)[:LONGEST]
