"""A case is checked before anybody plays it: each fault names its place, what was expected, and the file's line."""

from pathlib import Path

import pytest

from drills import case as cases
from drills.case import CaseFault
from drills.check import faults
from plans.lines import line_of
from tests.playing import plan_of

# Which case is changed how: the text that is replaced, what replaces it, the fault's place, and what it says.
FAULTS = [
    ("level-iv", "second: second_officer", "second: third_officer", "watch/second", "a post of lhasa-2022"),
    ("level-iv", "  hq_head: {", "  hq_heed: {", "leaders/hq_heed", "found 'hq_heed'"),
    ("level-iv", "    by: second_officer\n", "    by: no_officer\n", "script/3/by", "found 'no_officer'"),
    ("level-iv", "silent: [industry_regulator]", "silent: [nobody]", "units/silent/0", "a unit or post of lhasa-2022"),
    ("level-iii", "own: { fire_brigade: PT1M", "own: { brigade: PT1M", "units/own/brigade", "found 'brigade'"),
    ("level-iv", "    own-government: PT70M", "    own-goverment: PT70M", "legs/own/own-goverment", "a report of"),
    ("premature-all-clear", "never: [side-trade-union]", "never: [trade]", "legs/never/0", "found 'trade'"),
    ("gateway-outage", "channel: inbox", "channel: pigeon", "outages/0/channel", "one of inbox, smtp, webhook"),
    ("gateway-outage", 'until: "2025-06-21T17:05', 'until: "2025-06-21T16:05', "outages/2/until", "a time after"),
    ("level-iv", "  sector: industry-trade", "  sector: trade", "facts/sector", "Input should be"),
    ("level-iv", "with: { level: IV,", "with: { level: V,", "script/2/with/level", "'IV'"),
    (
        "level-iv",
        "do: propose-termination\n    with: {}",
        "do: propose-termination\n    with: { why: x }",
        "script/9/with/why",
        "Extra",
    ),
    (
        "level-iv",
        'grade, at: "2025-05-12T14:08',
        'grade, at: "2024-05-12T14:08',
        "expect/0/at",
        "a time from 2025-05-12",
    ),
    ("level-iv", "post: site_duty_leader, obj", "post: site_leader, obj", "expect/7/post", "found 'site_leader'"),
    ("level-iv", "decide, by: hq_head", "decide, by: hq_hand", "expect/8/by", "found 'hq_hand'"),
    ("level-iv", "N-level-IV, unit: fire_brigade", "N-level-IV, unit: fire", "expect/10/unit", "found 'fire'"),
    ("level-iv", "message, to: ecology_bureau", "message, to: ecology", "expect/12/to", "found 'ecology'"),
    (
        "level-iv",
        "own-government, verdict: met",
        "own-government, verdict: stood_down",
        "expect/3/verdict",
        "a legal deadline",
    ),
    ("level-iv", "own-government, verdict: met", "own-government, verdict: late", "expect/3/verdict", "expected 'met'"),
    ("level-iv", "phase: recovery", "phase: recovering", "expect/18/phase", "found 'recovering'"),
    ("level-iv", "verb: sign", "verb: sing", "expect/14/verb", "found 'sing'"),
    ("level-iv", "kind: onsite_hq_formed", "kind: hq_formed", "expect/17/kind", "found 'hq_formed'"),
    ("county-iv", "  onsite_head: {", "  onsite_commander: {", "leaders/onsite_commander", "a post of zhong"),
    ("county-iii", "silent: [veterans_bureau]", "silent: [commerce]", "units/silent/0", "a unit or post of zhong"),
    ("county-iii", "    city-hq-fast: PT26M", "    paper-party: PT26M", "legs/own/paper-party", "a report of zhong"),
    ("level-iv", "task: member-support", "task: member-suport", "expect/13/task", "found 'member-suport'"),
]


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    text = cases.find(name).read_text("utf-8")
    assert text.count(old) >= 1, f"{name} does not say {old!r}"
    file = folder / "changed.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file


