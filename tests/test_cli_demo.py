"""`fenghuo demo` on a real drill server, in an empty home: from the first call to a dossier that verifies."""

import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from drills import case
from tests.playing import play
from tests.support import PLAN
from tests.test_cli_incident import FENGHUO

WITHIN = 120.0
"""Seconds."""


class Watched:
    """One demo, as printed."""

    def __init__(self, home: Path, *words: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
        environment |= {"FENGHUO_HOME": str(home), "HOME": str(home)}
        began = time.monotonic()
        self.done = subprocess.run(
            [FENGHUO, "demo", *words], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        self.took = time.monotonic() - began
        self.home = home

    def log(self) -> list[dict[str, Any]]:
        """The dossier's log."""
        (file,) = self.home.glob("drill/archive/*/logbook.jsonl")
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return Watched(tmp_path_factory.mktemp("empty"), "--pace", "0", "--json")


def test_it_ends_with_a_dossier_that_verifies_and_every_message_is_marked(watched: Watched) -> None:
    assert watched.done.returncode == 0, watched.done.stderr
    told = json.loads(watched.done.stdout)
    assert (told["phase"], told["intact"], told["unmarked"]) == ("closed", True, 0)
    assert told["messages"] > 100
    assert told["entries"] == len(watched.log())
    assert Path(told["dossier"]).is_relative_to(watched.home)


def test_it_takes_less_than_two_minutes(watched: Watched) -> None:
    assert watched.took < WITHIN, f"the demo took {watched.took:.0f} s with no pause for reading"


def test_the_engine_decides_what_the_pure_core_decides(watched: Watched) -> None:
    """Deadlines end alike, and the log has the same entries but for answers, which the engine writes in batches."""
    core = play(case.read(case.find("jiama-2013")), PLAN)
    told = json.loads(watched.done.stdout)
    assert told["clocks"] == {clock.id: clock.verdict for clock in core.record.clocks.values()}
    engine = Counter(entry["kind"] for entry in watched.log())
    assert engine - Counter(notice_answered=engine["notice_answered"]) == Counter(
        entry.kind for entry in core.entries if entry.kind != "notice_answered"
    )


def test_what_is_printed_tells_record_from_script_and_names_what_was_late_and_missed(watched: Watched) -> None:
    text = watched.done.stderr
    for words in ("史实", "编排", "模拟", "【演练】", "迟办", "未办", "未联系上", "救援暂停", "卷宗", "核验完好"):
        assert words in text
    scripted = [line.says for line in case.read(case.find("jiama-2013")).script if line.source == "scripted"]
    summary = text[text.index("由脚本编排") :]
    assert all(says in summary for says in scripted)


def test_the_drill_is_found_by_the_drill_verbs_afterwards_and_never_by_the_live_ones(watched: Watched) -> None:
    number = json.loads(watched.done.stdout)["incident"]
    environment = {**os.environ, "FENGHUO_HOME": str(watched.home)}

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([FENGHUO, *words], env=environment, capture_output=True, text=True, check=False)

    assert ask("drill", "incident", "log", number, "--json").stdout.count("\n") == len(watched.log())
    assert ask("incident", "log", number).returncode == 4
    assert not (watched.home / "run.json").exists(), "what it started, it has stopped"


def test_an_unknown_case_and_a_broken_one_are_named(tmp_path: Path) -> None:
    unknown = Watched(tmp_path / "a", "no-such-case")
    assert (unknown.done.returncode, "jiama-2013" in unknown.done.stderr) == (4, True)
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: {says: 一, en: one}\n", "utf-8")
    told = Watched(tmp_path / "b", str(broken))
    assert (told.done.returncode, f"{broken}:1" in told.done.stderr) == (2, True)
