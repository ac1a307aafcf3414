"""The linter's rules: each fires on a fault planted in a clean plan, alone, and all are silent on the clean one."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plans import library, roster
from plans.decisions import decide
from plans.lint import RULES, Around, Finding, Layer, found, judge
from plans.roster import Contact
from plans.schema import Change, Criterion, Decision

ROOT = Path(__file__).parent.parent
CLEAN = Path(__file__).parent / "plans" / "clean"
LOADED = library.load(CLEAN)
AROUND = Around(
    national=LOADED.plan.national.statutory,
    national_fields=library.national_fields(),
    clauses=LOADED.clauses,
    sections=library.sections(CLEAN),
    roster=roster.read(CLEAN / roster.OWN),
    on=date(2026, 11, 25),
)
AGAINST = [{"field": "owner", "says": "hq_office", "clauses": ["CL-12"]}]


class Plant(NamedTuple):
    """A fault: places of the plan with what stands there instead, or something around it."""

    edits: Mapping[str, Any] = {}
    around: Mapping[str, Any] = {}
    also: frozenset[str] = frozenset()
    """Rules that can't be silent where this one speaks."""
    without: tuple[str, ...] = ()


def at(path: str, value: Any) -> Plant:
    return Plant({path: value})


PLANTS: dict[str, Plant] = {
    # contradictions
    "reference-to-nothing": at("disposal/tasks/own-rescue/owner", "nobody"),
    "id-twice": at("recovery/tasks/sum-up/id", "own-rescue"),
    "contradiction": at("preparedness/drills/yearly/against", AGAINST),
    "several-names": at("units/city_hq/aliases", ["总部"]),
    "section-missing": at("plan/refers_to/0/section", "40"),
    "chapter-missing": Plant(without=("release",)),
    # ranges
    "range-gap": at("grading/criteria/CL-4.06/below", 40),
    "range-overlap": at("grading/criteria/CL-4.06/below", 60),
    "top-closed": at("grading/criteria/CL-4.08/below", 1000),
    "bottom-floor": Plant(
        {"grading/criteria/CL-4.09/at_least": 10000, "grading/default_grade": None},
        also=frozenset({"no-default-grade"}),
    ),
    "restricted-range-stops": at(
        "grading/criteria/+",
        {"clause": "CL-4", "grade": "IV", "counts": ["direct_loss_yuan"], "below": 500, "source_kinds": ["boiler"]},
    ),
    "measure-restricted": at(
        "grading/criteria/+", {"clause": "CL-4", "grade": "IV", "counts": ["relocated"], "source_kinds": ["boiler"]}
    ),
    "national-measure-uncounted": Plant(
        around={"national": (Criterion(clause="N-493-3", grade="IV", counts=("poisoned",)),)}
    ),
    "grade-undefined": Plant(
        {f"grading/criteria/CL-4.{n:02}/grade": "II" for n in (4, 8, 12)}, around={"national": ()}
    ),
    "no-default-grade": at("grading/default_grade", None),
    "fate-unread": at("grading/trapped_counts_as", None),
    "factors-without-rule": at("grading/factors/may", None),
    # authority
    "holder-unnamed": at("posts/chief/held_by", ""),
    "approval-impossible": at("posts/chief/roles", ["decider", "leader"]),
    "approval-dead-end": Plant(
        {"termination/scene_end/upward": [], "posts/chief/substitutes": [], "posts/deputy/substitutes": []}
    ),
    "no-pace": at("response/pace", None),
    "several-may-act": at("response/levels/II/approval/stages/decide/enough", None),
    "proposer-signs": at("posts/duty_officer/held_by", "副市长"),
    "level-missing": at("response/levels/I", "gone"),
    "level-unreachable": at("response/level_for_grade", {"IV": "III", "III": "III", "II": "II", "I": "I"}),
    "no-level-map": at("response/level_for_grade", None),
    "level-without-decider": at(
        "response/levels/III/approval/stages", [{"stage": "sign", "posts": ["chief"], "clauses": ["CL-7"]}]
    ),
    "level-without-signatory": at(
        "response/levels/III/approval/stages",
        [{"stage": "decide", "body": "city_hq", "posts": ["chief"], "clauses": ["CL-7"]}],
    ),
    "level-without-lift": at("termination/lifting/by", None),
    "level-only-at-times": at("response/levels/IV/measures/go-iv/when/circumstances", ["sensitive_period"]),
    "attention-undefined": Plant(
        {"response/levels/IV/measures/go-iv/when/circumstances": ["repeated"], "response/attention": None},
        also=frozenset({"level-only-at-times"}),
    ),
    "no-raise-rule": at("response/raise_by", None),
    "no-lower-rule": at("response/lower_by", None),
    # clocks
    "clock-without-start": at("reporting/rules/paper-government/starts", None),
    "clock-without-number": at("reporting/rules/paper-government/within", None),
    "no-follow-up": at("reporting/rules/again/every", None),
    "skip-level-without-who": at("reporting/handling/skipping/by", None),
    "report-field-missing": at("reporting/fields/all-of-it/covers", []),
    # organisation
    "duty-outside-scope": at("units/fire_brigade/duties/duty-rescue/when/sectors", ["road"]),
    "acts-without-membership": at("groups/group_cordon/members", ["trade_union"]),
    "two-heads": at("posts/deputy/heads", True),
    "sector-two-leads": at("units/emergency_bureau/duties/duty-coordinate/when/sectors", ["non-coal-mine"]),
    "member-without-duty": at("units/police_bureau/duties", []),
    "assists-but-leads": at("units/police_bureau/duties/duty-cordon/part", "assist"),
    "group-without-lead": at("groups/group_cordon/lead", None),
    "group-lacks-skill": at(
        "groups/group_cordon/tasks/+",
        {"id": "burning-lorry", "says": "扑救车辆火灾", "clauses": ["CL-3"], "skill": "fire"},
    ),
    "groups-listed-differently": at("command/onsite_hq/group_lists/1/names", ["警戒组", "救护组"]),
    "group-without-members": at("groups/group_cordon/members", []),
    # command
    "named-and-by-level": at("response/levels/II/commander", ["chief"]),
    "power-leaves-grades": at("command/powers/decide-matters/when/grades", ["IV", "III"]),
    "onsite-hq-needed-below": at("command/onsite_hq/when/grades", ["III", "II", "I"]),
    "handover-without-proof": at("command/handovers/to-region/ends_by", None),
    "handover-some-levels": at("command/handovers/to-region/levels", ["II", "I"]),
    "guiding-unsaid": at("command/guiding_takes_over", None),
    # endings
    "early-disposal-endless": at("disposal/ends", None),
    "conditions-unjoined": at("termination/required", []),
    "path-without-conditions": at("termination/required", ["control", "cleaned-up"]),
    "missing-people-unsaid": at("termination/people_missing_path", None),
    "end-unconfirmed": at("termination/confirmed_by", []),
    "end-by-another-body": at("response/levels/I/approval/stages/decide/body", "city_government"),
    "superior-end-unsaid": at("termination/lifting/superior_first", None),
    "investigation-without-limit": at("recovery/tasks/investigate/within", None),
    "no-investigation": at("recovery/tasks/investigate/makes", None),
    "no-summary": at("recovery/tasks/sum-up/makes", None),
    "no-archive": at("recovery/tasks/file-papers/makes", None),
    # warnings
    "colour-missing": at("warning/colours/orange", "gone"),
    "colour-without-grade": at("warning/colours/orange/grade", None),
    "colour-not-cumulative": at("warning/colours/yellow/base", None),
    "colour-without-measures": at("warning/colours/blue/measures", []),
    "warning-without-content": at("warning/content", []),
    "warning-without-end": at("warning/valid_for", None),
    "warning-without-lift": at("warning/lift/approval", None),
    "warning-adjust-nobody": Plant({"warning/adjust/approval": None, "warning/adjust/also_by_colour": None}),
    "warning-adjust-bodies": Plant(
        {"warning/adjust/also_by_colour": None, "warning/colours/red/approval/stages/decide/body": "city_government"}
    ),
    "warning-from-elsewhere": at("warning/inbound", []),
    # release
    "release-gap": at("release/rules/all-grades/when/grades", ["IV", "III", "II"]),
    "release-without-publisher": at("release/rules/all-grades/publisher", None),
    "release-without-approval": at("release/rules/all-grades/approved_by", []),
    "release-two-voices": at(
        "release/rules/+",
        {"id": "also", "says": "另行发布", "publisher": "city_hq", "approved_by": ["chief"], "clauses": ["CL-10"]},
    ),
    # preparedness
    "pack-not-attached": at("response/packs/mine-pack/attached", False),
    "resource-without-owner": at("preparedness/resources/teams/owner", None),
    "requisition-nobody-orders": at("preparedness/requisition/ordered_by", []),
    "requisition-payer-unclear": at("preparedness/requisition/paid_by", ["city_government", "enterprise"]),
    "drill-without-owner": at("preparedness/drills/yearly/owner", None),
    "drill-without-cadence": at("preparedness/drills/yearly/every", None),
    "revision-unapproved": at("preparedness/approved_by", None),
    "unit-without-contact": Plant(around={"roster": None}),
    "contact-untested": Plant(around={"on": date(2027, 11, 25)}),
    # unwritten
    "left-to-fill": at("posts/chief/title", "待填"),
    "no-clauses": at("plan/clause_prefix", "XX"),
    "no-sectors": Plant({"plan/scope/accepts": [], "plan/scope/confirm": []}, also=frozenset({"duty-outside-scope"})),
    "template-unfit": Plant(around={"templates": (("D3.docx", "course", "缺", "lacks"),)}),
    # settling
    "settles-nothing": Plant(around={"claims": (("D1", "no-pace response/pace"),)}),
}


