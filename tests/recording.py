"""`make record` plays the scenes on a real engine with a real home, and writes down what came of it; `make golden` only
rehearses them, and writes the golden commands.

The engine is the time-skipping test server: days pass in milliseconds. Keys are made from a seed and command ids are
counted, so that a new recording differs by its instants, its run ids and by what the release decides otherwise.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.archive import runs
from client import CommandRefused, Unanswered, open_incident, poke, record_of, send
from incidents import view
from incidents.incident import fold
from incidents.notices import Answered
from incidents.record import Record
from plans import registry
from settings import Settings
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.ordinary import Said
from tests.scenes import HOLDERS, SCENES, Again, Answers, Refused, Scene, Speaker, Until, View, token
from tests.witnesses import COMMANDS, HISTORIES, Witness, plan_today, rehearsed, told
from worker import build_worker
from workflows.messages import CONVERTER


class Player:
    """Plays one scene on a running engine."""

    def __init__(self, scene: Scene, engine: WorkflowEnvironment, logbooks: Logbooks, queue: str) -> None:
        self._scene, self._engine, self._logbooks, self._queue = scene, engine, logbooks, queue
        self._client: Client = engine.client
        self._speaker = Speaker(scene)
        self.view = View(plan_today())

    async def play(self) -> None:
        """From the opening to the scene's end."""
        opened = await self._engine.get_current_time()
        carried, command = self._scene.opening(self.view.plan, opened)
        await open_incident(self._client, carried, command, self._queue)
        await self._settled()
        for step in self._scene.play(self.view):
            match step:
                case Said() | Again():
                    await send(self._handle, self._speaker.command(step))
                case Refused(said):
                    await self._refused(said)
                case Answers(notice, unit):
                    answered = Answered(notice=notice, unit=unit, by="值班员", at=self.view.now)
                    await self._logbooks.answer(self._scene.name, answered)
                    await poke(self._client, self._scene.name)
                case Until(after):
                    await self._engine.sleep(opened + after - await self._engine.get_current_time())
            await self._settled()

    @property
    def _handle(self) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(self._scene.name)

    async def _refused(self, said: Said) -> None:
        try:
            await send(self._handle, self._speaker.command(said))
        except CommandRefused:
            return
        raise AssertionError(f"{self._scene.name}: {said.verb} was taken, it must be refused")

    async def _settled(self) -> None:
        """All that follows has been done, and the store has every entry."""
        name = self._scene.name

        async def quiet() -> bool:
            now = await self._handle.describe()
            if now.close_time is not None:
                return True
            if now.raw_description.pending_activities:
                return False
            stored = await self._logbooks.read(name)
            try:
                return bool(stored) and (await record_of(self._handle)).head.hash == stored[-1].hash
            except Unanswered:
                # A busy machine: asked again.
                return False

        await _until(quiet)
        entries = await self._logbooks.read(name)
        self.view.now = await self._engine.get_current_time()
        self.view.record = fold(Record(id=name), entries)


async def record(scene: Scene, folder: Path) -> None:
    """Play one scene in a new home and write what it left into `folder`."""
    with tempfile.TemporaryDirectory() as home:
        # Answers are read one by one, as the rehearsal does.
        settings = Settings(home=Path(home), kind=scene.kind, linger=timedelta())
        settings.folder.mkdir()
        database = await open_database(settings.folder / "store.db")
        gate = Gate(settings.folder / "store.db", scene.kind)
        for post in HOLDERS:
            gate.appoint(HOLDERS[post], post, token(post).public_key)
        async with await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"),
            data_converter=CONVERTER,
            identity="recording",
        ) as engine:
            player = Player(scene, engine, Logbooks(database), settings.task_queue)
            gate.keep_plan(
                registry.hash_of(player.view.plan), player.view.plan.name, player.view.plan.model_dump_json()
            )
            async with build_worker(engine.client, settings, database, gate):
                await player.play()
            history = [json.loads(run) for run in await runs(engine.client, scene.name)]
        entries = await Logbooks(database).read(scene.name)
        gate.close()
        await database.dispose()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = [json.dumps(view.line(entry), ensure_ascii=False, separators=(",", ":")) for entry in entries]
    _write(folder / "logbook.jsonl", "\n".join(lines))
    _write(folder / "history.json", json.dumps(history, ensure_ascii=False, separators=(",", ":")))
    _write(folder / "plan.json", plan_today().model_dump_json())


def _write(file: Path, text: str) -> None:
    file.write_text(text + "\n", "utf-8")


async def _until(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await found():
            await asyncio.sleep(0.01)


def main(golden_only: bool, names: Sequence[str]) -> None:
    """Record every scene, or those named."""
    # A home with an inbox alone lacks the later channels of a chase, and says so each time.
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)
    for scene in [scene for scene in SCENES if not names or scene.name in names]:
        folder = HISTORIES / scene.name
        stage = rehearsed(scene)
        if not golden_only:
            asyncio.run(record(scene, folder))
            # A rehearsal is no fancy: what comes of it is what came of it on the engine.
            engine, rehearsal = (Counter(e.kind for e in log) for log in (Witness(scene).entries, stage.home.entries))
            if engine != rehearsal:
                raise SystemExit(f"{scene.name}: {engine} on the engine, {rehearsal} in rehearsal")
        _write(folder / COMMANDS, told(stage))


if __name__ == "__main__":
    main("--golden" in sys.argv, [word for word in sys.argv[1:] if not word.startswith("-")])
