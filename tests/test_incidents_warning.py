"""Warnings through the pure core: who proposed, determined and published each colour, and what is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from incidents import approval, assessing, facts, notes, publication, recovery, response, warning
from incidents import tasks as work
from incidents.command import Command, Refusal
from incidents.envelope import Envelope
from incidents.incident import fold, follow_ups, handle, pass_time
from incidents.logbook import verify
from incidents.record import Edition, PublicWarning, Record
from plans.schema import COLOURS, Colour
from tests.playing import plan_of
from tests.support import PLAN, PLAN_HASH
from tests.test_incidents_incident import DEPUTY, FACTS, HEAD, OFFICER, SECOND, START, Desk

CHIEF = "commander_in_chief"
RULES = PLAN.warning
assert RULES is not None
SINGLE_STAGE = {"blue": (HEAD, "赵"), "yellow": (CHIEF, "平"), "orange": (CHIEF, "平"), "red": (CHIEF, "平")}
"""Who determines each colour."""
CONTENT = {
    "kind": "危化品泄漏",
    "area": "堆龙德庆区",
    "notes": "远离下风向",
    "advice": "关闭门窗",
    "issuer": "市指挥部",
}
BASIS = {item.id: "正在核实" for item in RULES.basis}
TOLD: dict[str, Any] = {
    "received_at": START,
    "expected_from": START + timedelta(hours=2),
    "sector": "hazardous-chemicals",
    "place": {"name": "西郊储罐区"},
    "summary": "储罐超压，可能泄漏",
    "reporter": "县应急管理局",
    "colour": "blue",
    "basis": BASIS,
}
NAMED = {"in_name_of": HEAD, "in_name_by": "赵"}


class WarningDesk(Desk):
    """The core with a clock in hand, and a danger that was assessed."""

    def __init__(self, **told: Any) -> None:
        self.record = Record(id="54010020260301001", plan="lhasa-2022", plan_hash=PLAN_HASH)
        self.entries = []
        self.now = START
        self.asked = 0
        asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH, "assessment": {**TOLD, **told}}
        self.does(assessing.OpenWarning, **asked)

    @property
    def told(self) -> PublicWarning:
        return self.record.warned()

    @property
    def standing(self) -> Edition:
        standing = self.told.edition(self.told.standing)
        assert standing is not None
        return standing

    def waiting(self) -> str:
        """The approval that waits."""
        return next(a.id for a in self.record.approvals.values() if a.stage())

    def propose(self, colour: Colour, **more: Any) -> str:
        """A warning as the watch proposes it, in the headquarters' name where the plan wants it."""
        named = {} if RULES.colours[colour].approval.proposal is None else NAMED
        asked: dict[str, Any] = {
            "colour": colour,
            "text": f"{colour}：储罐可能泄漏",
            "content": CONTENT,
            "valid_until": self.now + timedelta(hours=12),
            **named,
            **more,
        }
        self.does(warning.ProposeWarning, **asked)
        return self.waiting()

    def determine(self) -> None:
        """Each body that must agree does, one after the other."""
        while waiting := [a for a in self.record.approvals.values() if a.stage()]:
            stage = waiting[0].stage()
            assert stage is not None
            by = {HEAD: "赵", CHIEF: "平"}
            post = next(post for post in stage.posts if post in by)
            self.does(
                approval.Decide if stage.stage == "decide" else approval.Sign, by[post], post, approval=waiting[0].id
            )

    def publish(self, by: str = "李") -> list[str]:
        self.does(publication.SubmitWarning, by, checked=[item.id for item in RULES.review])
        return self.does(publication.RecordPublication, by, number=f"气{len(self.entries)}", channels=["短信", "电视"])

    def issue(self, colour: Colour) -> None:
        self.propose(colour)
        self.determine()
        self.publish()

    def change(self, colour: Colour) -> None:
        asked = {"colour": colour, "text": f"调整为{colour}", "advice": "专家建议", "reason": "事态变化"}
        self.does(warning.AdjustWarning, **asked)
        self.determine()
        self.publish()

    def lift(self) -> None:
        named = {} if RULES.colours[self.told.colour].approval.proposal is None else NAMED
        self.does(warning.LiftWarning, text="解除", reason="险情排除", **named)
        self.determine()
        self.publish()

    def happens(self) -> list[str]:
        told = {**FACTS, "received_at": self.now, "occurred_at": self.now, "deaths": 1, "verified": True}
        return self.does(assessing.BecomeAccident, facts=told)

    def kinds(self, kind: str) -> list[Any]:
        return [entry for entry in self.entries if entry.kind == kind]


