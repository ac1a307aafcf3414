"""Recorded incidents against today's release: replayed, their entries and commands compared, and played anew."""

import socket
import sys
from typing import Any

import pytest

from incidents.record import Record
from statecharts import approval as approval_chart
from statecharts import clock as clock_chart
from tests.scenes import SCENES
from tests.witnesses import CHECKS, Witness

WAYS_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")


class Shut:
    """While it is shut nothing in this process reaches a socket; what tried is kept."""

    def __init__(self) -> None:
        self.shut, self.tried = False, list[str]()
        # There is no taking an audit hook away again.
        sys.addaudithook(self._heard)

    def _heard(self, event: str, _: tuple[Any, ...]) -> None:
        if self.shut and event in WAYS_OUT:
            self.tried.append(event)
            raise PermissionError(event)


SHUT = Shut()


@pytest.fixture(scope="module", params=SCENES, ids=lambda scene: scene.name)
def witness(request: pytest.FixtureRequest) -> Witness:
    return Witness(request.param)


def test_a_replay_opens_no_connection(witness: Witness) -> None:
    SHUT.shut = True
    try:
        asked = [one["what"] for run in witness.runs for one in run.now.values()]
    finally:
        SHUT.shut = False
    assert "deliver" in asked, "it does send, when it is not a replay"
    assert SHUT.tried == []


def test_the_engine_replays_every_run_without_objection(witness: Witness) -> None:
    assert list(CHECKS["replay"](witness)) == []


def test_a_replay_asks_for_the_same_inputs_queues_time_outs_and_timers_as_were_recorded(witness: Witness) -> None:
    assert list(CHECKS["commands"](witness)) == []


def test_the_stored_log_is_hashed_and_added_up_as_it_was(witness: Witness) -> None:
    assert list(CHECKS["chain"](witness)) == []


def test_every_old_command_is_decided_as_the_stored_hashes_say(witness: Witness) -> None:
    assert list(CHECKS["hashes"](witness)) == []


def test_a_rehearsal_on_todays_plan_asks_refuses_and_lets_out_what_the_golden_commands_say(witness: Witness) -> None:
    assert list(CHECKS["golden"](witness)) == []


def test_what_would_open_a_connection_would_be_seen() -> None:
    ear = Shut()
    ear.shut = True
    with pytest.raises(PermissionError), socket.socket() as out:
        out.connect(("127.0.0.1", 9))
    ear.shut = False
    assert ear.tried == ["socket.connect"]


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
