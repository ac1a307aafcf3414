"""The clocks of incidents that are drilled: how an incident's time is told, and moved.

A drill server gives each incident a virtual clock that can jump (`TimeSkipper`, experimental: nothing else knows it).
The live server refuses to skip. The time-skipping test server has one clock for all, and is the fallback.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment

TRIES = 3


class Clock(Protocol):
    """The clock of an incident."""

    async def now(self, incident: WorkflowHandle[Any, Any]) -> datetime:
        """What it shows."""

    async def jump(self, incident: WorkflowHandle[Any, Any], until: datetime) -> None:
        """Move it on, once nothing is in work; not at all where it is there already."""


class DrillClock:
    """The clocks of all incidents of one drill server."""

    def __init__(self, client: Client) -> None:
        self._skipper = TimeSkipper(client)

    async def now(self, incident: WorkflowHandle[Any, Any]) -> datetime:
        """See `Clock`."""
        return await self._skipper.get_current_time(incident)

    async def jump(self, incident: WorkflowHandle[Any, Any], until: datetime) -> None:
        """See `Clock`."""
        ahead = until - await self.now(incident)
        if ahead.total_seconds() > 0:
            await self._skipper.fast_forward(incident, ahead)


class TestServerClock:
    """The one clock of a time-skipping test server."""

    __test__ = False

    def __init__(self, server: WorkflowEnvironment) -> None:
        self._server = server

    async def now(self, incident: WorkflowHandle[Any, Any]) -> datetime:
        """See `Clock`."""
        return await self._server.get_current_time()

    async def jump(self, incident: WorkflowHandle[Any, Any], until: datetime) -> None:
        """See `Clock`."""
        for left in reversed(range(TRIES)):
            ahead = until - await self._server.get_current_time()
            if ahead.total_seconds() <= 0:
                return
            try:
                await self._server.sleep(ahead)
            except RPCError:
                # This server drops a connection that is pinged, after half a minute; the next call makes a new one.
                if not left:
                    raise
