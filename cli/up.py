"""`fenghuo up`: the embedded server and a worker in the foreground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.engine import Engine, embedded, stop
from settings import Settings

CLOCK_STEP = timedelta(seconds=30)
"""A step of the host's clock beyond this is shown: deadlines are judged by that clock."""
LOOK_EVERY = timedelta(seconds=1)
WORKER_AGAIN_AFTER = timedelta(seconds=1)

Say = Callable[[str, str], None]
"""Takes one line in Chinese and the same in English."""


async def up(settings: Settings, say: Say) -> int:
    """Start, watch, and stop cleanly. Returns the exit code. Raises `EngineFault`."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with embedded(settings) as engine:
        worker = await _start_worker(settings, engine)
        _write_run(settings, engine, worker)
        say(f"引擎 {engine.address}  界面 {engine.ui}", f"engine {engine.address}  pages {engine.ui}")
        say(f"数据 {settings.folder}  按 Ctrl-C 停止", f"data {settings.folder}  stop with Ctrl-C")
        offset = _offset()
        try:
            while not asked_to_stop.is_set():
                await _pause(asked_to_stop)
                if (step := abs(_offset() - offset)) > CLOCK_STEP.total_seconds():
                    say(f"注意：主机时钟跳变 {step:.0f} 秒", f"warning: the host's clock stepped by {step:.0f} s")
                    offset = _offset()
                if engine.process.returncode is not None:
                    say("引擎意外停止，请重新启动", "the engine ended unexpectedly; start again")
                    return 5
                if worker.returncode is not None and not asked_to_stop.is_set():
                    say("值守进程意外停止，正在重启", "the worker ended unexpectedly; starting it again")
                    await asyncio.sleep(WORKER_AGAIN_AFTER.total_seconds())
                    worker = await _start_worker(settings, engine)
                    _write_run(settings, engine, worker)
            return 0
        finally:
            # The worker first, while there is still an engine to tell.
            await stop(worker, settings.grace * 2)
            run_file(settings).unlink(missing_ok=True)
            say("已停止", "stopped")


def run_file(settings: Settings) -> Path:
    """Where a running home says its addresses and pids."""
    return settings.home / "run.json"


async def _start_worker(settings: Settings, engine: Engine) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "FENGHUO_HOME": str(settings.home),
        "FENGHUO_KIND": settings.kind,
        "FENGHUO_ADDRESS": engine.address,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", env=environment, stdout=sys.stderr, start_new_session=True
    )


def _write_run(settings: Settings, engine: Engine, worker: asyncio.subprocess.Process) -> None:
    told = {
        settings.kind: {
            "address": engine.address,
            "ui": engine.ui,
            "pids": {"up": os.getpid(), "engine": engine.process.pid, "worker": worker.pid},
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    }
    fresh = run_file(settings).with_suffix(".new")
    fresh.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    fresh.replace(run_file(settings))


async def _pause(asked_to_stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(asked_to_stop.wait(), LOOK_EVERY.total_seconds())
    except TimeoutError:
        return


def _offset() -> float:
    """Wall clock against monotonic clock, in seconds: it moves only when somebody sets the clock."""
    return datetime.now(UTC).timestamp() - asyncio.get_running_loop().time()
