"""Levels III and I on scene: the headquarters and its groups, who commands at each instant, what passes to whom.

No leader logs in anywhere here: what they decide is said, and the watch writes it down.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from drills import case as cases
from drills.case import Line
from incidents import (
    approval,
    commander,
    deadlines,
    departures,
    facts,
    handover,
    instructions,
    onsite,
    orders,
    recovery,
    response,
)
from incidents import tasks as work
from incidents import termination as end
from incidents.incident import pass_time
from incidents.notices import Answered, answers
from incidents.record import Commander, Record
from incidents.view import first_page, shown
from plans.schema import Grade, When
from tests.playing import plan_of, play
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, OFFICER, SECOND, START, Desk

CHIEF, EXECUTIVE, REGION, SITE = (
    "commander_in_chief",
    "executive_deputy_commander_in_chief",
    "region_commander",
    "site_duty_leader",
)
WATCH = {OFFICER, SECOND, "system"}


class Scene(Desk):
    """A desk where leaders speak and the watch records."""

    def start(self, level: Grade, decides: str, signs: str, **asks: Any) -> None:
        self.does(response.ProposeLevel, level=level, matter=f"启动{level}级响应", expected_duration="P3D", **asks)
        name = list(self.record.approvals)[-1]
        for stage, post in (("decide", decides), ("sign", signs)):
            self.does(
                approval.RecordOral, approval=name, stage=stage, post=post, by=f"{post}本人", said_at=self.now,
                via="电话", words="同意", read_back=True,
            )  # fmt: skip
            self.does(approval.ConfirmOral, "周", SECOND, approval=name, stage=stage)
        assert self.record.level == level

    def arrives(self, post: str, at: datetime | None = None) -> list[str]:
        return self.does(commander.LeaderArrived, post=post, by=f"{post}本人", true_at=at)

    def commands(self) -> list[tuple[str, str, timedelta]]:
        """Post, how, and how long after the report it began."""
        return [(told.post, told.how, told.since - START) for told in self.record.commands]

    def answered(self, *names: str) -> None:
        for name in names:
            units = self.record.notices[name].recipients
            told = tuple(Answered(notice=name, unit=unit, by="值班员", at=self.now) for unit in units)
            self.write(tuple(answers(self.record, told, self.now)))

    def one_commander(self) -> None:
        """At every instant from the report on there is exactly one, and who commanded before has stopped."""
        told = self.record.commands
        assert told[0].since == self.record.known().received_at
        assert [one.since for one in told] == sorted(one.since for one in told)
        for minute in range(int((self.now - START) / timedelta(minutes=1)) + 1):
            instant = START + timedelta(minutes=minute)
            ends = [*(one.since for one in told[1:]), self.now + timedelta(days=1)]
            here = [one for one, end in zip(told, ends, strict=True) if one.since <= instant < end]
            assert here == [self.record.commander_at(instant)]


def spoken(post: str) -> dict[str, Any]:
    return {"post": post, "by": f"{post}本人", "form": "oral", "read_back": True}


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def level_three(**told: Any) -> Scene:
    desk = Scene(**{"deaths": 3, "missing": 1, "verified": True, **told})
    desk.wait(minutes=5)
    desk.start("III", HEAD, HEAD, reason="先按三级")
    return desk


# -- the headquarters and its groups -----------------------------------------------------------------------------------


def test_the_order_of_level_three_forms_the_headquarters_with_twelve_groups_and_rings_each_unit_once() -> None:
    desk = level_three()
    assert desk.record.onsite is not None
    assert desk.record.onsite.groups.keys() == PLAN.groups.keys()
    formed = next(entry for entry in desk.entries if entry.kind == "onsite_hq_formed")
    hq = PLAN.command.onsite_hq
    assert hq is not None
    assert (formed.clauses, formed.true_at) == (hq.clauses, desk.record.ordered_at)
    for name, group in PLAN.groups.items():
        entry = next(e for e in desk.entries if e.kind == "group_formed" and e.data["group"] == name)
        assert entry.clauses == group.clauses
        given = {task.rule for task in desk.record.tasks.values() if task.group == name}
        assert given == {
            w.id for w in group.tasks if not w.when.any_count or set(w.when.any_count) & {"deaths", "missing"}
        }
        assert {t.owner for t in desk.record.tasks.values() if t.group == name} <= {group.lead}
    assert {work.id for work in hq.tasks} <= desk.record.tasks.keys()
    rung = [unit for name, n in desk.record.notices.items() if n.chased and "level" in name for unit in n.recipients]
    assert len(rung) == len(set(rung)), "one person in five groups gets one call"
    duty = desk.record.notices["N-level-III"].recipients["emergency_bureau"].duty
    assert all(g.name in duty for g in PLAN.groups.values() if "emergency_bureau" in (g.lead, *g.members))
    assert not [name for name in desk.record.notices if name.startswith("N-group_")]
    assert pass_time(PLAN, desk.record, desk.now) == ()


def test_an_order_of_level_four_forms_nothing_on_scene_even_for_a_serious_accident() -> None:
    desk = Scene(deaths=3, verified=True)
    desk.start("IV", DEPUTY, DEPUTY, reason="先按四级")
    assert desk.record.onsite is None
    desk.start("III", HEAD, HEAD)
    assert desk.record.onsite is not None


def test_what_the_order_leaves_out_is_neither_formed_nor_called_and_needs_a_reason() -> None:
    desk = Scene(deaths=3, verified=True)
    asks: dict[str, Any] = {"level": "III", "matter": "启动", "expected_duration": "PT1H"}
    assert "expected one" in desk.refused(response.ProposeLevel, leave_out_groups=["group_press"], **asks).reason
    wrong = desk.refused(response.ProposeLevel, leave_out_groups=["group_x"], reason="不涉及", **asks)
    assert "groups of the plan" in wrong.reason
    out = {"leave_out_groups": ("group_press",), "leave_out": ("ecology_bureau",), "reason": "不涉及"}
    desk.start("III", HEAD, HEAD, **out)
    assert desk.record.onsite is not None
    assert {"group_press", "group_environment"} == PLAN.groups.keys() - desk.record.onsite.groups.keys()
    assert "draft-press-text" not in desk.record.tasks
    assert not any("ecology_bureau" in n.recipients for name, n in desk.record.notices.items() if "level" in name)


def test_a_group_comes_by_kind_and_level_where_the_plan_says_so() -> None:
    press = PLAN.groups["group_press"]
    groups = {
        "group_press": press.model_copy(update={"needed": "on_demand"}),
        "group_environment": PLAN.groups["group_environment"].model_copy(
            update={"needed": "by_kind", "when": When(sectors=("fire",))}
        ),
        "group_medical": PLAN.groups["group_medical"],
    }
    plan = PLAN.model_copy(update={"groups": groups})
    desk = Scene(deaths=3, verified=True)
    assert onsite.called_up(plan, desk.record, "III", {}).keys() == {"group_medical"}
    assert onsite.called_up(plan, desk.record, "III", {"form_also": ["group_press"]}).keys() == {
        "group_medical",
        "group_press",
    }
    assert onsite.called_up(plan, desk.record, "IV", {}) == {}
    fire = Scene(deaths=3, verified=True, sector="fire", scope_accepted={"by": "王", "reason": "厂房火灾"})
    assert "group_environment" in onsite.called_up(plan, fire.record, "III", {})


def test_the_preview_says_how_many_phones_ring_before_anybody_is_called_and_the_proposal_keeps_it() -> None:
    desk = Scene(deaths=3, verified=True)
    four, three = (response.preview(PLAN, desk.record, level, {}) for level in ("IV", "III"))
    assert len(four.units) == four.phones == 7
    assert len(three.units) > 15
    assert set(three.informed) & set(three.units) == set()
    desk.start("III", HEAD, HEAD)
    assert set(desk.record.notices["N-level-III"].recipients) == set(three.units)
    asks = desk.record.approvals["A1"].asks
    assert (asks["units"], asks["phones"]) == (len(three.units), three.phones)
    shared = {name: u.model_copy(update={"phone": "1"}) for name, u in PLAN.units.items() if name in three.units[:2]}
    plan = PLAN.model_copy(update={"units": {**PLAN.units, **shared}})
    assert response.preview(plan, desk.record, "III", {}).phones == three.phones - 1, "one telephone rings once"


def test_new_facts_bring_a_group_its_task_and_its_lead_is_told() -> None:
    desk = level_three(missing=0)
    assert "search-for-missing" not in desk.record.tasks
    desk.does(facts.ReportFacts, source="消防", findings={"trapped": {"n": 2, "source": "fire-brigade"}})
    task = desk.record.tasks["search-for-missing"]
    assert (task.group, task.owner) == ("group_technical_response", "fire_brigade")
    told = desk.record.notices["N-more-group_technical_response"].recipients
    assert set(told) == {"fire_brigade"}
    assert pass_time(PLAN, desk.record, desk.now) == ()


def test_the_commander_gives_a_group_another_lead_and_more_members_who_are_called() -> None:
    desk = level_three()
    asked = {"group": "group_medical", "members": ["human_resources_bureau"], "lead": "civil_affairs_bureau"}
    assert desk.refused(onsite.SetGroup, reason="x", **asked, **spoken(HEAD)).kind == "plan", "he is not there yet"
    desk.arrives(HEAD)
    desk.does(onsite.SetGroup, reason="人手不足", **asked, **spoken(HEAD))
    assert desk.record.onsite is not None
    assert desk.record.onsite.groups["group_medical"].members == ("human_resources_bureau",)
    assert desk.record.tasks["treat-injured"].owner == "civil_affairs_bureau"
    assert set(desk.record.notices["N-group_medical"].recipients) == {"human_resources_bureau"}


def test_the_headquarters_may_be_formed_before_the_order_by_who_orders_it() -> None:
    desk = Scene(deaths=3, verified=True)
    refused = desk.refused(onsite.FormOnsiteHq, reason="火势大", **spoken("onsite_deputy_commander"))
    assert refused.kind == "plan"
    desk.does(onsite.FormOnsiteHq, reason="火势大", **spoken(HEAD))
    assert desk.record.onsite is not None
    assert desk.record.onsite.groups.keys() == PLAN.groups.keys()
    desk.start("III", HEAD, HEAD)
    assert [e.kind for e in desk.entries].count("onsite_hq_formed") == 1


# -- who commands ------------------------------------------------------------------------------------------------------


def test_the_levels_commander_takes_command_by_being_there_from_the_order_on() -> None:
    desk = Scene(deaths=3, verified=True)
    desk.wait(minutes=2)
    desk.does(commander.DeclareHandover, post=SITE, by="次仁", way="arrived")
    desk.wait(minutes=2)
    desk.arrives(HEAD)
    assert desk.record.commander is not None
    assert desk.record.commander.post == SITE, "before the order the first who came acts"
    desk.wait(minutes=2)
    desk.start("III", HEAD, HEAD)
    assert desk.commands() == [
        (SITE, "presumed", minutes(0)),
        (SITE, "arrived", minutes(2)),
        (HEAD, "level", minutes(6)),
    ]
    taken = next(entry for entry in desk.entries if entry.kind == "command_taken")
    assert taken.clauses == PLAN.response.levels["III"].commander_clauses
    assert "N-command" in "".join(desk.record.notices)
    refusal = desk.refused(commander.DeclareHandover, post=SITE, by="次仁", way="arrived")
    assert (refusal.kind, "takes nothing over" in refusal.reason) == ("plan", True)
    desk.one_commander()


def test_at_level_two_the_highest_who_is_there_commands_and_who_gave_it_away_does_not_get_it_back() -> None:
    desk = level_three(deaths=12)
    desk.arrives(HEAD)
    desk.wait(minutes=10)
    desk.arrives("deputy_commander_in_chief")
    assert desk.record.commander is not None
    assert desk.record.commander.post == HEAD, "at level III the head commands"
    desk.wait(minutes=10)
    desk.start("II", CHIEF, EXECUTIVE)
    assert desk.record.commander.post == "deputy_commander_in_chief"
    desk.wait(minutes=10)
    desk.arrives(EXECUTIVE)
    assert desk.record.commander.post == EXECUTIVE
    declared = {"by": "赵", "way": "declared", "witnesses": ["会议全体"]}
    desk.does(commander.DeclareHandover, post=HEAD, **declared)
    assert desk.record.commander.post == HEAD
    assert desk.wait(minutes=1) is not None
    assert desk.record.commander.post == HEAD
    desk.one_commander()


def test_a_late_recorded_arrival_takes_no_instant_from_who_commanded_and_a_correction_stays_between_neighbours() -> (
    None
):
    desk = level_three()
    desk.wait(minutes=10)
    desk.does(commander.DeclareHandover, post="onsite_commander", by="普", way="named")
    desk.wait(minutes=10)
    desk.arrives(HEAD, at=START + minutes(7))
    assert desk.commands()[-1] == (HEAD, "level", minutes(15)), "not before the one who commanded then"
    last = desk.record.commands[-1]
    for since in (START + minutes(14), desk.now + minutes(1)):
        refusal = desk.refused(commander.CorrectHandover, corrects=last.seq, since=since, words="更正")
        assert (refusal.kind, "two on-scene commanders" in refusal.reason) == ("hard", True)
    desk.does(commander.CorrectHandover, corrects=last.seq, since=START + minutes(18), words="据会议记录")
    middle = desk.record.commands[1]
    refusal = desk.refused(commander.CorrectHandover, corrects=middle.seq, since=START + minutes(19), words="更正")
    assert refusal.kind == "hard"
    desk.does(commander.CorrectHandover, corrects=middle.seq, since=START + minutes(12), words="据录音")
    assert [at for _, _, at in desk.commands()] == [minutes(0), minutes(12), minutes(18)]
    assert desk.refused(commander.CorrectHandover, corrects=1, since=START, words="更正").kind == "form"
    at = [desk.record.commander_at(START + minutes(n)) for n in (0, 11, 12, 17, 18)]
    assert [one.post if one else None for one in at] == [SITE, SITE, "onsite_commander", "onsite_commander", HEAD]
    desk.one_commander()


def test_two_commanders_at_one_instant_and_a_post_that_is_not_ones_own_are_hard_refusals_whatever_the_way() -> None:
    desk = level_three()
    desk.wait(minutes=10)
    desk.arrives(HEAD)
    before = START + minutes(3)
    way: dict[str, Any] = {"by": "x", "way": "ordered", "number": "1号", "true_at": before}
    assert desk.refused(commander.DeclareHandover, post=REGION, **way).kind == "hard"
    told = {"ordered_by": "x", "words": "x", "reason": "x", "leaves": ["LS-2.4-03"], "true_at": before}
    takes = [{"kind": "commands", "post": REGION, "by": "x"}]
    assert desk.refused(departures.Deviate, effects=takes, **told).kind == "hard"
    name = {"names": "onsite_deputy_commander", "person": "巴桑"}
    assert desk.refused(commander.NamePost, "王", DEPUTY, post=HEAD, by="赵", **name).kind == "hard"
    offer = desk.refused(handover.OfferHandover, to=REGION, **spoken("onsite_commander"))
    assert (offer.kind, "only the present commander" in offer.reason) == ("hard", True)
    desk.does(handover.OfferHandover, to=REGION, **spoken(HEAD))
    assert desk.refused(handover.AcceptHandover, offer="H1", **spoken(CHIEF)).kind == "hard"
    early = desk.refused(handover.AcceptHandover, offer="H1", true_at=before, **spoken(REGION))
    assert "after the offer" in early.reason
    desk.one_commander()


def test_a_commander_is_named_only_where_the_levels_own_is_not_there_and_a_deputy_in_two_steps() -> None:
    desk = level_three()
    named = {"names": "onsite_commander", "person": "平措", "number": "指〔2026〕1号"}
    assert desk.refused(commander.NamePost, **named, **spoken(DEPUTY)).clauses == ("LS-2.4-03",)
    desk.does(commander.NamePost, **named, **spoken(HEAD))
    assert desk.commands()[-1][:2] == ("onsite_commander", "named")
    deputy = "onsite_deputy_commander"
    desk.does(commander.NamePost, names=deputy, person="巴桑", **spoken(HEAD))
    assert shown(desk.record)["deputies"] == [
        {"post": deputy, "user": "巴桑", "named_by": HEAD, "confirmed": False},
    ]
    order = {"to": "fire_brigade", "what": "冷却储罐"}
    assert desk.refused(orders.AssignTask, **order, **spoken(deputy)).kind == "plan", "not before it is confirmed"
    assert desk.refused(commander.ConfirmDeputy, deputy=deputy, **spoken(HEAD)).kind == "plan"
    desk.does(commander.ConfirmDeputy, deputy=deputy, **spoken("onsite_commander"))
    desk.does(orders.AssignTask, **order, **spoken(deputy))
    kinds = {e.kind: e.clauses for e in desk.entries if e.kind.startswith(("post_", "task_as"))}
    assert kinds == {
        "post_named": ("LS-2.4-13",),
        "post_confirmed": ("LS-2.4-13",),
        "task_assigned": ("LS-2.4-12",),
    }
    # The head arrives: the level's rule comes first.
    desk.wait(minutes=5)
    desk.arrives(HEAD)
    assert desk.commands()[-1][:2] == (HEAD, "level")
    refusal = desk.refused(commander.NamePost, **named, **spoken(HEAD))
    assert (refusal.kind, refusal.clauses) == ("plan", ("LS-4.3.2-03",))
    desk.one_commander()


def test_who_guides_is_shown_beside_the_commander_and_takes_nothing_over() -> None:
    desk = level_three()
    desk.arrives(HEAD)
    desk.wait(minutes=5)
    desk.does(commander.RecordGuiding, post="自治区应急管理厅副厅长", by="丹增", words="到场指导")
    assert desk.record.commander is not None
    assert desk.record.commander.post == HEAD
    assert [guide["user"] for guide in shown(desk.record)["guiding"]] == ["丹增"]
    desk.does(commander.RecordGuiding, post="自治区应急管理厅副厅长", by="丹增", ends=True)
    assert desk.record.guides == ()
    assert desk.refused(commander.RecordGuiding, post="x", by="y", ends=True).kind == "form"


# -- what passes to whom -----------------------------------------------------------------------------------------------


def test_units_check_in_and_relieve_the_county_by_their_own_clauses() -> None:
    desk = level_three()
    owed = {task.owner for task in desk.record.tasks.values() if task.rule == "check-in"}
    assert owed == {"public_security_bureau", "health_commission", "ecology_bureau"}
    there = {"leader": "洛桑", "people": 20, "vehicles": 4}
    desk.does(onsite.CheckIn, unit="public_security_bureau", **there)
    desk.does(onsite.CheckIn, unit="某矿救护队", **there)
    first, second = [entry for entry in desk.entries if entry.kind == "checked_in"]
    assert (first.clauses, second.clauses) == (("LS-4.3.2-13",), ())
    states = {t.owner: t.state for t in desk.record.tasks.values() if t.rule == "check-in"}
    assert states["public_security_bureau"] == "done"
    assert states["health_commission"] == "given"
    desk.does(handover.HandOverFunction, handover="relieve-security", giver="次仁", taker="洛桑")
    assert desk.record.tasks["relieve-security"].state == "done"
    assert desk.entries[-1].clauses == ("LS-4.3.2-14",)
    assert desk.refused(handover.HandOverFunction, handover="region-medical", giver="a", taker="b").kind == "plan"
    assert sum(force.people for force in desk.record.forces.values()) == 40
    desk.does(onsite.CheckOut, unit="某矿救护队")
    assert desk.refused(onsite.CheckOut, unit="某矿救护队").kind == "form"


def test_at_level_one_publicity_passes_once_with_a_copy_and_level_threes_reliefs_stay() -> None:
    desk = Scene(deaths=30, verified=True)
    desk.start("I", CHIEF, CHIEF)
    rules = [task.rule for task in desk.record.tasks.values()]
    assert "region-publicity-extraordinary" in rules
    assert "region-publicity-major" not in rules
    assert {"relieve-security", "region-security"} <= set(rules)
    assert desk.record.tasks["region-security"].state == "asked", "until the region's unit is there"
    told = {"handover": "region-publicity-extraordinary", "giver": "德吉", "taker": "央金"}
    assert desk.refused(handover.HandOverFunction, way="declared", **told).kind == "form"
    desk.does(handover.HandOverFunction, way="declared", witnesses=["孙"], **told)
    copy = desk.record.notices["N-copy-region-publicity-extraordinary"]
    assert (set(copy.recipients), copy.chased) == ({"united_front_department"}, False)


def test_what_a_higher_level_says_anew_replaces_the_open_task_and_what_has_happened_is_not_owed_again() -> None:
    desk = Scene(deaths=12, verified=True)
    desk.start("II", CHIEF, EXECUTIVE)
    desk.does(handover.HandOverFunction, handover="region-security", giver="洛桑", taker="旺堆")
    assert desk.record.tasks["region-publicity-major"].state == "asked"
    desk.start("I", CHIEF, CHIEF)
    states = {name: task.state for name, task in desk.record.tasks.items() if task.rule.startswith("region-")}
    assert states["region-publicity-major"] == "not_applicable"
    assert states["region-publicity-extraordinary"] == "asked"
    assert states["region-security"] == "done"
    assert pass_time(PLAN, desk.record, desk.now) == ()
    done = Scene(deaths=12, verified=True)
    done.start("II", CHIEF, EXECUTIVE)
    done.does(handover.HandOverFunction, handover="region-publicity-major", giver="德吉", taker="央金")
    done.start("I", CHIEF, CHIEF)
    assert "region-publicity-extraordinary" not in done.record.tasks


def test_command_passes_to_the_region_by_offer_and_acceptance_and_everything_open_is_carried_along() -> None:
    desk = Scene(deaths=12, missing=2, verified=True)
    desk.start("II", CHIEF, EXECUTIVE)
    desk.arrives(EXECUTIVE)
    desk.does(onsite.CheckIn, unit="fire_brigade", leader="扎西", people=60, vehicles=12)
    desk.does(work.RequestSupport, by="现场指挥部", need="大型起重设备")
    desk.does(
        instructions.Instruct, leader="丹增", post="自治区领导", government="region", form="phone", words="全力搜救",
        read_back=True, feedback_due=desk.now + timedelta(hours=2),
    )  # fmt: skip
    assert "region-command" not in desk.record.tasks
    desk.arrives(REGION)
    assert desk.record.tasks["region-command"].state == "given", "arriving opens the handover and passes nothing"
    assert "region-command-by-decision" not in desk.record.tasks
    assert desk.record.commander is not None
    assert desk.record.commander.post == EXECUTIVE
    desk.does(handover.OfferHandover, to=REGION, objectives="先搜救后清理", stays="市级保障", **spoken(EXECUTIVE))
    sheet = handover.Brief.model_validate(desk.entries[-1].data["briefing"])
    assert (sheet.grade, sheet.level, sheet.counts["deaths"].n) == ("II", "II", 12)
    assert sheet.groups.keys() == PLAN.groups.keys()
    assert sheet.forces["fire_brigade"].people == 60
    assert sheet.support[0].need == "大型起重设备"
    assert sheet.instructions == ("I1",)
    assert {"region-command", "search-for-missing"} <= set(sheet.tasks)
    assert {"feedback-I1", "expected-end"} <= sheet.clocks.keys()
    desk.wait(minutes=3)
    assert desk.record.commander.post == EXECUTIVE, "until it is accepted the giver commands"
    desk.does(handover.RefuseHandover, offer="H1", reason="名单未核清", **spoken(REGION))
    assert desk.record.offers["H1"].state == "refused"
    assert desk.record.commander.post == EXECUTIVE
    desk.does(handover.OfferHandover, to=REGION, **spoken(EXECUTIVE))
    desk.does(handover.OfferHandover, to=REGION, words="再报", **spoken(EXECUTIVE))
    assert desk.record.offers["H2"].state == "lapsed"
    before = desk.record
    desk.wait(minutes=4)
    desk.does(handover.AcceptHandover, offer="H3", **spoken(REGION))
    accepted = next(entry for entry in desk.entries if entry.kind == "handover_accepted")
    assert accepted.clauses == ("LS-4.3.3-07", "LS-4.3.4-07")
    assert desk.commands()[-1] == (REGION, "accepted", minutes(7))
    assert desk.record.tasks["region-command"].state == "done"
    left = [task for task in before.tasks.values() if task.id != "region-command"]
    assert all(desk.record.tasks[task.id] == task for task in left)
    assert desk.record.instructions == before.instructions
    assert all(desk.record.clocks[name].due_at == clock.due_at for name, clock in before.clocks.items())
    # The city's leaders take nothing back by arriving later.
    desk.wait(minutes=5)
    desk.arrives("deputy_commander_in_chief")
    assert desk.record.commander.post == REGION
    desk.one_commander()


def test_command_declared_at_a_meeting_ends_the_handover_that_was_owed_and_lets_an_open_offer_lapse() -> None:
    desk = Scene(deaths=12, verified=True)
    desk.start("II", CHIEF, EXECUTIVE)
    desk.arrives(EXECUTIVE)
    desk.arrives(REGION)
    desk.does(handover.OfferHandover, to=REGION, **spoken(EXECUTIVE))
    declared = {"post": REGION, "by": "丹增", "way": "declared"}
    assert desk.refused(commander.DeclareHandover, **declared).kind == "form"
    desk.wait(minutes=2)
    desk.does(commander.DeclareHandover, witnesses=["市局联络员", "厅联络员"], **declared)
    assert desk.record.offers["H1"].state == "lapsed"
    assert desk.record.tasks["region-command"].state == "done"
    assert "LS-4.3.3-07" in next(entry for entry in desk.entries if entry.kind == "command_passed").clauses


def in_the_county(*lines: dict[str, Any], but: str = "") -> Record:
    """The night of the county's level III case with these lines as well, and without those of the verb `but`."""
    case = cases.read(cases.find("county-iii"))
    said = [Line.model_validate({"by": OFFICER, "says": "另", "en": "also", **line}) for line in lines]
    kept = [line for line in case.script if line.do != but and line.at < said[-1].at]
    script = tuple(sorted((*kept, *said), key=lambda line: line.at))
    return play(case.model_copy(update={"script": script, "lasts": timedelta(hours=5)}), plan_of(case.plan)).record