def layer(plant: Plant) -> Layer:
    """The clean plan with this fault in it."""
    data = {
        name: library.CHAPTERS[name].dump_python(chapter, mode="json")
        for name, chapter in LOADED.says.items()
        if name not in plant.without
    }
    changes = tuple(Change(at=path, to=value) for path, value in plant.edits.items() if value != "gone")
    decide(data, Decision(id="plant", choice="", reason="", basis="text", changes=changes))
    for path in (path for path, value in plant.edits.items() if value == "gone"):
        *way, last = path.split("/")
        inner: Any = data
        for key in way:
            inner = inner[key]
        del inner[last]
    chapters = {name: library.CHAPTERS[name].validate_python(chapter) for name, chapter in data.items()}
    return Layer.of(chapters, AROUND._replace(**plant.around))


def fired(findings: Iterable[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_every_rule_is_silent_on_a_clean_plan() -> None:
    assert found(layer(Plant())) == {}


def test_every_rule_has_a_planted_fault() -> None:
    assert PLANTS.keys() == RULES.keys()


@pytest.mark.parametrize("name", RULES)
def test_a_planted_fault_makes_its_rule_fire_and_no_other(name: str) -> None:
    plant = PLANTS[name]
    findings = found(layer(plant)).values()
    assert fired(findings) == {name} | plant.also
    for finding in findings:
        assert finding.says, finding
        assert finding.en, finding
        assert finding.do, finding
        assert finding.do_en, finding


def test_every_rule_says_what_it_looks_for_in_chinese_and_english() -> None:
    for rule in RULES.values():
        chinese, mark, english = rule.words.partition(" · ")
        assert mark, rule.name
        assert re.search(r"[一-鿿]", chinese), rule.name
        assert english.endswith("."), rule.name


def test_a_measure_that_counts_at_some_grades_only_leaves_a_gap_with_its_values() -> None:
    gap = found(layer(at("grading/criteria/CL-4.02/counts", ["deaths"])))["range-gap grading/criteria/CL-4.01/missing"]
    assert (gap.says, gap.en) == ("失踪 3 至 9 时没有等级", "missing from 3 to 9 has no grade")
    assert gap.clauses == ("CL-4.01", "CL-4.03")


def test_a_special_floor_beside_general_bands_is_no_gap() -> None:
    special = {
        "clause": "CL-4",
        "grade": "IV",
        "counts": ["direct_loss_yuan"],
        "at_least": 500,
        "source_kinds": ["boiler"],
    }
    general = "grading/criteria/CL-4.09/at_least"
    keys = found(layer(Plant({general: 10000, "grading/criteria/+": {**special, "below": 10000000}})))
    assert [key for key in keys if key.startswith("range-")] == []


def test_a_commander_of_the_level_beside_a_named_one_is_a_fault_until_the_plan_says_who_goes_first() -> None:
    both = {"response/levels/II/commander": ["chief"]}
    assert fired(found(layer(Plant(both))).values()) == {"named-and-by-level"}
    for first in ("named", "level"):
        assert found(layer(Plant({**both, "command/onsite_hq/precedence": first}))) == {}


def test_nobody_need_approve_a_change_of_colour_where_those_of_the_colours_do() -> None:
    assert found(layer(at("warning/adjust/approval", None))) == {}


def test_one_sector_may_be_led_in_an_incident_and_assisted_or_watched_over_by_others() -> None:
    duty = "units/emergency_bureau/duties/duty-coordinate"
    led = {f"{duty}/when/sectors": ["non-coal-mine"]}
    assert found(layer(Plant({**led, f"{duty}/part": "assist"}))) == {}
    assert found(layer(Plant({**led, f"{duty}/phase": "standing"}))) == {}


def test_lists_of_groups_may_name_them_otherwise_where_the_names_are_known() -> None:
    other = {"command/onsite_hq/group_lists/1/names": ["警戒组", "救护组"]}
    assert found(layer(Plant({**other, "groups/group_rescue/aliases": ["救护组"]}))) == {}


def test_a_skill_that_no_unit_has_is_no_fault_of_a_group() -> None:
    assert found(layer(at("groups/group_rescue/tasks/search-plan/skill", "hazmat"))) == {}


@pytest.mark.parametrize("missing", [{"periods": []}, {"repeated_within": None}, {"repeated_count": None}])
def test_attention_is_undefined_while_the_calendar_the_time_or_the_count_is_missing(missing: dict[str, Any]) -> None:
    edits = {f"response/attention/{field}": value for field, value in missing.items()}
    measure = {"response/levels/IV/measures/go-iv/when/circumstances": ["repeated"]}
    assert "attention-undefined" in fired(found(layer(Plant(measure | edits))).values())
    assert "attention-undefined" not in fired(found(layer(Plant(measure))).values())


@pytest.mark.parametrize(
    ("contact", "on", "open_"),
    [
        ({"tested_on": "2026-05-29"}, date(2026, 11, 25), False),
        ({"tested_on": "2026-05-29"}, date(2026, 11, 26), True),
        ({}, date(2026, 11, 25), True),
    ],
)
def test_a_contact_is_too_old_after_the_days_that_the_roster_gives(
    contact: dict[str, str], on: date, open_: bool
) -> None:
    known = {name: Contact(phone="000 0001", **contact) for name in ("fire_brigade", "police_bureau")}
    told = AROUND.roster.model_copy(update={"contacts": known})  # type: ignore[union-attr]  # it has one
    assert fired(found(layer(Plant(around={"roster": told, "on": on}))).values()) == (
        {"contact-untested"} if open_ else set()
    )


def test_a_name_of_nothing_is_a_finding_in_check_and_a_fault_in_load(folder: Path) -> None:
    edit(folder / "disposal.yaml", "owner: enterprise", "owner: nobody")
    (one,) = judge(library.read(folder), AROUND)
    assert (one.file, one.finding.rule, one.counts) == ("disposal.yaml", "reference-to-nothing", True)
    with pytest.raises(library.PlanFault, match=r"disposal.yaml:1 .*owner nobody: expected one of units.yaml"):
        library.load(folder)


def test_a_decision_settles_by_what_it_changes_or_by_judgement_and_the_first_one_is_named(folder: Path) -> None:
    edit(folder / "disposal.yaml", "ends: takeover_or_end", "")
    edit(folder / "response.yaml", "attached: true", "attached: false")
    decisions = [
        {"id": "D1", "choice": "无关", "reason": "-", "basis": "text"},
        {
            "id": "D2",
            "choice": "接管即止",
            "reason": "-",
            "basis": "our_choice",
            "confirmed": True,
            "changes": [{"at": "disposal/ends", "to": "takeover_or_end"}],
        },
        {
            "id": "D3",
            "choice": "通用措施",
            "reason": "-",
            "basis": "our_choice",
            "changes": [{"at": "disposal/ends", "to": "takeover_or_end"}],
            "settles": ["pack-not-attached response/packs/mine-pack"],
        },
    ]
    (folder / "decisions.yaml").write_text(json.dumps(decisions, ensure_ascii=False), "utf-8")
    told = {one.finding.rule: one for one in judge(library.load(folder), AROUND)}
    assert {rule: (one.settled_by, one.confirmed, one.choice) for rule, one in told.items()} == {
        "early-disposal-endless": ("D2", True, "接管即止"),
        "pack-not-attached": ("D3", False, "通用措施"),
    }
    open_ = {one.finding.rule for one in judge(library.read(folder, decided=False), AROUND) if one.counts}
    assert open_ == set(told)


def test_a_claim_to_settle_what_is_not_there_is_a_fault_with_its_line(folder: Path) -> None:
    text = "- id: D1\n  choice: x\n  reason: x\n  basis: text\n  settles: [no-pace response/pace]\n"
    (folder / "decisions.yaml").write_text(text, "utf-8")
    (one,) = judge(library.load(folder), AROUND)
    assert (one.finding.rule, one.file, one.line, one.counts) == ("settles-nothing", "decisions.yaml", 5, True)


def test_what_national_rules_fill_is_settled_by_them(folder: Path) -> None:
    edit(folder / "reporting.yaml", "every: P1D", "")
    told = {one.finding.rule: one.settled_by for one in judge(library.load(folder), AROUND)}
    assert told == {"no-follow-up": "national"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the clean plan, to spoil."""
    return Path(shutil.copytree(CLEAN, tmp_path / "clean"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
