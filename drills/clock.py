"""The clock of a drill on its own server: each incident there has a virtual clock, which can jump.

`TimeSkipper` is experimental: nothing else knows it. The live server refuses to skip.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper


class DrillClock:
    """The clocks of all incidents of one drill server."""

    def __init__(self, client: Client) -> None:
        self._skipper = TimeSkipper(client)

    async def now(self, incident: WorkflowHandle[Any, Any]) -> datetime:
        """What the incident's clock shows."""
        return await self._skipper.get_current_time(incident)

    async def jump(self, incident: WorkflowHandle[Any, Any], until: datetime) -> None:
        """Move it on, once nothing is in work; not at all where it is there already."""
        ahead = until - await self.now(incident)
        if ahead.total_seconds() > 0:
            await self._skipper.fast_forward(incident, ahead)
