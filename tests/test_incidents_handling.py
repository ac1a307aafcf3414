"""Reports beside the chain: past a level with a copy, classified ones as a mark, late and false ones by name."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from incidents import handling, recovery, reporting
from incidents.view import first_page
from plans.schema import Plan
from tests import test_incidents_incident as core
from tests.support import PLAN
from tests.test_incidents_incident import Desk

PAST: dict[str, Any] = {
    "sender": "site_emergency_bureau",
    "to": "region_emergency_department",
    "past": "municipal_hq_office",
    "reason": "市县专线中断",
    "via": "卫星电话",
}
LATE: dict[str, Any] = {"fault": "late", "sender": "municipal_hq_office", "words": "专线中断", "remedy": "补报"}


def rule(kind: str) -> tuple[str, ...]:
    return next(rule.clauses for rule in PLAN.reporting.handling if rule.kind == kind)


def under(monkeypatch: pytest.MonkeyPatch, **change: Any) -> None:
    """The plan with its first rule of handling for skipping a level changed."""
    told = tuple(one.model_copy(update=change) if one.kind == "skip_level" else one for one in PLAN.reporting.handling)
    changed: Plan = PLAN.model_copy(update={"reporting": PLAN.reporting.model_copy(update={"handling": told})})
    monkeypatch.setattr(core.Desk, "plan", changed)


def test_a_report_past_a_level_states_its_reason_and_who_was_passed_over_gets_a_copy() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(handling.SkipLevel, **PAST, as_at=desk.now)
    entry = next(entry for entry in desk.entries if entry.kind == "level_skipped")
    assert (entry.clauses, entry.data["figures"]) == (rule("skip_level"), {"deaths": 1})
    copy = desk.record.notices["N-past"]
    assert list(copy.recipients) == ["municipal_hq_office"]
    assert PLAN.units["region_emergency_department"].name in copy.text


def test_whoever_the_plan_does_not_let_skip_a_level_is_refused_by_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(deaths=1, verified=True)
    for by in (None, ("municipal_general_hq",)):
        under(monkeypatch, by=by)
        refusal = desk.refused(handling.SkipLevel, **PAST, as_at=desk.now)
        assert (refusal.kind, refusal.clauses) == ("plan", rule("skip_level"))
    under(monkeypatch, by=("site_emergency_bureau",))
    desk.does(handling.SkipLevel, **PAST, as_at=desk.now)


@pytest.mark.parametrize("wrong", [{"past": "region_emergency_department"}, {"to": "nobody"}, {"past": "nobody"}])
def test_a_skipped_level_is_a_third_unit_of_the_plan(wrong: dict[str, str]) -> None:
    desk = Desk(deaths=1, verified=True)
    assert desk.refused(handling.SkipLevel, **{**PAST, **wrong}, as_at=desk.now).kind == "form"


def test_of_a_classified_report_only_the_mark_and_the_time_stay_and_its_deadline_is_met() -> None:
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=30)
    desk.does(handling.RecordClassified, to="city_party_committee", clock="paper-party")
    entry = next(entry for entry in desk.entries if entry.kind == "classified_sent")
    assert (entry.clauses, entry.true_at) == (rule("classified"), desk.now)
    assert entry.data == {"to": "city_party_committee", "clock": "paper-party"}
    assert desk.verdicts()["paper-party"] == "met"
    assert not {"words", "text", "figures"} & handling.RecordClassified.model_fields.keys()
    with pytest.raises(ValidationError, match="words"):
        desk.does(handling.RecordClassified, to="city_party_committee", words="内容")


def test_a_classified_report_is_one_that_is_owed_or_none() -> None:
    desk = Desk(deaths=3, verified=True)
    desk.does(handling.RecordClassified, to="city_party_committee")
    desk.does(handling.RecordClassified, to="city_party_committee", clock="paper-party")
    assert desk.refused(handling.RecordClassified, to="city_party_committee", clock="paper-party").kind == "form"
    assert desk.refused(handling.RecordClassified, to="nobody").kind == "form"


def test_a_late_report_is_explained_on_the_first_page_and_its_deadline_stays_late() -> None:
    desk = Desk(deaths=1, verified=True)
    on_time = desk.refused(handling.FlagReport, **LATE, clock="phone-party")
    assert (on_time.kind, "not late" in on_time.reason) == ("form", True)
    desk.wait(minutes=15)
    desk.does(reporting.SendReport, clock="phone-party", via="电话", as_at=desk.now)
    desk.does(handling.FlagReport, **LATE, clock="phone-party")
    assert desk.entries[-1].clauses == rule("forbidden")
    assert desk.verdicts()["phone-party"] == "late"
    (told,) = first_page(desk.record)["report_faults"]
    assert (told["fault"], told["report"], told["remedy"]) == ("late", "phone-party", "补报")


def test_a_late_report_is_always_one_of_those_owed_and_a_concealed_one_may_be_known_from_elsewhere() -> None:
    desk = Desk(deaths=1, verified=True)
    for clock in ("", "nothing"):
        assert desk.refused(handling.FlagReport, **LATE, clock=clock).kind == "form"
    concealed = {"fault": "concealed", "sender": "enterprise", "words": "瞒报一人", "remedy": "移交调查"}
    desk.does(handling.FlagReport, **concealed)
    assert desk.refused(handling.FlagReport, **{**concealed, "sender": "nobody"}).kind == "form"


def test_what_comes_to_light_after_the_archive_is_still_flagged() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.report_all()
    desk.end_scene()
    lifting = list(desk.record.approvals)[-1]
    desk.does(core.approval.Decide, "王", core.DEPUTY, approval=lifting)
    desk.does(core.approval.Sign, "王", core.DEPUTY, approval=lifting)
    for task in [task.id for task in desk.record.tasks.values() if task.state in ("given", "asked", "held")]:
        desk.does(core.work.CompleteTask, task=task, outcome="not_applicable", words="无此情形")
    desk.does(recovery.Archive, keeper="档案室")
    desk.does(handling.FlagReport, fault="false", sender="enterprise", words="少报二人", remedy="更正")
    assert json.loads(desk.record.model_dump_json())["report_faults"][0]["fault"] == "false"
