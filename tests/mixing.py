"""A home with both sides at work at once: random drills under fire, real incidents that begin in their midst, and
everything that could make one look like the other: copied words, lying headers and payloads, rows that were altered."""

import asyncio
import json
import os
import random
import signal
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
)
from temporalio.service import RPCError

from activities.drill import DRILL_MARK
from client import CommandRefused, NoEngine, Token, Unanswered, open_incident, record_of, send
from drills.clock import DrillClock
from incidents.approval import Decide, Sign
from incidents.command import Command
from incidents.facts import Open
from incidents.notes import Note
from incidents.notices import Notify
from incidents.record import Record
from incidents.response import ProposeLevel
from tests.faults import Home, alive
from tests.support import DEPUTY, OFFICER, PLAN, PLAN_HASH, facts
from workflows.messages import CONVERTER, Carried

UNITS = 30
"""Each drill calls so many by name."""
OUTSIDE_FIRST = tuple({"channel": name, "wait": "PT3M"} for name in ("webhook", "smtp", "inbox"))
"""A drill has none of the first two."""
COPIED = ("", DRILL_MARK, f"{DRILL_MARK}{DRILL_MARK}", "【演【演练】练】", "【实战】", "（非演练）", "kind=live ")
"""What words begin with that were copied from the other side, or edited there."""
MOST_AT_ONCE = 6
AGAIN_AFTER = 0.2


class Sides(Home):
    """A home whose live side has every live end there is, with the drill side beside it."""

    sides = ("live", "drill")
    words = ("up", "--drill")
    cwd = None

    def side(self, kind: str) -> dict[str, Any]:
        """What one side says of itself. Raises `KeyError` while it is starting."""
        told: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))[kind]
        return told

    async def reach(self, kind: str) -> Client:
        """A client of one side's engine that says in every header that it is of the other kind."""
        other = "drill" if kind == "live" else "live"
        address = self.side(kind)["address"]
        return await Client.connect(address, data_converter=CONVERTER, interceptors=[Lying(other)])

    async def kill(self, kind: str) -> None:
        """kill -9 of one side's worker; over when its supervisor has started another."""
        pid = self.side(kind)["pids"]["worker"]
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while alive(pid) or self.side(kind)["pids"]["worker"] == pid:
                await asyncio.sleep(0.05)

    def flip(self, kind: str, incident: str) -> int:
        """Have every row about an incident say that it is of the other kind; how many were altered."""
        other = "drill" if kind == "live" else "live"
        with sqlite3.connect(self.folder / kind / "store.db", timeout=20) as store:
            return sum(
                store.execute(
                    f"UPDATE {table} SET body = replace(body, ?, ?) WHERE incident = ? AND instr(body, ?)",
                    (f'"kind":"{kind}"', f'"kind":"{other}"', incident, f'"kind":"{kind}"'),
                ).rowcount
                for table in ("incidents", "entries")
            )

    def inbox(self, kind: str) -> dict[str, str]:
        """Every message of one side's inbox, by key; a drill's is the sink."""
        with sqlite3.connect(self.folder / kind / "store.db", timeout=20) as store:
            return dict(store.execute("SELECT key, text FROM inbox"))


class Lying(Interceptor):
    """Puts a kind into the header of everything that is asked."""

    def __init__(self, kind: str) -> None:
        self._headers = {"kind": Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(kind).encode())}

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _LyingOut(next, self._headers)


class _LyingOut(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, headers: Mapping[str, Payload]) -> None:
        super().__init__(next)
        self._headers = headers

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        return await super().start_workflow_update(replace(input, headers=self._headers))

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        input.start_workflow_input.headers = self._headers
        input.update_workflow_input.headers = self._headers
        return await super().start_update_with_start_workflow(input)


