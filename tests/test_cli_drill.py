"""Live and drill share nothing: own server, store and people; a drill worker with a live end refuses to start."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from tests.support import facts
from tests.test_cli_incident import FENGHUO, Home, until


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    at = Home(tmp_path_factory.mktemp("home"))
    # A live end that must never reach a drill.
    at.environment |= {"FENGHUO_WEBHOOK_URL": "http://127.0.0.1:9/", "FENGHUO_WEBHOOK_SECRET": "only-live"}
    up = subprocess.Popen([FENGHUO, "up"], env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: at.ask("status")[0] == 0)
        yield at
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(40) == 0
        assert not (at.folder / "run.json").exists()


def test_the_drill_side_starts_on_demand_with_a_clean_environment_and_stops_alone(home: Home) -> None:
    assert home.ask("drill", "status")[0] == 5
    assert home.ask("drill", "start")[0] == 0
    run = json.loads((home.folder / "run.json").read_text("utf-8"))
    assert run["live"]["address"] != run["drill"]["address"]
    environment = Path(f"/proc/{run['drill']['pids']['worker']}/environ").read_bytes()
    assert b"only-live" not in environment
    assert b"FENGHUO_KIND=drill" in environment

    told = home.told("drill", "incident", "open", "lhasa-2022", "-", "--yes", stdin=json.dumps(facts()))
    assert told["kind"] == "drill"
    number = told["id"]
    until(lambda: "N-early" in home.ask("drill", "incident", "show", number, "--json")[1])
    code, _, err = home.ask("incident", "show", number)
    assert (code, "fenghuo drill incident" in err) == (4, True)
    assert home.told("incident", "list") == []
    assert home.told("drill", "incident", "list")[0]["id"] == number

    def marked() -> bool:
        with sqlite3.connect(home.folder / "drill" / "store.db") as store:
            texts = [text for (text,) in store.execute("SELECT text FROM inbox")]
        return bool(texts) and all(text.startswith("【演练】") for text in texts)

    until(marked)
    assert home.ask("drill", "stop")[0] == 0
    assert home.ask("status")[0] == 0, "the live side goes on"
    # What was open waits, and goes on.
    assert home.ask("drill", "start")[0] == 0
    assert home.told("drill", "incident", "note", number, "words=继续")["status"] == "done"


@pytest.mark.parametrize("name", ["FENGHUO_WEBHOOK_URL", "FENGHUO_SMTP_HOST", "FENGHUO_SMTP_PASSWORD"])
def test_a_drill_worker_with_a_live_end_refuses_to_start_and_never_tells_its_value(tmp_path: Path, name: str) -> None:
    value = "http://127.0.0.1:9/hidden" if name.endswith("URL") else "hidden"
    environment = {**os.environ, "FENGHUO_HOME": str(tmp_path), "FENGHUO_KIND": "drill", name: value}
    environment["FENGHUO_WEBHOOK_SECRET"] = "hidden"
    done = subprocess.run(
        [sys.executable, "-m", "worker"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert name in done.stderr
    assert "hidden" not in done.stdout + done.stderr


def test_facts_can_say_nothing_about_the_kind(home: Home) -> None:
    assert home.ask("drill", "start")[0] == 0
    code, _, err = home.ask(
        "drill", "incident", "open", "lhasa-2022", "-", "--yes", stdin=json.dumps(facts(kind="live"))
    )
    assert (code, "kind: " in err) == (2, True)


async def test_a_raw_time_skip_is_refused_on_the_live_server_and_taken_on_the_drill_server(home: Home) -> None:
    assert home.ask("drill", "start")[0] == 0
    run = json.loads((home.folder / "run.json").read_text("utf-8"))
    live = home.told("incident", "open", "lhasa-2022", "-", "--yes", stdin=json.dumps(facts(summary="跳时")))["id"]
    words = ("drill", "incident", "open", "lhasa-2022", "-", "--yes")
    drill = home.told(*words, stdin=json.dumps(facts(summary="跳时")))["id"]

    async def skip(kind: str, number: str) -> None:
        client = await Client.connect(run[kind]["address"])
        async with asyncio.timeout(15):
            await TimeSkipper(client).fast_forward(client.get_workflow_handle(number), timedelta(hours=3))

    def verdict(*words: str) -> str:
        clocks = home.told(*words)["clocks"]
        return next(str(clock["verdict"]) for clock in clocks if clock["id"] == "phone-party")

    with pytest.raises(RPCError, match=r"(?i)time.skipping"):
        await skip("live", live)
    assert verdict("incident", "show", live) == "running"
    await skip("drill", drill)
    until(lambda: verdict("drill", "incident", "show", drill) == "overdue")