def going(desk: Desk) -> set[str]:
    return {task.rule for task in desk.record.tasks.values() if task.state in ("asked", "held", "given")}


def own_measures(colour: Colour) -> set[str]:
    rule = RULES.colours[colour]
    return {task.id for task in rule.measures} | (own_measures(rule.base) if rule.base else set())


def people_of(desk: WarningDesk, edition: Edition) -> list[tuple[str, set[str]]]:
    """Who had a hand in what went out: as (proposer, those who determined it)."""
    asked = [desk.record.approvals[name] for name in edition.approvals]
    return [(one.proposed_by, {act.user for act in one.acts}) for one in asked]


ACTS: dict[str, Callable[[WarningDesk], None]] = {
    "issue": lambda desk: None,
    "raise": lambda desk: desk.change(COLOURS[min(COLOURS.index(desk.told.colour) + 1, 3)]),
    "lower": lambda desk: desk.change(COLOURS[max(COLOURS.index(desk.told.colour) - 1, 0)]),
    "lift": lambda desk: desk.lift(),
    "expire": lambda desk: (desk.wait(hours=13), None)[1],
    "accident": lambda desk: (desk.happens(), None)[1],
}
AFTER = {
    "issue": ("published", "warning"),
    "raise": ("published", "warning"),
    "lower": ("published", "warning"),
    "lift": ("lifted", "warning_over"),
    "expire": ("expired", "warning_over"),
    "accident": ("became_accident", "early_disposal"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_goes_through_the_hands_that_the_plan_names_and_never_through_one(colour: Colour, act: str) -> None:
    desk = WarningDesk()
    desk.issue(colour)
    post, user = SINGLE_STAGE[colour]
    first = desk.told.editions[0]
    (asked,) = [desk.record.approvals[name] for name in first.approvals]
    assert [(told.post, told.user) for told in asked.acts] == [(post, user)]
    proposal = RULES.colours[colour].approval.proposal
    assert desk.kinds("proposed")[0].clauses == (proposal.clauses if proposal else ())
    assert own_measures(colour) | {"watch-development", "issue-warnings"} == going(desk)

    desk.wait(hours=1)
    ACTS[act](desk)
    assert (desk.told.state, desk.record.phase) == AFTER[act]
    assert len(desk.kinds("warning_published")) == (2 if act in ("raise", "lower", "lift") else 1)
    for edition in desk.told.editions:
        for proposer, approvers in people_of(desk, edition):
            assert proposer not in approvers, "who drafts never approves"
        assert edition.determined_at is not None
        assert len({edition.submitted_by, *(user for _, users in people_of(desk, edition) for user in users)}) >= 2
    items = tuple(dict.fromkeys(clause for item in RULES.content for clause in item.clauses))
    for entry in desk.kinds("warning_published"):
        assert entry.clauses == (*RULES.publisher.clauses, *(items if entry.data["does"] != "lift" else ()))
    assert pass_time(PLAN, desk.record, desk.now) == ()
    again = fold(Record(id=desk.record.id, plan="lhasa-2022", plan_hash=PLAN_HASH), desk.entries)
    assert again == desk.record, "the log alone gives the warning back"
    verify(desk.entries)

    if act in ("lift", "expire"):
        assert going(desk) & own_measures(colour) == set(), "its measures end with it"
        assert "warning-end" in desk.verdicts()
        assert desk.verdicts()["warning-end"] == "not_due"
    if act == "accident":
        assert own_measures(colour) <= going(desk), "its measures stay"
        assert desk.record.grades is not None
        assert "own-government" in desk.verdicts(), "the accident's clocks run from its facts"


@pytest.mark.parametrize(
    ("old", "new", "bodies"),
    [
        ("blue", "yellow", ["municipal_hq", "municipal_general_hq"]),
        ("yellow", "blue", ["municipal_hq", "municipal_general_hq"]),
        ("orange", "red", ["municipal_hq", "municipal_general_hq"]),
        ("blue", "blue", ["municipal_hq"]),
    ],
)
def test_a_change_is_agreed_by_the_headquarters_and_by_who_determined_either_colour(
    old: Colour, new: Colour, bodies: list[str]
) -> None:
    desk = WarningDesk()
    desk.issue(old)
    desk.change(new)
    asked = [desk.record.approvals[name] for name in desk.standing.approvals]
    assert [stage.body for one in asked for stage in one.stages] == bodies
    assert desk.told.colour == new


@pytest.mark.parametrize(
    ("was", "colour", "bodies"),
    [
        ("blue", "yellow", ["county_hq", "city_hq"]),
        ("yellow", "blue", ["county_hq", "city_hq"]),
        ("blue", "red", ["county_hq", "region_hq"]),
    ],
)
def test_where_each_body_proposes_to_the_next_one_a_change_goes_upward(
    was: Colour, colour: Colour, bodies: list[str]
) -> None:
    rules = plan_of("zhongshan-county").warning
    assert rules is not None
    edition = Edition(
        number=2, does="adjust", colour=colour, was=was, text="压力上升", valid_from=START,
        valid_until=START + timedelta(days=1),
    )  # fmt: skip
    assert [rule.stages[0].body for rule in warning.needed(rules, edition)] == bodies


def test_measures_of_a_higher_colour_are_readied_before_the_public_is_told_and_lowering_waits_for_all() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    desk.does(warning.AdjustWarning, colour="yellow", text="调整", advice="专家建议")
    desk.does(approval.Decide, "赵", HEAD, approval=desk.waiting())
    assert own_measures("yellow") <= going(desk)
    assert (desk.told.colour, desk.told.state) == ("blue", "adjusting")
    desk.determine()
    desk.publish()
    desk.does(warning.AdjustWarning, colour="blue", text="调整", advice="专家建议")
    desk.does(approval.Decide, "赵", HEAD, approval=desk.waiting())
    assert own_measures("yellow") <= going(desk)
    desk.determine()
    desk.publish()
    assert going(desk) & (own_measures("yellow") - own_measures("blue")) == set()
    assert own_measures("blue") <= going(desk)
    told = desk.record.tasks["tell-new-colour"]
    assert told.clauses == ("LS-3.2-11",)


def test_an_expiry_is_true_at_its_own_instant_and_was_warned_of() -> None:
    desk = WarningDesk()
    desk.issue("yellow")
    assert follow_ups(PLAN, desk.record).next_due is not None
    until = desk.standing.valid_until
    desk.now = until - timedelta(minutes=30)
    assert desk.write(pass_time(PLAN, desk.record, desk.now)) or desk.verdicts()["warning-end"] == "due_soon"
    desk.wait(hours=2)
    (expired,) = desk.kinds("warning_expired")
    assert (expired.true_at, expired.known_at) == (until, desk.now)
    assert "N-warning-over" in desk.record.notices


def test_a_spoken_yes_lets_nothing_public_out_until_a_second_person_has_called_back() -> None:
    desk = WarningDesk()
    name = desk.propose("yellow")
    said = {"approval": name, "stage": "decide", "post": CHIEF, "by": "平", "said_at": desk.now, "via": "电话"}
    desk.does(approval.RecordOral, words="同意", read_back=True, **said)
    assert desk.told.state == "determined"
    review = {"checked": [item.id for item in RULES.review]}
    refusal = desk.refused(publication.SubmitWarning, **review)
    assert (refusal.kind, "call-back" in refusal.reason, refusal.clauses) == ("hard", True, ("LS-3.2-06",))
    rung = {"approval": name, "stage": "decide", "number": "000 2001", "words": "同意发布"}
    assert desk.refused(approval.CallBack, same=True, **rung).kind == "hard"
    desk.does(approval.CallBack, "周", SECOND, same=True, **rung)
    desk.does(publication.SubmitWarning, **review)
    desk.does(publication.RecordPublication, number="气1", channels=["短信"])
    assert desk.told.state == "published"


def test_a_call_back_that_hears_something_else_is_a_dispute_and_nothing_goes_out() -> None:
    desk = WarningDesk()
    name = desk.propose("blue")
    said = {"approval": name, "stage": "decide", "post": HEAD, "by": "赵", "said_at": desk.now, "via": "电话"}
    desk.does(approval.RecordOral, words="同意", read_back=True, **said)
    rung = {"approval": name, "stage": "decide", "number": "000 2001", "words": "没有说过"}
    desk.does(approval.CallBack, "周", SECOND, same=False, **rung)
    assert desk.record.departures[-1].kind == "dispute"
    assert desk.refused(publication.SubmitWarning, checked=["departments-consulted"]).kind == "hard"
    assert desk.refused(approval.CallBack, "周", SECOND, same=False, **rung).kind == "plan"
    desk.does(approval.AttachSignature, approval=name, stage="decide", sha256="a" * 64, name="审批表.jpg")
    desk.publish()


def authorised(desk: WarningDesk, *colours: Colour) -> str:
    asked = {"colours": colours, "until": desk.now + timedelta(hours=6), "scope": "罐压超限"}
    desk.does(warning.AuthoriseWarning, **asked)
    name = desk.waiting()
    desk.does(approval.Decide, "平", CHIEF, approval=name)
    return name


def test_under_a_prior_authorisation_a_warning_goes_out_at_once_and_is_determined_afterwards() -> None:
    desk = WarningDesk()
    under = authorised(desk, "yellow", "orange")
    desk.propose("orange")
    review = [item.id for item in RULES.review]
    desk.does(publication.SubmitWarning, checked=review, under=under)
    desk.does(publication.RecordPublication, number="气1", channels=["短信"])
    clock = desk.record.clocks["determine-1"]
    assert clock.due_at - clock.starts_at == timedelta(hours=2)
    assert own_measures("orange") <= going(desk)
    desk.wait(minutes=30)
    desk.determine()
    assert desk.verdicts()["determine-1"] == "met"
    assert desk.told.state == "published"


def test_a_warning_that_went_ahead_and_is_then_declined_stands_on_the_first_page_and_its_clock_runs_on() -> None:
    desk = WarningDesk()
    under = authorised(desk, "yellow")
    name = desk.propose("yellow")
    desk.does(publication.SubmitWarning, checked=["departments-consulted"], under=under)
    desk.does(publication.RecordPublication, number="气1", channels=["短信"])
    desk.does(approval.Decide, "平", CHIEF, approval=name, answer="no", words="依据不足")
    assert "未获审定" in desk.record.departures[-1].says
    assert desk.told.state == "published", "the public still has it"
    desk.does(publication.WithdrawPublication, reason="依据不足")
    desk.wait(hours=3)
    assert desk.verdicts()["determine-1"] == "overdue"


def test_an_authorisation_covers_its_own_colours_until_its_end_and_not_its_giver() -> None:
    desk = WarningDesk()
    under = authorised(desk, "yellow")
    desk.propose("orange")
    review = {"checked": ["departments-consulted"], "under": under}
    wrong = desk.refused(publication.SubmitWarning, **review)
    assert (wrong.kind, "does not cover orange" in wrong.reason) == ("hard", True)
    desk.propose("yellow")
    giver = desk.refused(publication.SubmitWarning, "平", SECOND, **review)
    assert (giver.kind, "two people publish" in giver.reason) == ("hard", True)
    desk.wait(hours=7)
    ended = desk.refused(publication.SubmitWarning, **review)
    assert (ended.kind, "has ended" in ended.reason) == ("hard", True)


def test_an_authorisation_that_was_only_spoken_needs_a_call_back_too() -> None:
    desk = WarningDesk()
    desk.does(warning.AuthoriseWarning, colours=["red"], until=desk.now + timedelta(hours=6), scope="罐压超限")
    said = {"approval": "A1", "stage": "decide", "post": CHIEF, "by": "平", "said_at": desk.now, "via": "电话"}
    desk.does(approval.RecordOral, words="同意", read_back=True, **said)
    desk.propose("red", urgent=True)
    assert "call-back" in desk.refused(publication.SubmitWarning, under="A1").reason
    desk.does(approval.CallBack, "周", SECOND, approval="A1", stage="decide", number="000", same=True, words="同意")
    desk.does(publication.SubmitWarning, under="A1")
    assert desk.told.state == "seconding"


def test_who_wrote_the_text_never_approves_it_whoever_proposed_it() -> None:
    desk = WarningDesk()
    name = desk.propose("blue", drafted_by="赵")
    assert desk.refused(approval.Decide, "赵", HEAD, approval=name).kind == "hard"
    said = {"approval": name, "stage": "decide", "post": HEAD, "by": "赵", "said_at": desk.now, "via": "电话"}
    assert desk.refused(approval.RecordOral, words="同意", read_back=True, **said).kind == "hard"
    desk.does(approval.Decide, "王", DEPUTY, approval=name)


def test_in_an_emergency_one_officer_and_a_second_person_are_enough_within_five_minutes() -> None:
    desk = WarningDesk()
    under = authorised(desk, "red")
    desk.propose("red", urgent=True, in_name_of="", in_name_by="")
    desk.does(publication.SubmitWarning, under=under)
    assert desk.told.state == "seconding"
    assert desk.refused(publication.RecordPublication, number="气1", channels=["短信"]).kind == "hard"
    assert desk.refused(publication.SecondWarning).kind == "hard"
    desk.wait(minutes=6)
    assert "submit it again" in desk.refused(publication.SecondWarning, "周", SECOND).reason
    desk.does(publication.SubmitWarning, under=under)
    desk.does(publication.SecondWarning, "周", SECOND)
    desk.does(publication.RecordPublication, number="气1", channels=["短信"])
    assert (desk.standing.submitted_by, desk.standing.seconded_by) == ("李", "周")
    assert desk.verdicts()["determine-1"] == "running"


def test_a_correction_goes_out_on_one_officers_act_and_stays_open_until_a_second_confirms_it() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    desk.does(publication.CorrectPublication, text="更正：范围为东嘎镇", reason="地名有误")
    assert desk.standing.text == "更正：范围为东嘎镇"
    assert desk.record.clocks["second-K1"].due_at == desk.now + timedelta(minutes=30)
    assert desk.refused(publication.ConfirmCorrection, correction="K1").kind == "hard"
    desk.does(publication.RecordPublication, number="气2", channels=["短信"], correction="K1")
    desk.does(publication.ConfirmCorrection, "周", SECOND, correction="K1")
    assert desk.verdicts()["second-K1"] == "met"
    assert desk.refused(publication.ConfirmCorrection, "周", SECOND, correction="K1").kind == "plan"

    desk.does(publication.WithdrawPublication, reason="误报")
    assert (desk.told.state, desk.record.phase) == ("withdrawn", "warning_over")
    assert going(desk) & own_measures("blue") == set()
    desk.wait(hours=1)
    assert desk.verdicts()["second-K2"] == "overdue"
    desk.does(publication.ConfirmCorrection, "周", SECOND, correction="K2")
    assert desk.verdicts()["second-K2"] == "late"


def test_a_warning_that_nothing_came_of_is_archived_and_closed() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    desk.lift()
    assert "tell-lifted" in going(desk)
    for task in [task for task in desk.record.tasks.values() if task.state in ("asked", "held", "given")]:
        desk.does(work.CompleteTask, task=task.id)
    desk.does(recovery.Archive, keeper="档案室")
    assert follow_ups(PLAN, desk.record).archive
    desk.write(tuple(recovery.written(desk.record, "a" * 64, desk.record.head.seq, desk.now)))
    assert desk.wait() == ["closed"]
    assert desk.record.closed


def test_a_danger_that_passed_is_dropped_and_one_that_was_declined_may_be_proposed_again() -> None:
    desk = WarningDesk()
    name = desk.propose("blue")
    desk.does(approval.Decide, "赵", HEAD, approval=name, answer="no", words="依据不足")
    assert desk.told.state == "declined"
    desk.propose("blue")
    desk.does(warning.DropWarning, reason="罐压已降")
    assert (desk.told.state, desk.record.phase) == ("dropped", "warning_over")
    assert all(one.stage() is None for one in desk.record.approvals.values())


def test_a_warning_that_waits_too_long_expires_before_anybody_was_told() -> None:
    desk = WarningDesk()
    desk.propose("blue")
    desk.wait(hours=13)
    assert desk.told.state == "expired"
    assert desk.kinds("warning_published") == []


def test_a_warning_from_elsewhere_asks_those_here_to_weigh_it_and_publishes_nothing() -> None:
    told = {"issuer": "日喀则市", "colour": "yellow", "says": "危化品车辆泄漏", "number": "2026-1"}
    desk = WarningDesk(elsewhere=told)
    assert going(desk) == {"analyse-own-exposure"}
    assert desk.record.tasks["analyse-own-exposure"].clauses == ("LS-3.3-17",)
    assert "日喀则市" in desk.record.notices["N-inbound"].text
    desk.does(assessing.RecordInboundWarning, elsewhere={**told, "colour": "orange"})
    assert {"analyse-own-exposure", "analyse-own-exposure-2"} <= desk.record.tasks.keys()
    assert desk.told.state == "assessed"


def test_the_public_text_of_a_warning_that_became_an_accident_goes_its_own_way_to_its_end() -> None:
    desk = WarningDesk()
    desk.issue("yellow")
    desk.happens()
    assert desk.record.commander is not None
    desk.does(response.ProposeLevel, level="IV", matter="启动四级响应", expected_duration="PT24H")
    assert desk.refused(warning.AdjustWarning, colour="red", text="x", advice="x").kind == "plan"
    desk.does(warning.LiftWarning, text="解除", reason="已转入响应", **NAMED)
    name = next(a.id for a in desk.record.approvals.values() if a.what == "warning_lift")
    desk.does(approval.Decide, "平", CHIEF, approval=name)
    desk.publish()
    assert (desk.told.state, desk.told.standing) == ("became_accident", 0)
    assert own_measures("yellow") <= going(desk), "an accident's measures do not end with the text"


def test_a_text_that_is_with_the_platform_when_it_happens_may_still_come_out_and_one_that_is_not_may_not() -> None:
    desk = WarningDesk()
    desk.propose("blue")
    desk.determine()
    desk.does(publication.SubmitWarning, checked=["departments-consulted"])
    desk.happens()
    assert desk.refused(warning.LiftWarning, text="x").kind == "plan"
    desk.does(publication.RecordPublication, **RECEIPT)
    assert (desk.told.state, desk.told.standing) == ("became_accident", 1)
    other = WarningDesk()
    other.propose("blue")
    other.determine()
    other.happens()
    assert other.refused(publication.SubmitWarning, checked=["departments-consulted"]).kind == "hard"


def test_a_change_that_would_have_ended_before_it_goes_out_does_not_go_out() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    until = desk.now + timedelta(hours=1)
    desk.does(warning.AdjustWarning, colour="blue", text="缩短", advice="专家建议", valid_until=until)
    desk.determine()
    desk.wait(hours=2)
    assert desk.told.state == "determined", "the standing text has its own end"
    refusal = desk.refused(publication.SubmitWarning, checked=["departments-consulted"])
    assert (refusal.kind, "passed already" in refusal.reason) == ("plan", True)
    desk.does(publication.WithdrawPublication, reason="险情已过")


def test_an_accident_may_come_of_a_warning_that_is_over() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    desk.wait(hours=13)
    assert desk.record.phase == "warning_over"
    desk.happens()
    assert (desk.told.state, desk.record.phase) == ("became_accident", "early_disposal")


def test_what_was_expected_in_numbers_says_which_colour_it_would_be_and_less_needs_a_reason() -> None:
    desk = WarningDesk(expected={"deaths": 4, "verified": True})
    assert desk.told.by_counts == "yellow"
    asked: dict[str, Any] = {
        "colour": "blue",
        "text": "x",
        "content": CONTENT,
        "valid_until": START + timedelta(hours=1),
    }
    assert "reason" in desk.refused(warning.ProposeWarning, **asked).reason
    desk.does(warning.ProposeWarning, **asked, reason="只有小量泄漏")


def test_a_plan_without_what_goes_ahead_lets_nothing_go_ahead() -> None:
    desk = WarningDesk()
    strict = PLAN.model_copy(update={"warning": RULES.model_copy(update={"ahead": None})})
    envelope = Envelope(user="李", post=OFFICER, session="s", command_id="c", issued=START, expires=START)
    asked = {"colours": ("red",), "until": START + timedelta(hours=1), "scope": "x"}
    answer = handle(
        strict, desk.record, warning.AuthoriseWarning.model_validate({"envelope": envelope, **asked}), START
    )
    assert isinstance(answer, Refusal)
    urgent = {
        "colour": "red",
        "text": "x",
        "content": CONTENT,
        "valid_until": START + timedelta(hours=1),
        "urgent": True,
    }
    answer = handle(strict, desk.record, warning.ProposeWarning.model_validate({"envelope": envelope, **urgent}), START)
    assert isinstance(answer, Refusal)
    assert "no emergency flow" in answer.reason


Wrong = Callable[[WarningDesk], Refusal]
LATER = START + timedelta(hours=5)
ASKED: dict[str, Any] = {"text": "x", "content": CONTENT, "valid_until": LATER}
BLUE = ASKED | {"colour": "blue"}
RECEIPT: dict[str, Any] = {"number": "气1", "channels": ["短信"]}
AHEAD: dict[str, Any] = {"until": LATER, "scope": "x"}


def no(command: type[Command], by: str = "李", post: str = OFFICER, /, **asked: Any) -> Wrong:
    """The refusal of a danger that was only assessed."""
    return lambda desk: desk.refused(command, by, post, **asked)


def once(colour: Colour, wrong: Wrong) -> Wrong:
    """The refusal once a warning of this colour is proposed."""

    def then(desk: WarningDesk) -> Refusal:
        desk.propose(colour)
        return wrong(desk)

    return then


@pytest.mark.parametrize(
    ("kind", "words", "wrong"),
    [
        ("hard", "before it is determined", no(publication.SubmitWarning)),
        ("hard", "before it is determined", no(publication.RecordPublication, **RECEIPT)),
        ("hard", "before it is determined", once("blue", no(publication.SubmitWarning))),
        ("hard", "before it is determined", once("red", no(publication.RecordPublication, **RECEIPT))),
        ("hard", "prior authorisation", once("blue", no(publication.SubmitWarning, under="A9"))),
        ("hard", "prior authorisation", once("blue", no(publication.SubmitWarning, under="A1"))),
        ("hard", "never approves", once("blue", no(approval.Decide, "李", HEAD, approval="A1"))),
        ("hard", "never approves", once("red", no(approval.Decide, "赵", CHIEF, approval="A1"))),
        ("plan", "expected one of", once("yellow", no(approval.Decide, "赵", HEAD, approval="A1"))),
        ("plan", "in_name_of", no(warning.ProposeWarning, colour="red", **ASKED)),
        ("form", "in_name_by", no(warning.ProposeWarning, colour="red", in_name_of=HEAD, **ASKED)),
        ("form", "until when", no(warning.ProposeWarning, colour="blue", text="x", content=CONTENT)),
        ("form", "expected kind", no(warning.ProposeWarning, **BLUE | {"content": {}})),
        ("form", "found x", no(warning.ProposeWarning, **BLUE | {"content": CONTENT | {"x": "x"}})),
        ("form", "after now", no(warning.ProposeWarning, **BLUE | {"valid_until": START})),
        ("form", "units of the plan", no(warning.ProposeWarning, call_also=["x"], **BLUE)),
        ("plan", "can't adjust", no(warning.AdjustWarning, colour="red", text="x", advice="x")),
        ("plan", "can't begin lifting", no(warning.LiftWarning, text="x")),
        ("plan", "no warning is public", no(publication.WithdrawPublication, reason="x")),
        ("plan", "no warning is public", no(publication.CorrectPublication, text="x", reason="x")),
        ("form", "no 'K1' here", no(publication.ConfirmCorrection, correction="K1")),
        ("plan", "no emergency", no(publication.SecondWarning, "周", SECOND)),
        ("form", "different bodies", no(warning.AuthoriseWarning, colours=COLOURS, **AHEAD)),
        ("form", "after now", no(warning.AuthoriseWarning, colours=("red",), **AHEAD | {"until": START})),
        ("plan", "may not do this", no(warning.ProposeWarning, "平", "site_duty_leader", **BLUE)),
        ("plan", "nothing has happened", no(facts.ReportFacts, source="x", findings={"deaths": 1})),
        ("plan", "nothing has happened", no(response.ProposeLevel, level="IV", matter="x", expected_duration="PT1H")),
        ("plan", "nothing to archive", no(recovery.Archive, keeper="x")),
        ("form", "in the future", no(assessing.BecomeAccident, facts=FACTS | {"received_at": LATER})),
    ],
)
def test_a_refusal_has_its_class_says_what_was_expected_and_writes_nothing(kind: str, words: str, wrong: Wrong) -> None:
    desk = WarningDesk()
    refusal = wrong(desk)
    assert words in refusal.reason
    assert (refusal.kind, "\n" in refusal.reason) == (kind, False)
    desk.does(notes.Note, words="下一条正常")


def test_a_warning_is_submitted_by_the_office_alone_after_the_departments_were_consulted_and_before_its_end() -> None:
    desk = WarningDesk()
    desk.propose("blue")
    desk.determine()
    lacking = desk.refused(publication.SubmitWarning)
    assert (lacking.kind, lacking.clauses) == ("plan", ("LS-3.2-02",))
    unadvised = WarningDesk()
    unadvised.issue("blue")
    refusal = unadvised.refused(warning.AdjustWarning, colour="yellow", text="x")
    assert (refusal.kind, refusal.clauses) == ("plan", ("LS-3.2-10",))


def test_what_a_warning_is_opened_with_is_checked_against_the_plan() -> None:
    record = Record(id="54010020260301001", plan="lhasa-2022", plan_hash=PLAN_HASH)
    envelope = Envelope(user="李", post=OFFICER, session="s", command_id="c", issued=START, expires=START)

    def answer(**told: Any) -> Any:
        asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH, "assessment": {**TOLD, **told}}
        return handle(PLAN, record, assessing.OpenWarning.model_validate({"envelope": envelope, **asked}), START)

    assert "affected-extent" in answer(basis={}).reason or "expected-casualties" in answer(basis={}).reason
    assert answer(basis={}).clauses == ("LS-3.2-01",)
    assert "found x" in answer(basis={"x": "x"}).reason
    assert "in the future" in answer(received_at=START + timedelta(hours=1)).reason
    assert answer()[0].clauses == ("LS-3.2-01",)


def test_the_same_report_again_opens_nothing_and_another_one_is_refused() -> None:
    desk = WarningDesk()
    asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH}
    assert desk.ask(assessing.OpenWarning, "李", OFFICER, **asked, assessment=TOLD) == ()
    assert desk.refused(assessing.OpenWarning, **asked, assessment=TOLD | {"summary": "另一处"}).kind == "plan"
    assert desk.refused(facts.Open, **asked, facts=FACTS).kind == "plan"


def test_a_platform_that_was_faster_than_the_office_is_recorded_as_a_departure() -> None:
    desk = WarningDesk()
    desk.propose("blue")
    desk.determine()
    early: datetime = desk.now
    desk.wait(minutes=5)
    desk.does(publication.SubmitWarning, checked=["departments-consulted"])
    desk.does(publication.RecordPublication, true_at=early, **RECEIPT)
    assert "先于报送" in desk.record.departures[-1].says
