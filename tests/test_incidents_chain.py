"""The chain of reports: bodies with frozen figures, legs that say the same, signatures that follow, disputed receipts,
chasers; a start that is corrected moves its clocks, and nothing else does.
"""

from datetime import timedelta
from typing import Any

import pytest

from incidents import chain, chasers, facts, lateness, origins, receipts, reporting, spoken
from incidents.view import first_page, shown
from tests.support import PLAN
from tests.test_incidents_incident import START, Desk

LEG, SISTER = "phone-party", "phone-government"


def desk(**told: Any) -> Desk:
    return Desk(deaths=1, verified=True, **told)


def drafts(desk: Desk, stage: str = "first", **told: Any) -> str:
    desk.does(chain.DraftReport, stage=stage, as_at=desk.now, **told)
    return list(desk.record.reports)[-1]


def sends(desk: Desk, leg: str, **told: Any) -> list[str]:
    return desk.does(
        reporting.SendReport, **{"clock": leg, "via": "电话", "as_at": desk.now, "signed_by": "王", **told}
    )


def finds(desk: Desk, **counts: int) -> None:
    told = {name: {"n": n, "source": "county"} for name, n in counts.items()}
    desk.does(facts.ReportFacts, findings=told, source="县")


def clock(desk: Desk, name: str) -> Any:
    return desk.record.clocks[name]


# -- bodies ------------------------------------------------------------------------------------------------------------


def test_reports_are_numbered_and_follow_each_other_to_the_final_one() -> None:
    room = desk()
    names = [drafts(room, stage) for stage in ("first", "follow_up", "follow_up", "final")]
    told = [(r.stage, r.n, r.follows) for r in room.record.reports.values()]
    assert told == [("first", 0, ""), ("follow_up", 1, names[0]), ("follow_up", 2, names[1]), ("final", 0, names[2])]


@pytest.mark.parametrize(
    ("before", "stage", "found"),
    [((), "follow_up", "none yet"), (("first",), "first", "is there"), (("first", "final"), "follow_up", "is out")],
)
def test_a_report_out_of_turn_is_refused(before: tuple[str, ...], stage: str, found: str) -> None:
    room = desk()
    for one in before:
        drafts(room, one)
    refusal = room.refused(chain.DraftReport, stage=stage, as_at=room.now)
    assert found in refusal.reason
    assert refusal.kind == "plan"


def test_a_report_is_never_as_at_an_instant_before_the_last_one_or_to_come() -> None:
    room = desk()
    room.wait(minutes=5)
    drafts(room)
    earlier = room.refused(chain.DraftReport, stage="follow_up", as_at=room.now - timedelta(minutes=1))
    later = room.refused(chain.DraftReport, stage="follow_up", as_at=room.now + timedelta(minutes=1))
    assert "from" in earlier.reason
    assert "future" in later.reason


def test_figures_stand_as_they_were_and_what_came_since_stands_beside_them() -> None:
    room = desk()
    name = drafts(room)
    finds(room, deaths=3)
    (told,) = shown(room.record)["reports"]
    assert told["figures"] == {"deaths": 1}
    assert told["since"] == {"deaths": [1, 3]}
    sends(room, LEG, report=name)
    assert room.entries[-2].data["figures"] == {"deaths": 1}


def test_a_report_with_other_figures_than_the_ledger_needs_a_reason() -> None:
    room = desk()
    refusal = room.refused(chain.DraftReport, stage="first", as_at=room.now, figures={"deaths": 2})
    assert "deaths 1→2" in refusal.zh
    drafts(room, figures={"deaths": 2}, differs="医院刚报一人")
    assert next(iter(room.record.reports.values())).figures == {"deaths": 2}


def test_a_leg_whose_figures_differ_from_its_sisters_is_asked_about_and_changes_nothing() -> None:
    room = desk()
    name = drafts(room)
    sends(room, LEG, report=name)
    before = room.record
    refusal = room.refused(
        reporting.SendReport, clock=SISTER, via="电话", as_at=room.now, report=name, figures={"deaths": 2}
    )
    assert refusal.kind == "form"
    assert "deaths 1→2" in refusal.reason
    assert room.record == before
    sends(room, SISTER, report=name, figures={"deaths": 2}, differs="来电后核实")
    sent = next(entry for entry in room.entries if entry.kind == "report_sent" and entry.data["clock"] == SISTER)
    assert (sent.data["figures"], sent.data["differs"]) == ({"deaths": 2}, "来电后核实")
    assert room.record.reports[name].legs == (LEG, SISTER)


