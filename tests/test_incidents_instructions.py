"""The register of leaders' instructions, and task orders: what was said, who must do it until when, told back."""

from datetime import timedelta
from typing import Any

import pytest

from incidents import deadlines, instructions, orders
from incidents import tasks as work
from incidents.command import Refusal
from incidents.view import shown
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, OFFICER
from tests.test_incidents_onsite import Scene, level_three, spoken


def said(government: str, words: str, **more: Any) -> dict[str, Any]:
    usual = {"leader": f"{government}领导", "post": f"{government}分管负责同志", "form": "phone", "read_back": True}
    return {**usual, "government": government, "words": words, **more}


def on_scene() -> Scene:
    desk = level_three()
    desk.arrives(HEAD)
    return desk


# -- the register ------------------------------------------------------------------------------------------------------


def test_three_levels_of_leaders_instruct_two_contradict_both_stand_the_commander_settles_and_each_is_told() -> None:
    desk = on_scene()
    start = desk.now
    due = start + timedelta(hours=1)
    level, commands, counts = desk.record.level, desk.record.commands, desk.record.counts
    desk.does(instructions.Instruct, **said("county", "先撤出全部人员", feedback_due=due))
    desk.wait(minutes=4)
    split = [{"owner": "fire_brigade", "what": "不间断搜救", "due_at": due}]
    desk.does(
        instructions.Instruct,
        **said(
            "region", "不惜代价搜救，启动一级响应", feedback_due=due, tasks=split, contradicts=["I1"], touches=["level"]
        ),
    )
    desk.wait(minutes=4)
    desk.does(instructions.Instruct, **said("national", "依法依规上报", form="written", on="值班信息第3期"))
    assert desk.now - start < timedelta(minutes=10)
    assert [told.state for told in desk.record.instructions.values()] == ["received"] * 3, "all of them stand"
    assert desk.record.instructions["I2"].contradicts == ("I1",)
    assert (desk.record.level, desk.record.commands, desk.record.counts) == (level, commands, counts)
    heard = next(entry for entry in desk.entries if entry.data.get("instruction") == "I2")
    assert heard.data["decided_by"] == ["propose-level"], "what it touches needs its own decision"
    task = desk.record.tasks[desk.record.instructions["I2"].tasks[0]]
    assert (task.owner, task.says, task.instruction) == ("fire_brigade", "不间断搜救", "I2")
    both = {"instructions": ["I1", "I2"], "words": "外围撤出，核心区两组搜救"}
    assert desk.refused(instructions.SettleInstructions, **both, **spoken(DEPUTY)).kind == "plan"
    desk.does(instructions.SettleInstructions, **both, **spoken(HEAD))
    assert {desk.record.instructions[name].settled for name in ("I1", "I2")} == {both["words"]}
    desk.does(work.CompleteTask, task=task.id)
    for name in ("I1", "I2", "I3"):
        desk.does(instructions.ConveyInstruction, instruction=name, to="现场指挥部", via="电话", read_back=True)
        early = desk.refused(instructions.CloseInstruction, instruction=name, result="已落实")
        assert (early.kind, "reported back first" in early.reason) == ("form", True)
        desk.does(instructions.ReportBack, instruction=name, to="秘书", via="电话", words="已按裁定落实")
        desk.does(instructions.CloseInstruction, instruction=name, result="已落实")
    assert {told["state"] for told in shown(desk.record)["instructions"]} == {"closed"}
    verdicts = desk.verdicts()
    assert {verdicts[name] for name in ("feedback-I1", "feedback-I2", f"task-{task.id}")} == {"met"}
    assert {entry.post for entry in desk.entries} <= {OFFICER, "second_officer", "system"}


def test_overdue_feedback_is_an_entry_at_its_own_instant_and_late_when_it_comes() -> None:
    desk = on_scene()
    due = desk.now + timedelta(minutes=40)
    desk.does(instructions.Instruct, **said("city", "核实人数", feedback_due=due))
    desk.wait(minutes=35)
    assert desk.verdicts()["feedback-I1"] == "due_soon"
    desk.wait(minutes=25)
    overdue = next(e for e in desk.entries if e.kind == "clock_overdue" and e.data["clock"] == "feedback-I1")
    assert (overdue.true_at, overdue.known_at) == (due, desk.now)
    desk.does(instructions.ReportBack, instruction="I1", to="秘书", via="电话", words="已核实")
    assert desk.verdicts()["feedback-I1"] == "late"


def test_an_instruction_that_was_reported_back_in_time_and_recorded_late_is_met() -> None:
    desk = on_scene()
    due = desk.now + timedelta(minutes=40)
    desk.does(instructions.Instruct, **said("city", "核实人数", feedback_due=due))
    desk.wait(minutes=50)
    told = {"instruction": "I1", "to": "秘书", "via": "电话", "words": "已核实"}
    desk.does(instructions.ReportBack, true_at=due - timedelta(minutes=1), **told)
    assert desk.verdicts()["feedback-I1"] == "met"


