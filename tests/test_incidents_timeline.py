"""The course of an incident by true times: who commanded from when to when, how grade and level moved."""

from datetime import datetime, timedelta

from incidents import approval, commander, departures, facts, false_alarm, notes, response, view
from incidents import termination as end
from incidents.timeline import commanders, levels
from tests.test_incidents_ending import asked
from tests.test_incidents_incident import DEPUTY, HEAD, SECOND, START, Desk
from tests.test_incidents_levels import HOLDERS, deaths, ordered, say


def minutes(at: datetime | None) -> float | None:
    return None if at is None else (at - START) / timedelta(minutes=1)


def course(desk: Desk) -> list[tuple[float | None, str | None, str | None, str | None]]:
    return [(minutes(told.at), *told[1:]) for told in levels(desk.entries)]


def tenures(desk: Desk) -> list[tuple[float | None, float | None, str]]:
    return [(minutes(told.since), minutes(told.until), told.commander.post) for told in commanders(desk.record)]


def named(desk: Desk, post: str, by: str, at: datetime | None = None) -> None:
    desk.does(commander.DeclareHandover, post=post, by=by, way="named", true_at=at)


def test_a_presumed_commander_goes_on_until_the_next_and_the_last_until_it_is_over() -> None:
    desk = Desk(deaths=1, verified=True)
    assert tenures(desk) == [(0, None, "site_duty_leader")]
    desk.wait(minutes=30)
    named(desk, HEAD, "赵", desk.now - timedelta(minutes=10))
    assert tenures(desk) == [(0, 20, "site_duty_leader"), (20, None, HEAD)]
    desk.wait(minutes=30)
    desk.end_scene()
    assert tenures(desk) == [(0, 20, "site_duty_leader"), (20, 60, HEAD)]
    desk.wait(minutes=5)
    desk.does(end.Reopen, reason="复燃")
    assert tenures(desk)[-1] == (20, None, HEAD), "who commanded goes on"


def test_an_instant_that_is_corrected_moves_the_end_of_one_and_the_beginning_of_the_other() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.wait(minutes=30)
    named(desk, HEAD, "赵")
    passed = next(entry.seq for entry in desk.entries if entry.kind == "command_passed")
    desk.does(commander.CorrectHandover, corrects=passed, since=START + timedelta(minutes=25), words="以会议记录为准")
    assert tenures(desk) == [(0, 25, "site_duty_leader"), (25, None, HEAD)]


def test_grade_and_level_move_at_their_true_instants_each_by_its_own_cause() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.wait(minutes=5)
    desk.start_level_four()
    desk.wait(minutes=15)
    deaths(desk, 12)
    desk.wait(minutes=40)
    deaths(desk, 2)
    desk.wait(minutes=1)
    desk.does(facts.LowerGrade, "王", DEPUTY, reason="核实")
    desk.does(notes.Note, words="与此无关")
    assert course(desk) == [
        (0, "IV", "IV", None),
        (5, "IV", "IV", "IV"),
        (20, "II", "II", "IV"),
        (60, "IV", "II", "IV"),
        (61, "IV", "IV", "IV"),
    ]


def test_a_spoken_order_stands_from_when_it_was_said_though_it_was_written_down_later() -> None:
    desk = Desk(deaths=3, verified=True)
    desk.does(departures.RecordExternal, by="赵", words="电话同意启动三级")
    desk.wait(minutes=30)
    ordered(desk, "IV", DEPUTY, DEPUTY, reason="先按四级")
    desk.wait(minutes=30)
    told = {"ordered_by": "赵", "words": "启动三级", "reason": "补记", "leaves": ["LS-4.3.2-02"]}
    early = desk.now - timedelta(minutes=20)
    desk.does(departures.Deviate, effects=[{"kind": "level", "level": "III"}], true_at=early, **told)
    assert [step[-1] for step in course(desk)] == [None, "IV", "III"]
    assert [step[0] for step in course(desk)] == [0, 30, 40]


def test_a_level_that_is_true_earlier_than_the_one_before_begins_no_earlier_than_that() -> None:
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=30)
    ordered(desk, "IV", DEPUTY, DEPUTY, reason="先按四级")
    told = {"ordered_by": "赵", "words": "启动三级", "reason": "补记", "leaves": ["LS-4.3.2-02"]}
    early = desk.now - timedelta(minutes=20)
    desk.does(departures.Deviate, effects=[{"kind": "level", "level": "III"}], true_at=early, **told)
    assert course(desk) == [(0, "III", "III", None), (30, "III", "III", "III")], "one at an instant, the last word"


def test_a_false_alarm_ends_level_and_command_and_the_views_have_the_contracts_shape() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.wait(minutes=20)
    desk.does(false_alarm.DeclareFalseAlarm, reason="检修", found_by="消防")
    desk.does(false_alarm.ConfirmFalseAlarm, "周", SECOND)
    assert course(desk)[-1] == (20, "IV", "IV", None)
    (told,) = view.commanders(desk.record)
    assert (told["from"], told["to"]) == (START.isoformat(), desk.now.isoformat())
    assert view.levels(desk.entries)[0] == {
        "at": START.isoformat(), "computed": "IV", "standing": "IV", "level": "IV"
    }  # fmt: skip


def ordered_by_word(desk: Desk) -> None:
    desk.does(response.ProposeLevel, level="III", matter="启动三级响应", expected_duration="PT24H")
    for stage in ("decide", "sign"):
        say(desk, asked(desk).id, stage, HEAD, "同意")


def test_the_first_page_says_by_how_much_a_limit_was_late_and_when_a_spoken_word_was_signed() -> None:
    desk = Desk(deaths=3, verified=True)
    ordered_by_word(desk)
    desk.wait(minutes=50)
    desk.report_all()
    desk.wait(hours=5)
    ratified = desk.now
    desk.does(approval.Ratify, HOLDERS[HEAD], HEAD, approval=asked(desk).id, stage="decide")
    page = view.first_page(desk.record)
    late = {clock["id"]: clock["late_by"] for clock in page["clocks"] if clock["late_by"]}
    assert late["verify"] == "PT40M"
    assert "paper-government" not in late
    assert [told["signed_at"] for told in page["decisions"]] == [ratified.isoformat(), None]
