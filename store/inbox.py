"""The console inbox: what each unit was told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from store.models import StoredMessage


class Inbox:
    """Messages by business key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, messages: Sequence[tuple[str, str, str]]) -> None:
        """Keep messages, each as (key, unit, text). Those that are there already stay as they are."""
        rows = [{"key": key, "unit": unit, "text": text} for key, unit, text in messages]
        async with self._engine.begin() as connection:
            await connection.execute(_NEW_MESSAGE, rows)

    async def read(self, unit: str) -> tuple[tuple[str, str], ...]:
        """The messages of a unit as (key, text)."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredMessage.key, StoredMessage.text).where(StoredMessage.unit == unit)
            return tuple((row.key, row.text) for row in await session.execute(query.order_by(StoredMessage.key)))


_NEW_MESSAGE = insert(StoredMessage).on_conflict_do_nothing()
