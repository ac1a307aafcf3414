"""The stored logbooks: append what follows, refuse what does not, and hand out machine events in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from incidents.logbook import Entry, Head
from incidents.notices import Answered
from store.database import whole
from store.models import StoredAnswer, StoredEntry, StoredIncident, StoredReceipt


class LogConflict(Exception):
    """The store holds another log than the entries offered; `stored` is where it stands. Nothing was written."""

    def __init__(self, stored: Head) -> None:
        self.stored = stored
        super().__init__(
            f"the stored log stands at entry {stored.seq} ({stored.hash[:12]}) and does not lead on to these"
        )


class Logbooks:
    """All logbooks of one home."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._whole = engine, whole(engine)

    async def append(
        self,
        incident: str,
        entries: Sequence[Entry],
        receipts: Mapping[str, tuple[int, int]] | None = None,
        summary: str | None = None,
    ) -> Head:
        """Add `entries` after what is stored, with the receipts they answer and where the incident then stands, if
        that changed. Entries already there under the same hash are passed over, so a repeat has no second effect.

        Raises `LogConflict` where a hash differs or a number is missing."""
        return await asyncio.to_thread(self._append, incident, entries, receipts or {}, summary)

    def _append(
        self, incident: str, entries: Sequence[Entry], receipts: Mapping[str, tuple[int, int]], summary: str | None
    ) -> Head:
        with self._whole.begin() as connection:
            stored = _head(connection, incident)
            fresh = tuple(entry for entry in entries if entry.seq > stored.seq)
            if len(fresh) < len(entries):
                _same(connection, incident, entries, stored)
            at = stored
            for entry in fresh:
                if (entry.seq, entry.prev) != (at.seq + 1, at.hash):
                    raise LogConflict(stored)
                at = Head(seq=entry.seq, hash=entry.hash)
            if fresh:
                lines = [
                    {"incident": incident, "seq": entry.seq, "hash": entry.hash, "body": entry.model_dump_json()}
                    for entry in fresh
                ]
                connection.execute(_NEW_ENTRY, lines)
            if receipts:
                answered = [
                    {"incident": incident, "command_id": command_id, "first": first, "last": last}
                    for command_id, (first, last) in receipts.items()
                ]
                connection.execute(_NEW_RECEIPT, answered)
            if summary is not None:
                connection.execute(_STANDS, {"incident": incident, "seq": at.seq, "body": summary})
            elif fresh:
                connection.execute(_GREW, {"of": incident, "to": at.seq})
            return at

    async def incidents(self) -> tuple[tuple[str, int, str], ...]:
        """All incidents as (id, last entry, summary as JSON), the newest number last."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredIncident).order_by(StoredIncident.incident)
            return tuple((row.incident, row.seq, row.body) for row in await session.scalars(query))

    async def read(self, incident: str, after: int = 0) -> tuple[Entry, ...]:
        """The stored log in order, whole or after an entry."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredEntry.body).where(StoredEntry.incident == incident, StoredEntry.seq > after)
            query = query.order_by(StoredEntry.seq)
            return tuple(Entry.model_validate_json(body) for body in await session.scalars(query))

    async def answer(self, incident: str, answered: Answered) -> bool:
        """Keep a unit's answer. False if that unit has answered this notice before."""
        row = {
            "incident": incident,
            "notice": answered.notice,
            "unit": answered.unit,
            "body": answered.model_dump_json(),
        }
        async with AsyncSession(self._engine) as session, session.begin():
            made = await session.execute(
                insert(StoredAnswer).values(row).on_conflict_do_nothing().returning(StoredAnswer.number)
            )
            return made.first() is not None

    async def answers_after(self, incident: str, cursor: int) -> tuple[int, tuple[Answered, ...]]:
        """The machine events after `cursor` with the new cursor."""
        return await asyncio.to_thread(self._answers_after, incident, cursor)

    def _answers_after(self, incident: str, cursor: int) -> tuple[int, tuple[Answered, ...]]:
        with self._whole.connect() as connection:
            rows = connection.execute(_ANSWERS, {"incident": incident, "cursor": cursor}).all()
        return (rows[-1].number if rows else cursor), tuple(Answered.model_validate_json(row.body) for row in rows)


# Each `sync` of each incident runs these: statements, built once, cost a third of what objects of a session cost.
_HEAD = (
    select(StoredEntry.seq, StoredEntry.hash)
    .where(StoredEntry.incident == bindparam("incident"))
    .order_by(StoredEntry.seq.desc())
    .limit(1)
)
_NEW_ENTRY = insert(StoredEntry)
_NEW_RECEIPT = insert(StoredReceipt).on_conflict_do_nothing()
_STANDS = insert(StoredIncident)
_STANDS = _STANDS.on_conflict_do_update(
    index_elements=["incident"], set_={"seq": _STANDS.excluded.seq, "body": _STANDS.excluded.body}
)
_GREW = update(StoredIncident).where(StoredIncident.incident == bindparam("of")).values(seq=bindparam("to"))
_ANSWERS = (
    select(StoredAnswer.number, StoredAnswer.body)
    .where(StoredAnswer.incident == bindparam("incident"), StoredAnswer.number > bindparam("cursor"))
    .order_by(StoredAnswer.number)
)


def _head(connection: Connection, incident: str) -> Head:
    row = connection.execute(_HEAD, {"incident": incident}).first()
    return Head(seq=row.seq, hash=row.hash) if row else Head()


def _same(connection: Connection, incident: str, entries: Sequence[Entry], stored: Head) -> None:
    """Whether what is offered again is what the store has. Raises `LogConflict`."""
    query = select(StoredEntry.seq, StoredEntry.hash).where(
        StoredEntry.incident == incident, StoredEntry.seq.between(entries[0].seq, entries[-1].seq)
    )
    hashes = {seq: digest for seq, digest in connection.execute(query)}
    if any(hashes.get(entry.seq, entry.hash) != entry.hash for entry in entries):
        raise LogConflict(stored)
