"""The recorded incidents, and the checks that compare today's release with them.

Each check gives the differences that it finds, in lines; for the release that recorded them there are none.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.contracts import SyncRequest
from incidents.incident import fold
from incidents.logbook import BrokenChain, Entry, verify
from incidents.record import Record
from plans import registry
from plans.library import find, load
from plans.schema import Plan
from statecharts.chart import Refused
from tests.asked import Asked, Overhearing, of_event
from tests.scenes import Scene
from tests.stage import Home, Stage
from workflows.gate import GateInterceptor
from workflows.incident import IncidentWorkflow
from workflows.messages import CONVERTER

HISTORIES = Path(__file__).parent / "histories"
COMMANDS = "commands.json"


@functools.cache
def plan_today() -> Plan:
    """The plan of the scenes, as this release ships it."""
    return load(find("lhasa-2022")).plan


class Run(NamedTuple):
    """One recorded run, replayed: what it asked of the engine then and now, by name, and what the engine objects to."""

    then: Mapping[str, Asked]
    now: Mapping[str, Asked]
    objection: str


class Witness:
    """One recorded incident."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.name, self._folder = scene, scene.name, HISTORIES / scene.name

    @functools.cached_property
    def entries(self) -> Sequence[Entry]:
        """The stored log."""
        return [Entry.model_validate_json(line) for line in self._read("logbook.jsonl").splitlines()]

    @functools.cached_property
    def runs(self) -> Sequence[Run]:
        """Every run of the incident, replayed once."""
        # An incident keeps the plan that it began with.
        registry.put_stored(self._read("plan.json"))
        told = json.loads(self._read("history.json"))
        return asyncio.run(self._replayed([WorkflowHistory.from_json(self.name, run) for run in told]))

    async def _replayed(self, histories: Sequence[WorkflowHistory]) -> list[Run]:
        runs: list[Run] = []
        for history in histories:
            began = history.events[0].workflow_execution_started_event_attributes
            runner = Overhearing(began.task_queue.name)
            replayer = Replayer(
                workflows=[IncidentWorkflow],
                workflow_runner=runner,
                interceptors=[GateInterceptor(Home(self.scene.kind))],
                data_converter=CONVERTER,
            )
            result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            then = dict(told for event in history.events if (told := of_event(event)))
            runs.append(Run(then, dict(runner.asked()), str(result.replay_failure or "")))
        return runs

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text("utf-8")

    @property
    def commands(self) -> str:
        """The golden commands, as JSON."""
        return self._read(COMMANDS).rstrip("\n")


def replayed(witness: Witness) -> Iterator[str]:
    """What the engine objects to when it replays the history: another kind or another order of commands."""
    for number, run in enumerate(witness.runs, start=1):
        if run.objection:
            yield f"{witness.name}, run {number}: {run.objection}"


def asked_alike(witness: Witness) -> Iterator[str]:
    """What replay is blind for: another input, task queue, time-out, retry or timer length than was recorded."""
    for number, run in enumerate(witness.runs, start=1):
        for name, then in run.then.items():
            if run.now.get(name) != then:
                yield f"{witness.name}, run {number}, {name}: {_first_difference(then, run.now.get(name))}"
        # A timer that was replaced before the engine heard of it left no event.
        for name in run.now.keys() - run.then.keys():
            if not name.startswith("timer "):
                yield f"{witness.name}, run {number}, {name}: it was never asked for"


def chained(witness: Witness) -> Iterator[str]:
    """Where this release hashes the stored log otherwise, or can't add it up."""
    try:
        head = verify(witness.entries)
        folded = fold(Record(id=witness.name), witness.entries)
    except (BrokenChain, Refused, ValueError) as broken:
        yield f"{witness.name}: {broken}"
        return
    if folded.head != head:
        yield f"{witness.name}: the fold ends at {folded.head.seq}, the log at {head.seq}"


def hashed_alike(witness: Witness) -> Iterator[str]:
    """Entries that this release decides otherwise than the stored log holds them."""
    stored = {entry.seq: entry.hash for entry in witness.entries}
    for run in witness.runs:
        for asked in run.now.values():
            if asked["what"] != "sync":
                continue
            try:
                entries = SyncRequest.model_validate(asked["input"]).entries()
            except ValueError as broken:
                yield f"{witness.name}: {broken}"
                continue
            for entry in entries:
                if stored.get(entry.seq) != entry.hash:
                    yield f"{witness.name}: entry {entry.seq} ({entry.kind}) has another hash"


def golden(witness: Witness) -> Iterator[str]:
    """What a rehearsal on today's release and plan asks, refuses or lets out otherwise than the golden commands say."""
    try:
        today = told(rehearsed(witness.scene))
    except AssertionError as broken:
        yield f"{witness.name}: {broken}"
        return
    then, now = witness.commands.splitlines(), today.splitlines()
    for number, (old, new) in enumerate(zip(then, now, strict=False), start=1):
        if old != new:
            yield f"{witness.name}, {COMMANDS}:{number}: {_first_difference(old, new)}"
    if len(then) != len(now):
        yield f"{witness.name}, {COMMANDS}: {len(then)} lines then, {len(now)} now"


CHECKS: Mapping[str, Callable[[Witness], Iterator[str]]] = {
    "chain": chained,
    "golden": golden,
    "replay": replayed,
    "commands": asked_alike,
    "hashes": hashed_alike,
}
"""Every check, the quickest first."""


def rehearsed(scene: Scene) -> Stage:
    """A scene, played on today's release and plan."""
    stage = Stage(scene, plan_today())
    stage.play()
    return stage


def told(stage: Stage) -> str:
    """What a rehearsal asked, refused and let out: JSON with a line for each.

    The hashes of the plan and of entries are replaced by names: a change shows where it is, not in each line after it.
    """
    names = {registry.hash_of(plan_today()): "the plan"}
    names |= {entry.hash: f"entry {entry.seq}" for entry in stage.home.entries}

    def line(item: Any) -> str:
        text = json.dumps(item, ensure_ascii=False)
        return re.sub(r"\b[0-9a-f]{64}\b", lambda digest: names.get(digest[0], digest[0]), text)

    parts: dict[str, list[Any]] = {
        "asked": [{"id": name, **asked} for name, asked in stage.runner.asked()],
        "refused": stage.home.refusals,
        "left": stage.home.messages,
    }
    lists = [f'"{name}": [\n' + ",\n".join(map(line, items)) + "\n]" for name, items in parts.items()]
    return "{\n" + ",\n".join(lists) + "\n}"


def _first_difference(then: Any, now: Any) -> str:
    """A stretch of both, from where they part."""
    old, new = (told if isinstance(told, str) else json.dumps(told, ensure_ascii=False) for told in (then, now))
    at = next((i for i, pair in enumerate(zip(old, new, strict=False)) if len(set(pair)) == 2), min(len(old), len(new)))
    start = max(0, at - 40)
    return f"...{old[start : at + 40]}... is now ...{new[start : at + 40]}..."
