"""Recorded incidents against today's release: replayed, their entries and commands compared, and played anew."""

import pytest

from incidents.record import Record
from statecharts import approval as approval_chart
from statecharts import clock as clock_chart
from tests.scenes import SCENES
from tests.witnesses import CHECKS, Witness


@pytest.fixture(scope="module", params=SCENES, ids=lambda scene: scene.name)
def witness(request: pytest.FixtureRequest) -> Witness:
    return Witness(request.param)


def test_the_engine_replays_every_run_without_objection(witness: Witness) -> None:
    assert list(CHECKS["replay"](witness)) == []


def test_a_replay_asks_for_the_same_inputs_queues_time_outs_and_timers_as_were_recorded(witness: Witness) -> None:
    assert list(CHECKS["commands"](witness)) == []


def test_every_old_command_is_decided_as_the_stored_hashes_say(witness: Witness) -> None:
    assert list(CHECKS["hashes"](witness)) == []


def test_a_rehearsal_on_todays_plan_asks_refuses_and_lets_out_what_the_golden_commands_say(witness: Witness) -> None:
    assert list(CHECKS["golden"](witness)) == []


def test_the_recordings_reach_from_the_opening_to_the_close_and_across_runs_with_all_kinds_of_waiting() -> None:
    by_name = {scene.name: Witness(scene) for scene in SCENES}
    assert by_name["ordinary-iv"].entries[-1].kind == "closed"
    silent = {entry.kind for entry in by_name["silent-iv"].entries}
    assert {"approval_chased", "clock_overdue", "clock_missed"} <= silent
    assert any(entry.data.get("unreached") for entry in by_name["silent-iv"].entries)
    ends = [run.then["end"] for run in by_name["rolled-over"].runs if "end" in run.then]
    assert any(_waits_for_all(Record.model_validate(end["input"]["record"])) for end in ends)


def _waits_for_all(record: Record) -> bool:
    """Whether notices, limits and an approval are open."""
    return (
        any(notice.chase_at for notice in record.notices.values())
        and any(clock.verdict in clock_chart.OPEN for clock in record.clocks.values())
        and any(approval.state in approval_chart.OPEN for approval in record.approvals.values())
    )
