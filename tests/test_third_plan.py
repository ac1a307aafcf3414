"""A third plan, of a fictional city, through the same code: each level from the first call to the archive, each colour
of warning, against tables that were written from its prose (tests/yunling.py)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from drills import case as cases
from drills.case import Case
from drills.check import faults
from incidents.incident import fold
from incidents.logbook import verify
from incidents.record import Approval, Record
from plans import library, roster
from plans.coverage import coverage
from plans.lint import Around, judge
from plans.schema import ApprovalRule
from tests import yunling
from tests.playing import Played, play
from tests.yunling import (
    CALLED,
    CHAIR,
    CLOCKS,
    COMMANDERS,
    COUNTY,
    DIRECTOR,
    FIRST_CHAIR,
    GROUPS,
    HEAD,
    LEADS,
    LEVELS,
    MAYOR_IN_CHARGE,
    NEIGHBOURS,
    PACE,
    PROVINCE,
    RELEASES,
    SCENE_ENDS,
    TOLD_IV,
    WARNINGS,
    Agree,
)

LOADED = library.load(yunling.FOLDER)
PLAN = LOADED.plan
PROSE = (yunling.FOLDER / "prose.md").read_text("utf-8")
FINISHED = {"IV": "level-iv", "III": "level-iii", "II": "level-ii", "I": "level-i"}


def case(name: str) -> Case:
    return cases.read(yunling.FOLDER / "cases" / f"{name}.yaml")


@cache
def played(name: str) -> Played:
    return play(case(name), PLAN)


def minute(name: str, at: datetime) -> str:
    """When it was, as the case tells time."""
    told = at - (played(name).entries[0].known_at - case(name).starts_at)
    return f"{told.astimezone(case(name).starts_at.tzinfo):%d %H:%M}"


def agreed(rule: ApprovalRule | None) -> Agree:
    """An approval of the plan in the table's shape."""
    assert rule is not None
    posts = {stage.stage: stage.posts for stage in rule.stages}
    proposal = (rule.proposal.by, rule.proposal.to) if rule.proposal else None
    return Agree(posts["decide"], posts.get("sign", ()), rule.upward, proposal)


def asked(approval: Approval) -> Agree:
    """An approval as it was really asked for; who laid it before whom is not told again."""
    posts = {stage.stage: stage.posts for stage in approval.stages}
    return Agree(posts["decide"], posts.get("sign", ()), approval.upward)


def gave(approval: Approval) -> list[tuple[str, str]]:
    return [(act.stage, act.post) for act in approval.acts]


# -- the plan ----------------------------------------------------------------------------------------------------------


def test_it_is_fictional_says_so_and_is_offered_to_nobody() -> None:
    assert "虚构" in PLAN.about.title
    assert "虚构" in PROSE.splitlines()[0]
    assert PLAN.name not in library.shipped()
    assert roster.read(yunling.FOLDER / roster.EXAMPLE).example


def test_every_sentence_of_its_prose_is_a_clause_and_every_clause_has_a_home() -> None:
    rows = library.clause_rows(yunling.FOLDER)
    assert re.findall(r"^- \*\*(\S+)\*\*", PROSE, re.M) == [row.clause for row in rows]
    told = coverage(PLAN, rows, (), ())
    assert told.unhomed == ()
    assert [item.clause for item in told.outside] == ["YL-12.4-02"]


def test_every_chapter_is_there_and_the_linter_finds_no_fault_without_a_single_decision() -> None:
    assert PLAN.silent == ()
    assert PLAN.decisions == ()
    people = roster.read(yunling.FOLDER / roster.EXAMPLE)
    national = library.national_fields()
    around = Around(
        national=PLAN.national.statutory,
        national_fields=national,
        clauses=LOADED.clauses,
        sections=library.sections(yunling.FOLDER),
        roster=people,
        on=date(2026, 11, 26),
    )
    assert judge(LOADED, around) == ()
    assert list(roster.faults(people, PLAN)) == []


