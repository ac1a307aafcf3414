"""An entry that acts cites the clauses of its own element and no others: coverage rests on that."""

from collections.abc import Iterator

from incidents import (
    approval,
    commander,
    disposal,
    handling,
    handover,
    instructions,
    notices,
    onsite,
    orders,
    packs,
    recovery,
    release,
    response,
)
from incidents import tasks as work
from incidents.logbook import Entry
from plans import walk
from plans.coverage import ACTS
from plans.schema import (
    GRADES,
    Condition,
    Duty,
    Handover,
    Naming,
    NotifyRule,
    OnSiteHq,
    Power,
    ReportRule,
    Revision,
    Work,
)
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, Desk
from tests.test_incidents_levels import CHIEF, asked, ordered
from tests.test_incidents_onsite import EXECUTIVE, REGION, Scene, level_three, spoken
from tests.test_incidents_warning import WarningDesk

NATIONAL = "N-"


def own(desk: Desk, entry: Entry) -> Iterator[set[str]]:
    """The clauses of each element that an entry acts on, read from what the entry says it is about."""
    parts = [part for _, part in walk.elements(PLAN)]
    data, said = entry.data, desk.record
    match entry.kind:
        case "task_moved":
            yield from (set(p.clauses) for p in parts if isinstance(p, Work) and p.id == said.tasks[data["task"]].rule)
        case "condition_found":
            yield from (set(p.clauses) for p in parts if isinstance(p, Condition) and p.id == data["condition"])
        case "clock_done" | "clock_void" | "clock_missed" | "clock_stood_down":
            rule = said.clocks[data["clock"]].rule
            yield from (set(p.clauses) for p in parts if isinstance(p, ReportRule) and p.id == rule)
            if entry.kind == "clock_done":
                yield from _carried(desk, entry)
        case "notice_answered":
            yield from (set(p.clauses) for p in parts if isinstance(p, NotifyRule) and p.unit in data["units"])
        case "approval_answered":
            stages = said.approvals[data["approval"]].stages
            yield from (set(stage.clauses) for stage in stages if stage.stage == data["act"]["stage"])
        case "command_passed":
            yield set(PLAN.posts[data["post"]].clauses)
            yield from (set(p.clauses) for p in parts if isinstance(p, Handover) and p.id == data["handover"])
        case "command_taken":
            yield set(PLAN.response.levels[data["level"]].commander_clauses)
        case "onsite_hq_formed":
            yield from (set(p.clauses) for p in parts if isinstance(p, OnSiteHq))
        case "group_formed" | "group_set":
            yield set(PLAN.groups[data["group"]].clauses)
        case "post_named":
            yield from (set(p.clauses) for p in parts if isinstance(p, Naming) and data["names"] in p.posts)
        case "post_confirmed":
            yield from (set(p.clauses) for p in parts if isinstance(p, Naming) and data["deputy"] in p.posts)
        case "handover_accepted":
            yield from (set(p.clauses) for p in parts if isinstance(p, Handover) and p.id == data["rule"])
        case "function_passed":
            yield from (set(p.clauses) for p in parts if isinstance(p, Handover) and p.id == data["handover"])
        case "checked_in":
            yield from (set(p.clauses) for p in parts if isinstance(p, Handover) and p.id == data.get("handover"))
        case "task_assigned":
            yield from (set(p.clauses) for p in parts if isinstance(p, Power) and p.id == data["power"])
        case "withdrawn":
            yield set(PLAN.termination.withdrawal.clauses)
        case "response_lifted":
            yield set(PLAN.termination.lifting.clauses)
        case "end_approved":
            yield from (set(PLAN.termination.scene_end_for(level).clauses) for level in (None, *GRADES))
        case "level_ordered":
            rule = PLAN.response.levels[data["level"]]
            yield {*rule.clauses, *rule.approval.clauses, *(rule.base.clauses if rule.base else ())}
            changes = (PLAN.response.raise_by, PLAN.response.lower_by) if "from_level" in data else ()
            yield from (set(change.clauses) for change in changes if change)
        case "release_published":
            assert PLAN.release is not None
            yield from (set(rule.clauses) for rule in PLAN.release.rules if rule.id == data["rule"])
            if data["managed_by"].keys() == set(PLAN.release.managed_by):
                yield set(PLAN.release.clauses)
        case "level_skipped" | "classified_sent" | "report_flagged":
            kind = {"level_skipped": "skip_level", "classified_sent": "classified", "report_flagged": "forbidden"}
            handling = PLAN.reporting.handling
            yield from (set(rule.clauses) for rule in handling if rule.kind == kind[entry.kind])
        case "response_begun":
            yield from (set(start.clauses) for start in PLAN.response.at_once if data["unit"] in start.units)
        case "support_answered":
            assert PLAN.preparedness is not None
            ready = PLAN.preparedness.resources
            yield from (set(one.clauses) for one in ready if one.id in data["resources"])
        case "instruction_received":
            yield set(PLAN.units[data["body"]].clauses) if data["body"] else set()
        case "instruction_closed":
            body = said.instructions[data["instruction"]].body
            yield from (set(p.clauses) for p in parts if isinstance(p, Duty) and p.handed_down_by == body)
        case "revision_opened":
            yield from (set(p.clauses) for p in parts if isinstance(p, Revision) and p.id == data["ground"])
        case "pack_chosen":
            yield from (set(pack.clauses) for pack in PLAN.response.packs if pack.id == data["pack"])
        case "requisitioned":
            assert PLAN.preparedness is not None
            assert PLAN.preparedness.requisition is not None
            yield set(PLAN.preparedness.requisition.clauses)
        case "proposed":
            asked = said.approvals[data["approval"]]
            warned = PLAN.warning
            assert warned is not None
            if asked.what.startswith("warning"):
                for told in warned.colours.values():
                    yield set(told.approval.proposal.clauses if told.approval.proposal else ())
            elif asked.what in ("level", "extension"):
                assert asked.level is not None
                # To lower a level is for those of the level that stands.
                for level in (asked.level, asked.asks.get("from_level", asked.level)):
                    yield set(PLAN.response.levels[level].approval.clauses)
                return
            ends = (PLAN.termination.scene_end_for(level).clauses for level in (None, *GRADES))
            yield {*PLAN.termination.lifting.clauses}.union(*ends)
        case "opened" | "became_accident":
            yield set(PLAN.command.presumed_clauses)
            if data["facts"]["sector"] in PLAN.about.scope.accepts:
                yield set(PLAN.about.scope.clauses)
        case "warning_opened" | "warning_submitted" | "warning_published" | "warning_determined":
            yield from _of_a_warning(entry)


