"""`fenghuo plan diff` in a terminal: the differences in words, what they mean for each open incident, and as JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from activities.contracts import Summary
from cli import plan_diff
from cli.copying import new
from incidents.record import Record
from plans import registry
from settings import Settings
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.support import PLAN, PLAN_HASH
from tests.test_incidents_incident import Desk

FENGHUO = str(Path(sys.executable).parent / "fenghuo")


def diff(home: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [FENGHUO, "plan", "diff", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "FENGHUO_HOME": str(home)},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """A home with a plan `night` that gives 30 minutes instead of 50, an open incident and a closed one."""
    file = new(Settings(home=tmp_path), "night", "lhasa-2022") / "reporting.yaml"
    file.write_text(file.read_text("utf-8").replace("within: PT50M", "within: PT30M"), "utf-8")
    (tmp_path / "live").mkdir()
    database = await open_database(tmp_path / "live" / "store.db")
    gate = Gate(tmp_path / "live" / "store.db")
    gate.keep_plan(registry.put(PLAN), PLAN.name, PLAN.model_dump_json())
    desk = Desk(deaths=3, verified=True)
    await Logbooks(database).append(desk.record.id, desk.entries, summary=Summary.of(desk.record).model_dump_json())
    over = Record(id="54010020260301002", plan=PLAN.name, plan_hash=PLAN_HASH, phase="closed")
    await Logbooks(database).append(over.id, desk.entries, summary=Summary.of(over).model_dump_json())
    gate.close()
    await database.dispose()
    return tmp_path


@pytest.fixture
def shown(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines that it prints, asked in this process."""
    monkeypatch.setenv("FENGHUO_HOME", str(home))
    monkeypatch.setattr(plan_diff, "end", lambda code: None)

    def ask(old: str, new: str, lang: str = "zh") -> list[str]:
        monkeypatch.setenv("FENGHUO_LANG", lang)
        plan_diff.diff(old, new)
        return capsys.readouterr().out.splitlines()

    return ask


def test_differences_stand_by_chapter_and_each_open_incident_keeps_its_version(
    shown: Callable[..., list[str]],
) -> None:
    lines = shown("lhasa-2022", "night")
    assert lines[0].startswith(f"lhasa-2022@{PLAN_HASH[:12]} → night@")
    assert lines[0].endswith("：3 处不同")
    assert lines[2:4] == ["信息报告", "  “书面详报市应急总指挥部”：时限 30分钟，原为 50分钟"]
    start = lines.index(f"54010020260301001：仍按 lhasa-2022@{PLAN_HASH[:12]}。若按 night：")
    assert lines[start + 1].startswith("  时限“书面详报市应急总指挥部”：止于 ")
    assert len(lines) == start + 4, "three deadlines, and nothing of the closed incident"


def test_an_incident_of_which_nothing_open_is_touched_says_so(shown: Callable[..., list[str]]) -> None:
    lines = shown(f"lhasa-2022@{PLAN_HASH}", "lhasa-2022", "en")
    assert lines[0].endswith(": 0 differences")
    assert lines[-1] == "  nothing that is open is touched"


def test_json_has_both_sides_of_each_change_and_the_instants(home: Path) -> None:
    code, out, err = diff(home, "lhasa-2022", str(home / "plans" / "night"), "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["old"], told["new"]["plan"]) == ({"plan": "lhasa-2022", "hash": PLAN_HASH}, "night")
    assert told["changes"][0] == {
        "chapter": "reporting",
        "path": "reporting/rules/paper-general-hq/within",
        "kind": "changed",
        "says": "“书面详报市应急总指挥部”：时限 30分钟，原为 50分钟",
        "en": "'Details in writing to the general headquarters': within 30 min, was 50 min",
        "old": "PT50M",
        "new": "PT30M",
    }
    (incident,) = told["incidents"]
    assert (incident["id"], incident["plan_hash"]) == ("54010020260301001", PLAN_HASH)
    assert {(one["what"], one["id"]) for one in incident["touched"]} == {
        ("clock", f"paper-{name}") for name in ("general-hq", "party", "government")
    }
    assert all("+" in one["due_at"] for one in incident["touched"])


def test_an_unknown_plan_is_not_found_in_one_line(tmp_path: Path) -> None:
    code, out, err = diff(tmp_path, "lhasa-2022", "atlantis")
    assert (code, out, err.count("\n")) == (4, "", 1)