ARRIVED = {
    "at": "2027-06-15T22:56:00+08:00",
    "do": "leader-arrived",
    "with": {"post": "hq_deputy_bureau", "by": "梁"},
}
DECLARED = {
    "at": "2027-06-16T02:30:00+08:00",
    "do": "declare-handover",
    "with": {"post": "city_hq_leader", "by": "邓", "way": "declared", "witnesses": ["县联络员"]},
}


def test_a_handover_that_was_owed_is_done_once_its_taker_is_named() -> None:
    named = in_the_county(ARRIVED, {"at": "2027-06-15T23:30:00+08:00", "do": "note", "with": {"words": "另"}})
    assert named.commander is not None
    assert named.commander.post == "onsite_head"
    assert named.tasks["county-command"].state == "done"


def test_nobody_owes_command_to_a_body_beneath_the_one_that_has_it() -> None:
    passed_by = in_the_county(ARRIVED, DECLARED, but="name-commander")
    assert passed_by.tasks["county-command"].state == "not_applicable"
    later = {**ARRIVED, "at": "2027-06-16T02:40:00+08:00"}
    assert "county-command" not in in_the_county(DECLARED, later, but="name-commander").tasks


def test_without_a_deadline_in_the_plan_acceptance_is_not_timed_and_with_one_it_is() -> None:
    desk = level_three()
    desk.arrives(HEAD)
    asked = handover.OfferHandover
    desk.does(asked, to=REGION, **spoken(HEAD))
    assert "handover-H1" not in desk.record.clocks
    timed = PLAN.model_copy(
        update={"command": PLAN.command.model_copy(update={"acceptance_within": timedelta(minutes=30)})}
    )
    command = asked.model_validate(
        {
            "envelope": {
                "user": "李", "post": OFFICER, "session": "s", "command_id": "c", "issued": START, "expires": START,
            },
            "to": REGION,
            **spoken(HEAD),
        }
    )  # fmt: skip
    told = handover.offer_handover(timed, desk.record, command, desk.now)
    assert isinstance(told, tuple)
    assert [draft.kind for draft in told] == ["handover_offered", "clocks_started"]


