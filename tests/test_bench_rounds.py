"""The bench compares like with like, and an incident keeps to what is promised of its history."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import Engine
from temporalio.client import Client, WorkflowHandle

from bench import bare, incident
from bench.rounds import LINGER, QUIET_AFTER, Cost, read
from bench.scene import COMMANDS, MOST_BYTES, MOST_EVENTS, SCENE, Scene
from settings import Settings
from store.database import open_database, open_for_gate
from store.gate import Gate
from worker import build_worker

PACED = Scene(waits=(timedelta(seconds=3), timedelta(seconds=3.1), timedelta(seconds=3.9)), pause=0.4)
"""So slow that nothing runs together: each turn stands alone, on both sides."""


@dataclass(frozen=True)
class Home:
    """A server's client, and a store with the officer and the plan in it."""

    client: Client
    folder: Path
    store: Engine

    def settings(self, queue: str, linger: timedelta) -> Settings:
        return Settings(home=self.folder, kind="drill", task_queue=queue, linger=linger)

    async def ours(self, names: list[str], linger: timedelta, scene: Scene) -> list[WorkflowHandle[Any, Any]]:
        """Incidents one after the other, lived through to their quiet end."""
        settings = self.settings("ours", linger)
        database = await open_database(settings.folder / "store.db")
        gate = Gate(settings.folder / "store.db", "drill")
        async with build_worker(self.client, settings, database, gate):
            handles = []
            for name in names:
                handles.append(await incident.live_through(self.client, self.store, "ours", name, scene))
                await asyncio.sleep((max(scene.waits) + QUIET_AFTER).total_seconds())
        gate.close()
        await database.dispose()
        return handles

    async def bare(self, name: str, scene: Scene) -> WorkflowHandle[Any, Any]:
        """A bare workflow, by a client without our converter."""
        plain = await Client.connect(self.client.service_client.config.target_host)
        async with bare.build_worker(plain, self.settings("bare", timedelta())):
            handle = await bare.live_through(plain, "bare", name, scene)
            await asyncio.sleep((max(scene.waits) + QUIET_AFTER).total_seconds())
        return handle


@pytest.fixture
async def home(temporal: Client, tmp_path: Path) -> AsyncIterator[Home]:
    folder = tmp_path / "drill"
    folder.mkdir()
    incident.appoint(folder)
    store = open_for_gate(folder / "store.db")
    yield Home(temporal, tmp_path, store)
    store.dispose()


def asked_of_the_server(told: Cost) -> dict[str, int]:
    """What a workflow asked for. How many turns it took is the engine's affair: two results may share one."""
    return {kind: n for kind, n in told.kinds.items() if not kind.startswith("WORKFLOW_TASK_")}


async def test_ours_and_bare_ask_the_same_of_the_server(home: Home) -> None:
    told: dict[str, Cost] = {"ours": Cost(), "bare": Cost()}
    (ours,), plain = await asyncio.gather(home.ours(["o"], timedelta(), PACED), home.bare("b", PACED))
    await read([ours], told["ours"])
    await read([plain], told["bare"])
    kinds = asked_of_the_server(told["ours"])
    assert kinds == asked_of_the_server(told["bare"])
    assert kinds["WORKFLOW_EXECUTION_UPDATE_COMPLETED"] == COMMANDS
    assert kinds["TIMER_FIRED"] == len(SCENE.waits)
    assert kinds["WORKFLOW_EXECUTION_SIGNALED"] == 1


async def test_an_incident_of_six_commands_thirty_answered_notices_and_three_waits_keeps_its_history_small(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Cost()
    await read(await home.ours(["a", "b", "c"], LINGER, SCENE), told)
    with capsys.disabled():
        sys.stdout.write(f"\nhistories: {told.events} events, {told.size} bytes\n")
    assert median(told.events) <= MOST_EVENTS
    assert median(told.size) <= MOST_BYTES
