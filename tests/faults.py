"""A home under fire: the real `fenghuo up` with a worker that dies at named points, three receivers, and the count."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from temporalio.client import Client, WorkflowHandle

from cli.status import status
from client import NoEngine, Token, Unanswered, open_incident, record_of, send
from incidents.command import Command
from incidents.facts import Open
from incidents.logbook import Entry, verify
from incidents.record import Record
from plans import registry
from plans.schema import ChannelName, ChaseStep, Plan
from settings import Settings
from store.gate import Gate
from tests import plan_model
from tests.receivers import Receiver, receiver
from tests.support import DEPUTY, OFFICER, PLAN, facts
from workflows.messages import CONVERTER, Carried, Receipt

FENGHUO = str(Path(sys.executable).parent / "fenghuo")
CRASHING = Path(__file__).parent / "crashing"
SENDER = "duty@example.org"
SECTOR = "non-coal-mine"

Victim = Literal["worker", "engine"]
End = Literal["webhook", "blunt", "smtp"]
"""A receiver that honours keys, one that knows none, and a mailbox."""
ENDS: tuple[End, ...] = ("webhook", "blunt", "smtp")
CHANNELS: dict[End, ChannelName] = {"webhook": "webhook", "blunt": "webhook", "smtp": "smtp"}


def reaching(channel: ChannelName) -> Plan:
    """Lhasa's plan with one step of the chase, by this channel, and no second one while a test runs."""
    step = ChaseStep(channel=channel, wait=timedelta(hours=1))
    return PLAN.model_copy(update={"notices": PLAN.notices.model_copy(update={"chase": (step,)})})


PLANS = {end: reaching(channel) for end, channel in CHANNELS.items()}


class Hit(NamedTuple):
    """A blow as the one who struck it wrote it down before."""

    victim: str
    point: str
    incident: str
    pid: int
    at: float


class Home:
    """A running home with its three receivers."""

    sides: Sequence[str] = ("live",)
    words: Sequence[str] = ("up",)
    cwd: Path | None = CRASHING
    """From that folder `python -m worker` is the worker with crash points."""

    def __init__(self, folder: Path, receivers: dict[End, Receiver]) -> None:
        self.folder, self.receivers = folder, receivers
        self.settings = Settings(home=folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        smtp = self.receivers["smtp"]
        addresses = {name: f"{name}@example.org" for name in (*PLAN.units, *PLAN.posts)}
        environment = {
            **os.environ,
            "FENGHUO_HOME": str(self.folder),
            "FENGHUO_WEBHOOK_URL": self.receivers["webhook"].url,
            "FENGHUO_WEBHOOK_SECRET": "s3cret",
            "FENGHUO_SMTP_HOST": "127.0.0.1",
            "FENGHUO_SMTP_PORT": str(smtp.port),
            "FENGHUO_SMTP_SENDER": SENDER,
            "FENGHUO_SMTP_ADDRESSES": json.dumps(addresses),
            "BLUNT_URL": self.receivers["blunt"].url,
            "CRASH_FOLDER": str(self.folder),
        }
        self._process = subprocess.Popen(
            [FENGHUO, *self.words],
            env=environment,
            cwd=self.cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End it as a terminal would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)

    def run(self) -> dict[str, Any]:
        """What it says of itself."""
        run: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))["live"]
        return run

    def pid(self, victim: Victim) -> int:
        """The process that would be hit now."""
        return int(self.run()["pids"][victim])

    async def ready(self, within: float = 90) -> None:
        """Wait until it would take a command, as `fenghuo status` sees it."""
        async with asyncio.timeout(within):
            while not (await status(self.settings))["ready"]:
                await asyncio.sleep(0.1)

    async def client(self) -> Client:
        """A client of the engine that runs now."""
        return await Client.connect(self.run()["address"], data_converter=CONVERTER)

    def arm(self, victim: Victim, point: str, incident: str) -> None:
        """Have the victim die when the worker passes this point."""
        fresh = self.folder / "crash_at.new"
        fresh.write_text(f"{victim} {point} {incident}", "utf-8")
        fresh.replace(self.folder / "crash_at")

    async def hit(self, point: str, incident: str, within: float = 60) -> Hit:
        """Wait for the blow, and until nothing is left of the process."""
        async with asyncio.timeout(within):
            while True:
                log = self.folder / "hits.jsonl"
                rows = [Hit(**json.loads(line)) for line in log.read_text().splitlines()] if log.exists() else []
                for row in rows:
                    if (row.point, row.incident) == (point, incident) and not alive(row.pid):
                        return row
                await asyncio.sleep(0.02)

    async def back(self, hit: Hit, not_before: datetime, code: int = -signal.SIGKILL) -> None:
        """Wait until what was killed runs again: a worker by its supervisor; for a dead engine the home ends, and is
        started again after `not_before`. How the victim ended stands in the supervisor's log."""
        if hit.victim == "engine":
            assert self._process is not None
            async with asyncio.timeout(60):
                while self._process.poll() is None:
                    await asyncio.sleep(0.02)
            assert self._process.returncode == 5, "a dead engine is told to the shell"
            await asyncio.sleep(max(0.0, (not_before - datetime.now(UTC)).total_seconds()))
            self.start()
        else:
            async with asyncio.timeout(60):
                while self.pid("worker") == hit.pid:
                    await asyncio.sleep(0.02)
        await self.ready()
        told = [json.loads(line) for line in (self.folder / "live" / "up.log").read_text("utf-8").splitlines()]
        (died,) = [row for row in told if row.get("pid") == hit.pid and "unexpectedly" in row["event"]]
        assert died["code"] == code

    def in_doubt(self, incident: str) -> set[str]:
        """The keys that were on their way: written down before they left, without a receipt."""
        with sqlite3.connect(self.folder / "live" / "store.db") as store:
            query = "SELECT key FROM sendings WHERE outcome IS NULL AND key LIKE ?"
            return {key for (key,) in store.execute(query, (f"{incident}/%",))}

    def stored(self, incident: str) -> tuple[Entry, ...]:
        """The stored log."""
        with sqlite3.connect(self.folder / "live" / "store.db") as store:
            query = "SELECT body FROM entries WHERE incident = ? ORDER BY seq"
            return tuple(Entry.model_validate_json(body) for (body,) in store.execute(query, (incident,)))


