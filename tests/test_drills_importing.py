"""An accident told as rows becomes a case that can be checked and played; a broken row is named with file and line."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from cli.casework import _imported, _place
from drills import case as cases
from drills.case import Case
from drills.check import faults
from drills.importing import CALLED_AFTER, Accident, script
from settings import Settings
from tests.playing import play
from tests.support import PLAN

ROWS: list[dict[str, Any]] = [
    {"true_at": "2024-02-03T08:10:00+08:00", "kind": "E", "text": "车间爆炸", "certainty": "reported"},
    {"true_at": "2024-02-03T10:00:00+08:00", "kind": "K", "text": "初步核实", "dead": 3, "missing": 2},
    {"true_at": "2024-02-03T09:00:00+08:00", "kind": "A", "text": "省里派出工作组"},
    {"true_at": "2024-02-03T12:30:00+08:00", "kind": "E", "text": "余火扑灭"},
    {"true_at": "2024-02-04T07:00:00+08:00", "kind": "K", "text": "搜救结束", "dead": 5, "missing": 0, "injured": 11},
]
ACCIDENT = {"case": "mill", "title": "某厂爆炸", "outline": "一段概要", "rows": ROWS, "sources": ["公开报道"]}


def told(**changes: Any) -> Accident:
    return Accident.model_validate({**ACCIDENT, **changes})


def written(accident: dict[str, Any]) -> str:
    return json.dumps(accident, ensure_ascii=False, indent=1)


def test_what_was_known_is_reported_what_authorities_did_is_external_and_the_rest_is_noted() -> None:
    lines = script(told(), PLAN)["script"]
    assert [(line["at"][11:16], line["do"], line["says"]) for line in lines] == [
        ("09:00", "record-external", "省里派出工作组"),
        ("10:00", "report-facts", "初步核实"),
        ("12:30", "note", "余火扑灭"),
        ("07:00", "report-facts", "搜救结束"),
    ], "in the order of time, whatever the order of the rows"
    assert {line["source"] for line in lines} == {"record"}
    assert lines[1]["with"]["findings"] == {
        "deaths": {"n": 3, "source": "onsite-hq"},
        "missing": {"n": 2, "source": "onsite-hq"},
    }


def test_the_first_call_is_made_up_half_an_hour_after_the_event() -> None:
    made = script(told(), PLAN)
    occurred, received = (datetime.fromisoformat(made["facts"][name]) for name in ("occurred_at", "received_at"))
    assert received - occurred == CALLED_AFTER == timedelta(minutes=30)
    assert datetime.fromisoformat(made["starts_at"]) > received


def test_a_row_from_before_the_first_call_is_told_when_the_call_has_come() -> None:
    early = {"true_at": "2024-02-03T08:15:00+08:00", "kind": "E", "text": "二次爆炸"}
    made = script(told(rows=[*ROWS, early]), PLAN)
    assert made["script"][0]["at"] == made["starts_at"]


@pytest.mark.parametrize("sector", ["industry-trade", "coal-mine"])
def test_the_script_is_a_case_without_faults_that_plays_to_its_last_line(sector: Any) -> None:
    """A sector that the plan takes by itself, and one that a person must confirm."""
    case = Case.model_validate(script(told(), PLAN, sector))
    assert not list(faults(case, PLAN))
    played = play(case, PLAN)
    assert played.scenes[-1].played == len(ROWS) - 1
    assert not [one.refusal.reason for scene in played.scenes for one in scene.refused]
    assert played.record.figures() == {"deaths": 5, "missing": 0, "injuries": 11}
    assert played.record.standing() == "III"


def test_what_is_written_to_a_file_reads_as_the_same_case(tmp_path: Path) -> None:
    rows = tmp_path / "mill.json"
    rows.write_text(written(ACCIDENT), "utf-8")
    file = tmp_path / "mill.yaml"
    file.write_text(_imported(Settings(home=tmp_path), rows, PLAN.name, "industry-trade"), "utf-8")
    assert cases.read(file) == Case.model_validate(script(told(), PLAN, "industry-trade"))
    assert YAML(typ="safe").load(file.read_text("utf-8"))["title"]["says"] == "某厂爆炸"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("true_at", "2024-02-03T12:30:00", "should have timezone info"),
        ("true_at", "noon", "valid datetime"),
        ("kind", "X", "'E', 'K' or 'A'"),
        ("text", "", "at least 1 character"),
        ("dead", -1, "greater than or equal to 0"),
    ],
)
def test_a_broken_row_names_its_line_its_place_and_what_was_expected(field: str, value: Any, words: str) -> None:
    text = written({**ACCIDENT, "rows": [*ROWS[:3], {**ROWS[3], field: value}, ROWS[4]]})
    with pytest.raises(ValidationError) as broken:
        Accident.model_validate_json(text)
    (line,) = _lines(text, field, value)
    place = _place(text, broken.value)
    assert place.startswith(f":{line} rows.3.{field}: ")
    assert words in place


def test_a_row_without_its_time_names_the_line_on_which_it_begins() -> None:
    text = written({**ACCIDENT, "rows": [ROWS[0], {"kind": "E", "text": "余火"}]})
    with pytest.raises(ValidationError) as broken:
        Accident.model_validate_json(text)
    (line,) = [number for number, words in enumerate(text.splitlines(), 1) if '"text": "余火"' in words]
    # The row's first key stands on the line before, and its brace one further up.
    assert _place(text, broken.value) == f":{line - 2} rows.1.true_at: Field required"


def test_what_is_no_json_says_so_without_a_line_of_its_own() -> None:
    with pytest.raises(ValidationError) as broken:
        Accident.model_validate_json("{")
    assert "Invalid JSON" in _place("{", broken.value)


def test_no_rows_are_no_accident() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        told(rows=[])


def _lines(text: str, field: str, value: Any) -> list[int]:
    said = f'"{field}": {json.dumps(value, ensure_ascii=False)}'
    return [number for number, words in enumerate(text.splitlines(), 1) if said in words]