def _carried(desk: Desk, entry: Entry) -> Iterator[set[str]]:
    """The clauses of the items that a report carried which was sent by the entry before."""
    sent = desk.entries[entry.seq - 2]
    if sent.kind == "report_sent" and "fields" in sent.data:
        yield from (set(item.clauses) for item in PLAN.reporting.fields if item.id in sent.data["fields"]["carried"])
        if not sent.data["fields"]["verifying"]:
            yield from (set(rule.clauses) for rule in PLAN.reporting.handling if rule.kind == "standard")


def _of_a_warning(entry: Entry) -> Iterator[set[str]]:
    rules = PLAN.warning
    assert rules is not None
    match entry.kind:
        case "warning_opened":
            yield from (set(item.clauses) for item in rules.basis)
        case "warning_determined":
            changes = {"adjust": rules.adjust.clauses, "lift": rules.lift.clauses}
            yield set(changes.get(entry.data["does"], rules.colours[entry.data["colour"]].clauses))
        case "warning_submitted":
            yield set(rules.publisher.clauses)
            yield from (set(item.clauses) for item in rules.review if item.id in entry.data["checked"])
        case _:
            yield set(rules.publisher.clauses)
            yield from (set(item.clauses) for item in rules.content if entry.data["does"] != "lift")


def whole() -> Desk:
    """An ordinary accident from the call to the archive, with answers."""
    desk = Desk(deaths=1, verified=True)
    desk.wait(minutes=1)
    desk.start_level_four()
    for name, notice in desk.record.notices.items():
        if name.startswith("N-level") or name == "N-early":
            told = tuple(
                notices.Answered(notice=name, unit=unit, by="值班员", at=desk.now) for unit in notice.recipients
            )
            desk.write(tuple(notices.answers(desk.record, told, desk.now)))
    desk.does(commander.DeclareHandover, post="onsite_commander", by="次仁", way="named")
    desk.report_all()
    desk.end_scene()
    desk.does(approval.Decide, "赵", HEAD, approval="A3")
    desk.does(approval.Sign, "王", DEPUTY, approval="A3")
    for task in list(desk.record.tasks.values()):
        if task.state in ("given", "asked", "held"):
            words = {"outcome": "not_applicable", "words": "无此情形"} if task.state != "given" else {}
            desk.does(work.CompleteTask, task=task.id, **words)
    assert desk.record.phase == "recovery"
    return desk


