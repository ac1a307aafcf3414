"""The archive: what leaves the engine when an incident's file is complete, and again when it closes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.contracts import ARCHIVE, ArchiveRequest, ArchiveResult
from store import dossier
from store.gate import Gate
from store.logbook import Logbooks


class Archive:
    """Writes dossiers into one folder. Safe to repeat: each one replaces the last, whole."""

    def __init__(self, folder: Path, evidence: Path, logbooks: Logbooks, gate: Gate, client: Client) -> None:
        self._folder, self._evidence = folder, evidence
        self._logbooks, self._gate, self._client = logbooks, gate, client

    @activity.defn(name=ARCHIVE)
    async def archive(self, request: ArchiveRequest) -> ArchiveResult:
        """Write the dossier of an incident up to `seq`, which the store must have."""
        entries = await self._logbooks.read(request.incident)
        if not entries or entries[-1].seq < request.seq:
            raise ApplicationError(f"the store has no entry {request.seq} of {request.incident} yet")
        plan = self._gate.plan(request.plan_hash)
        if plan is None:
            raise ApplicationError(f"the store has no plan {request.plan_hash[:12]}")
        history = await runs(self._client, request.incident)
        refusals = [told for told in self._gate.refusals() if told["incident"] == request.incident]
        folder = self._folder / request.incident
        manifest = await asyncio.to_thread(dossier.write, folder, entries, plan, refusals, history, self._evidence)
        activity.logger.info("archived", extra={"incident": request.incident, "manifest": manifest})
        return ArchiveResult(manifest=manifest, seq=entries[-1].seq)


async def runs(client: Client, incident: str) -> list[str]:
    """The engine's own JSON of every run of an incident, from the first to the last."""
    run_id: str | None = (await client.get_workflow_handle(incident).describe()).run_id
    told: list[str] = []
    while run_id:
        history = await client.get_workflow_handle(incident, run_id=run_id).fetch_history()
        told.insert(0, history.to_json())
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return told
