"""`fenghuo status`: would a command be taken now?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from cli.homes import running
from cli.language import said
from settings import Settings

WITHIN = timedelta(seconds=8)


async def status(settings: Settings) -> dict[str, Any]:
    """`{"ready", "address", "workers", "why"}`; `workers` counts those that poll, `why` says what to do."""
    address = settings.address or _told(settings).get("address")
    if not address:
        why = said("本机没有运行：先 `fenghuo up`", "nothing runs here: start it with `fenghuo up`")
        return {"ready": False, "address": None, "workers": 0, "why": why}
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            client = await Client.connect(address, namespace=settings.namespace)
            described = await client.workflow_service.describe_task_queue(
                DescribeTaskQueueRequest(
                    namespace=settings.namespace,
                    task_queue=TaskQueue(name=settings.task_queue),
                    task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                )
            )
    except (RPCError, RuntimeError, TimeoutError):
        why = said("引擎没有应答：先 `fenghuo up`", "the engine does not answer: `fenghuo up`")
        return {"ready": False, "address": address, "workers": 0, "why": why}
    # The engine remembers the polls of a dead worker for minutes: here only the one that runs now counts.
    running = _told(settings).get("pids", {}).get("worker")
    polls = [poller.identity.partition("@")[0] for poller in described.pollers]
    workers = len(polls) if settings.address else polls.count(str(running))
    why = "" if workers else said("没有值守进程：先 `fenghuo up`", "no worker listens: `fenghuo up` starts one")
    return {"ready": bool(workers), "address": address, "workers": workers, "why": why}


def _told(settings: Settings) -> dict[str, Any]:
    """What a running home of this kind says of itself, or nothing."""
    told: dict[str, Any] = running(settings).get(settings.kind, {})
    return told