def test_deciders_signatories_and_those_above_them_are_as_the_prose_has_them() -> None:
    assert {level: agreed(rule.approval) for level, rule in PLAN.response.levels.items()} == LEVELS
    warning = PLAN.warning
    assert warning is not None
    assert {name: (told.grade, agreed(told.approval)) for name, told in warning.colours.items()} == {
        name: (colour.grade, colour.agree) for name, colour in WARNINGS.items()
    }
    ends = {level: PLAN.termination.scene_end_for(level).stages[0].posts for level in PLAN.response.levels}
    assert ends == SCENE_ENDS
    assert PLAN.release is not None
    told = {grade: (r.publisher, *r.approved_by) for r in PLAN.release.rules for grade in r.when.grades}
    assert told == RELEASES


# -- an incident of each level -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*FINISHED.values(), *(f"warning-{c}" for c in WARNINGS)])
def test_a_case_can_be_played_and_only_what_should_be_refused_is(name: str) -> None:
    assert not list(faults(case(name), PLAN))
    refused = [(scene.line.refused if scene.line else "") for scene in played(name).scenes for _ in scene.refused]
    assert refused == [line.refused for line in case(name).script if line.refused]


@pytest.mark.parametrize(("level", "name"), FINISHED.items())
def test_an_incident_of_each_level_goes_from_the_first_call_to_the_closed_file(level: str, name: str) -> None:
    told = played(name)
    assert told.record.phase == "closed"
    assert verify(told.entries) == told.record.head
    assert fold(Record(id="played", kind="drill"), told.entries) == told.record
    started = [entry.data["level"] for entry in told.entries if entry.kind == "level_ordered"]
    assert started == (["III", "I"] if level == "I" else [level])


DECIDED: Mapping[str, Mapping[str, list[tuple[str, str]]]] = {
    "level-iv": {
        "level IV": [("decide", DIRECTOR), ("sign", "bureau_chief")],
        "scene_end": [("decide", DIRECTOR)],
        "lift": [("decide", DIRECTOR), ("sign", "bureau_chief")],
    },
    "level-iii": {
        "level III": [("decide", "bureau_chief"), ("sign", HEAD)],
        "release": [("decide", HEAD)],
        "scene_end": [("decide", "bureau_chief")],
        "lift": [("decide", "bureau_chief"), ("sign", HEAD)],
    },
    "level-ii": {
        "level II": [("decide", CHAIR), ("sign", CHAIR)],
        "scene_end": [("decide", CHAIR)],
        "lift": [("decide", CHAIR), ("sign", CHAIR)],
    },
    "level-i": {
        "level III": [("decide", "bureau_chief"), ("sign", HEAD)],
        # Raised by those of the level that is aimed at.
        "level I": [("decide", CHAIR), ("sign", FIRST_CHAIR)],
        "scene_end": [("decide", FIRST_CHAIR)],
        "lift": [("decide", CHAIR), ("sign", FIRST_CHAIR)],
    },
}


@pytest.mark.parametrize("name", DECIDED)
def test_who_decided_and_signed_each_step(name: str) -> None:
    every = played(name).record.approvals.values()
    found = {f"{one.what} {one.level}" if one.what == "level" else one.what: gave(one) for one in every}
    assert found == DECIDED[name]
    for one in every:
        if one.what == "level":
            assert asked(one) == LEVELS[one.level or ""]._replace(proposal=None)
    assert all(act.hand == "signed" for one in every for act in one.acts)


COMMANDED = {
    "level-iv": [("02 10:00", COUNTY), ("02 10:10", COUNTY)],
    "level-iii": [("02 10:00", COUNTY), ("02 10:10", COUNTY), ("02 10:50", MAYOR_IN_CHARGE)],
    "level-ii": [
        ("02 10:00", COUNTY), ("02 10:10", COUNTY), ("02 10:50", MAYOR_IN_CHARGE), ("02 11:30", HEAD),
        ("02 16:10", PROVINCE),
    ],
    "level-i": [("02 10:00", COUNTY), ("02 10:10", COUNTY), ("02 10:50", MAYOR_IN_CHARGE), ("02 12:30", CHAIR)],
}  # fmt: skip


