"""A case in the pure core alone: no engine, no store, no channel. Every channel takes what it is given, and the dossier
is only named."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from drills.case import VERBS
from drills.cast import ANSWERS_AS, Answers, Says
from drills.ground import Stands
from incidents import notices, recovery
from incidents.command import Command, Refusal
from incidents.envelope import Envelope
from incidents.incident import fold, follow_ups, handle, pass_time
from incidents.logbook import Draft, Entry, seal
from incidents.record import Record
from plans import registry
from plans.schema import Plan


class CoreGround:
    """One incident, as it would be decided. `begins` is what its clock shows; `plan_hash`, where it is known already,
    spares thousands of runs from hashing the plan anew."""

    shared = False

    def __init__(self, incident: str, holders: Mapping[str, str], begins: datetime, plan_hash: str = "") -> None:
        self._plan_hash = plan_hash
        self._incident, self._holders = incident, holders
        self._now = begins
        self._plan: Plan | None = None
        self._record = Record(id=incident, kind="drill")
        self._fresh: list[Entry] = []
        self._lost: frozenset[str] = frozenset()
        self._unheard: list[notices.Answered] = []
        self._commands = 0

    async def open(self, plan: Plan, opening: Says) -> Refusal | None:
        """See `Ground`."""
        self._plan = plan
        digest = self._plan_hash or registry.put(plan)
        self._record = Record(id=self._incident, kind="drill", plan=plan.name, plan_hash=digest)
        asked = {"kind": "drill", "plan": plan.name, "plan_hash": digest, **opening.fields}
        return self._take(VERBS[opening.verb](envelope=self._envelope(opening.post), **asked))

    async def say(self, said: Says) -> Refusal | None:
        """See `Ground`."""
        return self._take(VERBS[said.verb](envelope=self._envelope(said.post), **said.fields))

    async def answer(self, answered: Answers) -> None:
        """See `Ground`."""
        told = notices.Answered(notice=answered.notice, unit=answered.unit, by=ANSWERS_AS, at=self._now)
        self._unheard.append(told)

    async def stands(self) -> Stands:
        """See `Ground`."""
        if self._unheard:
            self._write(tuple(notices.answers(self._record, tuple(self._unheard), self._now)))
            self._unheard.clear()
            self._follow()
        fresh, self._fresh = self._fresh, []
        return Stands(self._now, self._record, fresh)

    async def keep(self, document: bytes) -> None:
        """See `Ground`: nothing is kept here."""

    async def lose(self, channels: frozenset[str]) -> None:
        """See `Ground`."""
        self._lost = channels

    async def pass_time(self, until: datetime) -> None:
        """See `Ground`."""
        self._now = until
        assert self._plan is not None
        due = follow_ups(self._plan, self._record).next_due
        if due is not None and due <= until:
            self._follow()

    def _envelope(self, post: str) -> Envelope:
        self._commands += 1
        issued = datetime.now(UTC)
        return Envelope(
            user=self._holders[post],
            post=post,
            session="core",
            command_id=f"c-{self._commands}",
            issued=issued,
            expires=issued + timedelta(minutes=10),
        )

    def _take(self, command: Command) -> Refusal | None:
        assert self._plan is not None
        answer = handle(self._plan, self._record, command, self._now)
        if isinstance(answer, Refusal):
            return answer
        self._write(answer)
        self._perform()
        return None

    def _follow(self) -> None:
        """What time brings, and what a shell would do about it, until nothing more follows."""
        assert self._plan is not None
        self._write(pass_time(self._plan, self._record, self._now))
        self._perform()

    def _perform(self) -> None:
        """What a shell does about what was decided, and what follows from that."""
        assert self._plan is not None
        while True:
            todo = follow_ups(self._plan, self._record)
            for sending in todo.sendings:
                outcome: notices.Outcome = "failed" if sending.channel in self._lost else "accepted"
                outcomes = dict.fromkeys(sending.units, outcome)
                sent = notices.sent(self._record, sending.notice, sending.step, outcomes, self._now)
                self._write(tuple(sent))
            if todo.archive and not self._record.closed:
                manifest = hashlib.sha256(self._record.head.hash.encode()).hexdigest()
                self._write(tuple(recovery.written(self._record, manifest, self._record.head.seq, self._now)))
            elif not todo.sendings:
                return
            self._write(pass_time(self._plan, self._record, self._now))

    def _write(self, drafts: tuple[Draft, ...]) -> None:
        entries = seal(self._record.head, drafts)
        self._record = fold(self._record, entries)
        self._fresh += entries