# -- its end -----------------------------------------------------------------------------------------------------------


def lowered(desk: Scene) -> None:
    desk.start("IV", HEAD, HEAD, reason="险情已控")


def test_an_order_below_the_levels_that_have_a_headquarters_dissolves_it() -> None:
    desk = level_three()
    desk.does(
        onsite.SetGroup, group="group_medical", members=["human_resources_bureau"], reason="接待", **at_site(desk)
    )
    given = {t.id for t in desk.record.tasks.values() if t.group and t.state == "given"}
    asked = {t.id for t in desk.record.tasks.values() if t.group and t.state == "asked"}
    lowered(desk)
    assert (desk.record.level, desk.record.onsite) == ("IV", None)
    entry = next(entry for entry in desk.entries if entry.kind == "onsite_hq_dissolved")
    assert PLAN.command.onsite_hq
    assert (entry.user, entry.clauses) == ("system", PLAN.command.onsite_hq.clauses)
    assert (entry.true_at, entry.data["level"]) == (desk.record.ordered_at, "IV")
    assert set(desk.record.notices["N-onsite-dissolved"].recipients) == {"human_resources_bureau"}, "others hear of IV"
    assert given
    assert {desk.record.tasks[name].state for name in given} == {"given"}, "work in hand goes on"
    assert asked
    assert {desk.record.tasks[name].state for name in asked} == {"withdrawn"}
    desk.wait(hours=1)
    assert desk.record.onsite is None
    desk.start("III", HEAD, HEAD)
    assert desk.record.onsite is not None, "raised again it is formed again"
    assert asked <= {t.rule for t in desk.record.tasks.values() if t.state == "asked"}


