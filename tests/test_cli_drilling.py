"""`fenghuo drill list|check|run|import` as scripts use them: shapes, exit codes, and a channel that fails by script."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from drills import case as cases
from tests.forks import fenghuo


def ask(home: Path, *words: str, timeout: float = 200) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
    environment |= {"FENGHUO_HOME": str(home), "HOME": str(home)}
    return fenghuo("drill", *words, environment=environment, timeout=timeout)


def told(home: Path, *words: str, code: int = 0) -> Any:
    done = ask(home, *words, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


ROWS = {
    "case": "made-up",
    "title": "某化工厂爆炸（虚构）",
    "rows": [
        {"true_at": "2026-05-01T10:00:00+08:00", "kind": "E", "text": "车间爆炸"},
        {"true_at": "2026-05-01T12:00:00+08:00", "kind": "K", "text": "四人遇难", "dead": 4, "injured": 9},
        {"true_at": "2026-05-01T13:00:00+08:00", "kind": "A", "text": "省级工作组到场"},
    ],
}


def test_every_case_is_listed_with_at_least_ten_expectations(tmp_path: Path) -> None:
    rows = told(tmp_path, "list")
    assert {row["case"] for row in rows} == set(cases.shipped())
    assert len(rows) >= 14
    assert all(row["expectations"] >= 10 for row in rows)


def test_run_in_the_core_gives_the_contracts_shape_in_the_cases_time(tmp_path: Path) -> None:
    run = told(tmp_path, "run", "jiama-2013", "--core")
    assert {"incident", "levels", "clocks", "commanders", "expectations"} <= run.keys()
    assert run["levels"][-1]["computed"] == "I"
    assert {row["at"][:4] for row in run["levels"]} == {"2013"}
    assert {"id", "verdict", "due_at"} <= run["clocks"][0].keys()
    assert [row["post"] for row in run["commanders"]][-1] == "region_commander"
    assert all(row["met"] and row["text"] for row in run["expectations"])


def test_an_expectation_that_is_not_met_ends_with_one_and_says_what_was_found(tmp_path: Path) -> None:
    text = cases.find("jiama-2013").read_text("utf-8")
    file = tmp_path / "other.yaml"
    file.write_text(text.replace("verdict: missed", "verdict: met"), "utf-8")
    run = told(tmp_path, "run", str(file), "--core", code=1)
    (unmet,) = [row for row in run["expectations"] if not row["met"]]
    assert unmet["found"].startswith("missed")


OUTAGE = """
extends: gateway-outage
lasts: PT1H
expect:
  - { what: message, to: site_emergency_bureau, says: 先期处置, never: true }
  - { what: message, to: fire_brigade, says: III级应急响应已启动, by: "2025-06-21T17:12:00+08:00", never: true }
  - { what: message, to: fire_brigade, says: III级应急响应已启动, by: "2025-06-21T17:14:00+08:00" }
"""
"""Its first hour: every channel is down, then the third one takes what the first two do not."""


def test_a_channel_that_fails_by_script_fails_on_the_engine_too_and_the_chase_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "outage.yaml"
    file.write_text(OUTAGE, "utf-8")
    run = told(tmp_path, "run", str(file), "--headless")
    assert [row["met"] for row in run["expectations"]] == [True, True, True]
    assert not list(tmp_path.glob("drill/lost-channels")), "the next drill has every channel again"
    assert not run["unforeseen_refusals"]


def test_check_names_file_line_and_place_and_run_refuses_what_check_refuses(tmp_path: Path) -> None:
    text = cases.find("level-iv").read_text("utf-8")
    line = next(
        number for number, one in enumerate(text.splitlines(), 1) if one.lstrip().startswith("by: first_officer")
    )
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace("by: first_officer", "by: nobody", 1), "utf-8")
    for words in (("check", str(file)), ("run", str(file), "--core")):
        done = ask(tmp_path, *words)
        assert done.returncode == 2
        assert f"{file}:{line} " in done.stderr
        assert "'nobody'" in done.stderr
    assert ask(tmp_path, "check", "level-iv").returncode == 0
    assert ask(tmp_path, "run", "level-iv").returncode == 2
    assert ask(tmp_path, "run", "no-such-case", "--core").returncode == 4
    assert ask(tmp_path, "run", "level-iv", "--speed", "60", "--people", "nobody").returncode == 2
    assert "expected 1 to 60, found 61" in ask(tmp_path, "run", "level-iv", "--speed", "61", "--lang", "en").stderr


def test_import_makes_a_script_that_check_accepts_and_that_plays(tmp_path: Path) -> None:
    rows, file = tmp_path / "rows.json", tmp_path / "made.yaml"
    rows.write_text(json.dumps(ROWS, ensure_ascii=False), "utf-8")
    words = ("import", str(rows), "--plan", "lhasa-2022", "--sector", "hazardous-chemicals", "--to", str(file))
    assert ask(tmp_path, *words).returncode == 0
    assert ask(tmp_path, *words).returncode == 2, "what is there is not overwritten"
    assert "--sector" in ask(tmp_path, *words[:4], "--sector", "mining").stderr
    assert ask(tmp_path, "check", str(file)).returncode == 0
    run = told(tmp_path, "run", str(file), "--core")
    assert run["levels"][-1]["computed"] == "III"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-05-01T12:00:00+08:00", "yesterday", "rows.1.true_at"),
        ('"dead": 4', '"dead": -4', "rows.1.dead"),
        ('"kind": "A"', '"kind": "X"', "rows.2.kind"),
    ],
)
def test_a_broken_row_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = json.dumps(ROWS, ensure_ascii=False, indent=1)
    line = text[: text.index(old)].count("\n") + 1
    rows = tmp_path / "rows.json"
    rows.write_text(text.replace(old, new), "utf-8")
    done = ask(tmp_path, "import", str(rows), "--plan", "lhasa-2022")
    assert (done.returncode, f"{rows}:{line} {said}: " in done.stderr) == (2, True), done.stderr
