"""The compiled table answers as the library's own machine does."""

import pytest
from transitions import MachineError

from statecharts.chart import Arrow, ChartFault, Refused, compile_chart, machine, within

STATES = ["idle", {"name": "open", "children": ["first", "second"], "initial": "first"}, "closed"]
ARROWS = [
    Arrow("start", "idle", "open", ("allowed",)),
    Arrow("next", "open.first", "open.second"),
    Arrow("end", "open", "closed"),
    Arrow("end", "open.second", "idle", ("allowed",)),
]
GUARDS = {"allowed": lambda facts: bool(facts and facts["allowed"])}
CHART = compile_chart("sample", states=STATES, initial="idle", arrows=ARROWS, guards=GUARDS)


@pytest.mark.parametrize("allowed", [True, False])
def test_every_state_and_trigger_moves_alike_in_table_and_library(allowed: bool) -> None:
    facts = {"allowed": allowed}
    walked = 0
    for state in CHART.states:
        for trigger in ("start", "next", "end"):
            live = machine(STATES, "idle", ARROWS, GUARDS)

            class Model:
                state = "idle"

            model = Model()
            live.add_model(model, initial="idle")
            live.set_state(state, model)
            try:
                moved = model.trigger(trigger, facts=facts)  # type: ignore[attr-defined]
            except MachineError:
                moved = False
            assert CHART.can(state, trigger, facts) is bool(moved), (state, trigger)
            if moved:
                walked += 1
                assert CHART.step(state, trigger, facts) == model.state
    assert walked >= 3


def test_a_false_guard_is_named_and_never_a_bare_no() -> None:
    with pytest.raises(Refused) as refused:
        CHART.step("idle", "start", {"allowed": False})
    assert refused.value.guards == ("allowed",)


def test_a_move_that_is_no_arrow_says_what_is_possible() -> None:
    with pytest.raises(Refused) as refused:
        CHART.step("idle", "end")
    assert refused.value.possible == ("start",)


def test_a_misspelt_place_or_guard_is_a_fault_when_compiling() -> None:
    with pytest.raises(ChartFault, match="no such state 'opne'"):
        compile_chart("bad", states=STATES, initial="idle", arrows=[Arrow("go", "idle", "opne")])
    with pytest.raises(ChartFault, match="no such guard 'maybe'"):
        compile_chart("bad", states=STATES, initial="idle", arrows=[Arrow("go", "idle", "closed", ("maybe",))])


def test_a_child_lies_within_its_parent_and_a_longer_name_does_not() -> None:
    assert within("open.first", "open")
    assert within("open", "open")
    assert not within("opened", "open")
