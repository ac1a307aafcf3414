"""The console inbox: what each unit was told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from store.database import whole
from store.models import StoredMessage


class Inbox:
    """Messages by business key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._whole = engine, whole(engine)

    async def put(self, messages: Sequence[tuple[str, str, str]]) -> None:
        """Keep messages, each as (key, unit, text). Those that are there already stay as they are."""
        rows = [{"key": key, "unit": unit, "text": text} for key, unit, text in messages]
        await asyncio.to_thread(self._put, rows)

    def _put(self, rows: Sequence[Mapping[str, str]]) -> None:
        with self._whole.begin() as connection:
            connection.execute(_NEW_MESSAGE, rows)

    async def read(self, unit: str) -> tuple[tuple[str, str], ...]:
        """The messages of a unit as (key, text)."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredMessage.key, StoredMessage.text).where(StoredMessage.unit == unit)
            return tuple((row.key, row.text) for row in await session.execute(query.order_by(StoredMessage.key)))

    async def of_incident(self, incident: str) -> tuple[tuple[str, str], ...]:
        """All messages of an incident as (key, text)."""
        async with AsyncSession(self._engine) as session:
            query = select(StoredMessage.key, StoredMessage.text).where(
                StoredMessage.key.startswith(f"{incident}/", autoescape=True)
            )
            return tuple((row.key, row.text) for row in await session.execute(query.order_by(StoredMessage.key)))


_NEW_MESSAGE = insert(StoredMessage).on_conflict_do_nothing()