@pytest.mark.parametrize(("level", "name"), FINISHED.items())
def test_who_commanded_at_each_instant(level: str, name: str) -> None:
    told = [(minute(name, one.since), one.post) for one in played(name).record.commands]
    assert told == COMMANDED[name]
    assert {post for _, post in told} - {COUNTY, PROVINCE} <= set(COMMANDERS[level])
    assert told[-1][1] in (COUNTY, PROVINCE, *COMMANDERS[level][:1])


@pytest.mark.parametrize(("level", "name"), FINISHED.items())
def test_which_units_are_called_and_which_are_only_told(level: str, name: str) -> None:
    notices = played(name).record.notices
    called = {unit for one in notices.values() if one.id.startswith("N-level-") for unit in one.recipients}
    by_kind = {"housing_office"} if level == "IV" else set()
    assert called == CALLED[level] | by_kind
    if level == "IV":
        assert set(notices["N-inform-IV"].recipients) == TOLD_IV
    assert called <= set(notices["N-lifted"].recipients), "whoever was called hears of the end"


@pytest.mark.parametrize(("level", "name"), FINISHED.items())
def test_the_groups_on_scene_and_who_leads_them(level: str, name: str) -> None:
    found = {e.data["group"]: e.data["lead"] for e in played(name).entries if e.kind == "group_formed"}
    chemical = {"group_monitoring"} if case(name).facts["sector"] in ("hazardous-chemicals", "fireworks") else set()  # type: ignore[index]
    groups = set() if level == "IV" else GROUPS | chemical
    assert found == {group: LEADS[group] for group in groups}


@pytest.mark.parametrize(("grade", "name"), FINISHED.items())
def test_every_clock_with_its_start_its_length_its_leg_and_its_addressee(grade: str, name: str) -> None:
    told, facts = played(name), played(name).record.known()
    starts = {"received": facts.received_at, "heard": facts.heard_at}
    first = {clock.rule: clock for clock in told.record.clocks.values() if clock.rule == clock.id}
    owed = dict(CLOCKS[grade])
    if facts.circumstances:
        owed["neighbours"] = NEIGHBOURS
    if grade == "I":
        # It was a serious accident for an hour.
        owed |= CLOCKS["III"]
    found = {
        rule: (clock.starts_at, clock.due_at - clock.starts_at, clock.leg, clock.addressee)
        for rule, clock in first.items()
    }
    assert found == {
        rule: (starts[limit.starts], timedelta(minutes=limit.minutes), limit.leg, limit.to)
        for rule, limit in owed.items()
    }
    late = {rule for rule, clock in first.items() if clock.verdict == "late"}
    # The script sends it after 44 minutes of 40.
    assert late == ({"paper-province"} if "paper-province" in owed else set())


def test_follow_ups_go_on_every_three_hours_from_a_major_accident_on() -> None:
    clocks = played("level-ii").record.clocks.values()
    own = [clock for clock in clocks if clock.rule == "city-follow-up-major"]
    assert len(own) > 10
    assert {clock.due_at - clock.starts_at for clock in own} == {timedelta(hours=3)}
    assert own[-1].verdict == "not_due", "the response was lifted"


def test_the_final_report_is_owed_three_days_after_the_lifting() -> None:
    told = played("level-iii").record
    due = told.tasks["final-report"].due_at
    assert told.lifted_at is not None
    assert due is not None
    assert due - told.lifted_at == timedelta(days=3)


# -- one after another: silence, lowering ------------------------------------------------------------------------------


def test_silence_is_reminded_passed_on_and_carried_upward_at_the_plans_own_pace() -> None:
    quiet = case("level-iv").model_copy(update={"leaders": {}, "lasts": timedelta(hours=2)})
    told = play(quiet, PLAN)
    (level,) = told.record.approvals.values()
    chased = [entry for entry in told.entries if entry.kind == "approval_chased"]
    assert [(e.true_at - level.asked_at, e.data["step"]) for e in chased] == [
        (timedelta(minutes=PACE[0]), "reminded"),
        (timedelta(minutes=PACE[1]), "substitutes asked"),
        (timedelta(minutes=PACE[2]), "asked upward"),
    ]
    assert set(told.record.notices["N-A1-decide-2"].recipients) == {"bureau_chief"}
    assert set(told.record.notices["N-A1-decide-3"].recipients) == set(LEVELS["IV"].upward)
    assert told.record.level is None


