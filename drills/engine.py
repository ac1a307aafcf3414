"""A case on a drill server: the same commands, worker and store as a live incident has, on a clock that jumps."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle

from activities.drill import LOST
from client import CommandRefused, NoEngine, Token, Unanswered, open_incident, poke, record_of, send
from drills.case import VERBS
from drills.cast import ANSWERS_AS, Answers, Says
from drills.clock import Clock
from drills.ground import Stands
from incidents.command import Refusal
from incidents.incident import fold
from incidents.notices import Answered
from incidents.record import Record
from plans import registry
from plans.schema import Plan, PostId
from store.gate import Gate
from store.logbook import Logbooks
from workflows.messages import Carried

SETTLED_WITHIN = timedelta(seconds=60)
LOOK_EVERY = timedelta(seconds=0.01)
BEYOND = timedelta(seconds=0.5)
"""A jump ends so much behind the instant that it is for: what falls due milliseconds later has come too."""


class NeverSettled(Exception):
    """The incident was still at work after a minute: its worker is gone, or it stands still."""


class EngineGround:
    """One incident on the drill server that `client` reaches, with its `home`; `tokens` act for its people."""

    shared = False

    def __init__(
        self,
        incident: str,
        client: Client,
        queue: str,
        logbooks: Logbooks,
        gate: Gate,
        tokens: Mapping[PostId, Token],
        home: Path,
        clock: Clock,
    ) -> None:
        self._incident, self._client, self._queue = incident, client, queue
        self._logbooks, self._gate, self._tokens = logbooks, gate, tokens
        self._documents, self._lost, self._clock = home / "evidence", home / LOST, clock
        self._record = Record(id=incident)
        self._now: datetime | None = None
        self._unheard: set[Answers] = set()

    @property
    def _handle(self) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(self._incident)

    async def open(self, plan: Plan, opening: Says) -> Refusal | None:
        """See `Ground`."""
        digest = registry.put(plan)
        self._gate.keep_plan(digest, plan.name, plan.model_dump_json())
        begins = Record(id=self._incident, kind="drill", plan=plan.name, plan_hash=digest)
        asked = {"kind": "drill", "plan": plan.name, "plan_hash": digest, **opening.fields}
        token = self._tokens[opening.post]
        command = token.sign(self._incident, VERBS[opening.verb], secrets.token_hex(8), **asked)
        try:
            await open_incident(self._client, Carried(record=begins), command, self._queue)
        except CommandRefused as refused:
            return refused.refusal
        return None

    async def say(self, said: Says) -> Refusal | None:
        """See `Ground`. No answer is asked again under the same id, as a person would."""
        command = self._tokens[said.post].sign(self._incident, VERBS[said.verb], secrets.token_hex(8), **said.fields)
        while True:
            try:
                await send(self._handle, command)
            except CommandRefused as refused:
                return refused.refusal
            except Unanswered:
                continue
            return None

    async def answer(self, answered: Answers) -> None:
        """See `Ground`. The incident hears of it when it next looks (`stands`)."""
        told = Answered(
            notice=answered.notice, unit=answered.unit, by=ANSWERS_AS, at=await self._clock.now(self._handle)
        )
        await self._logbooks.answer(self._incident, told)
        self._unheard.add(answered)

    async def keep(self, document: bytes) -> None:
        """See `Ground`."""
        self._documents.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._documents / hashlib.sha256(document).hexdigest()).write_bytes(document)

    async def lose(self, channels: frozenset[str]) -> None:
        """See `Ground`."""
        if channels:
            self._lost.write_text("\n".join(sorted(channels)) + "\n", "utf-8")
        else:
            self._lost.unlink(missing_ok=True)

    async def stands(self) -> Stands:
        """See `Ground`. Raises `NeverSettled`."""
        if self._unheard:
            await poke(self._client, self._incident)
        try:
            async with asyncio.timeout(SETTLED_WITHIN.total_seconds()):
                while True:
                    if await self._settled():
                        break
                    await asyncio.sleep(LOOK_EVERY.total_seconds())
        except TimeoutError:
            raise NeverSettled(f"{self._incident}: still at work after {SETTLED_WITHIN.seconds} s") from None
        fresh = await self._logbooks.read(self._incident, after=self._record.head.seq)
        self._record = fold(self._record, fresh)
        if not self._record.closed:
            self._now = await self._clock.now(self._handle)
        assert self._now is not None
        return Stands(self._now, self._record, fresh)

    async def pass_time(self, until: datetime) -> None:
        """See `Ground`."""
        await self._clock.jump(self._handle, until + BEYOND)

    async def _settled(self) -> bool:
        """Nothing is in work, and the store has every entry."""
        told = await self._handle.describe()
        if told.close_time is not None:
            return True
        if told.raw_description.pending_activities:
            return False
        fresh = await self._logbooks.read(self._incident, after=self._record.head.seq)
        try:
            record = await record_of(self._handle)
        except (NoEngine, Unanswered):
            # A busy machine, or between two runs: asked again.
            return False
        self._unheard = {
            one for one in self._unheard if not record.notices[one.notice].recipients[one.unit].answered_by
        }
        stored = fresh[-1].hash if fresh else self._record.head.hash
        # The dossier is begun when the store has every entry, a moment later.
        writing = record.phase == "archived" and not record.archive
        return record.head.seq > 0 and record.head.hash == stored and not self._unheard and not writing
