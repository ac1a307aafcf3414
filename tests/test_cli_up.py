"""`fenghuo up` as a stranger starts it: an empty home, a killed worker, a second start, a clean end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FENGHUO = str(Path(sys.executable).parent / "fenghuo")


def ask(home: Path, *words: str) -> tuple[int, str]:
    environment = {**os.environ, "FENGHUO_HOME": str(home)}
    done = subprocess.run([FENGHUO, *words], env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def ready(home: Path) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if ask(home, "status")[0] == 0:
            run: dict[str, Any] = json.loads((home / "run.json").read_text("utf-8"))["live"]
            return run
        time.sleep(0.2)
    raise AssertionError("never ready")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    environment = {**os.environ, "FENGHUO_HOME": str(folder)}
    process = subprocess.Popen([FENGHUO, "up"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield folder
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
        # The end is clean: it says so, ends with 0 and leaves nothing running.
        assert process.returncode == 0
        assert "已停止" in said
        code, words = ask(folder, "status", "--json")
        assert code == 5
        assert "fenghuo up" in json.loads(words)["why"]


def test_a_killed_worker_is_started_again_and_a_second_start_is_refused(home: Path) -> None:
    first = ready(home)
    os.kill(first["pids"]["worker"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while json.loads((home / "run.json").read_text("utf-8"))["live"]["pids"]["worker"] == first["pids"]["worker"]:
        assert time.monotonic() < deadline, "the worker was not started again"
        time.sleep(0.1)
    assert ready(home)["address"] == first["address"]

    code, words = ask(home, "up", "--lang", "en")
    assert code == 5
    assert "another server already runs" in words


def test_without_a_running_home_status_says_what_to_start(tmp_path: Path) -> None:
    code, words = ask(tmp_path / "nowhere", "status")
    assert code == 5
    assert "fenghuo up" in words
