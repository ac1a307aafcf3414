"""kill -9 of the worker and of the server in a running home: nothing is lost, the next command is soon taken."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from client import send
from incidents.deadlines import SetDeadline
from incidents.logbook import verify
from incidents.notes import Note
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.support import OFFICER, PLAN, PLAN_HASH, open_for
from workflows.messages import CONVERTER

FENGHUO = str(Path(sys.executable).parent / "fenghuo")


class Home:
    """A running home, from outside."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.process = folder, process

    def run(self) -> dict[str, Any]:
        run: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))["live"]
        return run

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 30
        environment = {**os.environ, "FENGHUO_HOME": str(self.folder)}
        while subprocess.run([FENGHUO, "status"], env=environment, capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.1)

    async def connect(self) -> Client:
        return await Client.connect(self.run()["address"], data_converter=CONVERTER)


@contextmanager
def up(folder: Path) -> Iterator[Home]:
    environment = {**os.environ, "FENGHUO_HOME": str(folder)}
    process = subprocess.Popen([FENGHUO, "up"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    home = Home(folder, process)
    try:
        home.wait_ready()
        yield home
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


async def note(handle: WorkflowHandle[Any, Any], words: str) -> float:
    """Send a note and say how long it took, in seconds."""
    command = OFFICER.sign(handle.id, Note, f"c-{words}", words=words)
    started = time.monotonic()
    await send(handle, command)
    return time.monotonic() - started


async def stored(folder: Path, incident: str, count: int) -> list[str]:
    """What people and the hand-set clock brought, once there are `count` of it; the chain is verified."""
    database = await open_database(folder / "live" / "store.db")
    deadline = time.monotonic() + 20
    while True:
        entries = await Logbooks(database).read(incident)
        words = [
            entry.data.get("words", entry.kind)
            for entry in entries
            if entry.kind == "noted" or "C1" in str(entry.data.get("clock", entry.data.get("clocks")))
        ]
        if len(words) >= count:
            break
        assert time.monotonic() < deadline, [entry.kind for entry in entries]
        await asyncio.sleep(0.1)
    await database.dispose()
    verify(entries)
    return words


def appoint(folder: Path) -> None:
    gate = Gate(folder / "live" / "store.db")
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    gate.keep_plan(PLAN_HASH, "lhasa-2022", PLAN.model_dump_json())
    gate.close()


async def test_after_a_killed_worker_the_next_command_is_taken_within_three_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with up(tmp_path) as home:
        appoint(tmp_path)
        handle = await open_for(await home.connect(), "k-1")
        await note(handle, "前")
        worker = home.run()["pids"]["worker"]
        os.kill(worker, signal.SIGKILL)
        while home.run()["pids"]["worker"] == worker:
            await asyncio.sleep(0.05)
        home.wait_ready()
        took = await note(handle, "后")
        with capsys.disabled():
            sys.stdout.write(f"\nnext command after a killed worker: {took:.2f} s\n")
        assert took <= 3
        assert await stored(tmp_path, "k-1", 2) == ["前", "后"]


async def test_after_a_killed_server_the_incident_goes_on_and_a_clock_that_passed_meanwhile_fires(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with up(tmp_path) as home:
        appoint(tmp_path)
        handle = await open_for(await home.connect(), "k-2")
        await note(handle, "前")
        due = datetime.now(UTC) + timedelta(seconds=2)
        await send(
            handle, OFFICER.sign("k-2", SetDeadline, "c-clock", says="书面报告", due_at=due, warn_before=timedelta())
        )
        os.kill(home.run()["pids"]["engine"], signal.SIGKILL)
        assert home.process.wait(30) == 5, "a dead engine is told to the shell"
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))

    with up(tmp_path) as home:
        ready = time.monotonic()
        handle = (await home.connect()).get_workflow_handle("k-2")
        took = await note(handle, "后")
        words = await stored(tmp_path, "k-2", 4)
        fired = time.monotonic() - ready
        with capsys.disabled():
            sys.stdout.write(
                f"\nafter a killed server: next command {took:.2f} s, overdue clock within {fired:.2f} s\n"
            )
        assert took <= 3
        assert fired <= 10
        assert words[:2] == ["前", "clocks_started"]
        assert sorted(words[2:]) == ["clock_overdue", "后"]
