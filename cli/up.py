"""`fenghuo up`: the embedded server and a worker in the foreground, until Ctrl-C; on demand the drill side beside them.

The two sides share nothing: each has its own folder, server, port, store and worker process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta

import structlog

from cli.clock import HostClock
from cli.engine import Engine, EngineFault, embedded, stop
from cli.homes import DRILL_PREFIX, drill_settings, run_file, running, wanted_file
from settings import Settings

LOOK_EVERY = timedelta(seconds=0.5)
WORKER_AGAIN_AFTER = timedelta(seconds=1)

PASSED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "HOME", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")
"""What a drill worker inherits of the environment: an allow-list, so that a new credential never slips through."""

Say = Callable[[str, str], None]
"""Takes one line in Chinese and the same in English."""

log = structlog.get_logger()


class Side:
    """Live or drill: a server and the worker that is kept alive beside it; if `quiet`, the worker's words go to a file
    alone."""

    def __init__(self, settings: Settings, say: Say, quiet: bool = False) -> None:
        self.settings, self._say, self._quiet = settings, say, quiet
        self._stack = AsyncExitStack()
        self._engine: Engine | None = None
        self._worker: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the server, then the worker. Raises `EngineFault`."""
        self._engine = await self._stack.enter_async_context(embedded(self.settings))
        await self._start_worker()
        folder = self.settings.folder
        mark = "【演练】" if self.settings.kind == "drill" else "【实战】"
        self._say(
            f"{mark}引擎 {self._engine.address}  界面 {self._engine.ui}  数据 {folder}",
            f"[{self.settings.kind}] engine {self._engine.address}  pages {self._engine.ui}  data {folder}",
        )
        log.info("started", kind=self.settings.kind, address=self._engine.address, engine=self._engine.process.pid)

    async def look(self) -> bool:
        """Start a worker again that ended. False if the server is gone: nothing here can go on."""
        if self._engine is None:
            return False
        if self._engine.process.returncode is not None:
            log.error("the engine ended unexpectedly", kind=self.settings.kind, **_ended(self._engine.process))
            return False
        if self._worker is not None and self._worker.returncode is not None:
            log.error("the worker ended unexpectedly", kind=self.settings.kind, **_ended(self._worker))
            self._say("值守进程意外停止，正在重启", "the worker ended unexpectedly; starting it again")
            await asyncio.sleep(WORKER_AGAIN_AFTER.total_seconds())
            await self._start_worker()
        return True

    async def end(self) -> None:
        """The worker first, while there is still an engine to tell."""
        if self._worker is not None:
            await stop(self._worker, self.settings.grace * 2)
        await self._stack.aclose()
        _say_where(self.settings, None)
        log.info("stopped", kind=self.settings.kind)

    async def _start_worker(self) -> None:
        assert self._engine is not None
        self._worker = await start_worker(self.settings, self._engine.address, self._quiet)
        told: dict[str, object] = {
            "address": self._engine.address,
            "ui": self._engine.ui,
            "pids": {"up": os.getpid(), "engine": self._engine.process.pid, "worker": self._worker.pid},
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        _say_where(self.settings, told)


async def start_worker(settings: Settings, address: str, quiet: bool) -> asyncio.subprocess.Process:
    """A worker of this kind for the engine at `address`; a drill's has a cleaned environment."""
    environment = {
        **(_clean() if settings.kind == "drill" else os.environ),
        "FENGHUO_HOME": str(settings.home),
        "FENGHUO_KIND": settings.kind,
        "FENGHUO_ADDRESS": address,
    }
    with ExitStack() as stack:
        words = stack.enter_context((settings.folder / "worker.err").open("ab")) if quiet else sys.stderr
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "worker", env=environment, stdout=words, stderr=words, start_new_session=True
        )


async def up(settings: Settings, say: Say, drill: bool = False) -> int:
    """Start, watch, and stop cleanly. Returns the exit code. Raises `EngineFault`."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    wanted = wanted_file(settings)
    wanted.unlink(missing_ok=True)
    if drill:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        wanted.touch()
    live = Side(settings, say)
    sides = {"live": live}
    await live.start()
    say(
        "开启事故：fenghuo incident open PLAN FACTS.json    演练：fenghuo drill start    停止：Ctrl-C",
        "open an incident: fenghuo incident open PLAN FACTS.json    drills: fenghuo drill start    stop: Ctrl-C",
    )
    clock = HostClock()
    try:
        while not asked_to_stop.is_set():
            await _pause(asked_to_stop)
            if step := clock.stepped():
                seconds = step.total_seconds()
                say(f"注意：主机时钟跳变 {seconds:+.0f} 秒", f"warning: the host's clock stepped by {seconds:+.0f} s")
                log.warning("the host's clock stepped", seconds=round(seconds))
            await _drill_on_demand(settings, sides, say)
            for name, side in list(sides.items()):
                if not asked_to_stop.is_set() and not await side.look():
                    say(f"{name}：引擎意外停止，请重新启动", f"{name}: the engine ended unexpectedly; start again")
                    if side is live:
                        return 5
                    # A drill that dies never takes the live side down.
                    await sides.pop(name).end()
                    wanted.unlink(missing_ok=True)
        return 0
    finally:
        for side in reversed(list(sides.values())):
            await side.end()
        wanted.unlink(missing_ok=True)
        say("已停止", "stopped")


async def _drill_on_demand(settings: Settings, sides: dict[str, Side], say: Say) -> None:
    wanted = wanted_file(settings)
    if wanted.exists() and "drill" not in sides:
        side = Side(drill_settings(settings), say)
        try:
            await side.start()
        except EngineFault as fault:
            say(f"演练引擎不能启动：{fault.zh}", f"the drill engine can't be started: {fault.en}")
            wanted.unlink(missing_ok=True)
            return
        sides["drill"] = side
    elif not wanted.exists() and "drill" in sides:
        await sides.pop("drill").end()
        say("【演练】已停止", "[drill] stopped")


def _clean() -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    own = {
        "FENGHUO_" + name.removeprefix(DRILL_PREFIX): value
        for name, value in os.environ.items()
        if name.startswith(DRILL_PREFIX)
    }
    return {**passed, **own}


def _ended(process: asyncio.subprocess.Process) -> dict[str, int | None]:
    """Who ended, and how: a code below zero is the signal that killed it."""
    return {"pid": process.pid, "code": process.returncode}


def _say_where(settings: Settings, told: dict[str, object] | None) -> None:
    whole = {kind: side for kind, side in running(settings).items() if kind != settings.kind}
    if told is not None:
        whole[settings.kind] = told
    if not whole:
        run_file(settings).unlink(missing_ok=True)
        return
    fresh = run_file(settings).with_suffix(".new")
    fresh.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")
    fresh.replace(run_file(settings))


async def _pause(asked_to_stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(asked_to_stop.wait(), LOOK_EVERY.total_seconds())
    except TimeoutError:
        return
