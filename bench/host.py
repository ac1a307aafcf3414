"""A server and workers of the bench: child processes in a home of their own, and what the kernel says of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from cli.engine import stop
from cli.status import status
from settings import Settings

TICKS = os.sysconf("SC_CLK_TCK")
READY_WITHIN = timedelta(seconds=60)
STOP_WITHIN = timedelta(seconds=20)


def cpu(pid: int) -> float:
    """CPU seconds that a process has used so far, in user and system mode."""
    # The name before the last bracket may hold spaces; user and system time are fields 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> int:
    """Resident memory of a process in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def worker(module: str, settings: Settings) -> AsyncIterator[int]:
    """A worker as a process of its own, by the module that is run; gives its process id once it listens.

    Its queue must be new: the engine remembers the polls of a dead worker. Raises `TimeoutError`.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")},
        "FENGHUO_HOME": str(settings.home),
        "FENGHUO_KIND": settings.kind,
        "FENGHUO_ADDRESS": settings.address,
        "FENGHUO_TASK_QUEUE": settings.task_queue,
        "FENGHUO_LINGER": f"PT{settings.lingers.total_seconds()}S",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env=environment, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
    )
    try:
        async with asyncio.timeout(READY_WITHIN.total_seconds()):
            while not (await status(settings))["ready"]:  # noqa: ASYNC110  # there is no event of ours to wait for
                await asyncio.sleep(0.2)
        yield process.pid
    finally:
        await stop(process, STOP_WITHIN)
