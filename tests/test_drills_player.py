"""A case in the pure core: script, simulated people and time itself bring it from the first call to the closed file."""

from collections import Counter
from datetime import timedelta

import pytest

from drills import case
from drills.case import Case
from incidents.incident import fold
from incidents.logbook import verify
from incidents.record import Record
from tests.playing import BEGINS, Played, play
from tests.support import PLAN

JIAMA = case.read(case.find("jiama-2013"))


def but(**changes: object) -> Case:
    """The case with these fields changed."""
    return JIAMA.model_copy(update=changes)


@pytest.fixture(scope="module")
def jiama() -> Played:
    return play(JIAMA, PLAN)


def verdicts(played: Played) -> dict[str, str]:
    return {clock.id: clock.verdict for clock in played.record.clocks.values()}


def test_the_landslide_is_played_to_the_closed_file_and_the_log_is_whole(jiama: Played) -> None:
    assert jiama.record.closed
    assert verify(jiama.entries) == jiama.record.head
    assert fold(Record(id="played", kind="drill"), jiama.entries) == jiama.record
    assert jiama.scenes[-1].played == len(JIAMA.script)


def test_one_report_is_late_one_is_missed_and_the_rest_are_in_time(jiama: Played) -> None:
    """By an independent reading of the case: the paper leg to the government goes out 68 minutes after the call where
    the plan leaves 50; the trade union is never told; nobody else is late."""
    told = Counter(verdicts(jiama).values())
    assert verdicts(jiama)["paper-government"] == "late"
    assert verdicts(jiama)["side-trade-union"] == "missed"
    assert (told["late"], told["missed"], told["overdue"]) == (1, 1, 0)
    assert told["met"] >= 20
    clock = jiama.record.clocks["paper-government"]
    assert clock.due_at - clock.starts_at == timedelta(minutes=50)
    assert clock.done_at is not None
    assert clock.done_at - clock.starts_at == timedelta(minutes=68)


def test_the_rescue_stops_twice_and_goes_on_and_nobody_is_left_inside(jiama: Played) -> None:
    first, second = jiama.record.suspensions
    assert (first.went_in, first.out, second.went_in, second.out) == (1000, 1000, 1000, 1000)
    at = [one and one - BEGINS + JIAMA.starts_at for one in (first.at, first.resumed_at, second.at, second.resumed_at)]
    assert [f"{one:%m-%d %H:%M}" for one in at if one] == ["04-01 10:50", "04-01 13:10", "04-01 16:00", "04-02 09:30"]


def test_the_end_is_refused_while_people_are_missing_and_taken_by_the_no_hope_path(jiama: Played) -> None:
    (refused,) = [one for scene in jiama.scenes for one in scene.refused]
    assert (refused.said.verb, refused.refusal.kind) == ("propose-termination", "hard")
    assert refused.refusal.zh.startswith("还有 47 人下落不明")
    kinds = [entry.kind for entry in jiama.entries]
    assert kinds.index("end_approved") < kinds.index("withdrawn") < kinds.index("response_lifted")
    assert jiama.record.figures()["missing"] == 47


def test_two_decisions_are_oral_and_each_has_its_sheet(jiama: Played) -> None:
    spoken = [act for approval in jiama.record.approvals.values() for act in approval.acts if act.form == "oral"]
    assert len(spoken) >= 2
    assert all((act.read_back, act.confirmed_by, act.hand) == (True, "zhuoma", "signed") for act in spoken)


def test_there_is_one_commander_at_every_instant(jiama: Played) -> None:
    assert [told.post for told in jiama.record.commands] == [
        "site_duty_leader",
        "site_duty_leader",
        "commander_in_chief",
        "region_commander",
    ]
    since = [told.since for told in jiama.record.commands]
    assert since == sorted(since)


def test_whoever_has_decided_is_not_rung_again(jiama: Played) -> None:
    decided = {entry.data["approval"]: entry.true_at for entry in jiama.entries if entry.kind == "approval_answered"}
    for entry in jiama.entries:
        if entry.kind == "notice_chased" and entry.data["notice"].startswith("N-A"):
            approval = entry.data["notice"].split("-")[1]
            assert entry.true_at <= decided[approval], "a leader who has answered is left alone"


def test_leaders_who_keep_silent_leave_the_city_without_a_response_and_silence_is_written_down() -> None:
    silent = play(but(leaders={}, lasts=timedelta(days=2)), PLAN)
    assert silent.record.level is None
    assert not [entry for entry in silent.entries if entry.kind == "approval_answered"]
    steps = [entry.data["step"] for entry in silent.entries if entry.kind == "approval_chased"]
    assert steps[:3] == ["reminded", "substitutes asked", "asked upward"]


def test_a_watch_that_reports_late_is_late_on_every_leg() -> None:
    late = play(but(legs=JIAMA.legs.model_copy(update={"after": timedelta(hours=30), "own": {}})), PLAN)
    told = verdicts(late)
    assert {told[leg] for leg in ("phone-party", "paper-party", "side-police")} == {"late"}


def test_units_that_never_answer_are_unreached() -> None:
    silent = ("fire_brigade", "health_commission")
    told = play(but(units=JIAMA.units.model_copy(update={"silent": silent})), PLAN)
    notice = told.record.notices["N-level-I"]
    assert {unit: notice.recipients[unit].state for unit in silent} == dict.fromkeys(silent, "unreached")


def test_what_no_channel_took_nobody_answers() -> None:
    """Every channel is down from before the first call on: the outage holds from the opening."""
    down = [{"channel": step.channel, "since": JIAMA.starts_at, "until": JIAMA.starts_at + timedelta(days=90)}
            for step in PLAN.notices.chase]  # fmt: skip
    told = play(Case.model_validate(JIAMA.model_dump(by_alias=True) | {"outages": down}), PLAN)
    states = {recipient.state for notice in told.record.notices.values() for recipient in notice.recipients.values()}
    assert states <= {"failed", "unreached", "withdrawn"}
    assert not [entry for entry in told.entries if entry.kind == "notice_answered"]


def test_who_was_given_up_on_answers_late_what_a_channel_took() -> None:
    told = play(but(units=JIAMA.units.model_copy(update={"after": timedelta(hours=2), "own": {}})), PLAN)
    early = told.record.notices["N-early"]
    assert {recipient.state for recipient in early.recipients.values()} == {"acknowledged"}
    kinds = [entry.kind for entry in told.entries if entry.data.get("notice") == "N-early"]
    assert kinds[-2:] == ["notice_chased", "notice_answered"], "unreached first, and an answer all the same"


def test_command_is_not_passed_by_time_alone() -> None:
    """The region is there and is offered command; without its acceptance the giver commands and the task stays open."""
    offered = case.read(case.find("level-ii"))
    script = tuple(line for line in offered.script if line.do not in ("accept-handover", "record-superior-end"))
    told = play(offered.model_copy(update={"script": script}), PLAN)
    assert told.record.commands[-1].post == "executive_deputy_commander_in_chief"
    assert told.record.tasks["region-command"].state == "given"