def test_a_leg_says_as_of_when_its_report_does() -> None:
    room = desk()
    name = drafts(room)
    room.wait(minutes=2)
    refusal = room.refused(reporting.SendReport, clock=LEG, via="电话", as_at=room.now, report=name)
    assert "is as at" in refusal.reason
    assert "report-9" in room.refused(reporting.SendReport, clock=LEG, via="电话", as_at=room.now, report="report-9").zh


def test_a_report_on_a_closed_link_is_refused() -> None:
    room = desk()
    sends(room, LEG)
    refusal = room.refused(reporting.SendReport, clock=LEG, via="电话", as_at=room.now)
    assert "has already ended as met" in refusal.reason


# -- signatures --------------------------------------------------------------------------------------------------------


def test_a_paper_that_goes_before_its_signature_starts_a_clock_that_the_signature_meets() -> None:
    room = desk()
    sends(room, "own-government", signed_by="", signature_follows="带班领导决定先报")
    waits = clock(room, "signature-own-government")
    pace = PLAN.response.pace
    assert pace is not None
    assert (waits.soft, waits.due_at - waits.starts_at) == (False, pace.ratify_within)
    room.wait(hours=3)
    kinds = room.does(reporting.SignReport, clock="own-government", signed_by="王强", sha256="a" * 64)
    assert kinds[:2] == ["report_signed", "clock_done"]
    assert clock(room, "signature-own-government").verdict == "met"
    again = room.refused(reporting.SignReport, clock="own-government", signed_by="王强")
    assert "waits for no signature" in again.reason


def test_a_telephone_leg_needs_no_signature_and_an_unsigned_paper_goes_only_by_a_recorded_decision() -> None:
    room = desk()
    sends(room, LEG, signed_by="")
    refusal = room.refused(reporting.SendReport, clock="own-government", via="传真", as_at=room.now)
    assert "signature_follows" in refusal.reason


# -- receipts ----------------------------------------------------------------------------------------------------------


def test_a_disputed_receipt_moves_nothing_until_it_is_settled_and_both_verdicts_stand() -> None:
    room = desk()
    room.wait(hours=3)
    assert clock(room, LEG).verdict == "overdue"
    sends(room, LEG)
    assert clock(room, LEG).verdict == "late"
    room.does(receipts.DisputeReceipt, clock=LEG, by="市委值班室", words="称当时已接到电话")
    assert clock(room, LEG).verdict == "late"
    assert first_page(room.record)["receipts_disputed"] == [LEG]
    asked = {"clock": LEG, "by": "县督查室", "evidence": "通话清单"}
    room.does(receipts.SettleReceipt, **asked, sent_at=START + timedelta(minutes=4), received_by="市委值班员")
    settled = room.entries[-1]
    assert clock(room, LEG).verdict == "met"
    assert (settled.data["before"]["verdict"], settled.data["verdict"]) == ("late", "met")
    assert first_page(room.record)["receipts_disputed"] == []


def test_a_report_that_never_went_is_open_again_and_overdue() -> None:
    room = desk()
    sends(room, LEG)
    room.does(receipts.DisputeReceipt, clock=LEG, by="市委值班室", words="没有收到")
    room.wait(hours=1)
    room.does(receipts.SettleReceipt, clock=LEG, by="县督查室", evidence="无通话记录")
    assert (clock(room, LEG).verdict, clock(room, LEG).done_at) == ("overdue", None)


def test_only_what_is_disputed_is_settled_and_nothing_is_disputed_twice() -> None:
    room = desk()
    assert "no dispute" in room.refused(receipts.SettleReceipt, clock=LEG, by="县", evidence="清单").reason
    room.does(receipts.DisputeReceipt, clock=LEG, by="市委", words="没有收到")
    assert "already" in room.refused(receipts.DisputeReceipt, clock=LEG, by="市委", words="没有收到").reason
    assert "no report" in room.refused(receipts.DisputeReceipt, clock="nothing", by="市委", words="无").reason


# -- a start corrected -------------------------------------------------------------------------------------------------


