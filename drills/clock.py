"""The clocks of incidents that are drilled: how an incident's time is told, and moved.

A drill server gives each incident a virtual clock that can jump (`TimeSkipper`, experimental: nothing else knows it).
The live server refuses to skip. The time-skipping test server has one clock for all, and is the fallback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment

T = TypeVar("T")

TRIES = 3
WITHIN = timedelta(seconds=10)
"""A jump takes a blink: what lasts so long was lost."""


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
        return await _patiently(self._server.get_current_time)

    async def jump(self, incident: WorkflowHandle[Any, Any], until: datetime) -> None:
        """See `Clock`."""

        async def jump() -> None:
            ahead = until - await self._server.get_current_time()
            if ahead.total_seconds() > 0:
                await self._server.sleep(ahead)

        await _patiently(jump)


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask the test server, and again where no answer comes: it drops a connection that is pinged, after half a minute,
    and what was asked by it is lost; the next call makes a new one."""
    for left in reversed(range(TRIES)):
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await ask()
        except (RPCError, TimeoutError):
            if not left:
                raise
    raise AssertionError("unreachable")
