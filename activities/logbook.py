"""`sync`: the one door between an incident's log and the store."""

from __future__ import annotations

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import CONFLICT, SYNC, SyncRequest, SyncResult
from store.logbook import Logbooks, LogConflict


class Logbook:
    """Writes what is new and reads what machines reported. Safe to repeat: numbers and hashes say what is there."""

    def __init__(self, logbooks: Logbooks) -> None:
        self._logbooks = logbooks

    @activity.defn(name=SYNC)
    async def sync(self, request: SyncRequest) -> SyncResult:
        """Append, then read. A log that does not lead on is an answer for the workflow, not a thing to retry."""
        try:
            head = await self._logbooks.append(
                request.incident,
                request.entries,
                request.receipts,
                request.summary.model_dump_json() if request.summary else None,
            )
        except LogConflict as conflict:
            activity.logger.error("log conflict", extra={"incident": request.incident, "stored": conflict.stored.seq})
            raise ApplicationError(
                str(conflict), conflict.stored.model_dump(mode="json"), type=CONFLICT, non_retryable=True
            ) from conflict
        cursor, events = await self._logbooks.answers_after(request.incident, request.cursor)
        return SyncResult(head=head, events=events, cursor=cursor)