@pytest.mark.parametrize(
    ("words", "command", "asked"),
    [
        ("no 'I9'", instructions.ConveyInstruction, {"instruction": "I9", "to": "x", "via": "x"}),
        ("no 'I9'", instructions.Instruct, said("city", "x", contradicts=["I9"])),
        ("unit of the plan", instructions.Instruct, said("city", "x", tasks=[{"owner": "nobody", "what": "x"}])),
        ("no 'I9'", orders.AssignTask, {"to": "fire_brigade", "what": "x", "instruction": "I9", **spoken(HEAD)}),
        ("unit of the plan", orders.AssignTask, {"to": "nobody", "what": "x", **spoken(HEAD)}),
        ("no open 'T9'", orders.ReportProgress, {"task": "T9", "step": "half", "by": "x"}),
        ("who said it", orders.AssignTask, {"to": "fire_brigade", "what": "x", "form": "oral"}),
    ],
)
def test_what_is_missing_is_said(words: str, command: Any, asked: dict[str, Any]) -> None:
    refusal = on_scene().refused(command, **asked)
    assert (refusal.kind, words in refusal.reason) == ("form", True), refusal.reason


# -- task orders -------------------------------------------------------------------------------------------------------


def test_what_the_commander_orders_is_a_task_with_an_owner_a_deadline_and_a_call() -> None:
    desk = on_scene()
    due = desk.now + timedelta(minutes=30)
    asked = {"to": "fire_brigade", "what": "搜索二层", "where": "东侧厂房", "due_at": due, "basis": "会商纪要1"}
    desk.does(orders.AssignTask, **asked, power="gives-tasks-to-arrivals", **spoken(HEAD))
    task = desk.record.tasks["T1"]
    assert (task.owner, task.due_at, task.ordered_by, task.state) == ("fire_brigade", due, HEAD, "given")
    entry = next(entry for entry in desk.entries if entry.kind == "task_assigned")
    assert entry.clauses == ("LS-4.3.2-15",)
    called = desk.record.notices["N-T1"]
    assert set(called.recipients) == {"fire_brigade"}
    assert "搜索二层（东侧厂房）" in called.text
    for step in ("received", "departed", "arrived", "half"):
        desk.does(orders.ReportProgress, task="T1", step=step, by="扎西")
    assert desk.record.tasks["T1"].progress == "half"
    desk.wait(minutes=45)
    overdue = next(e for e in desk.entries if e.kind == "clock_overdue" and e.data["clock"] == "task-T1")
    assert overdue.true_at == due
    desk.does(work.CompleteTask, task="T1")
    assert desk.verdicts()["task-T1"] == "late"
    assert desk.refused(orders.ReportProgress, task="T1", step="half", by="扎西").kind == "form"


def test_a_task_that_is_ruled_out_ends_its_deadline_with_the_reason() -> None:
    desk = on_scene()
    due = desk.now + timedelta(minutes=30)
    desk.does(orders.AssignTask, to="fire_brigade", what="搜索二层", due_at=due, **spoken(HEAD))
    desk.does(work.CompleteTask, task="T1", outcome="not_applicable", words="二层已坍塌")
    assert desk.verdicts()["task-T1"] == "not_due"


def test_who_neither_commands_nor_has_a_power_orders_nothing_and_nobody_speaks_for_another_in_an_own_session() -> None:
    desk = on_scene()
    asked = {"to": "fire_brigade", "what": "搜索二层"}

    def refused(by: str, post: str, /, **told: Any) -> Refusal:
        return desk.refused(orders.AssignTask, by, post, **asked, **told)

    site = refused("李", OFFICER, **spoken("site_duty_leader"))
    assert (site.kind, "commands" in site.reason) == ("plan", True)
    assert refused("李", OFFICER).kind == "plan", "the watch orders nothing itself"
    assert refused("赵", HEAD, power="technical-disposal").kind == "plan"
    other = refused("王", DEPUTY, post=HEAD, by="赵")
    assert (other.kind, "acts as" in other.reason) == ("hard", True)
    assert refused("王", DEPUTY, **spoken(HEAD)).kind == "plan", "only the watch writes down what others said"
    desk.does(orders.AssignTask, "赵", HEAD, **asked)


def test_before_anybody_is_named_the_presumed_commander_may_order() -> None:
    desk = Scene(deaths=1, verified=True)
    desk.does(orders.AssignTask, to="site_emergency_bureau", what="设警戒", **spoken("site_duty_leader"))
    assert desk.record.tasks["T1"].state == "given"
    assert not any(clock.startswith("task-") for clock in desk.record.clocks)
    assert desk.refused(deadlines.StandDown, clock="task-T1", reason="x").kind == "form"


def test_what_the_body_above_hands_down_is_accepted_and_followed_to_its_end_as_the_plans_duty() -> None:
    desk = level_three()
    asked = {"leader": "平措", "post": "总指挥长", "government": "city", "form": "phone", "words": "查清储罐"}
    above = "municipal_general_hq"
    desk.does(instructions.Instruct, **asked, body=above)
    assert desk.entries[-1].clauses == PLAN.units[above].clauses
    desk.does(instructions.Instruct, **asked)
    assert desk.entries[-1].clauses == (), "in the leader's own name"
    for name in ("I1", "I2"):
        desk.does(instructions.ReportBack, instruction=name, to="平措", via="电话", words="已查清")
        desk.does(instructions.CloseInstruction, instruction=name, result="已落实")
    duty = next(duty for unit in PLAN.units.values() for duty in unit.duties if duty.handed_down_by == above)
    closed = [entry.clauses for entry in desk.entries if entry.kind == "instruction_closed"]
    assert closed == [duty.clauses, ()]
    assert desk.refused(instructions.Instruct, **asked, body="nobody").kind == "form"