def test_a_corrected_start_moves_its_clocks_alone_and_the_log_shows_both() -> None:
    room = desk()
    before = {name: (c.starts_at, c.due_at) for name, c in room.record.clocks.items()}
    room.does(
        origins.CorrectTime, fact="received", to=START - timedelta(minutes=9), source="值班电话录音", words="误记"
    )
    entry = next(entry for entry in room.entries if entry.kind == "time_corrected")
    moved = {told["clock"]: told for told in entry.data["moved"]}
    rules = {rule.id: rule for rule in PLAN.reporting.rules}
    for name, (starts, due) in before.items():
        now = clock(room, name)
        if rules[name].starts == "received":
            assert moved[name]["due_at"] == [due.isoformat(), now.due_at.isoformat()]
            assert now.due_at - now.starts_at == due - starts
        else:
            assert (now.starts_at, now.due_at) == (starts, due)
            assert name not in moved
    assert entry.data["from"] != entry.data["to"]


def test_a_verdict_is_judged_anew_both_ways_when_its_start_is_corrected() -> None:
    room = desk()
    room.wait(minutes=9)
    sends(room, LEG)
    assert clock(room, LEG).verdict == "met"
    back = {"fact": "received", "source": "录音", "words": "误记"}
    room.does(origins.CorrectTime, to=START - timedelta(minutes=9), **back)
    assert clock(room, LEG).verdict == "late"
    assert clock(room, SISTER).verdict == "overdue"
    room.does(origins.CorrectTime, to=START + timedelta(minutes=6), **back)
    assert (clock(room, LEG).verdict, clock(room, SISTER).verdict) == ("met", "running")


@pytest.mark.parametrize(
    ("to", "found"),
    [(timedelta(days=1), "future"), (timedelta(0), "already"), (timedelta(days=-1), "can't come after")],
)
def test_a_start_is_corrected_to_a_time_that_can_be(to: timedelta, found: str) -> None:
    room = desk()
    refusal = room.refused(origins.CorrectTime, fact="received", to=START + to, source="县", words="误记")
    assert found in refusal.reason


def test_the_casualty_window_moves_with_the_event() -> None:
    room = desk()
    room.start_level_four()
    room.report_all()
    room.end_scene()
    ends, event = room.record.window_ends, room.record.known().occurred_at
    assert ends is not None
    assert event is not None
    room.does(origins.CorrectTime, fact="occurred", to=event - timedelta(hours=2), source="县", words="监控时间")
    assert room.record.known().occurred_at == event - timedelta(hours=2)
    assert room.record.window_ends == ends - timedelta(hours=2)


# -- from above, why it was late, what is read out ---------------------------------------------------------------------


def test_a_chaser_stands_on_the_first_page_until_it_is_answered() -> None:
    room = desk()
    room.does(chasers.RecordChaser, by="市政府总值班室 刘", via="电话", clock=LEG, words="书面何时到")
    assert [one["id"] for one in first_page(room.record)["chasers_unanswered"]] == ["U1"]
    room.does(chasers.AnswerChaser, chaser="U1", via="电话", words="十分钟内")
    assert first_page(room.record)["chasers_unanswered"] == []
    assert "waiting: none" in room.refused(chasers.AnswerChaser, chaser="U1", via="电话", words="又答").reason
    assert "no report" in room.refused(chasers.RecordChaser, by="市", via="电话", clock="nothing", words="催").reason


def test_why_a_report_was_late_is_drawn_from_the_log() -> None:
    room = desk()
    room.wait(minutes=4)
    name = drafts(room)
    as_at = room.now
    room.wait(minutes=30)
    room.does(chasers.RecordChaser, by="市委", via="电话", clock=LEG, words="催")
    sends(room, LEG, report=name, as_at=as_at)
    (late,) = [c for c in lateness.late(room.record) if c.id == LEG]
    told = lateness.statement(room.record, room.entries, late)
    due = late.due_at
    assert told.late_by == room.now - due
    instants = [one.en for one in told.instants]
    assert {"the event", "received here", "due", "drafted", "chased from above", "sent"} <= set(instants)
    assert told.longest is not None
    assert [one.at for one in told.instants] == sorted(one.at for one in told.instants)


def test_an_outline_is_read_out_within_three_quarters_of_a_minute_and_says_what_is_not_known() -> None:
    room = desk(summary="井下" + "冒顶" * 80)
    told = spoken.outline(PLAN, room.record, clock(room, LEG), room.now)
    assert told.seconds <= 45
    assert "死亡1人" in told.text
    assert "失踪正在核实" in told.text
    assert "0人" not in told.text
    assert "书面" in told.text


def test_what_is_not_due_says_by_which_fact_and_who_stood_by_it() -> None:
    room = desk()
    finds(room, deaths=4)
    void = next(entry for entry in room.entries if entry.kind == "clock_void")
    assert void.data["confirmed_by"] == "李"
    assert "III" in void.data["fact"]
