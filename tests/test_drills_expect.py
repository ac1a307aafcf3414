"""Each kind of expectation, met and unmet, on one played case: an ordinary accident of level IV."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from drills import case as cases
from drills.expect import Expectation, Expected, Log, judge
from tests.playing import play
from tests.support import PLAN

CASE = cases.read(cases.find("level-iv"))
KINDS: TypeAdapter[Expectation] = TypeAdapter(Expected)


def at(clock: str) -> str:
    """An instant of the case's first day."""
    return f"2025-05-12T{clock}+08:00"


# What came so, and a change of one field by which it would not have; both read from the script by hand.
TOLD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"what": "level", "at": at("14:30"), "level": "IV"}, {"at": at("14:28")}),
    ({"what": "level", "at": at("14:28")}, {"level": "IV"}),
    ({"what": "grade", "at": at("14:08"), "computed": "IV"}, {"computed": "III"}),
    ({"what": "grade", "at": at("18:00"), "standing": "IV"}, {"standing": "II"}),
    ({"what": "commander", "at": at("16:00"), "post": "site_duty_leader"}, {"post": "hq_head"}),
    ({"what": "phase", "at": at("14:28"), "phase": "early_disposal"}, {"phase": "response"}),
    ({"what": "figures", "at": at("17:31"), "figures": {"trapped": 0}}, {"at": at("17:29")}),
    ({"what": "figures", "at": at("14:06:30"), "figures": {}}, {"figures": {"trapped": 2}}),
    ({"what": "clock", "clock": "side-procuratorate", "verdict": "late"}, {"verdict": "met"}),
    ({"what": "clock", "clock": "own-government", "verdict": "met", "due": at("16:05")}, {"due": at("16:07")}),
    ({"what": "clock", "clock": "own-government", "verdict": "met", "done": at("15:15")}, {"done": at("15:17")}),
    ({"what": "clock", "clock": "verify", "verdict": "met"}, {"clock": "verified"}),
    (
        {"what": "signature", "approval": "A1", "stage": "decide", "by": "hq_head", "form": "in_system"},
        {"form": "oral"},
    ),
    ({"what": "signature", "approval": "A1", "stage": "sign", "by": "deputy_commander_bureau"}, {"by": "hq_head"}),
    ({"what": "signature", "approval": "A1", "stage": "sign", "by": "deputy_commander_bureau"}, {"answer": "no"}),
    (
        {"what": "signature", "approval": "A2", "stage": "decide", "by": "hq_head", "hand": "signed"},
        {"hand": "disputed"},
    ),
    ({"what": "no-signature", "approval": "A2", "stage": "sign"}, {"stage": "decide"}),
    ({"what": "no-signature", "approval": "A2", "stage": "sign"}, {"approval": "A9"}),
    (
        {"what": "notice", "notice": "N-level-IV", "unit": "fire_brigade", "state": "acknowledged"},
        {"unit": "industry_regulator"},
    ),
    (
        {"what": "notice", "notice": "N-level-IV", "unit": "industry_regulator", "state": "unreached"},
        {"notice": "N-none"},
    ),
    ({"what": "message", "to": "fire_brigade", "says": "III级应急响应", "never": True}, {"says": "IV级应急响应"}),
    ({"what": "message", "to": "fire_brigade", "says": "IV级应急响应", "by": at("14:30")}, {"by": at("14:28")}),
    ({"what": "task", "task": "member-support", "state": "done"}, {"state": "given"}),
    ({"what": "refusal", "verb": "draft-release", "class": "plan"}, {"class": "hard"}),
    ({"what": "refusal", "verb": "sign", "class": "plan"}, {"verb": "decide"}),
    ({"what": "entry", "kind": "level_ordered", "times": 1}, {"times": 2}),
    ({"what": "entry", "kind": "onsite_hq_formed", "times": 0}, {"times": None}),
    ({"what": "entry", "kind": "level_ordered", "data": {"level": "IV"}}, {"data": {"level": "III"}}),
    ({"what": "entry", "kind": "level_ordered", "by": at("14:30")}, {"by": at("14:28")}),
    ({"what": "entry", "kind": "level_ordered", "after": at("14:28")}, {"after": at("14:30")}),
]


@pytest.fixture(scope="module")
def log() -> Log:
    told = play(CASE, PLAN)
    refused = [(one.said.verb, one.refusal) for scene in told.scenes for one in scene.refused]
    return Log(told.entries, told.record, refused, told.entries[0].known_at - CASE.starts_at)


@pytest.mark.parametrize(("expected", "change"), TOLD)
def test_it_is_met_and_with_one_change_it_is_not(
    log: Log, expected: Mapping[str, Any], change: Mapping[str, Any]
) -> None:
    one, other = KINDS.validate_python(expected), KINDS.validate_python({**expected, **change})
    met, unmet = judge((one, other), log)
    assert met.met, met.found
    assert not unmet.met, unmet.found


def test_every_kind_is_in_the_table_and_is_told_in_two_languages() -> None:
    kinds = {get_args(kind.model_fields["what"].annotation)[0] for kind in get_args(get_args(Expected)[0])}
    assert {expected["what"] for expected, _ in TOLD} == kinds
    for expected, _ in TOLD:
        zh, en = KINDS.validate_python(expected).words(PLAN)
        assert zh
        assert en
        assert zh != en


def test_what_a_unit_is_told_is_the_text_with_its_own_duty(log: Log) -> None:
    duty = {"what": "message", "to": "site_emergency_bureau", "says": "赶赴现场组织处置"}
    assert KINDS.validate_python(duty).met(log)
    assert not KINDS.validate_python({**duty, "to": "health_commission"}).met(log), "another's duty is not theirs"


def test_a_record_that_was_not_yet_known_does_not_count(log: Log) -> None:
    """The figures came in at 17:30; that they were right before is not the question."""
    early = {"what": "figures", "at": at("17:29:30"), "figures": {"serious_injuries": 1}}
    assert not KINDS.validate_python(early).met(log)
