"""The console inbox: what each unit was told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from store.models import StoredMessage


class Inbox:
    """Messages by business key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, key: str, unit: str, text: str) -> bool:
        """Keep a message. False if it is already there."""
        async with AsyncSession(self._engine) as session, session.begin():
            query = insert(StoredMessage).values(key=key, unit=unit, text=text)
            made = await session.execute(query.on_conflict_do_nothing().returning(StoredMessage.key))
            return made.first() is not None

    async def read(self, unit: str) -> tuple[tuple[str, str], ...]:
        """The messages of a unit as (key, text)."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredMessage.key, StoredMessage.text).where(StoredMessage.unit == unit)
            return tuple((row.key, row.text) for row in await session.execute(query.order_by(StoredMessage.key)))
