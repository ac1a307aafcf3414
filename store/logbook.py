"""The stored logbooks: append what follows, refuse what does not, and hand out machine events in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from incidents.logbook import Entry, Head
from incidents.notices import Answered
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
        self._engine = engine

    async def append(
        self,
        incident: str,
        entries: Sequence[Entry],
        receipts: Mapping[str, tuple[int, int]] | None = None,
        summary: str | None = None,
    ) -> Head:
        """Add `entries` after what is stored, with the receipts they answer and where the incident then stands.
        Entries already there under the same hash are passed over, so a repeat has no second effect. Raises
        `LogConflict` where a hash differs or a number is missing."""
        async with AsyncSession(self._engine) as session, session.begin():
            stored = await _head(session, incident)
            known = await session.execute(
                select(StoredEntry.seq, StoredEntry.hash).where(
                    StoredEntry.incident == incident, StoredEntry.seq.in_([entry.seq for entry in entries])
                )
            )
            hashes = {seq: digest for seq, digest in known}
            at = stored
            for entry in entries:
                if entry.seq in hashes:
                    if hashes[entry.seq] != entry.hash:
                        raise LogConflict(stored)
                    continue
                if (entry.seq, entry.prev) != (at.seq + 1, at.hash):
                    raise LogConflict(stored)
                session.add(
                    StoredEntry(incident=incident, seq=entry.seq, hash=entry.hash, body=entry.model_dump_json())
                )
                at = Head(seq=entry.seq, hash=entry.hash)
            for command_id, (first, last) in (receipts or {}).items():
                row = {"incident": incident, "command_id": command_id, "first": first, "last": last}
                await session.execute(insert(StoredReceipt).values(row).on_conflict_do_nothing())
            if summary is not None:
                await session.merge(StoredIncident(incident=incident, seq=at.seq, body=summary))
            return at

    async def incidents(self) -> tuple[tuple[str, int, str], ...]:
        """All incidents as (id, last entry, summary as JSON), the newest number last."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredIncident).order_by(StoredIncident.incident)
            return tuple((row.incident, row.seq, row.body) for row in await session.scalars(query))

    async def read(self, incident: str) -> tuple[Entry, ...]:
        """The whole stored log, in order."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredEntry.body).where(StoredEntry.incident == incident).order_by(StoredEntry.seq)
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
        async with AsyncSession(self._engine) as session:
            query = (
                select(StoredAnswer.number, StoredAnswer.body)
                .where(StoredAnswer.incident == incident, StoredAnswer.number > cursor)
                .order_by(StoredAnswer.number)
            )
            rows = (await session.execute(query)).all()
        return (rows[-1].number if rows else cursor), tuple(Answered.model_validate_json(row.body) for row in rows)


async def _head(session: AsyncSession, incident: str) -> Head:
    query = (
        select(StoredEntry.seq, StoredEntry.hash)
        .where(StoredEntry.incident == incident)
        .order_by(StoredEntry.seq.desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    return Head(seq=row.seq, hash=row.hash) if row else Head()
