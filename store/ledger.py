"""The ledger of what leaves: a message is written down before it goes, and its receipt after. What has no receipt is
not known to have arrived, nor not to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from store.models import StoredSending


class Sent(NamedTuple):
    """What the ledger knows of a key: its receipt, or None while nobody knows; attempts begun; whether in doubt."""

    outcome: str | None
    attempts: int
    doubted: bool


class Ledger:
    """Messages on their way out, by business key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def known(self, keys: Sequence[str]) -> Mapping[str, Sent]:
        """What was begun before, by key."""
        async with AsyncSession(self._engine) as session:
            rows = await session.scalars(select(StoredSending).where(StoredSending.key.in_(keys)))
            return {row.key: Sent(row.outcome, row.attempts, row.doubted) for row in rows}

    async def begin(self, key: str, doubted: bool = False) -> None:
        """On disk before it leaves: this is about to be sent; if `doubted`, it may have arrived once already."""
        row = {"key": key, "attempts": 1, "doubted": doubted, "words": ""}
        more = {"attempts": StoredSending.attempts + 1, "doubted": doubted}
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(insert(StoredSending).values(row).on_conflict_do_update(["key"], set_=more))

    async def receipt(self, key: str, outcome: str, words: str) -> None:
        """What the channel said."""
        async with AsyncSession(self._engine) as session, session.begin():
            query = update(StoredSending).where(StoredSending.key == key).values(outcome=outcome, words=words)
            await session.execute(query)