@pytest.mark.parametrize(("name", "old", "new", "place", "words"), FAULTS)
def test_each_fault_has_its_place_and_its_line(
    tmp_path: Path, name: str, old: str, new: str, place: str, words: str
) -> None:
    file = changed(tmp_path, name, old, new)
    case, node = cases.located(file)
    found = dict(faults(case, plan_of(case.plan)))
    assert list(found) == [place]
    assert words in found[place]
    # The line on which the text was changed, counted without the product's help.
    before = cases.find(name).read_text("utf-8").splitlines()
    after = file.read_text("utf-8").splitlines()
    (line,) = [number for number, (was, now) in enumerate(zip(before, after, strict=True), 1) if was != now]
    assert line_of(node, place.split("/")) == line


def test_what_is_wrong_with_the_case_as_a_whole_is_named_with_its_line(tmp_path: Path) -> None:
    back = changed(tmp_path, "level-iv", "at: 2025-05-12T14:15:00", "at: 2025-05-12T14:09:00")
    line = back.read_text("utf-8").split("at: 2025-05-12T14:09:00")[0].count("\n") + 1
    with pytest.raises(CaseFault, match=rf"changed.yaml:{line} script\.1\.at: expected a time from .* on"):
        cases.read(back)
    aimless = changed(tmp_path, "level-iv", "objective: situational-assessment }", "objective: situation }")
    line = aimless.read_text("utf-8").split("objective: situation }")[0].count("\n") + 1
    with pytest.raises(CaseFault, match=rf"changed.yaml:{line} expect\.0\.objective: expected one of situational-"):
        cases.read(aimless)


def test_a_case_begins_as_an_accident_or_as_a_warning_and_as_one_alone(tmp_path: Path) -> None:
    for name, chapter in (("level-iv", "facts:"), ("warning-to-accident", "assessment:")):
        neither = changed(tmp_path, name, f"\n{chapter}", "\nlasts: P10D\nobjectivess:")
        with pytest.raises(CaseFault, match="objectivess"):
            cases.read(neither)
    both = changed(tmp_path, "level-iv", "watch:", "assessment: { colour: yellow }\nwatch:")
    line = both.read_text("utf-8").split("\nfacts:")[0].count("\n") + 2
    with pytest.raises(CaseFault, match=f"changed.yaml:{line} facts: expected either 'facts'"):
        cases.read(both)


def test_a_case_extends_another_one_chapter_by_chapter(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("extends: level-iv\ntasks: PT1H\n", "utf-8")
    base, own = cases.read(cases.find("level-iv")), cases.read(file)
    assert own.tasks != base.tasks
    assert own.model_copy(update={"tasks": base.tasks}) == base


def test_a_case_extends_one_that_lies_beside_it(tmp_path: Path) -> None:
    text = cases.find("level-iii").read_text("utf-8").replace("units:\n  after: PT2M", "units:\n  after: PT7M")
    (tmp_path / "level-iv.yaml").write_text(text, "utf-8")
    file = tmp_path / "own.yaml"
    file.write_text("extends: level-iv\ntasks: PT1H\n", "utf-8")
    assert cases.read(file).title == cases.read(cases.find("level-iii")).title


def test_a_warning_takes_the_place_of_the_accident_that_the_other_case_begins_with(tmp_path: Path) -> None:
    warning = cases.read(cases.find("warning-to-accident"))
    file = tmp_path / "own.yaml"
    text = cases.find("warning-to-accident").read_text("utf-8")
    assessment = "assessment:" + text.split("assessment:")[1].split("watch:")[0]
    file.write_text(f"extends: level-iii\nstarts_at: 2025-07-28T13:05:00+08:00\nscript: []\nexpect: []\n{assessment}")
    own = cases.read(file)
    assert own.facts is None
    assert own.assessment == warning.assessment
    assert not list(faults(own, plan_of(own.plan)))


def test_a_case_that_extends_an_unknown_one_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("# A variant.\nextends: level-v\n", "utf-8")
    with pytest.raises(CaseFault, match=r"own.yaml:2 extends: no case 'level-v': expected one of .*level-iv"):
        cases.read(file)
