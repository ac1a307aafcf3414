"""The pulse: while an activity works, its worker says so, and the engine soon knows when that worker has died."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

BEATS = 4
"""So many beats within the time after which a silent worker counts as dead: one may be lost, or come late."""


class PulseInterceptor(Interceptor):
    """Keeps the pulse of every activity for which `pacing` asks one."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand before the activity."""
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        within = activity.info().heartbeat_timeout
        if within is None:
            return await self.next.execute_activity(input)
        beats = asyncio.create_task(_beat(within / BEATS))
        try:
            return await self.next.execute_activity(input)
        finally:
            beats.cancel()


async def _beat(every: timedelta) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(every.total_seconds())