class Drill:
    """One random drill."""

    def __init__(self, sides: Sides, number: int) -> None:
        self.sides, self.name = sides, f"drill-{number}"
        self._random = random.Random(number)
        self._said = 0
        self.calling = asyncio.Event()
        self.outcomes: dict[str, str] = {}
        """What its log says of each message, by key."""

    async def play(self) -> None:
        """From the opening until nobody is called any more."""
        self._client = await self.sides.reach("drill")
        self._handle = self._client.get_workflow_handle(self.name)
        self._clock = DrillClock(self._client)
        units = self._random.sample(sorted(PLAN.units), UNITS)
        await self._open("drill", "drill")
        await self._jump(minutes=1)
        assert self.sides.flip("drill", self.name) >= 2, "the summary and the opening say what they are"
        await self._say(OFFICER, Notify, units=units, text=self._words("请到岗"), steps=OUTSIDE_FIRST)
        self.calling.set()
        await self._lie()
        await self._say(
            OFFICER, ProposeLevel, level="IV", matter=self._words("启动四级响应"), expected_duration="PT24H"
        )
        if self._random.random() < 0.5:
            # Nobody answers: reminded, the substitutes asked, asked upward.
            await self._jump(minutes=self._random.randint(10, 60))
        await self._say(DEPUTY, Decide, approval="A1")
        await self._say(DEPUTY, Sign, approval="A1")
        for _ in range(self._random.randint(2, 5)):
            await self._say(OFFICER, Note, words=self._words("记录"))
        await self._jump(minutes=5)
        await self._jump(minutes=30)

    async def settled(self) -> None:
        """Wait until nothing is on its way, and read what the log says of each message."""
        async with asyncio.timeout(90):
            while True:
                told = (await self._handle.describe()).raw_description
                # An answer may be on its way to a worker that was killed.
                in_work = told.pending_activities or told.HasField("pending_workflow_task")
                if not in_work and await self._stored():
                    return
                await asyncio.sleep(AGAIN_AFTER)

    async def runs(self) -> int:
        """In how many runs it was."""
        found = [run async for run in self._client.list_workflows(f'WorkflowId = "{self.name}"')]
        return len(found)

    async def _stored(self) -> bool:
        try:
            head = (await record_of(self._handle)).head
        except (Unanswered, NoEngine):
            return False
        with sqlite3.connect(self.sides.folder / "drill" / "store.db", timeout=20) as store:
            query = "SELECT body FROM entries WHERE incident = ? ORDER BY seq"
            entries = [json.loads(body) for (body,) in store.execute(query, (self.name,))]
        for entry in entries:
            if entry["kind"] == "notice_sent":
                told = entry["data"]
                channel = self._channel(entries, told["notice"], told["step"])
                for unit, outcome in told["outcomes"].items():
                    self.outcomes[f"{self.name}/{told['notice']}/{unit}/{channel}/{told['step']}"] = outcome
        return bool(entries[-1]["seq"] == head.seq)

    @staticmethod
    def _channel(entries: list[dict[str, Any]], notice: str, step: int) -> str:
        """By which channel a step of a notice goes."""
        (issued,) = [e for e in entries if e["kind"] == "notice_issued" and e["data"]["notice"] == notice]
        return str(issued["data"]["steps"][step]["channel"])

    def _words(self, rest: str) -> str:
        return self._random.choice(COPIED) + rest

    async def _open(self, record: str, asked: str) -> None:
        """Open it, by a record and a command that name these kinds."""
        name = self.name if (record, asked) == ("drill", "drill") else f"{self.name}-{record}-{asked}"
        told = facts(sector="non-coal-mine", place={"name": self._words(f"现场{self.name}，")})
        fields = {"kind": asked, "plan": PLAN.name, "plan_hash": PLAN_HASH, "facts": told}
        begins = Record(id=name, kind=record, plan=PLAN.name, plan_hash=PLAN_HASH)
        carried = Carried(record=begins, roll_over_after=self._random.randint(60, 120))
        command = OFFICER.sign(name, Open, f"{name}-open", **fields)
        while True:
            try:
                await open_incident(self._client, carried, command, "incidents")
            except (Unanswered, NoEngine):
                continue
            return

    async def _lie(self) -> None:
        """Ask for a live incident here, and say of a command that it is live: all of it is refused."""
        for record, asked in (("live", "live"), ("live", "drill"), ("drill", "live")):
            try:
                await self._open(record, asked)
            except CommandRefused:
                continue
            raise AssertionError(f"{self.name}: {record} was opened as {asked} on the drill side")
        note = OFFICER.sign(self.name, Note, f"{self.name}-lie", words="实战").model_dump(mode="json")
        try:
            async with asyncio.timeout(5):
                await self._handle.execute_update("note", {**note, "kind": "live"}, id=f"{self.name}-lie")
        except (WorkflowUpdateFailedError, RPCError, TimeoutError):
            return
        raise AssertionError(f"{self.name}: a note took a kind")

    async def _say(self, by: Token, command: type[Command], **asked: Any) -> None:
        """Ask under one command id until there is an answer."""
        self._said += 1
        signed = by.sign(self.name, command, f"{self.name}-{self._said}", **asked)
        while True:
            try:
                await send(self._handle, signed)
            except (Unanswered, NoEngine):
                await asyncio.sleep(AGAIN_AFTER)
                continue
            return

    async def _jump(self, minutes: int) -> None:
        """Move its clock on, as soon as the engine does it."""
        until = await self._clock.now(self._handle) + timedelta(minutes=minutes)
        while True:
            try:
                async with asyncio.timeout(30):
                    await self._clock.jump(self._handle, until)
            except (RPCError, RuntimeError, TimeoutError):
                await asyncio.sleep(AGAIN_AFTER)
                continue
            return
