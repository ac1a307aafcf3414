"""`sync`: the one door between an incident's log and the store."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import CONFLICT, SYNC, SyncRequest, SyncResult
from store.logbook import Logbooks, LogConflict


class Logbook:
    """Writes what is new and reads what machines reported. Safe to repeat: numbers and hashes say what is there.

    One `sync` of an incident is in flight at a time. It writes at once, then stays open for `linger`: commands,
    receipts and answers that follow closely leave together with the next one, instead of one by one.
    """

    def __init__(self, logbooks: Logbooks, linger: timedelta = timedelta()) -> None:
        self._logbooks, self._linger = logbooks, linger

    @activity.defn(name=SYNC)
    async def sync(self, request: SyncRequest) -> SyncResult:
        """Append, linger, read. A log that does not lead on is an answer for the workflow, not a thing to retry."""
        try:
            head = await self._logbooks.append(
                request.incident,
                request.entries(),
                request.receipts,
                request.summary.model_dump_json() if request.summary else None,
            )
        except LogConflict as conflict:
            activity.logger.error("log conflict", extra={"incident": request.incident, "stored": conflict.stored.seq})
            raise ApplicationError(
                str(conflict), conflict.stored.model_dump(mode="json"), type=CONFLICT, non_retryable=True
            ) from conflict
        await self._stay_open()
        cursor, events = await self._logbooks.answers_after(request.incident, request.cursor)
        return SyncResult(head=head, events=events, cursor=cursor)

    async def _stay_open(self) -> None:
        """A worker that was asked to stop does not wait."""
        try:
            async with asyncio.timeout(self._linger.total_seconds()):
                await activity.wait_for_worker_shutdown()
        except TimeoutError:
            return