def alive(pid: int) -> bool:
    """Whether there still is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


H = TypeVar("H", bound=Home)


@contextmanager
def home(folder: Path, kind: type[H]) -> Iterator[H]:
    """A running home, ended with the block, with the two people and the plans it needs on each of its sides."""
    with ExitStack() as stack:
        ends: dict[End, Receiver] = {}
        for end in ENDS:
            ends[end] = stack.enter_context(receiver(folder, "mail" if end == "smtp" else "accept", end))
        running = kind(folder / "home", ends)
        for side in running.sides:
            (folder / "home" / side).mkdir(parents=True)
            gate = Gate(folder / "home" / side / "store.db", side)
            for token in (OFFICER, DEPUTY):
                gate.appoint(token.user, token.post, token.public_key)
            for plan in (PLAN, *PLANS.values()):
                gate.keep_plan(registry.put(plan), "lhasa-2022", plan.model_dump_json())
            gate.close()
        running.start()
        stack.callback(running.stop)
        yield running


class Case:
    """One incident under fire: what was asked, and what was acknowledged."""

    def __init__(self, home: Home, end: End, name: str, plan: Plan | None = None) -> None:
        self.home, self.end, self.name = home, end, f"{end}-{name}"
        self.place = f"现场{self.name}，"
        """Stands in every text."""
        self._plan = plan or PLANS[end]
        self.acknowledged: list[tuple[str, str, Receipt]] = []
        """Verb, user and receipt, in the order of asking."""

    async def handle(self) -> WorkflowHandle[Any, Any]:
        """The incident at the engine that runs now."""
        return (await self.home.client()).get_workflow_handle(self.name)

    async def open(self, roll_over_after: int | None = None) -> None:
        """The officer opens it."""
        digest = registry.put(self._plan)
        record = Record(id=self.name, plan="lhasa-2022", plan_hash=digest)
        asked = {
            "kind": "live",
            "plan": "lhasa-2022",
            "plan_hash": digest,
            "facts": facts(sector=SECTOR, place={"name": self.place}),
        }
        command = OFFICER.sign(self.name, Open, f"{self.name}-open", **asked)
        carried = Carried(record=record, roll_over_after=roll_over_after)
        receipt = await open_incident(await self.home.client(), carried, command, "incidents")
        self.acknowledged.append((command.verb, OFFICER.user, receipt))

    async def say(self, command: type[Command], by: Token = OFFICER, /, **asked: Any) -> Receipt:
        """Ask, and ask again under the same command id, until there is a receipt."""
        return await self.send(by.sign(self.name, command, f"{command.verb}-{time.monotonic_ns()}", **asked))

    async def send(self, command: Command) -> Receipt:
        """Send what is signed already, until there is a receipt."""
        async with asyncio.timeout(120):
            while True:
                try:
                    receipt = await send(await self.handle(), command)
                    break
                except (Unanswered, NoEngine, RuntimeError, FileNotFoundError):
                    # The engine is away, or the answer was lost on its way.
                    await asyncio.sleep(0.1)
        self.acknowledged.append((command.verb, command.envelope.user, receipt))
        return receipt

    async def entry(self, kind: str, within: float = 60) -> Entry:
        """The first stored entry of this kind, waited for."""
        async with asyncio.timeout(within):
            while True:
                for entry in self.home.stored(self.name):
                    if entry.kind == kind:
                        return entry
                await asyncio.sleep(0.1)

    def expected(self) -> set[str]:
        """The keys of all messages that what was said must bring, by the model."""
        verbs = [verb for verb, _, _ in self.acknowledged]
        return plan_model.keys(self.name, verbs, SECTOR, CHANNELS[self.end])

    async def settled(self, within: float = 60) -> tuple[Entry, ...]:
        """The stored log, once it has all that the incident has, and an outcome for every message."""
        expected = self.expected()
        async with asyncio.timeout(within):
            while True:
                entries = self.home.stored(self.name)
                if expected <= outcomes(self.name, CHANNELS[self.end], entries).keys():
                    head = (await record_of(await self.handle())).head
                    if entries[-1].seq == head.seq:
                        assert verify(entries) == head
                        return entries
                await asyncio.sleep(0.1)

    def nothing_lost_or_doubled(self, entries: tuple[Entry, ...]) -> None:
        """Each acknowledged command stands in the log once, at the number of its receipt, and nobody said more."""
        ranges = sorted((*receipt.seq, user) for _, user, receipt in self.acknowledged)
        owned = [seq for first, last, _ in ranges for seq in range(first, last + 1)]
        assert len(owned) == len(set(owned)), "two commands under one number"
        by_number = {entry.seq: entry for entry in entries}
        for first, _, user in ranges:
            assert by_number[first].user == user
        for entry in entries:
            assert entry.user == "system" or entry.seq in owned, f"nobody was told of {entry.seq} {entry.kind}"
        issued = Counter(entry.data["notice"] for entry in entries if entry.kind == "notice_issued")
        assert set(issued.values()) == {1}


def outcomes(incident: str, channel: str, entries: tuple[Entry, ...]) -> dict[str, str]:
    """What the log says of each key."""
    return {
        f"{incident}/{entry.data['notice']}/{unit}/{channel}/{entry.data['step']}": outcome
        for entry in entries
        if entry.kind == "notice_sent"
        for unit, outcome in entry.data["outcomes"].items()
    }


class Count(NamedTuple):
    """The five numbers of one incident at its receiver, and the keys behind two of them."""

    lost: int
    phantom: int
    twice: int
    """Delivered more than once: by a receiver that honours keys, after it has dropped what it had."""
    attempts: int
    """Arrivals beyond the first."""
    late: float
    """From when a notice was issued to its last first arrival, in seconds."""
    repeated: frozenset[str]


def count(case: Case, entries: tuple[Entry, ...]) -> Count:
    """Compare what arrived with what the model expects."""
    expected = case.expected()
    everybody = case.home.receivers[case.end].arrivals()
    names = {plan_model.message_id(key, SENDER): key for key in expected} if case.end == "smtp" else {}
    # A Message-ID tells no incident, but every text names the place.
    arrivals = [{**row, "key": names.get(row["key"], row["key"])} for row in everybody if case.place in row["text"]]
    seen = Counter(row["key"] for row in arrivals)
    bodies = {(row["key"], row["body"]) for row in arrivals}
    assert len(bodies) == len(seen), "a repeated message says something else"
    repeated = frozenset(key for key, times in seen.items() if times > 1)
    issued = {entry.data["notice"]: entry.known_at for entry in entries if entry.kind == "notice_issued"}
    late = [
        row["at"] - issued[row["key"].split("/")[1]].timestamp()
        for row in arrivals
        if row["attempt"] == 1 and row["key"] in expected
    ]
    return Count(
        lost=len(expected - seen.keys()),
        phantom=len(seen.keys() - expected),
        twice=len(repeated) if case.end == "blunt" else 0,
        attempts=seen.total() - len(seen),
        late=max(late, default=0.0),
        repeated=repeated,
    )


class Relay:
    """Between a client and the engine: passes everything on, until it swallows what the engine answers."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self._to, self.mute, self._tasks = (host, int(port)), False, set[asyncio.Task[None]]()
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Listen; the address for the client."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return "{}:{}".format(*self._server.sockets[0].getsockname())

    def close(self) -> None:
        """Hang up."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._to)
        for source, sink, answers in ((reader, back, False), (there, writer, True)):
            task = asyncio.create_task(self._pass(source, sink, answers))
            self._tasks.add(task)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, answers: bool) -> None:
        try:
            while data := await source.read(65536):
                if not (answers and self.mute):
                    sink.write(data)
                    await sink.drain()
        except ConnectionError:
            pass
        sink.close()
