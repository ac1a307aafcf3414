"""What a county's plan asks that a city's does not: reports by any of several facts, levels started above, a
headquarters that is handed upward, whoever was named going first, times of special attention."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from incidents import approval, commander, facts, handling, onsite, release, reporting, response
from incidents.incident import fold, pass_time
from incidents.logbook import verify
from incidents.record import Record
from incidents.view import first_page, shown
from plans.schema import Grade, Plan, When
from tests.county import CHIEF, CITY, COUNTY, HEAD, REGION, SITE, START, CountyDesk, spoken

HQ = COUNTY.command.onsite_hq
assert HQ is not None
FAST = {rule.id for rule in COUNTY.reporting.rules if rule.triggers}
TRIGGERS = {trigger.id: trigger.clauses for trigger in COUNTY.reporting.rules[0].triggers}


def four(desk: CountyDesk, **asks: Any) -> None:
    told = {"matter": "启动四级响应", "expected_duration": "PT24H", **asks}
    desk.does(response.ProposeLevel, level="IV", **told)
    desk.agrees(HEAD)
    assert desk.record.level == "IV"


def above(level: Grade, post: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "level": level,
        "matter": f"上级启动{level}级响应",
        "expected_duration": "P2D",
        **spoken(post),
        "said_at": at,
        "via": "电话",
        "words": f"启动{level}级响应",
        **more,
    }


# -- reports that several facts make due -------------------------------------------------------------------------------


def test_an_ordinary_accident_that_threatens_nothing_owes_no_fast_report() -> None:
    assert FAST & CountyDesk(deaths=1).verdicts().keys() == set()


@pytest.mark.parametrize(
    ("told", "trigger"),
    [
        ({"deaths": 3}, "serious-or-above"),
        ({"circumstances": ["residents_threatened"]}, "homes-or-facilities"),
        ({"circumstances": ["important_facility"]}, "homes-or-facilities"),
        ({"circumstances": ["border_area"]}, "border"),
        ({"circumstances": ["social_influence"]}, "social-influence"),
        ({"circumstances": ["support_needed"]}, "city-support"),
        ({"circumstances": ["other_reportable"]}, "otherwise-reportable"),
    ],
)
def test_any_one_of_the_six_facts_makes_the_fast_reports_due_and_the_sent_one_cites_it(
    told: dict[str, Any], trigger: str
) -> None:
    desk = CountyDesk(**{"deaths": 1, **told})
    assert desk.verdicts().keys() >= FAST
    clock = desk.record.clocks["region-hq-fast"]
    assert (clock.triggers, clock.due_at) == ((trigger,), START + timedelta(hours=1))
    desk.does(reporting.SendReport, clock=clock.id, via="电话", as_at=desk.now)
    (done,) = [e for e in desk.kinds("clock_done") if e.data["clock"] == clock.id]
    assert set(done.clauses) & {c for clauses in TRIGGERS.values() for c in clauses} == set(TRIGGERS[trigger])


def test_a_fact_that_comes_later_starts_the_clock_and_one_that_joins_it_is_cited_too() -> None:
    desk = CountyDesk(deaths=1)
    desk.wait(minutes=30)
    desk.learns(circumstances=["support_needed"])
    assert desk.record.clocks["city-hq-fast"].triggers == ("city-support",)
    desk.learns(deaths=3)
    assert len([clock for clock in desk.record.clocks.values() if clock.rule == "city-hq-fast"]) == 1, "it is owed once"
    desk.does(reporting.SendReport, clock="city-hq-fast", via="电话", as_at=desk.now)
    (done,) = [e for e in desk.kinds("clock_done") if e.data["clock"] == "city-hq-fast"]
    assert set(done.clauses) >= {*TRIGGERS["city-support"], *TRIGGERS["serious-or-above"]}


def lowered(desk: CountyDesk) -> None:
    desk.learns(deaths=1)
    desk.does(facts.LowerGrade, f"{HEAD}本人", HEAD, reason="重复统计更正")
    assert desk.record.standing() == "IV"


def test_a_grade_that_falls_ends_the_fast_report_only_where_no_other_fact_asks_for_it() -> None:
    alone = CountyDesk(deaths=3)
    lowered(alone)
    assert {alone.verdicts()[name] for name in FAST} == {"not_due"}
    ends = [e for e in alone.kinds("clock_void") if e.data["clock"] == "region-hq-fast"]
    assert "须报的情形" in ends[-1].data["fact"], "the grade is one of the facts, not a condition of its own"
    both = CountyDesk(deaths=3, circumstances=["border_area"])
    lowered(both)
    assert {both.verdicts()[name] for name in FAST} == {"running"}


def test_a_skipped_level_is_told_to_whoever_was_passed_over_and_to_three_more_at_once() -> None:
    desk = CountyDesk(deaths=1)
    past = {"to": "city_hq", "past": "county_hq_office", "reason": "专线中断", "via": "卫星电话", "as_at": desk.now}
    desk.does(handling.SkipLevel, sender="site_emergency_office", **past)
    assert set(desk.record.notices["N-past"].recipients) == {
        "county_hq_office",
        "emergency_bureau",
        "county_party_office",
        "county_government_office",
    }
    desk.does(handling.SkipLevel, sender="emergency_bureau", **past)
    last = list(desk.record.notices)[-1]
    assert "emergency_bureau" not in desk.record.notices[last].recipients, "nobody is told what it did itself"


# -- a level that is started above -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "post", "deaths"), [("III", CITY, 3), ("II", REGION, 10), ("I", "state_leader", 30)])
def test_a_level_that_a_body_above_has_started_is_ordered_as_it_was_said_and_its_hand_is_chased(
    level: Grade, post: str, deaths: int
) -> None:
    desk = CountyDesk(deaths=deaths)
    desk.wait(minutes=20)
    said_at = desk.now - timedelta(minutes=5)
    kinds = desk.does(response.RecordStartAbove, **above(level, post, said_at))
    assert kinds[:2] == ["proposed", "approval_answered"]
    assert (desk.record.level, desk.record.phase, desk.record.ordered_at) == (level, "response", said_at)
    (answered,) = desk.kinds("approval_answered")
    assert answered.clauses == COUNTY.response.levels[level].approval.stages[0].clauses
    assert (answered.true_at, answered.data["act"]["user"]) == (said_at, f"{post}本人")
    (act,) = desk.record.approvals["A1"].acts
    assert act.hand != "signed", "what was only spoken waits for its hand"
    assert f"N-level-{level}" in desk.record.notices
    desk.wait(days=2)
    assert desk.verdicts()["hand-A1-decide"] == "overdue"
    verify(desk.entries)
    blank = Record(id=desk.record.id, plan=COUNTY.name, plan_hash=desk.record.plan_hash)
    assert fold(blank, desk.entries) == desk.record


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"level": "IV"}, "plan", "use propose-level"),
        ({"post": REGION}, "plan", f"expected one of {CITY}"),
        ({"post": HEAD}, "plan", f"expected one of {CITY}"),
        ({"said_at": START + timedelta(hours=1)}, "form", "not in the future"),
        ({"said_at": START - timedelta(minutes=11)}, "form", "not before the accident"),
        ({"form": "paper"}, "form", "number"),
        ({"form": "elsewhere"}, "form", "number"),
    ],
)
def test_a_start_above_is_refused_where_it_is_started_here_or_was_not_said_so(
    change: dict[str, Any], kind: str, words: str
) -> None:
    desk = CountyDesk(deaths=3)
    asked = {**above("III", CITY, desk.now), "reason": "先按四级", **change}
    refusal = desk.refused(response.RecordStartAbove, **asked)
    assert (refusal.kind, words in refusal.reason) == (kind, True)
    assert desk.record.approvals == {}
    with pytest.raises(ValidationError, match="form"):
        desk.does(response.RecordStartAbove, **{**asked, "form": "in_system"})


def test_a_start_above_in_writing_stands_with_its_number() -> None:
    desk = CountyDesk(deaths=3)
    desk.does(response.RecordStartAbove, **above("III", CITY, desk.now, form="paper", number="贺应急〔2026〕1号"))
    (answered,) = desk.kinds("approval_answered")
    assert (desk.record.level, answered.data["number"]) == ("III", "贺应急〔2026〕1号")


def test_a_start_above_supersedes_what_was_asked_and_not_answered() -> None:
    desk = CountyDesk(deaths=3)
    desk.does(response.ProposeLevel, level="III", matter="报请启动", expected_duration="P2D")
    desk.does(response.RecordStartAbove, **above("III", CITY, desk.now))
    assert desk.record.approvals["A1"].state == "superseded"
    assert desk.record.level == "III"


# -- the headquarters on scene -----------------------------------------------------------------------------------------


def test_the_headquarters_stands_from_the_report_on_and_has_its_groups_by_the_order_alone() -> None:
    desk = CountyDesk(deaths=1)
    (formed,) = desk.kinds("onsite_hq_formed")
    assert (formed.true_at, formed.clauses) == (START, HQ.clauses)
    assert desk.record.onsite is not None
    assert (desk.record.onsite.formation, desk.record.onsite.groups) == ("township", {})
    own = {task.rule for task in desk.record.tasks.values() if task.owner == HQ.unit}
    assert {"run-rescue", "make-disposal-plan"} <= own
    assert not own & {work.id for work in HQ.tasks if work.when.levels}, "work of a level waits for it"
    assert shown(desk.record)
    assert first_page(desk.record)
    four(desk)
    assert desk.record.onsite.formation == "county"
    assert set(desk.record.onsite.groups) == {"group_rescue", "group_health", "group_security"}
    assert pass_time(COUNTY, desk.record, desk.now) == ()


def test_it_is_handed_upward_level_by_level_and_its_work_goes_on() -> None:
    desk = CountyDesk(deaths=1)
    four(desk)
    tasks = set(desk.record.tasks)
    desk.learns(deaths=3)
    desk.wait(minutes=5)
    desk.does(response.RecordStartAbove, **above("III", CITY, desk.now))
    desk.learns(deaths=12)
    desk.wait(minutes=5)
    desk.does(response.RecordStartAbove, **above("II", REGION, desk.now))
    told = [(e.data["formation"], e.clauses) for e in desk.kinds("onsite_hq_reformed")]
    names = ["township", "county", "county-with-city", "region-with-city"]
    assert told == [(one.id, one.clauses) for name in names for one in HQ.formations if one.id == name]
    assert len(desk.kinds("onsite_hq_formed")) == 1, "there is one for an incident"
    assert tasks <= set(desk.record.tasks)
    assert desk.record.onsite is not None
    assert {"group_monitoring", "group_publicity"} <= desk.record.onsite.groups.keys()
    asked = {task.rule for task in desk.record.tasks.values()}
    assert {"direct-at-ii", "direct-at-iii"} <= asked


def test_while_it_is_owed_from_the_report_on_nobody_dissolves_it() -> None:
    desk = CountyDesk(deaths=1)
    refusal = desk.refused(onsite.DissolveOnsiteHq, reason="不再需要", **spoken(HEAD))
    assert (refusal.kind, refusal.clauses) == ("plan", HQ.clauses)


def test_a_headquarters_that_comes_with_the_order_stands_for_nothing_before_it() -> None:
    hq = HQ.model_copy(update={"active_from": "order"})
    plan = COUNTY.model_copy(update={"command": COUNTY.command.model_copy(update={"onsite_hq": hq})})
    desk = CountyDesk(plan, deaths=1)
    assert desk.record.onsite is None
    four(desk)
    assert desk.record.onsite is not None


# -- whoever was named goes first --------------------------------------------------------------------------------------


def first(precedence: str | None) -> Plan:
    hq = HQ.model_copy(update={"precedence": precedence})
    return COUNTY.model_copy(update={"command": COUNTY.command.model_copy(update={"onsite_hq": hq})})


def named(desk: CountyDesk) -> None:
    desk.does(commander.NamePost, names=HQ.head, person="陈副县长", words="由陈指挥", **spoken(HEAD))


def test_who_was_named_goes_on_commanding_when_the_levels_own_commander_arrives() -> None:
    desk = CountyDesk(deaths=1)
    assert [(one.post, one.how) for one in desk.record.commands] == [(SITE, "presumed")]
    four(desk)
    named(desk)
    desk.wait(minutes=10)
    desk.does(commander.LeaderArrived, post=CHIEF, by="县长")
    assert (desk.record.commander or desk.record.commands[0]).post == HQ.head
    other = CountyDesk(first(None), deaths=1)
    four(other)
    named(other)
    other.wait(minutes=10)
    other.does(commander.LeaderArrived, post=CHIEF, by="县长")
    assert other.record.commands[-1].post == CHIEF, "a plan that is silent leaves it to the level's own"


def test_somebody_may_be_named_while_the_levels_own_commander_is_there() -> None:
    desk = CountyDesk(deaths=1)
    four(desk)
    desk.does(commander.LeaderArrived, post=CHIEF, by="县长")
    assert desk.record.commands[-1].post == CHIEF, "with nobody named the level's own commands"
    desk.wait(minutes=5)
    named(desk)
    desk.wait(minutes=5)
    assert (desk.record.commands[-1].post, desk.record.commands[-1].user) == (HQ.head, "陈副县长")
    other = CountyDesk(first("level"), deaths=1)
    four(other)
    other.does(commander.LeaderArrived, post=CHIEF, by="县长")
    asked = {"names": HQ.head, "person": "陈副县长", "words": "由陈指挥", **spoken(HEAD)}
    assert other.refused(commander.NamePost, **asked).kind == "plan"


# -- times of special attention ----------------------------------------------------------------------------------------

BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (datetime(2027, 2, 4, 23, 59, tzinfo=BEIJING), ""),
        (datetime(2027, 2, 5, 0, 15, tzinfo=BEIJING), "春节"),
        (datetime(2027, 2, 21, 23, 59, tzinfo=BEIJING), "春节"),
        (datetime(2027, 2, 22, 0, 30, tzinfo=BEIJING), ""),
    ],
)
def test_the_calendar_finds_a_sensitive_period_by_the_day_on_which_it_happened_here(at: datetime, period: str) -> None:
    desk = CountyDesk(at=at, deaths=1)
    told = [(e.data["circumstances"], e.data.get("period"), e.clauses) for e in desk.kinds("attention_raised")]
    rules = COUNTY.response.attention
    assert rules is not None
    assert told == ([(["sensitive_period"], period, rules.clauses)] if period else [])
    assert desk.record.attention == (("sensitive_period",) if period else ())


def test_the_day_counts_where_the_plan_holds_and_not_by_universal_time() -> None:
    """16:30 on 4 February in universal time is 00:30 on the 5th in the county."""
    from datetime import UTC

    desk = CountyDesk(at=datetime(2027, 2, 4, 16, 30, tzinfo=UTC), deaths=1)
    assert desk.record.attention == ("sensitive_period",)


def test_a_like_accident_shortly_before_is_told_by_a_report_and_each_reason_is_written_once() -> None:
    desk = CountyDesk(at=datetime(2027, 10, 2, 9, 0, tzinfo=BEIJING), deaths=1)
    assert len(desk.kinds("attention_raised")) == 1
    desk.learns(circumstances=["repeated"])
    assert [e.data["circumstances"] for e in desk.kinds("attention_raised")] == [
        ["sensitive_period"],
        ["repeated", "sensitive_period"],
    ]
    desk.learns(deaths=2)
    desk.wait(hours=3)
    assert len(desk.kinds("attention_raised")) == 2
    assert desk.record.attention == ("repeated", "sensitive_period")


def test_by_our_reading_attention_adds_no_condition_to_the_work_of_a_level_and_by_the_letter_it_does() -> None:
    level = COUNTY.response.levels["IV"]
    bound = tuple(
        task.model_copy(update={"when": When(circumstances=("sensitive_period",))})
        if task.id == "office-tracks"
        else task
        for task in level.measures
    )
    levels = {**COUNTY.response.levels, "IV": level.model_copy(update={"measures": bound})}
    letter = COUNTY.model_copy(update={"response": COUNTY.response.model_copy(update={"levels": levels})})
    for plan, at, owed in (
        (COUNTY, START, True),
        (letter, START, False),
        (letter, datetime(2027, 2, 6, 9, 0, tzinfo=BEIJING), True),
    ):
        desk = CountyDesk(plan, at=at, deaths=1)
        four(desk)
        assert ("office-tracks" in {task.rule for task in desk.record.tasks.values()}) is owed


# -- what a release carries --------------------------------------------------------------------------------------------


def published(desk: CountyDesk, **more: Any) -> dict[str, Any]:
    told = {"text": "一人死亡，救援正在进行。", "figures": {}, "as_at": desk.now, "report": ""}
    desk.does(release.DraftRelease, **told)
    desk.agrees("onsite_head", HEAD)
    return {"release": list(desk.record.releases)[-1], "channels": ["县融媒体中心"], **more}


def test_a_release_cites_the_items_that_its_text_carries_and_tells_of_no_other() -> None:
    desk = CountyDesk(deaths=1)
    four(desk)
    asked = published(desk)
    refusal = desk.refused(release.RecordRelease, **asked, carries=["weather"])
    assert (refusal.kind, "weather" in refusal.reason, "weather" in refusal.zh) == ("form", True, True)
    desk.does(release.RecordRelease, **asked, carries=["what-happened"])
    (entry,) = desk.kinds("release_published")
    assert (entry.data["carries"], "ZS-4.8.5-04" in entry.clauses) == (["what-happened"], True)
    desk.wait(minutes=30)
    desk.does(release.RecordRelease, **published(desk))
    other = desk.kinds("release_published")[-1]
    assert ("carries" in other.data, "ZS-4.8.5-04" in other.clauses) == (False, False)


def test_whoever_reads_the_board_sees_an_approval_of_a_body_above_as_spoken() -> None:
    desk = CountyDesk(deaths=3)
    desk.does(response.RecordStartAbove, **above("III", CITY, desk.now))
    (act,) = desk.record.approvals["A1"].acts
    assert isinstance(act, approval.Act)
    assert (act.form, act.recorded_by) == ("oral", "李")