def at_site(desk: Scene) -> dict[str, Any]:
    assert desk.record.commander
    return spoken(desk.record.commander.post)


def test_a_deviation_that_lowers_the_level_dissolves_it_too() -> None:
    desk = level_three()
    told = {"ordered_by": "值班室", "words": "降为四级", "reason": "x", "leaves": ["LS-4.3.1-01"]}
    desk.does(departures.Deviate, effects=[{"kind": "level", "level": "IV"}], **told)
    assert (desk.record.level, desk.record.onsite) == ("IV", None)


def test_where_the_plan_is_silent_it_is_asked_about_and_dissolved_by_whoever_may_order_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hq = PLAN.command.onsite_hq
    assert hq is not None
    silent = PLAN.command.model_copy(update={"onsite_hq": hq.model_copy(update={"ends": None})})
    monkeypatch.setattr("tests.test_incidents_incident.Desk.plan", PLAN.model_copy(update={"command": silent}))
    desk = level_three()
    assert "level III" in desk.refused(onsite.DissolveOnsiteHq, reason="x", **spoken(HEAD)).reason
    lowered(desk)
    asked = desk.record.tasks["dissolve-onsite-hq"]
    assert (asked.owner, asked.state) == (hq.ordered_by, "asked")
    assert desk.record.onsite is not None
    assert desk.refused(onsite.DissolveOnsiteHq, reason="x", **spoken(CHIEF)).kind == "plan"
    desk.does(onsite.DissolveOnsiteHq, reason="险情已控", **spoken(HEAD))
    assert (desk.record.onsite, desk.record.tasks["dissolve-onsite-hq"].state) == (None, "done")
    assert desk.refused(onsite.DissolveOnsiteHq, reason="x", **spoken(HEAD)).kind == "plan"


