"""The stored intakes: each command is asked of the pure core and written in one transaction, or refused.

An intake has no workflow, so who acts is checked here, and every refusal goes into the register before it is answered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from incidents.command import Command, Refusal
from incidents.logbook import Entry, seal, verify
from intakes.intake import NEW, Take, fold, handle
from intakes.record import Intake
from store.gate import Gate
from store.models import StoredIntake, StoredIntakeEntry, StoredIntakeReceipt


class Kept(NamedTuple):
    """A command was taken: of which intake, and the numbers of the first and last entry it brought."""

    number: str
    seq: tuple[int, int]


class Intakes:
    """All intakes of one home and kind. Blocking and short; each commit is on disk before it is answered."""

    def __init__(self, engine: Engine, gate: Gate, zone: ZoneInfo) -> None:
        self._engine, self._gate, self._zone = engine, gate, zone

    def keep(self, number: str, command: Command) -> Kept | Refusal:
        """Write what a signed command brings to the intake `number`, or to a new one: a `take` is for `NEW`.

        The same command id again has no second effect and gets the same answer. Raises `LookupError` for an intake
        that is not there."""
        refusal = self._gate.admit(number, command.verb, command.model_dump(mode="json"))
        answer = refusal or self._written(number, command)
        if isinstance(answer, Refusal):
            told = command.envelope.model_dump(mode="json")
            self._gate.record_refusal(number, command.verb, told, answer)
        return answer

    def read(self, number: str) -> tuple[Entry, ...]:
        """The log of one intake in order; empty: there is none."""
        with self._engine.connect() as connection:
            return _entries(connection, number)

    def intake(self, number: str) -> Intake:
        """How one intake stands, folded from its log. Raises `LookupError`, or `BrokenChain` for an altered one."""
        entries = self.read(number)
        if not entries:
            raise LookupError(number)
        verify(entries)
        return fold(Intake(number=number), entries)

    def all(self) -> tuple[Intake, ...]:
        """How every intake stands, the newest number last."""
        query = select(StoredIntake.body).order_by(StoredIntake.number)
        with self._engine.connect() as connection:
            return tuple(Intake.model_validate_json(body) for body in connection.scalars(query))

    def _written(self, number: str, command: Command) -> Kept | Refusal:
        now = datetime.now(UTC)
        with self._engine.connect() as connection:
            # The write lock comes first: else two calls at once would get one number.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if (done := _receipt(connection, command.envelope.command_id)) is not None:
                return done if number in (NEW, done.number) else _used(done)
            entries: tuple[Entry, ...] = ()
            if isinstance(command, Take):
                number = self._fresh(connection, command.telling.received_at or command.true_at or now)
            else:
                entries = _entries(connection, number)
                if not entries:
                    raise LookupError(number)
            intake = fold(Intake(number=number), entries)
            answer = handle(intake, command, now)
            if isinstance(answer, Refusal):
                return answer
            fresh = seal(intake.head, answer)
            kept = Kept(number, (fresh[0].seq, fresh[-1].seq))
            _write(connection, fold(intake, fresh), fresh, kept, command.envelope.command_id)
            connection.commit()
            return kept

    def _fresh(self, connection: Connection, received_at: datetime) -> str:
        """J, the local date on which the call began (8), serial of that day (3)."""
        start = f"J{received_at.astimezone(self._zone):%Y%m%d}"
        query = select(StoredIntake.number).where(StoredIntake.number.startswith(start))
        serials = [int(taken[len(start) :]) for taken in connection.scalars(query)]
        return f"{start}{max(serials, default=0) + 1:03d}"


def _entries(connection: Connection, number: str) -> tuple[Entry, ...]:
    query = select(StoredIntakeEntry.body).where(StoredIntakeEntry.intake == number).order_by(StoredIntakeEntry.seq)
    return tuple(Entry.model_validate_json(body) for body in connection.scalars(query))


def _receipt(connection: Connection, command_id: str) -> Kept | None:
    query = select(StoredIntakeReceipt.intake, StoredIntakeReceipt.first, StoredIntakeReceipt.last)
    row = connection.execute(query.where(StoredIntakeReceipt.command_id == command_id)).first()
    return Kept(row.intake, (row.first, row.last)) if row else None


def _write(connection: Connection, intake: Intake, fresh: tuple[Entry, ...], kept: Kept, command_id: str) -> None:
    lines = [
        {"intake": kept.number, "seq": entry.seq, "hash": entry.hash, "body": entry.model_dump_json()}
        for entry in fresh
    ]
    connection.execute(insert(StoredIntakeEntry), lines)
    first, last = kept.seq
    receipt = {"command_id": command_id, "intake": kept.number, "first": first, "last": last}
    connection.execute(insert(StoredIntakeReceipt), receipt)
    stands = upsert(StoredIntake).values(number=kept.number, seq=last, body=intake.model_dump_json())
    renewed = {"seq": stands.excluded.seq, "body": stands.excluded.body}
    connection.execute(stands.on_conflict_do_update(index_elements=["number"], set_=renewed))


def _used(done: Kept) -> Refusal:
    return Refusal(
        zh=f"command_id：已用于 {done.number}",
        reason=f"command_id: expected one that nobody has used; {done.number} has it",
    )
