"""`fenghuo plan grade` in a terminal: one verdict a line, one clear line for a fault, the contract's exit codes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.app import FAMILIES
from plans.library import find
from tests.forks import fenghuo

FENGHUO = str(Path(sys.executable).parent / "fenghuo")
FACTS: dict[str, Any] = {
    "received_at": "2026-03-01T12:00:00+08:00",
    "occurred_at": "2026-03-01T11:30:00+08:00",
    "sector": "non-coal-mine",
    "place": {"name": "三号井"},
    "enterprise": "unknown",
    "summary": "冒顶",
    "reporter": "值班员",
    "deaths": 1,
}


def ask(*words: str, stdin: str = "") -> tuple[int, str, str]:
    done = fenghuo("plan", *words, stdin=stdin)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_commands_loads_all_that_it_needs_when_the_shell_starts_it(family: str) -> None:
    done = subprocess.run([FENGHUO, family, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, family in done.stdout, done.stderr) == (0, True, "")


def test_a_verdict_has_the_contracts_shape_and_names_a_sum_as_a_sum() -> None:
    told = {**FACTS, "trapped": {"n": 2, "source": "hospital"}}
    code, out, _ = ask("grade", "lhasa-2022", "-", "--json", stdin=json.dumps(told))
    assert code == 0
    assert json.loads(out) == {
        "grade": "III",
        "statutory_grade": "IV",
        "below_plan_floor": False,
        "criteria": [
            {"clause": "LS-1.4-08", "measure": "deaths+trapped", "value": 3, "grade": "III"},
            {"clause": "N-493-3", "measure": "deaths", "value": 1, "grade": "IV"},
        ],
        "basis": "unverified",
    }


def test_a_lower_bound_and_an_estimate_are_marked_and_a_suggestion_stands_beside() -> None:
    told = {**FACTS, "deaths": {"n": 1, "at_least": True}, "relocated": {"n": 60_000, "about": True}}
    code, out, _ = ask("grade", "lhasa-2022", "-", "--json", stdin=json.dumps(told))
    assert code == 0
    verdict = json.loads(out)
    first = {"clause": "LS-1.4-03", "measure": "deaths", "value": 1, "at_least": True, "grade": "IV"}
    moved = {"clause": "LS-1.4-15", "measure": "relocated", "value": 60_000, "about": True, "grade": "II"}
    assert (verdict["grade"], verdict["criteria"][0], verdict["suggestions"]) == ("IV", first, [moved])


def test_the_words_explain_each_criterion_and_what_gave_the_grade() -> None:
    told = {**FACTS, "trapped": {"n": 9, "at_least": True}, "relocated": 150_000}
    code, out, _ = ask("grade", "lhasa-2022", "-", stdin=json.dumps(told))
    assert code == 0
    assert out.splitlines() == [
        "二级（重大），法定四级（一般），未核实，依据 LS-1.4-12",
        "  LS-1.4-12 死亡+被困 至少10（[10, 30)）定二级（重大），据此定级",
        "  N-493-3 死亡 1（[1, 3)）定四级（一般）",
        "  有的数字只是下限，等级可能更高",
        "  可能更高，待人确认：LS-1.4-19 转移 150000（[150000, ∞)）定一级（特别重大）",
    ]
    code, out, _ = ask("grade", "lhasa-2022", "-", "--lang", "en", stdin=json.dumps(told))
    assert code == 0
    assert out.splitlines() == [
        "grade II, statutory IV, unverified, by LS-1.4-12",
        "  LS-1.4-12 deaths+trapped at least 10 in [10, 30): II, decides",
        "  N-493-3 deaths 1 in [1, 3): IV",
        "  some figures are lower bounds: the grade may be higher",
        "  may be higher, for a person to confirm: LS-1.4-19 relocated 150000 in [150000, ∞): I",
    ]
    _, out, _ = ask("grade", "lhasa-2022", "-", stdin=json.dumps({**FACTS, "equipment_event": "crane_overturn"}))
    assert "N-549-63 起重机械整体倾覆，不论伤亡，定三级（较大），据此定级" in out
    small = {**FACTS, "deaths": 0, "direct_loss_yuan": 500_000, "verified": True}
    code, out, _ = ask("grade", "lhasa-2022", "-", stdin=json.dumps(small))
    assert "低于本预案起点 1000000 元" in out
    _, out, _ = ask("grade", "lhasa-2022", "-", stdin=json.dumps({**FACTS, "deaths": 0}))
    assert "无一条符合，默认定为四级（一般）" in out


def test_many_lines_give_a_verdict_each() -> None:
    lines = "\n".join(json.dumps({**FACTS, "deaths": n, "verified": True}) for n in (2, 3, 10, 30))
    code, out, _ = ask("grade", "lhasa-2022", "-", "--json", stdin=lines)
    assert code == 0
    verdicts = [json.loads(line) for line in out.splitlines()]
    assert [(v["grade"], v["statutory_grade"], v["basis"]) for v in verdicts] == [
        (grade, grade, "verified") for grade in ("IV", "III", "II", "I")
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deaths": -1}, "deaths: "),
        ({"deaths": 99_999_999}, "deaths: expected at most"),
        ({"deaths": "3"}, "deaths: "),
        ({"deths": 1}, "deths: "),
        ({"received_at": "2026-03-01T12:00:00"}, "received_at: "),
        ({"received_at": "2126-03-01T12:00:00+08:00"}, "received_at: expected a time that is not in the future"),
        ({"occurred_at": None}, "occurred_at: expected it, or heard_at"),
        ({"sector": "sea"}, "sector: "),
        ({"place": {}}, "place.name: "),
    ],
)
def test_a_bad_report_gets_one_line_that_names_the_field(change: dict[str, Any], words: str) -> None:
    code, out, err = ask("grade", "lhasa-2022", "-", "--lang", "en", stdin=json.dumps({**FACTS, **change}))
    assert (code, out) == (2, "")
    assert err.startswith(words)
    assert err.count("\n") == 1


def test_a_jsonl_names_line_and_field_of_every_bad_line_and_grades_none(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    bad = [{**FACTS, "deths": 1}, {**FACTS, "missing": -2}]
    file.write_text("\n".join([json.dumps(FACTS), "", json.dumps(bad[0]), "{", json.dumps(bad[1])]), "utf-8")
    code, out, err = ask("grade", "lhasa-2022", str(file), "--json", "--lang", "en")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert [line.split(" ", 2)[1] for line in lines] == ["3:", "4:", "5:"]
    assert ("deths: " in lines[0], "Invalid JSON" in lines[1], "missing: " in lines[2]) == (True, True, True)
    code, _, err = ask("grade", "lhasa-2022", "-", "--lang", "en", stdin="{\n" + json.dumps(FACTS))
    assert (code, err.startswith("line 1: Invalid JSON")) == (2, True)


def test_a_jsonl_of_one_line_gives_one_line_and_its_fault_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(FACTS) + "\n", "utf-8")
    code, out, _ = ask("grade", "lhasa-2022", str(file), "--json")
    assert (code, out.count("\n")) == (0, 1)
    file.write_text(json.dumps({**FACTS, "sector": "sea"}) + "\n", "utf-8")
    assert ask("grade", "lhasa-2022", str(file))[2].startswith("line 1: sector: ")


def test_a_plan_without_decisions_names_what_nobody_decided_and_no_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "undecided"
    shutil.copytree(find("lhasa-2022"), folder)
    (folder / "decisions.yaml").unlink()
    lines = "\n".join(json.dumps({**FACTS, "deaths": 0, "missing": n}) for n in (2, 5))
    code, out, err = ask("grade", str(folder), "-", stdin=lines)
    assert (code, out) == (2, "")
    assert err == (
        "line 2: grading.default_grade: expected a grade for an accident that meets no criterion, found none\n"
    )


def test_an_unknown_plan_is_not_found_and_the_known_ones_are_named() -> None:
    code, _, err = ask("check", "atlantis")
    assert code == 4
    assert "lhasa-2022" in err


def test_the_shipped_plan_has_no_fault_and_lists_what_waits_for_its_owner() -> None:
    code, out, _ = ask("check", "lhasa-2022", "--json")
    assert code == 0
    assert {row["settled_by"] for row in json.loads(out) if not row["confirmed"]} >= {"LS-A01", "LS-A08"}
