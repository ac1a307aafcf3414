"""`fenghuo plan grade` in a terminal: one verdict a line, one clear line for a fault, the contract's exit codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
    done = subprocess.run(
        [FENGHUO, "plan", *words], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_verdict_has_the_contracts_shape_and_names_a_sum_as_a_sum() -> None:
    told = {**FACTS, "trapped": {"n": 2, "source": "hospital"}}
    code, out, _ = ask("grade", "lhasa-2022", "-", "--json", stdin=json.dumps(told))
    assert code == 0
    assert json.loads(out) == {
        "grade": "III",
        "statutory_grade": "IV",
        "below_plan_floor": False,
        "criteria": [{"clause": "LS-1.4-08", "measure": "deaths+trapped", "value": 3, "grade": "III"}],
        "basis": "unverified",
    }


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
    code, out, err = ask("grade", "lhasa-2022", "-", stdin=json.dumps({**FACTS, **change}))
    assert (code, out) == (2, "")
    assert err.startswith(words)
    assert err.count("\n") == 1


def test_an_unknown_plan_is_not_found_and_the_known_ones_are_named() -> None:
    code, _, err = ask("check", "atlantis")
    assert code == 4
    assert "lhasa-2022" in err


def test_the_shipped_plan_has_no_fault_and_lists_what_waits_for_its_owner() -> None:
    code, out, _ = ask("check", "lhasa-2022", "--json")
    assert code == 0
    assert {row["settled_by"] for row in json.loads(out) if not row["confirmed"]} >= {"LS-A01", "LS-A08"}
