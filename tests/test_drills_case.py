"""A case is checked when it is read: the fault names file, line and key; its times move together."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from drills import case
from drills.case import CaseFault, moved

ACCIDENT = "jiama-2013"
FICTIONAL = [name for name in case.shipped() if "虚构" in case.read(case.find(name)).title.says]


def broken(tmp_path: Path, old: str, new: str) -> str:
    """What is said of the shipped case with this change."""
    text = case.find(ACCIDENT).read_text("utf-8")
    assert text.count(old) >= 1
    file = tmp_path / "case.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CaseFault) as fault:
        case.read(file)
    return str(fault.value)


@pytest.mark.parametrize("name", case.shipped())
def test_every_shipped_case_reads(name: str) -> None:
    told = case.read(case.find(name))
    assert told.script
    # An accident's script has its public record and what was made up where that is silent; a fictional one has none.
    assert {line.source for line in told.script} == ({"scripted"} if name in FICTIONAL else {"record", "scripted"})


@pytest.mark.parametrize("name", FICTIONAL)
def test_what_a_controller_brings_in_serves_an_objective_and_is_watched(name: str) -> None:
    told = case.read(case.find(name))
    assert {one.objective for one in told.expect} == set(told.objectives), "each objective is evaluated"
    brought = [line for line in told.script if line.inject or line.controller]
    assert brought
    for line in brought:
        assert line.inject, line.says
        assert line.controller, line.says
        assert line.objective, line.says
        assert line.evaluator, line.says


def test_a_command_that_does_not_exist_is_named_with_its_line(tmp_path: Path) -> None:
    said = broken(tmp_path, "do: propose-level", "do: propose-levle")
    line = case.find(ACCIDENT).read_text("utf-8").split("do: propose-level")[0].count("\n") + 1
    assert said.endswith(f"case.yaml:{line} script.2.do: expected a command, found 'propose-levle'")


def test_times_that_run_backwards_are_named(tmp_path: Path) -> None:
    said = broken(tmp_path, "at: 2013-03-29T06:58:00+08:00", "at: 2013-03-29T05:58:00+08:00")
    assert "script.2.at: expected a time from 2013-03-29T06:55:00+08:00 on" in said


def test_an_unknown_key_and_broken_yaml_are_named(tmp_path: Path) -> None:
    assert "papper" in broken(tmp_path, "papers: PT14H", "papers: PT14H\npapper: PT14H")
    assert "case.yaml:" in broken(tmp_path, "watch: { first", "watch: { first: }")


def test_times_move_and_names_are_filled_in_wherever_they_stand() -> None:
    by = timedelta(days=1)
    told = {
        "at": "2013-03-29T06:42:00+08:00",
        "list": ["@hq_head", {"when": datetime.fromisoformat("2013-03-29T06:42Z")}],
    }
    assert moved({**told, "words": "@别处 06:42"}, by, {"@hq_head": "suolang"}) == {
        "at": "2013-03-30T06:42:00+08:00",
        "list": ["suolang", {"when": "2013-03-30T06:42:00+00:00"}],
        "words": "@别处 06:42",
    }


def test_the_jiama_case_says_what_the_record_says() -> None:
    """Written from the accident's public facts, by hand: (time, dead, missing)."""
    told = YAML(typ="safe").load(case.find(ACCIDENT).read_text("utf-8"))
    facts = [
        (
            line["at"].isoformat(),
            line["with"]["findings"].get("deaths", {}).get("n"),
            line["with"]["findings"]["missing"]["n"],
        )
        for line in told["script"]
        if line["do"] == "report-facts" and line["source"] == "record"
    ]
    assert facts[1:] == [
        ("2013-03-30T10:00:00+08:00", 0, 83),
        ("2013-03-30T17:35:00+08:00", 1, 82),
        ("2013-03-31T14:25:00+08:00", 5, 78),
        ("2013-03-31T21:15:00+08:00", 17, 66),
        ("2013-04-01T10:00:00+08:00", 23, 60),
        ("2013-04-01T16:00:00+08:00", 36, 47),
    ]
    assert all(dead + missing == 83 for _, dead, missing in facts[1:]), json.dumps(facts)