def grown() -> Desk:
    """An accident that is raised and lowered, of which the public is told, and for which goods are taken."""
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=5)
    ordered(desk, "III", HEAD, HEAD)
    desk.report_all()
    desk.does(recovery.Requisition, ordered_by="site_government", owner="某公司", items="水泵")
    text = {"text": "三人死亡", "figures": {"deaths": 3}, "as_at": desk.now, "report": "phone-government"}
    desk.does(release.DraftRelease, **text)
    desk.does(approval.Decide, "平", CHIEF, approval=asked(desk).id)
    desk.does(release.RecordRelease, release="R1", channels=("官网",))
    ordered(desk, "II", CHIEF, EXECUTIVE)
    desk.does(response.ExtendResponse, expected_duration="P2D", reason="仍在搜救")
    ordered(desk, "III", CHIEF, EXECUTIVE, reason="险情已控")
    return desk


def on_scene() -> Scene:
    """From level III, commanded by whom its rule, then a naming, says, to level II and the region."""
    desk = level_three(deaths=12)
    desk.does(commander.NamePost, names="onsite_commander", person="平措", number="1号", **spoken(HEAD))
    desk.does(commander.NamePost, names="onsite_deputy_commander", person="巴桑", **spoken(HEAD))
    desk.does(commander.ConfirmDeputy, deputy="onsite_deputy_commander", **spoken("onsite_commander"))
    desk.arrives(HEAD)
    desk.does(onsite.SetGroup, group="group_press", members=["government_news_office"], reason="增援", **spoken(HEAD))
    desk.does(onsite.CheckIn, unit="health_commission", leader="德吉", people=8)
    desk.does(handover.HandOverFunction, handover="relieve-medical", giver="次仁", taker="德吉")
    desk.does(orders.AssignTask, to="fire_brigade", what="搜索", **spoken(HEAD))
    desk.start("II", EXECUTIVE, EXECUTIVE)
    desk.does(commander.DeclareHandover, post=REGION, by="丹增", way="ordered", number="2号")
    desk.does(handover.OfferHandover, to=EXECUTIVE, **spoken(REGION))
    desk.does(handover.AcceptHandover, offer="H1", **spoken(EXECUTIVE))
    desk.does(handover.OfferHandover, to=REGION, **spoken(EXECUTIVE))
    desk.does(handover.AcceptHandover, offer="H2", **spoken(REGION))
    return desk


def beside() -> Desk:
    """A leak at level III with what is done beside the chain: reports handled otherwise, support, measures of its kind,
    an instruction from above, a lesson."""
    desk = level_three(sector="hazardous-chemicals")
    desk.arrives(HEAD)
    desk.does(disposal.RecordStart, unit="enterprise", by="次仁", words="启动本单位预案")
    past = {"sender": "site_emergency_bureau", "to": "region_general_hq", "past": "municipal_hq_office"}
    desk.does(handling.SkipLevel, **past, reason="专线中断", via="卫星电话", as_at=desk.now)
    desk.does(handling.RecordClassified, to="city_party_committee", clock="paper-party")
    desk.does(handling.FlagReport, fault="false", sender="enterprise", words="少报", remedy="更正")
    desk.report_all()
    measures = [{"owner": "fire_brigade", "what": "水幕稀释"}]
    desk.does(packs.ChoosePack, pack="hazardous-chemicals-pack", measures=measures, basis="专家", **spoken(HEAD))
    desk.does(work.RequestSupport, by="现场", need="专家")
    desk.does(work.AnswerSupport, request="Q1", answer="yes", by="市", words="三名", resources=["experts-by-kind"])
    above = {"leader": "平措", "post": "总指挥长", "government": "city", "body": "municipal_general_hq"}
    desk.does(instructions.Instruct, **above, form="phone", words="查清储罐")
    desk.does(instructions.ReportBack, instruction="I1", to="平措", via="电话", words="已查清")
    desk.does(instructions.CloseInstruction, instruction="I1", result="已落实")
    desk.does(recovery.OpenRevision, ground="problem-found", words="备用线路未写")
    return desk