def test_a_spoken_word_is_signed_within_twelve_hours() -> None:
    hand = played("level-iv").record.clocks["hand-A1-sign"]
    assert hand.due_at - hand.starts_at == timedelta(minutes=PACE[3])


def test_a_level_is_lowered_by_those_of_the_level_that_stands() -> None:
    before = case("level-i")
    (last,) = [n for n, line in enumerate(before.script) if line.given.get("post") == CHAIR]
    line = before.script[last].model_copy(
        update={
            "at": before.script[last].at + timedelta(hours=3),
            "do": "propose-level",
            "given": {"level": "II", "matter": "降为二级", "expected_duration": "P1D", "reason": "火势受控"},
        }
    )
    script = (*before.script[: last + 1], line)
    told = play(before.model_copy(update={"script": script, "lasts": timedelta(hours=12)}), PLAN)
    lowered = list(told.record.approvals.values())[-1]
    assert asked(lowered) == LEVELS["I"]._replace(proposal=None)
    assert told.record.level == "II"


# -- a warning of each colour ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", WARNINGS)
def test_a_warning_of_each_colour_is_determined_published_and_owed_by_whom_the_prose_says(colour: str) -> None:
    name = f"warning-{colour}"
    told, own = played(name), WARNINGS[colour]
    (approval,) = told.record.approvals.values()
    assert asked(approval) == own.agree._replace(proposal=None)
    assert [post for _, post in gave(approval)] == [post for post in case(name).leaders if post in own.agree.decide][:1]
    edition = told.record.warned().editions[0]
    assert (edition.colour, set(edition.content)) == (colour, set(yunling.CONTENT) - FILLED)
    assert set(told.record.notices["N-publish"].recipients) == {yunling.PUBLISHER}
    below = list(WARNINGS)[: list(WARNINGS).index(colour) + 1]
    owed = {task: unit for one in below for task, unit in WARNINGS[one].owes.items()}
    found = {task.rule: task.owner for task in told.record.tasks.values()}
    assert owed.items() <= found.items()
    beyond = {task for one in WARNINGS if one not in below for task in WARNINGS[one].owes}
    assert not beyond & found.keys()
    assert told.record.phase == "warning_over"
    assert verify(told.entries) == told.record.head


FILLED = {"colour", "valid-from", "valid-until", "issued-at"}
"""What the system writes in by itself."""


def test_a_warning_without_an_end_of_its_own_is_over_after_a_day() -> None:
    edition = played("warning-blue").record.warned().editions[0]
    (over,) = [entry.true_at for entry in played("warning-blue").entries if entry.kind == "warning_expired"]
    assert over - edition.valid_from == timedelta(hours=yunling.VALID_HOURS)


def test_a_change_of_colour_needs_the_experts_the_director_and_who_determines_the_new_one() -> None:
    told = played("warning-changed")
    assert [(one.what, gave(one)) for one in told.record.approvals.values()] == [
        ("warning", [("decide", DIRECTOR)]),
        # The director determines blue and agrees to the change: one word.
        ("warning_adjust", [("decide", DIRECTOR)]),
        ("warning_adjust", [("decide", "bureau_chief")]),
        # Lifted by who determines yellow.
        ("warning_lift", [("decide", "bureau_chief")]),
    ]
    (refused,) = [one.refusal for s in told.scenes for one in s.refused if one.said.verb == "adjust-warning"]
    assert "市应急专家库" in refused.zh
    assert told.record.tasks["tell-the-change"].owner == "command_centre"


def test_an_emergency_goes_out_on_two_officers_words_and_is_determined_within_the_hour() -> None:
    told = played("warning-urgent")
    kinds = [entry.kind for entry in told.entries if entry.kind.startswith("warning_")]
    assert kinds[1:5] == ["warning_submitted", "warning_seconded", "warning_published", "warning_determined"]
    clock = told.record.clocks["determine-1"]
    assert (clock.due_at - clock.starts_at, clock.verdict) == (timedelta(hours=1), "met")
