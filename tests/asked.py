"""What an incident asks of the engine, from two sides: the commands that our code gives, and the events they became.

Replay compares types and ids alone. This is the rest: input, task queue, time-outs, retries, how long a timer runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.contracts import ARCHIVE, DELIVER, SYNC, ArchiveRequest, DeliverRequest, SyncRequest
from workflows import messages
from workflows.messages import Carried, Receipt
from workflows.sandbox import LOADED_ONCE

INPUTS: dict[str, type[Any]] = {SYNC: SyncRequest, DELIVER: DeliverRequest, ARCHIVE: ArchiveRequest}

Asked = dict[str, Any]
"""One thing asked, as JSON; `what` says which."""

NO_LIMIT = timedelta(days=3650).total_seconds()
"""What the test server writes where no limit was given."""

PAYLOADS = messages.CONVERTER.payload_converter


def read(payloads: Iterable[Payload], shape: type[Any]) -> Any:
    """The one payload, as `shape`."""
    (value,) = PAYLOADS.from_payloads(list(payloads), [shape])
    return value


def of_command(command: WorkflowCommand) -> tuple[str, Asked] | None:
    """What a command asks, under a name that its event bears too."""
    match command.WhichOneof("variant"):
        case "schedule_activity":
            activity = command.schedule_activity
            return f"activity {activity.seq}", _activity(
                activity, activity.activity_type, activity.task_queue, activity.arguments
            )
        case "start_timer":
            return f"timer {command.start_timer.seq}", _timer(command.start_timer)
        case "continue_as_new_workflow_execution":
            again = command.continue_as_new_workflow_execution
            return "end", _continued(again.arguments)
        case "complete_workflow_execution":
            return "end", _completed([command.complete_workflow_execution.result])
        case "update_response" if command.update_response.HasField("completed"):
            response = command.update_response
            return f"answer {response.protocol_instance_id}", _answered([response.completed])
        case _:
            return None


def of_event(event: HistoryEvent) -> tuple[str, Asked] | None:
    """What an event of a recorded history says was asked."""
    match event.WhichOneof("attributes"):
        case "activity_task_scheduled_event_attributes":
            activity = event.activity_task_scheduled_event_attributes
            return f"activity {activity.activity_id}", _activity(
                activity, activity.activity_type.name, activity.task_queue.name, activity.input.payloads
            )
        case "timer_started_event_attributes":
            timer = event.timer_started_event_attributes
            return f"timer {timer.timer_id}", _timer(timer)
        case "workflow_execution_continued_as_new_event_attributes":
            return "end", _continued(event.workflow_execution_continued_as_new_event_attributes.input.payloads)
        case "workflow_execution_completed_event_attributes":
            return "end", _completed(event.workflow_execution_completed_event_attributes.result.payloads)
        case "workflow_execution_update_completed_event_attributes":
            done = event.workflow_execution_update_completed_event_attributes
            return f"answer {done.meta.update_id}", _answered(done.outcome.success.payloads)
        case _:
            return None


def _activity(told: Any, kind: str, queue: str, arguments: Iterable[Payload]) -> Asked:
    limits = {
        name: _seconds(getattr(told, name))
        for name in ("schedule_to_close_timeout", "start_to_close_timeout", "heartbeat_timeout")
    }
    retry = told.retry_policy
    return {
        "what": kind,
        "queue": queue,
        **{name: seconds for name, seconds in limits.items() if seconds not in (0, NO_LIMIT)},
        "retry": [_seconds(retry.initial_interval), _seconds(retry.maximum_interval), retry.maximum_attempts],
        "input": read(arguments, INPUTS[kind]).model_dump(mode="json", exclude_defaults=True),
    }


def _timer(told: Any) -> Asked:
    return {"what": "timer", "seconds": _seconds(told.start_to_fire_timeout)}


def _continued(arguments: Iterable[Payload]) -> Asked:
    carried: Carried = read(arguments, Carried)
    return {"what": "continue as new", "input": carried.model_dump(mode="json", exclude_defaults=True)}


def _completed(result: Iterable[Payload]) -> Asked:
    return {"what": "end", "result": read(result, str)}


def _answered(outcome: Iterable[Payload]) -> Asked:
    receipt: Receipt = read(outcome, Receipt)
    return {"what": "answer", **receipt.model_dump(mode="json")}


def _seconds(length: Duration) -> float:
    return length.ToNanoseconds() / 1e9


class Overhearing(WorkflowRunner):
    """Runs workflows as a worker of `queue` does, and keeps every command that they give."""

    def __init__(self, queue: str) -> None:
        self._runner, self._queue = SandboxedWorkflowRunner(restrictions=LOADED_ONCE), queue
        self.heard: list[WorkflowCommand] = []

    def prepare_workflow(self, defn: Any) -> None:
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        # A replayer has no queue of its own and would make one up.
        here = replace(det, info=replace(det.info, task_queue=self._queue))
        return _Overheard(self._runner.create_instance(here), self.heard)

    def asked(self) -> Iterator[tuple[str, Asked]]:
        """All that was asked, in order."""
        for command in self.heard:
            if told := of_command(command):
                yield told


class _Overheard(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance, heard: list[WorkflowCommand]) -> None:
        self._instance, self._heard = instance, heard

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = self._instance.activate(act)
        self._heard += completion.successful.commands
        return completion

    def get_serialization_context(self, command_info: Any) -> Any:
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Any:
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        return self._instance.get_thread_id()