def test_a_headquarters_formed_by_hand_outlives_no_incident_without_a_response() -> None:
    desk = Scene(deaths=1, verified=True)
    desk.does(onsite.FormOnsiteHq, reason="地形复杂", **spoken(HEAD))
    joins = {"group": "group_medical", "members": ["human_resources_bureau"], "reason": "接待"}
    desk.does(onsite.SetGroup, **joins, **at_site(desk))
    desk.end_scene()
    assert [entry.kind for entry in desk.entries].count("nothing_to_lift") == 1
    assert (desk.record.phase, desk.record.onsite) == ("recovery", None)
    heard = desk.record.notices["N-onsite-dissolved"].recipients.keys()
    assert heard == {"health_commission", "human_resources_bureau"}


def test_one_that_was_formed_by_hand_at_a_level_without_any_stays_with_it() -> None:
    desk = Scene(deaths=1, verified=True)
    desk.start_level_four()
    desk.does(onsite.FormOnsiteHq, reason="地形复杂", **spoken(HEAD))
    desk.does(response.ExtendResponse, expected_duration="PT6H", reason="x")
    desk.wait(hours=1)
    assert desk.record.onsite is not None


# -- whole -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "deaths", "decides", "signs", "commands"),
    [("III", 3, HEAD, HEAD, HEAD), ("I", 30, EXECUTIVE, CHIEF, CHIEF)],
)
def test_an_accident_of_this_level_goes_to_the_archive_and_no_leader_ever_logs_in(
    level: Grade, deaths: int, decides: str, signs: str, commands: str
) -> None:
    desk = Scene(deaths=deaths, verified=True)
    desk.wait(minutes=5)
    desk.start(level, decides, signs)
    desk.answered("N-early", f"N-level-{level}")
    desk.wait(minutes=25)
    desk.arrives(commands)
    desk.does(orders.AssignTask, to="fire_brigade", what="搜索二层", due_at=desk.now + minutes(30), **spoken(commands))
    desk.does(onsite.CheckIn, unit="health_commission", leader="德吉", people=12)
    desk.report_all()
    for rule in PLAN.termination.conditions:
        if rule.path in ("control", "rescued"):
            desk.does(end.TickCondition, condition=rule.id, words="现场核查")
    desk.does(end.ProposeTermination)
    last = {"via": "电话", "words": "同意", "read_back": True, "form": "oral"}

    def agreed(stage: str, post: str) -> None:
        name = list(desk.record.approvals)[-1]
        said = {"approval": name, "stage": stage, "post": post, "by": f"{post}本人", "said_at": desk.now}
        desk.does(approval.RecordOral, **said, **last)

    agreed("decide", PLAN.termination.scene_end_for(level).stages[0].posts[0])
    assert desk.record.phase == "end_approved"
    desk.does(end.ConfirmWithdrawal, counted_by="张", people=80)
    lift = desk.record.approvals[list(desk.record.approvals)[-1]]
    for stage in lift.stages:
        agreed(stage.stage, stage.posts[0])
    assert (desk.record.phase, desk.record.level, desk.record.onsite) == ("recovery", None, None)
    for task in list(desk.record.tasks.values()):
        if task.state in ("asked", "held"):
            desk.does(work.CompleteTask, task=task.id, outcome="not_applicable", words="无此情形")
        elif task.state == "given":
            desk.does(work.CompleteTask, task=task.id)
    for told in desk.record.approvals.values():
        for act in told.acts:
            asked = {"approval": told.id, "stage": act.stage, "sha256": "a" * 64, "name": "签批单.jpg"}
            desk.does(approval.AttachSignature, **asked)
    desk.report_all()
    for clock in list(desk.record.clocks.values()):
        if clock.soft and clock.verdict in ("running", "due_soon"):
            desk.does(deadlines.StandDown, clock=clock.id, reason="已结束")
    desk.does(recovery.Archive, keeper="档案室")
    assert {entry.post for entry in desk.entries} <= WATCH
    page = first_page(desk.record)
    assert page["not_signed"] == []
    assert len(page["spoken"]) >= 5
    assert [one["post"] for one in page["commanders"]] == [SITE, commands]
    desk.one_commander()


def test_a_presumption_is_a_commander_too() -> None:
    desk = Scene(deaths=1, verified=True)
    assert desk.record.commander_at(START - minutes(1)) is None
    assert isinstance(desk.record.commander_at(START), Commander)
