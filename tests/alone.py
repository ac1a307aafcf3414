"""A drill side that runs where there is nothing but a loopback of its own, and one incident there.

Run it in a network namespace, as in `unshare --map-root-user --net python -m tests.alone PORT`; PORT is where the live
receiver listens outside.
"""

import asyncio
import fcntl
import json
import socket
import struct
import sys

from temporalio.client import Client

from cli.homes import drill_settings
from cli.up import Side
from client import open_incident
from incidents.facts import Open
from incidents.record import Record
from settings import Settings
from store.database import open_database
from store.gate import Gate
from store.inbox import Inbox
from tests.support import OFFICER, PLAN, PLAN_HASH, facts, until
from workflows.messages import CONVERTER, Carried

SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41


def wake_loopback() -> None:
    """In a new namespace it sleeps."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", UP_AND_RUNNING, b""))


def reaches(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as out:
        return out.connect_ex(("127.0.0.1", port)) == 0


async def drill() -> list[str]:
    """Open one incident on a drill side of its own; what its units were told."""
    settings = drill_settings(Settings())
    settings.folder.mkdir(parents=True)
    database = await open_database(settings.folder / "store.db")
    gate = Gate(settings.folder / "store.db", "drill")
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    gate.keep_plan(PLAN_HASH, PLAN.name, PLAN.model_dump_json())
    side = Side(settings, lambda zh, en: None, quiet=True)
    await side.start()
    try:
        address = json.loads((settings.home / "run.json").read_text("utf-8"))["drill"]["address"]
        client = await Client.connect(address, data_converter=CONVERTER)
        asked = {"kind": "drill", "plan": PLAN.name, "plan_hash": PLAN_HASH, "facts": facts()}
        carried = Carried(record=Record(id="d-1", kind="drill", plan=PLAN.name, plan_hash=PLAN_HASH))
        await open_incident(client, carried, OFFICER.sign("d-1", Open, "open", **asked), settings.task_queue)
        await until(lambda: Inbox(database).of_incident("d-1"))
        return [text for _, text in await Inbox(database).of_incident("d-1")]
    finally:
        await side.end()
        gate.close()
        await database.dispose()


if __name__ == "__main__":
    wake_loopback()
    told = asyncio.run(drill())
    interfaces = [name for _, name in socket.if_nameindex()]
    outcome = {"interfaces": interfaces, "outside": reaches(int(sys.argv[1])), "told": told}
    sys.stdout.write(f"{json.dumps(outcome)}\n")
