"""A rehearsal: a scene played on today's release and today's plan, with a clock in hand instead of an engine.

It drives the workflow as a worker does, through the SDK's own runner, one job at a time and always in the same order.
So what is asked is the same on every machine, to the last instant, and a difference is a decision of ours.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.bridge.proto.activity_result import ActivityResolution, Success
from temporalio.bridge.proto.workflow_activation import (
    DoUpdate,
    FireTimer,
    InitializeWorkflow,
    ResolveActivity,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import ScheduleActivity, UpdateResponse, WorkflowCommand
from temporalio.common import Priority, TypedSearchAttributes
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowInterceptorClassInput
from temporalio.workflow import Info, _Definition

from activities.channel import Said as Answer
from activities.contracts import (
    ARCHIVE,
    DELIVER,
    SYNC,
    ArchiveResult,
    DeliverResult,
    SyncRequest,
    SyncResult,
)
from activities.delivery import Delivery
from activities.drill import DrillMessage
from activities.gateways.port import LiveMessage
from incidents.command import Command, Refusal
from incidents.incident import fold
from incidents.logbook import Entry, Head
from incidents.notices import Answered
from incidents.record import Record
from plans.schema import Plan
from tests.asked import INPUTS, PAYLOADS, Overhearing, read
from tests.ordinary import Said
from tests.scenes import Again, Answers, Refused, Scene, Speaker, Until, View
from workflows.gate import GateInterceptor
from workflows.incident import IncidentWorkflow
from workflows.messages import CONVERTER, DONE

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
QUEUE = "incidents"
MOST_TURNS = 1200
"""The longest scene has 605 turns: one that wakes again and again for nothing never comes to rest."""


class Home:
    """The outside of a rehearsal: a store in memory, an inbox, nobody to forge an envelope."""

    def __init__(self, kind: str) -> None:
        self.entries: list[Entry] = []
        self.refusals: list[list[str]] = []
        self.messages: list[list[str]] = []
        self._receipts: dict[str, tuple[int, int]] = {}
        self._answers: list[Answered] = []
        self._delivery = Delivery[Any](DrillMessage if kind == "drill" else LiveMessage, {"inbox": self})

    def admit(self, incident: str, verb: str, command: Mapping[str, Any]) -> Refusal | None:
        """See `workflows.gate.Keeper`."""
        return None

    def receipt(self, incident: str, command_id: str) -> tuple[int, int] | None:
        """See `workflows.gate.Keeper`."""
        return self._receipts.get(command_id)

    def record_refusal(self, incident: str, verb: str, envelope: Mapping[str, Any], refusal: Refusal) -> None:
        """See `workflows.gate.Keeper`."""
        self.refusals.append([verb, envelope["post"], refusal.kind, refusal.reason])

    def answer(self, answered: Answered) -> None:
        """The same answer twice is one."""
        if not any((old.notice, old.unit) == (answered.notice, answered.unit) for old in self._answers):
            self._answers.append(answered)

    async def send(self, messages: Sequence[DrillMessage | LiveMessage]) -> Mapping[str, Answer]:
        """The inbox takes everything."""
        self.messages += [[message.key, message.text] for message in messages]
        return {message.unit: Answer("accepted") for message in messages}

    async def perform(self, activity: str, request: Any) -> SyncResult | DeliverResult | ArchiveResult:
        """What an activity does."""
        if activity == SYNC:
            return self._sync(request)
        if activity == DELIVER:
            return await self._delivery.deliver(request)
        assert activity == ARCHIVE, f"nobody here does '{activity}'"
        return ArchiveResult(manifest=hashlib.sha256(b"a dossier").hexdigest(), seq=self.entries[-1].seq)

    def _sync(self, request: SyncRequest) -> SyncResult:
        for entry in request.entries():
            if entry.seq > len(self.entries):
                assert (entry.seq, entry.prev) == (len(self.entries) + 1, self.head.hash), "a hole in the log"
                self.entries.append(entry)
            assert self.entries[entry.seq - 1] == entry, "another entry under this number"
        self._receipts |= request.receipts
        return SyncResult(head=self.head, events=tuple(self._answers[request.cursor :]), cursor=len(self._answers))

    @property
    def head(self) -> Head:
        """Where the stored log stands."""
        return Head(seq=self.entries[-1].seq, hash=self.entries[-1].hash) if self.entries else Head()


class Stage:
    """One scene, played. `runner` has heard all that was asked, `home` all that left, `view` has the last of it."""

    def __init__(self, scene: Scene, plan: Plan) -> None:
        self.runner, self.home = Overhearing(QUEUE), Home(scene.kind)
        self._scene, self.view, self._speaker = scene, View(plan), Speaker(scene)
        self._definition = _Definition.must_from_class(IncidentWorkflow)
        self._externs: dict[str, Any] = {}
        gate = GateInterceptor(self.home).workflow_interceptor_class(
            WorkflowInterceptorClassInput(unsafe_extern_functions=self._externs)
        )
        self._interceptors = [gate]
        self._now = START
        self._runs = self._turns = 0
        self._over = False
        self._answer: UpdateResponse | None = None

    def play(self) -> None:
        """From the opening to the scene's end."""
        carried, command = self._scene.opening(self.view.plan, self._now)
        with asyncio.Runner() as self._performer:
            self.view.record = Record(id=self._scene.name)
            self._begin(PAYLOADS.to_payloads([carried]), self._update(command))
            self._settle()
            for step in self._scene.play(self.view):
                self._take(step)
            self._evict()

    def _take(self, step: Any) -> None:
        match step:
            case Said() | Again():
                refused = self._ask(self._speaker.command(step))
                assert refused in ("", DONE), f"{self._scene.name}: {step} was refused: {self.home.refusals[-1]}"
            case Refused(said):
                assert self._ask(self._speaker.command(said)), f"{self._scene.name}: {said} was taken"
            case Answers(notice, unit):
                self.home.answer(Answered(notice=notice, unit=unit, by="值班员", at=self._now))
                poke = SignalWorkflow(signal_name="poke", originating_event_id=self._events)
                self._activate(WorkflowActivationJob(signal_workflow=poke))
            case Until(after):
                self._pass_time(START + after)
        self._settle()

    def _ask(self, command: Command) -> str:
        """Send one command; the type of the error that answers it, or nothing."""
        self._answer = None
        self._activate(self._update(command))
        assert self._answer is not None, f"{command.verb}: no answer"
        return self._answer.rejected.application_failure_info.type

    def _update(self, command: Command) -> WorkflowActivationJob:
        name = command.envelope.command_id
        asked = PAYLOADS.to_payloads([command])
        update = DoUpdate(id=name, protocol_instance_id=name, name=command.verb, input=asked, run_validator=True)
        return WorkflowActivationJob(do_update=update)

    # -- the engine's part -----------------------------------------------------------------------------------------

    def _begin(self, arguments: Sequence[Payload], *jobs: WorkflowActivationJob) -> None:
        """Start a run."""
        self._runs += 1
        self._events = 0
        self._timers: dict[int, datetime] = {}
        self._activities: deque[ScheduleActivity] = deque()
        self._run: WorkflowInstance = self._performer.run(self._created())
        begin = InitializeWorkflow(
            workflow_type=str(self._definition.name), workflow_id=self._scene.name, arguments=arguments
        )
        begin.start_time.FromDatetime(self._now)
        self._activate(WorkflowActivationJob(initialize_workflow=begin), *jobs)

    def _activate(self, *jobs: WorkflowActivationJob) -> None:
        """Hand jobs over and take in the commands that come back."""
        if self._over:
            return
        self._turns += 1
        assert self._turns <= MOST_TURNS, f"it never comes to rest: {self._turns} turns by {self._now}"
        # Scheduled, started and completed, beside what each job and command leaves in a history.
        self._events += 3 + len(jobs)
        activation = WorkflowActivation(run_id=f"run-{self._runs}", history_length=self._events, jobs=jobs)
        activation.timestamp.FromDatetime(self._now)
        completion = self._run.activate(activation)
        assert not completion.HasField("failed"), completion.failed.failure.message
        self._events += len(completion.successful.commands)
        for command in completion.successful.commands:
            self._obey(command)

    def _obey(self, command: WorkflowCommand) -> None:
        match command.WhichOneof("variant"):
            case "schedule_activity":
                self._activities.append(command.schedule_activity)
            case "start_timer":
                timer = command.start_timer
                self._timers[timer.seq] = self._now + timer.start_to_fire_timeout.ToTimedelta()
            case "cancel_timer":
                self._timers.pop(command.cancel_timer.seq, None)
            case "update_response":
                if not command.update_response.HasField("accepted"):
                    self._answer = command.update_response
            case "continue_as_new_workflow_execution":
                self._evict()
                self._begin(command.continue_as_new_workflow_execution.arguments)
            case "complete_workflow_execution":
                self._over = True
            case other:
                raise AssertionError(f"{other}: an incident never asks for this")

    def _settle(self) -> None:
        """Perform what was scheduled, one after the other, until nothing is left."""
        while self._activities and not self._over:
            scheduled = self._activities.popleft()
            request = read(scheduled.arguments, INPUTS[scheduled.activity_type])
            result = self._performer.run(self.home.perform(scheduled.activity_type, request))
            (payload,) = PAYLOADS.to_payloads([result])
            done = ActivityResolution(completed=Success(result=payload))
            self._activate(WorkflowActivationJob(resolve_activity=ResolveActivity(seq=scheduled.seq, result=done)))
        self.view.now = self._now
        self.view.record = fold(self.view.record, self.home.entries[self.view.record.head.seq :])

    def _pass_time(self, until: datetime) -> None:
        while self._timers and not self._over and min(self._timers.values()) <= until:
            seq = min(self._timers, key=lambda seq: self._timers[seq])
            self._now = max(self._now, self._timers.pop(seq))
            self._activate(WorkflowActivationJob(fire_timer=FireTimer(seq=seq)))
            self._settle()
        self._now = until

    def _evict(self) -> None:
        """Let the SDK take the run's tasks down in order."""
        gone = WorkflowActivation(run_id=f"run-{self._runs}")
        gone.jobs.add().remove_from_cache.SetInParent()
        self._run.activate(gone)

    async def _created(self) -> WorkflowInstance:
        # The SDK wants a running loop here, and none while it hands over jobs.
        return self.runner.create_instance(self._details())

    def _details(self) -> WorkflowInstanceDetails:
        return WorkflowInstanceDetails(
            payload_converter_factory=CONVERTER._new_payload_converter,
            failure_converter_class=CONVERTER.failure_converter_class,
            interceptor_classes=self._interceptors,
            defn=self._definition,
            info=self._info(),
            randomness_seed=0,
            extern_functions=self._externs,
            disable_eager_activity_execution=False,
            worker_level_failure_exception_types=[],
            patch_activation_callback=None,
            last_completion_result=Payloads(),
            last_failure=None,
        )

    def _info(self) -> Info:
        return Info(
            attempt=1,
            continued_run_id=None,
            cron_schedule=None,
            execution_timeout=None,
            first_execution_run_id="run-1",
            headers={},
            namespace="default",
            original_execution_run_id=f"run-{self._runs}",
            parent=None,
            root=None,
            priority=Priority.default,
            raw_memo={},
            retry_policy=None,
            run_id=f"run-{self._runs}",
            run_timeout=None,
            search_attributes={},
            start_time=self._now,
            task_queue=QUEUE,
            task_timeout=timedelta(seconds=3),
            typed_search_attributes=TypedSearchAttributes.empty,
            workflow_id=self._scene.name,
            workflow_start_time=self._now,
            workflow_type=str(self._definition.name),
        )
