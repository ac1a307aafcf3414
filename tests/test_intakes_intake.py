"""An intake in the pure core: every arrow, every refusal in words, and nothing that was typed is ever lost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from incidents.command import Command, Refusal
from incidents.logbook import verify
from intakes.intake import (
    COMMANDS,
    Amend,
    Confirm,
    FindFalse,
    HandOver,
    Reopen,
    Take,
    TellLeader,
    Verify,
    fold,
)
from intakes.record import Intake
from intakes.telling import Telling, missing
from statecharts.intake import INTAKE
from tests.calls import BEGAN, TELLING, Paper

MOVES: Mapping[str, tuple[type[Command], dict[str, Any]]] = {
    "verify": (Verify, {"with_whom": "县应急局", "result": "holds"}),
    "confirm": (Confirm, {"incident": "54010020260301001", "how": "opens"}),
    "find_false": (FindFalse, {"reason": "例行爆破", "found_by": "县应急局"}),
    "hand_over": (HandOver, {"to": "邻市值班室", "taken_by": "赵值班"}),
    "reopen": (Reopen, {"reason": "又有来电"}),
}
WAYS: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "verifying": ("verify",),
    "confirmed": ("confirm",),
    "false": ("find_false",),
    "handed_over": ("hand_over",),
}
"""How an intake comes to stand in each state."""


def standing(state: str) -> Paper:
    paper = Paper().take(**TELLING)
    for move in WAYS[state]:
        command, asked = MOVES[move]
        assert not isinstance(paper.ask(command, **asked), Refusal)
    assert paper.intake.state == state
    return paper


@pytest.mark.parametrize("trigger", MOVES)
@pytest.mark.parametrize("state", WAYS)
def test_each_arrow_is_walked_and_what_is_no_arrow_is_refused_in_words_and_changes_nothing(
    state: str, trigger: str
) -> None:
    paper = standing(state)
    before, (command, asked) = paper.intake, MOVES[trigger]
    answer = paper.ask(command, **asked)
    if INTAKE.can(state, trigger):
        assert not isinstance(answer, Refusal)
        assert paper.intake.state == INTAKE.step(state, trigger)
    else:
        assert isinstance(answer, Refusal)
        assert (answer.kind, paper.intake) == ("plan", before)
        assert before.number in answer.zh
        assert before.number in answer.reason


def test_every_state_is_stood_in_and_every_trigger_has_a_command() -> None:
    assert set(WAYS) == set(INTAKE.states)
    assert set(MOVES) == {move.trigger for move in INTAKE.moves()}


def test_what_was_ended_wrongly_says_the_way_back() -> None:
    answers = {state: standing(state).ask(Confirm, incident="i", how="joins") for state in ("false", "handed_over")}
    assert all(isinstance(answer, Refusal) and "reopen" in answer.reason for answer in answers.values())
    answer = standing("confirmed").ask(FindFalse, reason="误报", found_by="县局")
    assert isinstance(answer, Refusal)
    assert "declare-false-alarm" in answer.zh
    assert "54010020260301001" in answer.zh


def test_a_call_of_which_nothing_is_known_is_taken_and_says_what_is_wanting() -> None:
    paper = Paper().take()
    assert missing(paper.intake.told) == ("caller", "when", "where", "unit", "what", "people")
    assert paper.intake.received_at == paper.now
    assert paper.intake.open


def test_the_call_began_before_it_was_written_down_and_both_times_are_kept() -> None:
    paper = Paper().take(**TELLING)
    (entry,) = paper.entries
    assert (entry.true_at, entry.known_at) == (BEGAN, BEGAN + timedelta(minutes=1))


def test_unknown_zero_and_more_than_ten_are_three_things_and_unsaid_a_fourth() -> None:
    told = Telling.model_validate(
        {"people": {"deaths": 0, "missing": "unknown", "trapped": {"n": 10, "at_least": True}}}
    )
    assert told.model_dump(mode="json", exclude_defaults=True)["people"] == {
        "deaths": {"n": 0},
        "missing": "unknown",
        "trapped": {"n": 10, "at_least": True},
    }
    assert "serious_injuries" not in told.people
    for wrong in (True, -1, 1.5, "ten"):
        with pytest.raises(ValidationError):
            Telling.model_validate({"people": {"deaths": wrong}})


def test_what_is_learned_later_stands_over_and_points_at_what_it_replaces() -> None:
    paper = Paper().take(**TELLING)
    paper.ask(Amend, telling={"place": {"name": "八号矿区"}, "people": {"deaths": 2}, "asks_for": "救护车"})
    assert paper.entries[-1].data["replaces"] == {"place.name": 1, "people.deaths": 1}
    told = paper.intake.told
    assert told.place is not None
    assert (told.place.name, told.place.lon) == ("八号矿区", 91.6)
    assert [one.value for one in paper.intake.said["place.name"]] == ["七号矿区", "八号矿区"]
    assert set(told.people) == {"deaths", "out_of_contact"}, "a count that is not told again stays"


def test_whom_the_caller_has_told_grows_and_is_never_replaced() -> None:
    paper = Paper().take(informed=[{"who": "张县长"}])
    paper.ask(Amend, telling={"informed": [{"who": "张县长"}, {"who": "县委办"}]})
    assert [one.who for one in paper.intake.told.informed] == ["张县长", "县委办"]


def test_a_call_back_that_holds_verifies_its_own_counts_and_no_others() -> None:
    paper = Paper().take(**TELLING)
    paper.ask(Verify, with_whom="县应急局", number="0891", result="holds", found={"people": {"deaths": 2}})
    people = paper.intake.told.people
    assert people["deaths"].verified is True  # type: ignore[union-attr]  # a number, and no "unknown"
    assert people["out_of_contact"].verified is None  # type: ignore[union-attr]
    assert paper.intake.verified
    unclear = Paper().take(**TELLING)
    unclear.ask(Verify, with_whom="厂长", result="no_answer", found={"people": {"deaths": 2}})
    assert unclear.intake.told.people["deaths"].verified is None  # type: ignore[union-attr]
    assert not unclear.intake.verified


def test_the_leader_on_duty_is_told_in_any_state_and_his_words_stand() -> None:
    for state in WAYS:
        paper = standing(state)
        paper.ask(TellLeader, leader="王主任", words="立即核实", read_back=True)
        assert (paper.intake.state, paper.intake.leaders[-1].words) == (state, "立即核实")


@pytest.mark.parametrize("field", ["received_at", "ended_at", "occurred_at", "heard_at"])
def test_nothing_has_happened_in_the_future(field: str) -> None:
    answer = Paper().ask(Take, kind="live", telling={field: (BEGAN + timedelta(hours=1)).isoformat()})
    assert isinstance(answer, Refusal)
    assert (answer.kind, answer.zh.startswith(field)) == ("form", True)


def test_a_slip_of_the_keyboard_an_empty_amendment_and_a_correction_of_nothing_are_said() -> None:
    paper = Paper().take()
    asked: tuple[dict[str, Any], ...] = (
        {"telling": {"people": {"deaths": 30_000_000}}},
        {"telling": {}},
        {"telling": {"summary": "冒顶"}, "corrects": 9},
    )
    for fields in asked:
        answer = paper.ask(Amend, **fields)
        assert isinstance(answer, Refusal)
        assert answer.kind == "form"
    assert len(paper.entries) == 1


def test_nothing_is_asked_of_a_call_that_is_not_taken_and_none_is_taken_twice() -> None:
    for command, asked in (*MOVES.values(), (Amend, {"telling": {"summary": "x"}}), (TellLeader, {"leader": "王"})):
        assert isinstance(Paper().ask(command, **asked), Refusal)
    assert isinstance(Paper().take().ask(Take, kind="live"), Refusal)
    assert {Take, Amend, TellLeader, *(command for command, _ in MOVES.values())} == set(COMMANDS)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
COUNTS = st.one_of(
    st.just("unknown"), st.integers(0, 2000), st.builds(lambda n: {"n": n, "about": True}, st.integers(0, 99))
)
TELLINGS = st.fixed_dictionaries(
    {},
    optional={
        "enterprise": TEXTS,
        "summary": TEXTS,
        "when": TEXTS,
        "words": TEXTS,
        "place": st.fixed_dictionaries({}, optional={"name": TEXTS, "lat": st.floats(-90, 90)}),
        "caller": st.fixed_dictionaries({}, optional={"name": TEXTS, "phone": TEXTS}),
        "people": st.dictionaries(st.sampled_from(["deaths", "missing", "trapped"]), COUNTS),
        "informed": st.lists(st.fixed_dictionaries({"who": TEXTS}), max_size=2),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(TELLINGS, min_size=1, max_size=6))
def test_no_sequence_of_amendments_loses_what_was_typed_and_every_prefix_folds_to_the_same(
    tellings: list[dict[str, Any]],
) -> None:
    paper, stood = Paper().take(), []
    typed: list[tuple[str, Any]] = []
    for telling in tellings:
        told = dict(Telling.model_validate(telling).items())
        assert isinstance(paper.ask(Amend, telling=telling), Refusal) == (not told)
        typed += told.items()
        stood.append((len(paper.entries), paper.intake))
    verify(paper.entries)
    for length, intake in stood:
        assert fold(Intake(number=paper.intake.number), paper.entries[:length]) == intake
    for field, value in typed:
        assert value in [one.value for one in paper.intake.said[field]], field
        now = dict(paper.intake.told.items())[field]
        if field == "informed":
            assert all(one in now for one in value)
    for field, values in paper.intake.said.items():
        if field not in ("informed", "received_at"):
            assert dict(paper.intake.told.items())[field] == values[-1].value, "the last word stands"