def cited(desk: Desk) -> set[str]:
    """The kinds of acting entries that cite a clause of the plan, each of them only its own element's."""
    seen = set()
    for entry in desk.entries:
        if entry.kind in ACTS:
            cites = {clause for clause in entry.clauses if not clause.startswith(NATIONAL)}
            allowed = set().union(*own(desk, entry))
            assert cites <= allowed, (entry.kind, entry.data, cites - allowed)
            if cites:
                seen.add(entry.kind)
    return seen


def test_an_acting_entry_cites_only_the_clauses_of_its_own_element() -> None:
    assert cited(on_scene()) >= {
        "onsite_hq_formed", "group_formed", "group_set", "command_taken", "command_passed", "post_named",
        "post_confirmed", "handover_accepted", "function_passed", "checked_in", "task_assigned",
    }  # fmt: skip
    assert cited(whole()) >= {
        "opened", "proposed", "approval_answered", "level_ordered", "notice_answered", "command_passed", "clock_done",
        "task_moved", "condition_found", "end_approved", "withdrawn", "response_lifted",
    }  # fmt: skip


def test_what_is_done_beside_the_chain_cites_only_what_it_acts_on() -> None:
    assert cited(beside()) >= {
        "opened", "clock_done", "response_begun", "level_skipped", "classified_sent", "report_flagged", "pack_chosen",
        "support_answered", "instruction_received", "instruction_closed", "revision_opened",
    }  # fmt: skip


def test_a_raised_and_lowered_accident_cites_only_what_each_entry_acts_on() -> None:
    desk = grown()
    assert cited(desk) >= {"release_published", "requisitioned", "level_ordered"}
    lowered = [entry for entry in desk.entries if entry.kind == "proposed"][-1]
    assert set(lowered.clauses) == set(PLAN.response.levels["II"].approval.clauses), "by the standing level's authority"


def test_an_acting_entry_of_a_warning_cites_only_the_clauses_of_its_own_element() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    desk.change("orange")
    for task in list(desk.record.tasks.values()):
        if task.state in ("given", "asked"):
            desk.does(work.CompleteTask, task=task.id)
    desk.happens()
    for entry in desk.entries:
        if entry.kind in ACTS:
            cited = {clause for clause in entry.clauses if not clause.startswith(NATIONAL)}
            assert cited <= set().union(*own(desk, entry)), (entry.kind, entry.data, cited)
    every = {clause for entry in desk.entries if entry.kind in ACTS for clause in entry.clauses}
    assert {"LS-2.2-08", "LS-2.3-22", *(f"LS-3.2-{n:02}" for n in (1, 2, 3, 4, 5, 7, 9, 10, 11))} <= every
    assert {f"LS-3.3-{n:02}" for n in range(1, 17)} <= every


def test_an_answer_cites_what_its_unit_is_called_by_and_not_what_others_are() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    called = desk.record.notices["N-level-IV"].recipients
    calls = [call for call in PLAN.response.levels["IV"].notify if call.unit in called]
    one = next(call for call in calls if set(call.clauses) != set(calls[0].clauses))
    told = (notices.Answered(notice="N-level-IV", unit=one.unit, by="值班员", at=desk.now),)
    (entry,) = notices.answers(desk.record, told, desk.now)
    assert entry.clauses == one.clauses
